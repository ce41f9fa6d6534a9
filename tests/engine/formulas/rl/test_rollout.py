"""Rollouts: the longest of many answers, and how long a rollout with all that follows it takes."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.engine import evaluate
from dsexplore.engine.normal import normal_quantile, normal_tail
from dsexplore.scenario.scenario import Scenario
from tests.examples import examples
from tests.strategies import scenarios, shipped

laws = examples(40)
R1_ZERO = shipped("deepseek-r1-zero-predicted")
UNCAPPED: dict[str, object] = {"raised_response_length": 0, "max_response_length": 0}
APART: dict[str, object] = {"rl_placement": "disaggregated"}
PARTS = (
    "rollout",
    "reward",
    "log_probability",
    "policy_update",
    "weight_transfer",
    "rl_overhead",
    "rl_idle",
)


def results(**changes: object) -> dict[str, Any]:
    """What follows from R1-Zero as it is predicted, with some fields changed."""
    return evaluate(R1_ZERO.with_values(changes).inputs())


@cache
def drawn_lengths(samples: int, variation: float) -> Any:
    """Lognormal answers drawn at random, a row for each of many rollouts."""
    spread = np.sqrt(np.log1p(variation**2))
    rollouts = max(2_000_000 // samples, 200)
    return np.random.default_rng(7).lognormal(
        np.log(6000) - spread**2 / 2, spread, (rollouts, samples)
    )


def drawn(samples: int, variation: float, cap: float) -> tuple[float, float, float]:
    """Means of an answer and of the longest one, cut off at the cap, and share of capped ones."""
    lengths = drawn_lengths(samples, variation)
    cut = np.minimum(lengths, cap)
    return float(cut.mean()), float(cut.max(axis=1).mean()), float((lengths > cap).mean())


# The normal distribution


@pytest.mark.parametrize(("tail", "number"), [(0.5, 0), (0.025, 1.95996), (1e-6, 4.75342)])
def test_quantiles_and_tails_are_those_of_the_tables(tail: float, number: float) -> None:
    assert normal_quantile(tail) == pytest.approx(number, abs=5e-4)
    assert normal_quantile(1 - tail) == pytest.approx(-number, abs=5e-4)
    assert normal_tail(number) == pytest.approx(tail, abs=1e-6)
    assert normal_tail(-number) == pytest.approx(1 - tail, abs=1e-6)


# Lengths


@pytest.mark.parametrize("samples", [1, 16, 512, 8192])
@pytest.mark.parametrize("variation", [0.3, 1.0, 2.0])
@pytest.mark.parametrize("cap", [8000, 32_768])
def test_the_longest_answer_is_what_drawing_many_gives(
    samples: int, variation: float, cap: int
) -> None:
    mean, longest, beyond = drawn(samples, variation, cap)
    found = results(
        response_length=mean,
        group_size=max(samples, 2),
        samples_per_rollout=samples,
        response_length_variation=variation,
        raised_response_length=0,
        max_response_length=cap,
    )
    assert found["rl_expected_longest_response"] == pytest.approx(longest, rel=0.05)
    assert found["rl_capped_share"] == pytest.approx(beyond, abs=5e-3)


def test_the_longest_answer_decodes_as_its_generator_does_unless_its_speed_is_stated() -> None:
    own, stated = results(decode_speed=0), results(decode_speed=50)
    full, few = (own[f"rollout_{part}tokens_per_second_per_request"] for part in ("", "tail_"))
    assert full < own["rl_decode_speed"] < few
    assert (own["rl_decode_speed_basis"], stated["rl_decode_speed_basis"]) == (
        "of its own generator",
        "stated",
    )
    for found in (own, stated):
        speed = found["rl_decode_speed"]
        longest = found["rl_expected_longest_response"]
        assert found["rollout_serial_time"] == pytest.approx(longest / speed)
        assert found["rl_serial_days"] == pytest.approx(found["rl_serial_tokens"] / speed / 86_400)
    assert stated["rl_decode_speed"] == 50
    # Twice the accelerators hold half of the answers each, and decode each of them faster.
    assert results(decode_speed=0, rl_num_gpus=1024)["rl_decode_speed"] > own["rl_decode_speed"]


@laws
@given(
    st.integers(1, 10**6),
    st.integers(1, 1000),
    st.just(0.0) | st.floats(1e-6, 5),
    st.integers(6000, 10**6),
)
def test_more_answers_have_a_longer_longest_one_and_none_passes_the_cap(
    samples: int, times: int, variation: float, cap: int
) -> None:
    def longest(number: int) -> float:
        found: float = results(
            raised_response_length=0,
            max_response_length=cap,
            response_length_variation=variation,
            samples_per_rollout=number,
        )["rl_expected_longest_response"]
        return found

    few, many = longest(samples), longest(samples * times)
    assert few <= many * (1 + 1e-4)
    assert many <= cap * (1 + 1e-9)


def test_answers_of_one_length_have_a_longest_one_of_that_length() -> None:
    found = results(response_length_variation=0)
    assert found["rl_expected_longest_response"] == pytest.approx(6000)
    assert found["rl_capped_share"] == 0


def test_r1_zero_reaches_its_caps() -> None:
    """8,200 steps are 512 rollouts and a half to 32,768 tokens, 2,200 the others to 65,536."""
    found = results()
    assert found["rl_serial_tokens"] == pytest.approx(512.5 * 32_768 + 137.5 * 65_536)
    expected = found["rl_rollouts"] * found["rl_expected_longest_response"]
    assert expected == pytest.approx(found["rl_serial_tokens"], rel=0.01)


def test_without_a_cap_nothing_ends_the_longest_answer() -> None:
    assert results(**UNCAPPED)["rl_capped_share"] == 0
    assert results(**UNCAPPED)["rollout_time"] > results()["rollout_time"]


# Decoding


@laws
@given(scenarios())
def test_a_rollout_decodes_as_serving_does_with_its_batch_and_context(scenario: Scenario) -> None:
    inputs = scenario.inputs()
    found = evaluate(inputs)
    if found["rollout_bulk_batch"] < 1:  # serving decodes at least one request
        return
    served = evaluate(
        inputs
        | {
            **{"decode_batch": found["rollout_bulk_batch"], "kv_length": found["rl_context"]},
            **{"serving_micro_batches": found["rollout_micro_batches"]},
            "step_host_time": inputs["rollout_step_host_time"],
            "request_host_time": inputs["rollout_request_host_time"],
        }
    )
    for part in (
        *("attended_tokens", "dense_time", "expert_time", "attention_time", "network_time"),
        *("step_time", "tokens_per_second_per_gpu"),
    ):
        assert found[f"rollout_{part}"] == pytest.approx(served[f"decode_{part}"], nan_ok=True)


@laws
@given(scenarios(), st.sampled_from(["six_nd", "causal", "full"]), st.integers(0, 10_000))
def test_an_answer_that_looks_back_as_far_as_training_takes_its_forward_pass(
    scenario: Scenario, convention: str, window: int
) -> None:
    """In every convention, a third of a trained token's FLOP."""
    counting = {"flop_accounting": convention, "attention_window": float(window)}
    whole = {"mean_document_length": 0.0, "lora_rank": 0.0, "frozen_share": 0.0}
    inputs = scenario.inputs() | counting | whole
    changes = {"prompt_length": 0.0, "response_length_variation": 0.0}
    response = {"response_length": inputs["sequence_length"], "max_response_length": 0.0}
    found = evaluate(inputs | changes | response | {"raised_response_length": 0.0})
    trained = found["counted_flops_per_token"]
    assert 3 * found["rl_forward_flops_per_token"] == pytest.approx(trained, nan_ok=True)


# Time


@laws
@given(st.floats(1, 1e5))
def test_a_rollout_lasts_no_less_than_its_longest_answer_and_than_all_its_tokens(
    speed: float,
) -> None:
    found = results(decode_speed=speed)
    assert found["rollout_time"] >= found["rollout_serial_time"]
    assert found["rollout_time"] >= found["rollout_throughput_time"]
    waits = found["rollout_serial_time"] >= found["rollout_throughput_time"]
    assert found["rollout_bound"] == ("longest answer" if waits else "throughput")


def test_generators_are_too_few_for_many_answers_and_too_many_for_one() -> None:
    assert results(samples_per_rollout=10**6)["rollout_bound"] == "throughput"
    assert results(samples_per_rollout=256)["rollout_bound"] == "longest answer"


def test_weights_that_no_generator_holds_generate_nothing() -> None:
    found = results(decode_expert_parallel=1)
    assert found["rollout_bound"] == "weights do not fit"
    assert np.isnan(found["rl_predicted_days"])


def test_fewer_generators_than_share_the_experts_generate_nothing() -> None:
    assert results(rl_num_gpus=143)["rollout_bound"] == "weights do not fit"
    assert results(rl_num_gpus=144)["rollout_bound"] == "longest answer"


@laws
@given(st.integers(144, 10**6), st.integers(1, 100))
def test_more_accelerators_never_make_the_run_longer(gpus: int, times: int) -> None:
    few, many = results(rl_num_gpus=gpus), results(rl_num_gpus=gpus * times)
    assert many["rl_predicted_days"] <= few["rl_predicted_days"] * (1 + 1e-9)


@laws
@given(st.floats(0.3, 0.99), st.integers(1, 20), st.floats(1, 1e4))
def test_running_ahead_is_never_slower_than_waiting(share: float, ahead: int, speed: float) -> None:
    split = {**APART, "generator_share": share, "decode_speed": speed}
    days = [
        results(**split, rl_staleness=rollouts)["rl_predicted_days"]
        for rollouts in (0, ahead, 2 * ahead)
    ]
    assert days[0] >= days[1] >= days[2]


@laws
@given(st.floats(0.3, 0.99), st.integers(0, 5), st.sampled_from(["rules", "model"]))
def test_the_parts_and_waiting_make_up_the_whole(share: float, ahead: int, reward: str) -> None:
    for placement in ("colocated", "disaggregated"):
        found = results(
            rl_placement=placement,
            generator_share=share,
            rl_staleness=ahead,
            reward=reward,
            reward_parameters="70e9",
            reward_latency=30,
        )
        hours = sum(found[f"{part}_gpu_hours"] for part in PARTS)
        assert hours == pytest.approx(found["rl_predicted_gpu_hours"])
        dollars = sum(found[f"{part}_cost"] for part in PARTS)
        assert dollars == pytest.approx(found["rl_predicted_cost"])


@laws
@given(st.integers(1, 10**4))
def test_half_the_steps_are_half_the_predicted_cost(steps: int) -> None:
    once = results(rl_gradient_steps=steps, raised_response_length=0)
    twice = results(rl_gradient_steps=2 * steps, raised_response_length=0)
    assert twice["rl_cost"] == pytest.approx(2 * once["rl_cost"])


def test_half_the_questions_do_not_halve_what_the_longest_answers_take() -> None:
    """Half as many answers wait for nearly as long a longest one: no count of FLOP shows that."""
    half = results(questions_per_step=16, samples_per_rollout=4096)
    assert half["rl_generated_tokens"] == results()["rl_generated_tokens"] / 2
    assert half["rl_cost"] > 0.9 * results()["rl_cost"]


def test_slow_rules_add_to_every_rollout() -> None:
    slow = results(reward_latency=60)["rl_iteration_time"]
    assert slow == pytest.approx(results()["rl_iteration_time"] + 60)


def test_weights_cross_to_other_nodes_slower_than_within_one() -> None:
    assert results(rl_num_gpus=1)["weight_transfer_time"] == 0
    near, far = results(rl_num_gpus=8), results(rl_num_gpus=16)
    assert 0 < near["weight_transfer_time"] < far["weight_transfer_time"]


# A batch that drains


def drained(samples: int, gpus: int, variation: float, **layout: object) -> tuple[float, float]:
    """Time of a rollout: as predicted, and summed over drawn lengths step by step."""
    lengths = np.minimum(drawn_lengths(samples, variation)[:10], 32_768)
    found = results(
        **layout, raised_response_length=0,
        max_response_length=32_768, decode_speed=0, samples_per_rollout=samples, prompt_length=1,
        response_length_variation=variation, response_length=float(lengths.mean()),
    )  # fmt: skip
    inputs = R1_ZERO.with_values(layout).inputs()
    times = []
    for rollout in lengths:
        at = np.arange(1.0, rollout.max(), 100.0)
        left = np.maximum([(rollout > each).sum() / gpus for each in at], 1.0)
        split = np.where(left < 2, 1, 2)
        now = {
            "step_host_time": inputs["rollout_step_host_time"],
            "request_host_time": inputs["rollout_request_host_time"],
            "decode_batch": left,
            "kv_length": 1 + at,
            "serving_micro_batches": split,
        }
        step = evaluate(inputs | now, ["decode_step_time"])["decode_step_time"]
        times.append(100 * step.sum())
    return found["rollout_time"], float(np.mean(times))


@pytest.mark.parametrize(("samples", "gpus"), [(8192, 512), (8192, 144)])
@pytest.mark.parametrize("variation", [0.3, 1.0])
def test_a_rollout_lasts_as_long_as_its_answers_step_by_step(
    samples: int, gpus: int, variation: float
) -> None:
    """Two parts, each at its mean batch, are within a tenth of the sum over all steps."""
    predicted, summed = drained(samples, gpus, variation, rl_num_gpus=gpus)
    assert predicted == pytest.approx(summed, rel=0.1)


def test_rollouts_under_way_share_the_batch_and_wait_for_no_longest_answer() -> None:
    one, eight = (results(**APART, decode_speed=0, rl_staleness=ahead) for ahead in (1, 8))
    assert eight["rollout_batch"] > one["rollout_batch"]
    assert eight["rollout_period"] < one["rollout_period"]
    assert eight["rollout_time"] > one["rollout_time"]


def test_answers_that_carry_on_in_the_next_rollout_hold_nobody_up() -> None:
    waiting, carried = (results(decode_speed=0, partial_rollouts=on) for on in (False, True))
    assert carried["rollout_time"] < 0.5 * waiting["rollout_time"]
    assert carried["rollout_bulk_batch"] == pytest.approx(waiting["rollout_share"])


def test_groups_that_are_dropped_are_generated_and_not_learnt_from() -> None:
    all_kept, half = results(), results(kept_groups=0.5)
    assert half["rl_generated_tokens"] == 2 * all_kept["rl_generated_tokens"]
    assert half["rl_update_flops"] == pytest.approx(all_kept["rl_update_flops"])
    assert half["policy_update_time"] == pytest.approx(all_kept["policy_update_time"])
    assert half["rl_rollouts"] == all_kept["rl_rollouts"]
    assert half["rollout_share"] == 2 * all_kept["rollout_share"]


def test_the_longest_answer_waits_for_its_tools_in_every_turn() -> None:
    """Six thousand tokens take three turns, the longest of 39,700 nearly twenty."""
    alone, tools = results(decode_speed=50), results(decode_speed=50, tool_turns=3, tool_latency=10)
    waits = tools["rollout_serial_time"] - alone["rollout_serial_time"]
    assert waits == pytest.approx(3 * 10 * alone["rl_expected_longest_response"] / 6000)


def test_without_a_reference_one_model_and_one_pass_are_saved() -> None:
    held, dropped = results(), results(reference_model=False)
    assert held["rl_models_in_memory"] - dropped["rl_models_in_memory"] == 1
    assert dropped["rl_log_probability_flops"] == held["rl_log_probability_flops"] / 2
    saved = held["rl_state_bytes"] - dropped["rl_state_bytes"]
    assert saved == pytest.approx(2 * 671.03e9, rel=1e-4)
    assert results(reference_model=False, log_probability_passes=0)["rl_log_probability_flops"] == 0


def test_a_mean_of_cut_answers_is_met_by_longer_ones() -> None:
    """A median of 5,947 tokens: NeMo RL's answers of 5,578 on average under a cap of 8,072."""
    found = results(
        response_length=5578, max_response_length=8072, raised_response_length=0,
    )  # fmt: skip
    spread = np.sqrt(np.log(2))
    lengths = np.random.default_rng(3).lognormal(
        np.log(found["rl_median_response"]), spread, 200_000
    )
    assert np.minimum(lengths, 8072).mean() == pytest.approx(5578, rel=0.01)


def test_ppo_needs_more_accelerators_than_grpo() -> None:
    found = results()
    assert found["rl_grpo_fewest_gpus"] == found["rl_fewest_gpus"] < found["rl_ppo_fewest_gpus"]
    assert results(rl_algorithm="ppo")["rl_fewest_gpus"] == found["rl_ppo_fewest_gpus"]


def test_answers_beyond_an_engine_s_limit_wait_for_room() -> None:
    whole, bounded = results(), results(rollout_batch_limit=8)
    assert whole["rollout_batch"] > 8 == bounded["rollout_batch"]
    assert bounded["rollout_queue_steps"] > whole["rollout_queue_steps"]
    assert bounded["rollout_time"] > whole["rollout_time"]


def test_an_accelerator_that_learns_holds_models_and_activations_one_that_generates_a_cache() -> (
    None
):
    found = results(rl_algorithm="ppo")
    models = ("rl_policy_memory", "rl_frozen_memory", "rl_value_memory")
    learning = sum(found[name] for name in (*models, "rl_activation_memory"))
    reserve = R1_ZERO.parallelism.memory_reserve
    assert found["rl_learning_memory"] == pytest.approx(learning + reserve)
    assert found["rl_value_memory"] == pytest.approx(found["rl_policy_memory"])
    longer = results(rl_algorithm="ppo", response_length=12_000)
    assert longer["rl_activation_memory"] > 1.8 * found["rl_activation_memory"]
    fuller = results(samples_per_rollout=16_384)
    assert fuller["rl_generating_memory"] >= results()["rl_generating_memory"]


def test_an_optimiser_with_one_moment_less_holds_less_in_rl_too() -> None:
    """AdamW with BF16 moments has 8 bytes per parameter; Muon has one moment of matrices alone."""
    adamw, muon = results(), results(optimizer="muon")
    assert adamw["rl_optimizer_bytes"] == 8
    assert muon["rl_optimizer_bytes"] == pytest.approx(6, rel=0.01)
    saved = adamw["rl_policy_bytes"] - muon["rl_policy_bytes"]
    assert saved == pytest.approx(2 * adamw["total_parameters"], rel=0.01)


def test_a_stated_total_below_the_experts_of_the_shape_leaves_no_negative_memory() -> None:
    found = results(optimizer="muon", stated_total_parameters=1e9)
    assert 0 < found["rl_optimizer_bytes"] <= 8
    assert found["rl_memory_per_gpu"] > 0
