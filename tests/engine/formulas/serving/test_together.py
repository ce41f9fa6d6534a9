"""Stages of a pipeline that serves, prompts read in chunks, and prefill apart from decoding."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate, unknowns_in
from tests.strategies import shipped

SERVED: dict[str, object] = {
    **{"serving_precision": "fp8", "serving_tensor_parallel": 8, "decode_batch": 64},
    **{"serving_prompt_length": 2000, "kv_length": 2500},
}


def results(name: str = "llama-3.1-405b", **changes: object) -> dict[str, Any]:
    return evaluate(shipped(name).with_values(SERVED | changes).inputs())


# A pipeline


def test_stages_share_the_weights_and_slow_a_token_by_no_more_than_their_sends() -> None:
    """126 layers in two stages: half of the weights each, and the same work for each token."""
    one, two = results(), results(serving_pipeline=2)
    assert two["serving_weight_memory"] == pytest.approx(one["serving_weight_memory"] / 2, rel=0.03)
    slower = two["decode_step_time"] - one["decode_step_time"]
    assert 0 < slower == pytest.approx(two["decode_sends_time"])
    assert two["decode_tokens_per_second_per_gpu"] == pytest.approx(
        one["decode_tokens_per_second_per_gpu"], rel=0.01
    )


def test_a_lone_batch_leaves_all_stages_but_one_idle() -> None:
    full, alone = (
        results(serving_pipeline=3),
        results(serving_pipeline=3, serving_pipeline_batches=1),
    )
    assert alone["decode_tokens_per_second_per_gpu"] == pytest.approx(
        full["decode_tokens_per_second_per_gpu"] / 3, rel=1e-3
    )
    assert alone["serving_cache_memory"] == pytest.approx(full["serving_cache_memory"] / 3)
    assert alone["largest_decode_batch"] >= 3 * full["largest_decode_batch"]


def test_twice_the_batches_as_stages_wait_for_each_other() -> None:
    two, four = (results(serving_pipeline=2, serving_pipeline_batches=m) for m in (2, 4))
    assert four["decode_step_time"] == pytest.approx(2 * two["decode_step_time"], rel=1e-3)
    assert four["decode_tokens_per_second_per_gpu"] == pytest.approx(
        two["decode_tokens_per_second_per_gpu"], rel=1e-3
    )


def test_a_pipeline_is_as_slow_as_its_fullest_stage() -> None:
    """126 layers in four stages are 32 of one and 31.5 on average."""
    four = results(serving_pipeline=4)
    assert four["serving_fullest_stage"] == 32 / 126
    pace = four["decode_step_time"] / results()["decode_step_time"]
    assert 4 * 32 / 126 <= pace < 1.04


def test_chunks_of_a_long_prompt_fill_a_pipeline() -> None:
    """Eight chunks through four stages take 11 turns of the 32 that they take one by one."""
    long = {"serving_prompt_length": 64_000, "kv_length": 65_000, "serving_pipeline": 4}
    chunked = results(**long, prefill_placement="apart", prefill_chunk=8000)
    whole = results(**long, prefill_placement="apart", prefill_batch=8000)
    assert chunked["ttft"] / whole["ttft"] == pytest.approx(11 / 32, rel=0.03)


def test_more_stages_than_layers_are_refused_in_words() -> None:
    assert "(serving_pipeline)" in results(serving_pipeline=200)["serving_problem"]


# Chunks


def test_decoding_beside_a_chunk_reads_the_weights_for_nothing() -> None:
    """Reading 405 B weights is what a small batch waits for; beside a chunk it does not."""
    found = results(prefill_chunk=1024, decode_batch=8)
    assert found["decode_time_beside_chunk"] < 0.3 * found["decode_step_time"]
    assert found["mean_decode_step_time"] < found["decode_step_time"]
    assert found["decode_tokens_per_second_per_gpu"] == pytest.approx(
        results(decode_batch=8)["decode_tokens_per_second_per_gpu"]
    )


def test_a_small_chunk_stalls_answers_less_and_makes_prompts_wait_longer() -> None:
    """The trade that Sarathi-Serve describes: time between tokens against time to the first."""
    whole, large, small = (results(prefill_chunk=chunk) for chunk in (0, 1000, 250))
    gaps = [found["longest_token_gap"] for found in (small, large, whole)]
    firsts = [found["ttft"] for found in (whole, large, small)]
    assert gaps == sorted(gaps)
    assert gaps[0] < 0.3 * gaps[2]
    assert firsts == sorted(firsts)


def test_experts_spread_otherwise_in_prefill_share_no_step_with_it() -> None:
    spread = {"prefill_chunk": 512, "prefill_placement": "together", "serving_tensor_parallel": 1}
    found = results("deepseek-serving", **spread)
    assert "(prefill_chunk)" in found["chunk_problem"]
    assert results("deepseek-serving", **spread, prefill_expert_parallel=144)["chunk_problem"] == ""


# Apart


def test_a_prompt_read_elsewhere_sends_its_cache_over_the_network() -> None:
    """Llama 3.1 405B: 516 kB a token, 1.03 GB of 2,000, from eight ports at once."""
    fast = {"prefill_placement": "apart", "scale_out_bandwidth": 50e9, "scale_out_efficiency": 1.0}
    found = results(**fast, scale_out_latency=0.0)
    assert found["prompt_cache_bytes"] == 2000 * 126 * 2 * 8 * 128 * 2
    assert found["kv_transfer_time"] == pytest.approx(found["prompt_cache_bytes"] / 400e9)
    assert found["ttft"] == pytest.approx(results()["ttft"] + found["kv_transfer_time"])
    assert found["longest_token_gap"] == found["decode_step_time"]


def test_all_prompts_cached_are_read_in_no_time_and_their_speed_is_none() -> None:
    scenario = shipped("llama-3.1-405b").with_values({**SERVED, "cache_hit_rate": 1.0})
    found = evaluate(scenario.inputs())
    assert found["ttft"] == 0
    assert found["accelerator_time_per_prompt"] == 0
    assert found["requests_per_second"] > results()["requests_per_second"]
    reasons = unknowns_in(scenario.inputs() | found).reasons("prefill_tokens_per_second_per_gpu")
    assert [*reasons] == ["every prompt token is found in the cache"]


# Rules


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("llama-3.1-405b", {"dense_weight_precision": "fp8"}, "(dense_weight_precision)"),
        ("llama-3.1-405b", {"serving_attention_precision": "fp8"}, "(serving_attention_precision)"),
        ("deepseek-serving", {"serving_expert_tensor_parallel": 3}, "do not divide by 3"),
    ],
)
def test_what_the_accelerator_or_the_experts_cannot_is_said(
    name: str, changes: dict[str, object], words: str
) -> None:
    old = {"serving_precision": "bf16", "serving_tensor_parallel": 1}
    lacking = {"fp8_flops": 0} if name.startswith("llama") else {}
    found = results(name, **old, **lacking, **changes)
    assert words in found["serving_problem"]
    assert words in found["prefill_problem"]
