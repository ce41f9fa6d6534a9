"""An iteration of RL: times of its parts by hand, and who waits for whom."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.engine.formulas.rl.hours import rl_idle_gpu_hours
from tests.strategies import shipped

# A thousand answers of 500 tokens to prompts of 500; ten accelerators that reach 1e14 FLOP/s each.
ITERATION: dict[str, object] = {
    **{"questions_per_step": 100, "group_size": 10, "samples_per_rollout": 0, "inner_updates": 1},
    **{"prompt_length": 500, "response_length": 500, "response_length_variation": 0},
    **{"rl_gradient_steps": 30, "last_phase_gradient_steps": 0, "rl_phases": 1},
    **{"max_response_length": 0, "raised_response_length": 0},
    **{"rl_num_gpus": 10, "bf16_flops": 1e15, "mfu_peak": "bf16"},
    **{"rl_utilization": "assumed", "rl_mfu": 0.1, "rl_placement": "colocated"},
    **{"flop_accounting": "six_nd", "stated_active_parameters": 5e9},
    **{"stated_total_parameters": 5e9},
}
JUDGE = {"reward": "model", "reward_parameters": 7e9, "reward_latency": 3}


def results(**changes: object) -> dict[str, Any]:
    scenario = shipped("deepseek-r1-zero-predicted").with_values(ITERATION | changes)
    return evaluate(scenario.inputs())


def test_a_judge_of_7b_reads_a_million_tokens_in_14_seconds() -> None:
    """2 x 7e9 FLOP for each of them at 1e15 FLOP/s, and three seconds of rules."""
    assert results(**JUDGE)["reward_time"] == pytest.approx(3 + 14)
    assert results(**JUDGE, rl_num_gpus=20)["reward_time"] == pytest.approx(3 + 7)
    assert results(**JUDGE, rl_gradient_steps=60)["reward_time"] == pytest.approx(3 + 14)


def test_rules_take_their_delay_whoever_waits() -> None:
    rules = JUDGE | {"reward": "rules"}
    assert results(**rules)["reward_time"] == 3
    assert results(**rules)["rl_reward_flops"] == 0


def test_generators_apart_judge_alone() -> None:
    apart = {"rl_placement": "disaggregated", "generator_share": 0.4}
    found = results(**JUDGE, **apart)
    assert found["rl_generators"] == 4
    assert found["rl_trainers"] == 6
    assert found["reward_time"] == pytest.approx(3 + 14 * 10 / 4)


def test_two_models_read_each_answer_and_one_learns_from_it() -> None:
    """Old policy and reference: twice 2 x 5e9 for a million tokens; learning, 4 x 5e9 for half."""
    found = results(log_probability_passes=2, backward_flop_per_parameter=4)
    assert found["log_probability_time"] == pytest.approx(20)
    assert found["policy_update_time"] == pytest.approx(10)


def test_a_value_model_reads_once_and_learns_at_every_update() -> None:
    """3e9 parameters: 2 + 2 x 6 FLOP for each of half a million tokens at two inner updates."""
    grpo = results(inner_updates=2, value_parameters=3e9)
    ppo = results(inner_updates=2, value_parameters=3e9, rl_algorithm="ppo")
    assert ppo["rl_value_flops"] / ppo["rl_rollouts"] == pytest.approx(14 * 3e9 * 500_000)
    assert ppo["policy_update_time"] - grpo["policy_update_time"] == pytest.approx(21)


def idle(generating: float, learning: float, ahead: int, placement: str = "disaggregated") -> float:
    """GPU-hours idle of 900 rollouts, six accelerators that generate and two that learn."""
    return rl_idle_gpu_hours(  # type: ignore[no-any-return]
        rl_placement=placement,
        rl_staleness=ahead,
        rl_rollouts=900.0,
        rollout_period=generating - 1.0,
        reward_time=1.0,
        log_probability_time=1.5,
        policy_update_time=learning - 1.5,
        rl_generators=6.0,
        rl_trainers=2.0,
        rl_predicted_gpu_hours=100.0,
    )


@pytest.mark.parametrize("ahead", [1, 4])
def test_side_by_side_the_faster_side_waits_for_the_rest(ahead: int) -> None:
    assert idle(10, 4, ahead) == 900 * 2 * 6 / 3600
    assert idle(4, 10, ahead) == 900 * 6 * 6 / 3600
    assert idle(7, 7, ahead) == 0


def test_in_turn_each_side_waits_for_all_of_the_other() -> None:
    assert idle(10, 4, 0) == 900 * (6 * 4 + 2 * 10) / 3600


def test_nobody_waits_where_all_do_everything_in_turn() -> None:
    assert idle(10, 4, 0, "colocated") == 0
    none = results(rl_placement="disaggregated", generator_share=0.5, rl_gradient_steps=0)
    assert none["rl_idle_gpu_hours"] == 0
