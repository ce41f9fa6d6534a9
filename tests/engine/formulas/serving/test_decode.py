"""Decoding and reading prompts, against DeepSeek's published profile and limits, and their laws."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dsexplore.engine import evaluate
from dsexplore.engine.formulas.serving.decode_step import decode_pass_time
from dsexplore.library.presets import with_panel
from dsexplore.scenario.scenario import Scenario
from tests.examples import examples
from tests.strategies import changed, scenarios, shipped

laws = examples(40)
SPEED = "decode_tokens_per_second_per_request"
THROUGHPUT = "decode_tokens_per_second_per_gpu"
# DeepSeek's profile of February 2025: two micro-batches, routing evenly balanced.
PROFILE = {
    "decode_batch": 128,
    "kv_length": 4096,
    "decode_expert_parallel": 128,
    "prefill_expert_parallel": 32,
    "prefill_batch": 16_384,
    "cache_hit_rate": 0,
}


def results(name: str = "deepseek-v3", **changes: object) -> dict[str, Any]:
    """What follows from a shipped scenario with some fields changed."""
    return evaluate(shipped(name).with_values(changes).inputs())


def of(scenario: Scenario, **changes: object) -> dict[str, Any]:
    """What follows from any scenario with those changes that its rules allow."""
    return evaluate(changed(scenario, changes).inputs())


def no_more(one: float, other: float) -> bool:
    """Whether one is not above the other, rounding and the unknown apart."""
    return not one > other * (1 + 1e-9)


# Published


def test_an_h800_decodes_about_as_fast_as_in_the_published_profile():
    """18,598 tokens a second for a node of eight, as LMSYS read it from DeepSeek's profile."""
    assert results(**PROFILE)[THROUGHPUT] == pytest.approx(2324, rel=0.2)


def test_an_h800_reads_prompts_about_as_fast_as_in_the_published_profile():
    """62,713 tokens a second for a node of eight, prompts of 4K, nothing cached."""
    speed = results(**PROFILE)["prefill_tokens_per_second_per_gpu"]
    assert speed == pytest.approx(7839, rel=0.2)


def test_the_service_decodes_about_as_fast_as_disclosed():
    """14,800 tokens a second for a node of eight, 20 to 22 for each user."""
    found = results()
    assert 8 * found[THROUGHPUT] == pytest.approx(14_800, rel=0.2)
    assert found[SPEED] == pytest.approx(21, rel=0.2)


def test_a_node_reads_no_less_than_its_average_over_a_day():
    """73,700 tokens a second, those from the cache included, with idle hours in the average."""
    assert 8 * results()["prefill_tokens_per_second_per_gpu"] > 73_700


def test_sglang_on_h100_comes_out_too():
    """A run that nothing here was made for, as LMSYS reported it in May 2025, for a node of eight.

    22,282 tokens a second from prompts of 2,000 tokens, 256 requests an accelerator and EP72; and
    59,337 read of prompts of 4K with balanced experts.
    """
    nvlink = {"scale_up_bandwidth": shipped("h100-80gb-sxm").hardware.scale_up_bandwidth}
    decoding = {"decode_batch": 256, "kv_length": 2000, "decode_expert_parallel": 72}
    engine: dict[str, object] = {"kernel_overhead": 20e-6, "moe_kernel_overhead": 45e-6}
    engine |= {"serving_overlap": 0.75, "evened_expert_imbalance": 1.1}
    engine |= {"quantised_expert_traffic": 2.5}
    assert 8 * results(**nvlink, **engine, **decoding)[THROUGHPUT] == pytest.approx(22_282, rel=0.2)
    reading = results(**nvlink, **PROFILE)["prefill_tokens_per_second_per_gpu"]
    assert 8 * reading == pytest.approx(59_337, rel=0.2)


# 32 tokens in each of two micro-batches, sent to nine experts by 7,000 numbers of 1 and 2 bytes.
LIMIT = {"decode_batch": 64, "shared_experts_apart": True, "decode_expert_parallel": 144}


def test_infiniband_bounds_a_request_at_67_tokens_a_second():
    assert results(**LIMIT)["decode_network_speed_limit"] == pytest.approx(67, rel=0.05)


def test_a_rack_of_72_bounds_a_request_at_1200_tokens_a_second():
    rack = {"gpus_per_node": 72, "scale_up_bandwidth": 900e9, "decode_expert_parallel": 72}
    assert results(**LIMIT | rack)["decode_network_speed_limit"] == pytest.approx(1200, rel=0.05)


def test_every_layer_with_experts_and_round_numbers_give_the_papers_own_time_a_token():
    """2 x 61 x 120.96 us: the paper counts all layers, 7,000 numbers and no scales."""
    found = results(**LIMIT, num_dense_layers=0, hidden_size=7000)
    assert 1 / found["decode_network_speed_limit"] == pytest.approx(14.76e-3, rel=0.02)


def test_decoding_in_latent_space_multiplies_1088_wide_for_each_head():
    found = results()
    flops = 2 * 61 * 128 * (576 + 512)
    rate = found["serving_attention_rate"]
    assert found["decode_attention_arithmetic_time"] == pytest.approx(flops / rate)
    assert 0.4 * 989e12 < rate < 0.8 * 989e12


def test_two_redundant_routed_experts_lie_on_each_of_144():
    """256 and 32 second copies over 144, each of 44 million weights, in 58 layers."""
    found = results()
    assert found["held_expert_parameters"] == pytest.approx(2 * 58 * 3 * 7168 * 2048)


def test_a_whole_model_is_read_for_a_single_dense_request():
    """An 8 B model in BF16 moves 15 GB for a token: 0.2 k tokens a second at most on an H100."""
    found = results("deepseek-r1-distill-llama-8b", decode_batch=1, kernel_overhead=0)
    memory = shipped("deepseek-r1-distill-llama-8b").hardware.memory_bandwidth
    assert memory is not None
    assert found["decode_weight_bytes"] == pytest.approx(2 * (8.03e9 - 0.525e9), rel=1e-3)
    assert found[SPEED] < memory / found["decode_weight_bytes"]
    assert found["decode_bound"] == "reading weights"


def test_eight_accelerators_read_a_405b_model_as_fast_as_their_memory_together():
    """In FP8: 405 GB in eight parts at 3.35 TB/s are 15 ms, so 66 tokens a second at most."""
    found = results("llama-3.1-405b", decode_batch=1, kernel_overhead=0)
    assert 8 * found["decode_weight_bytes"] == pytest.approx(405e9, rel=0.02)
    assert 40 < found[SPEED] < 66


def test_long_contexts_make_attention_the_bound_and_slow_links_the_network():
    assert (
        results(kv_length=200_000, attention_efficiency=0.6)["decode_bound"]
        == "attention's arithmetic"
    )
    assert results("llama-3.1-405b", kv_length=500_000)["decode_bound"] == "reading the KV cache"
    assert results(scale_out_bandwidth=5e9)["decode_bound"] == "network"
    assert results(kernel_overhead=1e-3)["decode_bound"] == "small kernels"
    assert results(decode_batch=5000, kv_length=1, scale_out_bandwidth=1e15)["decode_bound"] == (
        "products with weights"
    )


# Prefill is a forward pass


@laws
@given(scenarios())
def test_prefill_in_the_layout_of_training_works_as_training_does(scenario: Scenario) -> None:
    """Prompts as long as sequences, micro-batches as large; the time of products is its own.

    Experts are as busy as each other, as copies of busy ones make them in serving.
    """
    alike = {"capacity_factor": 0.0, "mean_document_length": 0.0, "lora_rank": 0.0}
    alike |= {"expert_tensor_parallel": 0.0, "slices": 1.0}
    inputs = scenario.inputs() | alike
    trained = inputs | evaluate(inputs)
    assume(trained["num_routed_experts"] >= trained["expert_parallel"])
    served = evaluate(
        inputs
        | {
            "serving_prompt_length": trained["sequence_length"],
            "serving_tensor_parallel": trained["tensor_parallel"],
            "prefill_expert_parallel": trained["expert_parallel"],
            "prefill_batch": trained["tokens_per_micro_batch"],
            "serving_micro_batches": 1.0,
            "serving_precision": inputs["precision"],
            "serving_expert_tensor_parallel": 1.0,
            "sequence_parallel": False,
            "shared_experts_apart": False,
            "cache_hit_rate": 0.0,
        }
    )
    in_training = evaluate(inputs | {"sequence_parallel": False, "expert_imbalance": 1.0})
    for name, theirs in {
        "prefill_attended_tokens": "attended_tokens",
        "prefill_scale_out_copies": "scale_out_copies",
        "prefill_scale_up_copies": "scale_up_copies",
    }.items():
        assert served[name] == pytest.approx(in_training[theirs], nan_ok=True), name


# Laws


@laws
@given(scenarios(), st.integers(1, 10**5), st.integers(2, 8))
def test_a_larger_batch_raises_throughput_and_slows_each_request(
    scenario: Scenario, batch: int, times: int
) -> None:
    small = of(scenario, decode_batch=batch)
    large = of(scenario, decode_batch=batch * times)
    assert no_more(small[THROUGHPUT], large[THROUGHPUT])
    assert no_more(large[SPEED], small[SPEED])


@laws
@given(scenarios(), st.integers(1, 10**6), st.integers(1, 100))
def test_a_longer_context_makes_nothing_faster(
    scenario: Scenario, context: int, times: int
) -> None:
    short, long = of(scenario, kv_length=context), of(scenario, kv_length=context * times)
    for name in (THROUGHPUT, SPEED, "largest_decode_batch"):
        assert no_more(long[name], short[name]), name
    for name in ("computed_prefill_tokens_per_second_per_gpu", "prefill_tokens_per_second_per_gpu"):
        assert no_more(long[name], short[name]), name


@laws
@given(scenarios(), st.sampled_from(["scale_out_bandwidth", "scale_up_bandwidth", "bf16_flops"]))
def test_better_hardware_slows_nothing(scenario: Scenario, name: str) -> None:
    value = scenario.value(name)
    assume(value is not None and float(value) < 1e15)
    before, after = of(scenario), of(scenario, **{name: 2 * float(value)})  # type: ignore[arg-type]
    for speed in (THROUGHPUT, SPEED, "prefill_tokens_per_second_per_gpu"):
        assert no_more(before[speed], after[speed]), speed


@laws
@given(scenarios())
def test_two_micro_batches_hide_no_more_than_the_shorter_part(scenario: Scenario) -> None:
    found = of(scenario)
    parts = (found["decode_compute_time"], found["decode_network_time"])
    assume(not any(math.isnan(part) for part in parts))
    assume(found["decode_launch_time"] <= max(parts))
    longest, both = max(parts), sum(parts)
    assert longest * (1 - 1e-12) <= found["decode_pass_time"] <= both * (1 + 1e-12)
    alone = decode_pass_time(*parts, 1, 1.0, 0.0)
    assert alone == both


@laws
@given(scenarios())
def test_no_step_is_shorter_than_reading_what_every_token_passes(scenario: Scenario) -> None:
    found = of(scenario)
    assert no_more(found["decode_dense_read_time"], found["decode_step_time"])


def test_a_latent_cache_decodes_faster_than_multi_head_and_takes_a_larger_batch():
    latent = results()
    multi_head = results(attention="gqa", num_kv_heads=128)
    assert latent[THROUGHPUT] > multi_head[THROUGHPUT]
    assert latent["largest_decode_batch"] > 10 * multi_head["largest_decode_batch"]


def test_a_few_tokens_touch_few_experts_and_many_touch_all():
    one = results(decode_batch=1, decode_expert_parallel=1, serving_micro_batches=1)
    assert one["decode_experts_touched"] == pytest.approx(8 / 256)
    assert results()["decode_experts_touched"] == pytest.approx(1)


def test_a_token_reaches_no_more_experts_than_there_are():
    """No rule keeps a sweep over bare values from asking for more."""
    inputs = shipped("deepseek-v3").inputs() | {"experts_per_token": 300}
    assert evaluate(inputs)["decode_experts_touched"] == 1


def test_no_accelerator_holds_less_than_one_expert_of_a_layer():
    one = results(decode_expert_parallel=288)["held_expert_parameters"]
    assert results(decode_expert_parallel=1000)["held_expert_parameters"] == one


def test_a_guessed_token_that_often_holds_speeds_up_a_small_batch():
    """V3's report: 80 % and more of second tokens accepted give 1.8 times the tokens a second."""
    small = {"decode_batch": 8, "serving_micro_batches": 1, "scale_out_bandwidth": 1e13}
    guessed = results(**small, tokens_per_decode_step=1.8)[SPEED] / results(**small)[SPEED]
    assert 1.4 < guessed <= 1.8


def test_a_group_that_shares_matrices_reads_less_each_and_copies_a_shared_latent():
    """Of the group's requests each member holds all latents, or an eighth of the heads."""
    one, eight = (results(serving_tensor_parallel=t) for t in (1, 8))
    assert eight["decode_dense_bytes"] == one["decode_dense_bytes"] / 8
    assert eight["serving_cache_memory"] == one["serving_cache_memory"]
    alone, grouped = (results("llama-3.1-405b", serving_tensor_parallel=t) for t in (1, 8))
    assert grouped["serving_cache_memory"] == alone["serving_cache_memory"] / 8


def test_a_group_that_shares_matrices_repeats_norms_but_not_products():
    one, eight = (results("llama-3.1-405b", serving_tensor_parallel=t) for t in (1, 8))
    moving = "prefill_moving_time_per_token"
    assert one[moving] < eight[moving] < 8 * one[moving]
    assert eight["decode_dense_time"] < one["decode_dense_time"] / 7


def test_a_window_and_an_indexer_bound_what_a_token_looks_back_on():
    sparse = results(index_heads=64, index_head_dim=128, index_top_k=2048, kv_length=100_000)
    assert sparse["decode_attended_tokens"] == 2048
    assert results(kv_length=100_000)["decode_attended_tokens"] == 100_000
    assert results(kv_length=2000, attention_window=2048)["decode_attended_tokens"] == 2000


def test_cached_tokens_lie_before_those_that_are_computed():
    whole = results(cache_hit_rate=0, serving_prompt_length=1000)
    half = results(cache_hit_rate=0.5, serving_prompt_length=1000)
    assert whole["prefill_attended_tokens"] == 500
    assert half["prefill_attended_tokens"] == 750
    windowed = results(cache_hit_rate=0.5, serving_prompt_length=1000, attention_window=100)
    assert windowed["prefill_attended_tokens"] == pytest.approx(100)
    nearly = results(cache_hit_rate=1 - 1e-15, serving_prompt_length=2489)
    assert nearly["prefill_attended_tokens"] == pytest.approx(2489)
    # Over positions 0 to 1000, the smaller of position and window.
    ramp = results(cache_hit_rate=0, serving_prompt_length=1000, attention_window=200)
    assert ramp["prefill_attended_tokens"] == pytest.approx((200 * 100 + 800 * 200) / 1000)


def test_a_longer_cached_part_makes_a_node_read_more():
    assert results(cache_hit_rate=0.9)["prefill_tokens_per_second_per_gpu"] > (
        2 * results(cache_hit_rate=0.5)["prefill_tokens_per_second_per_gpu"]
    )


@laws
@given(scenarios())
def test_nothing_of_serving_moves_what_training_costs(scenario: Scenario) -> None:
    plain = of(scenario)
    served = of(
        scenario,
        decode_batch=7,
        serving_precision="bf16",
        decode_expert_parallel=3,
        output_tokens_per_day=1e9,
        serving_gpus=5,
    )
    for name in ("pretraining_cost", "step_time", "memory_per_gpu", "total_parameters"):
        assert served[name] == plain[name] or math.isnan(plain[name]), name


def test_small_kernels_are_set_by_one_request_that_was_measured() -> None:
    """Llama 2 7B in BF16 on an A100: gpt-fast prints 104.9 tokens per second.

    What memory reaches follows from training steps, so the prediction is near.
    """
    shape: dict[str, object] = {
        **{"num_layers": 32, "hidden_size": 4096, "vocab_size": 32_000, "head_dim": 128},
        **{"num_attention_heads": 32, "num_kv_heads": 32, "intermediate_size": 11_008},
        **{"decode_batch": 1, "kv_length": 100},
    }
    scenario = with_panel(Scenario(), "hardware", "a100-80gb-sxm").with_values(shape)
    found = evaluate(scenario.inputs())
    assert found["decode_tokens_per_second_per_request"] == pytest.approx(104.9, rel=0.08)


def test_a_step_that_its_host_launches_is_no_faster_than_its_launches() -> None:
    """An early vLLM on eight H200 had about 10 tokens per second of one request."""
    alone = {"serving_tensor_parallel": 8, "decode_expert_parallel": 1, "decode_batch": 1}
    captured, eager = (
        with_panel(shipped("deepseek-v3"), "hardware", "h200-141gb-sxm").with_values(
            {**alone, "serving_expert_tensor_parallel": 8, "decode_launch": launch}
        )
        for launch in ("graphs", "eager")
    )
    assert evaluate(eager.inputs(), [SPEED])[SPEED] == pytest.approx(10, rel=0.1)
    assert evaluate(captured.inputs(), [SPEED])[SPEED] > 30
