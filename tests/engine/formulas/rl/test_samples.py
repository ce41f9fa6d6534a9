"""Reinforcement learning: what is sampled and counted, and which models are held for it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.engine import evaluate
from tests.examples import examples
from tests.strategies import shipped

laws = examples(40)
R1_ZERO = shipped("deepseek-r1-zero-predicted")


def results(**changes: object) -> dict[str, Any]:
    """What follows from R1-Zero as it is predicted, with some fields changed."""
    return evaluate(R1_ZERO.with_values(changes).inputs())


@laws
@given(st.integers(2, 10**5))
def test_twice_as_many_answers_to_a_question_are_twice_as_many_tokens(size: int) -> None:
    once, twice = results(group_size=size), results(group_size=2 * size)
    for name in ("rl_generated_tokens", "rl_update_flops", "rl_log_probability_flops"):
        assert twice[name] == 2 * once[name], name


@laws
@given(st.integers(2, 10**5))
def test_a_group_reads_its_question_once_however_large_it_is(size: int) -> None:
    assert results(group_size=size)["rl_prompt_tokens"] == pytest.approx(10_400 * 32 * 207)


def test_ppo_holds_one_model_more_than_grpo_and_grpo_saves_as_much() -> None:
    grpo, ppo = results(), results(rl_algorithm="ppo")
    assert (grpo["rl_models_in_memory"], ppo["rl_models_in_memory"]) == (2, 3)
    saved = ppo["rl_state_bytes"] - grpo["rl_state_bytes"]
    assert grpo["rl_value_model_bytes"] == ppo["rl_value_model_bytes"] == pytest.approx(saved)


def test_rlhf_with_ppo_holds_four_models() -> None:
    """Policy, reference, reward and value model (Ouyang et al. 2022)."""
    held = results(rl_algorithm="ppo", reward="model", reward_parameters="70e9")
    assert held["rl_models_in_memory"] == 4
    assert held["rl_model_bytes"] == pytest.approx(2 * (3 * 671.03e9 + 70e9), rel=1e-4)


def test_a_small_value_model_costs_less_than_one_as_large_as_the_policy() -> None:
    small = results(rl_algorithm="ppo", value_parameters="7e9")
    large = results(rl_algorithm="ppo")
    for name in ("rl_value_flops", "rl_state_bytes", "policy_update_time", "rl_predicted_cost"):
        assert small[name] < large[name], name


def test_what_nobody_counted_is_not_in_the_estimate_of_january() -> None:
    """2.1 trillion tokens, 37 billion parameters, 4 FLOP to generate and 4 to learn."""
    estimate = evaluate(shipped("deepseek-r1-zero-estimate").inputs())
    assert estimate["rl_log_probability_flops"] == estimate["rl_prefill_flops"] == 0
    assert estimate["rl_flops"] == pytest.approx(2.097152e12 * 37e9 * 8)


@laws
@given(st.integers(0, 20))
def test_each_pass_for_probabilities_reads_every_answer_once_more(passes: int) -> None:
    one = results(log_probability_passes=1)["rl_log_probability_flops"]
    found = results(log_probability_passes=passes)["rl_log_probability_flops"]
    assert found == pytest.approx(passes * one)


@laws
@given(*[st.just(0.0) | st.floats(1e-6, 10)] * 2)
def test_answers_that_vary_more_look_back_further(one: float, other: float) -> None:
    """A token is likelier to stand in a long answer, so a mean says too little."""
    narrow, wide = sorted([one, other])
    small = results(response_length_variation=narrow)["rl_context"]
    large = results(response_length_variation=wide)["rl_context"]
    assert 3000 <= small - 207 <= large - 207 <= 65536 / 2


def test_the_last_phase_may_have_steps_and_hours_of_its_own() -> None:
    phases = results(rl_phases=3, last_phase_gradient_steps=1700)
    assert phases["first_rl_steps"] == 10_400
    assert phases["later_rl_steps"] == 12_100
    same = results(rl_phases=3)
    assert same["rl_samples"] == 3 * results()["rl_samples"]
    measured = {"rl_utilization": "measured", "measured_last_phase_gpu_hours": 41e3}
    assert results(rl_phases=2, **measured)["rl_gpu_hours"] == 142e3
    assert results(rl_phases=1, **measured)["rl_gpu_hours"] == 101e3
