"""An iteration of RL: times of its parts by hand, and who waits for whom."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.engine.formulas.rl.hours import rl_idle_gpu_hours
from dsexplore.engine.formulas.rl.iteration import rl_iteration_time
from dsexplore.library.presets import with_panel
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
QWEN3_30B: dict[str, object] = {
    **{"num_layers": 48, "hidden_size": 2048, "num_attention_heads": 32, "num_kv_heads": 4},
    **{"intermediate_size": 6144, "moe_intermediate_size": 768},
    **{"stated_total_parameters": 0, "stated_active_parameters": 0},
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


def test_an_update_is_three_passes_over_questions_and_answers() -> None:
    """A pass over a million tokens takes 10 s, so an update takes one and a half times two."""
    counted = {"backward_flop_per_parameter": 0, "inner_flop_per_parameter": 0}
    found = results(**counted, log_probability_passes=2)
    assert found["log_probability_time"] == pytest.approx(2 * 10)
    assert found["policy_update_time"] == pytest.approx(3 * 10)
    assert results(**counted, inner_updates=3, rl_gradient_steps=90)[
        "policy_update_time"
    ] == pytest.approx(9 * 10)


@pytest.mark.parametrize("accounting", ["six_nd", "causal", "full"])
def test_attention_is_in_every_part_or_in_none(accounting: str) -> None:
    """Qwen2.5 1.5B: the update beside two forward passes, in each convention of counting."""
    scenario = with_panel(shipped("deepseek-r1-zero-predicted"), "architecture", "qwen2.5-1.5b")
    counted = {"backward_flop_per_parameter": 0, "generation_flop_per_parameter": 0}
    long = ITERATION | counted | {"response_length": 8000, "flop_accounting": accounting}
    stated = {"stated_active_parameters": 0, "stated_total_parameters": 0}
    found = evaluate(scenario.with_values(long | stated).inputs())
    assert found["rl_update_flops"] == pytest.approx(1.5 * found["rl_log_probability_flops"])
    assert found["rl_generation_flops"] == pytest.approx(
        found["rl_generated_tokens"] * found["rl_forward_flops_per_token"]
    )


def test_what_an_article_states_counts_answers_alone() -> None:
    stated = results(backward_flop_per_parameter=4, generation_flop_per_parameter=4)
    assert stated["rl_update_flops"] == 4 * 5e9 * stated["rl_generated_tokens"]
    assert stated["rl_generation_flops"] == 4 * 5e9 * stated["rl_generated_tokens"]


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
    """3e9 parameters: 2 + 2 x 6 FLOP for each of a million tokens, questions' among them."""
    grpo = results(inner_updates=2, value_parameters=3e9)
    ppo = results(inner_updates=2, value_parameters=3e9, rl_algorithm="ppo")
    assert ppo["rl_value_flops"] / ppo["rl_rollouts"] == pytest.approx(14 * 3e9 * 1_000_000)
    assert ppo["policy_update_time"] - grpo["policy_update_time"] == pytest.approx(42)


def test_steps_of_three_phases_the_last_with_a_number_of_its_own() -> None:
    phases = {"rl_phases": 3, "rl_gradient_steps": 1000, "last_phase_gradient_steps": 500}
    found = results(**phases, inner_updates=4)
    assert found["first_rl_steps"] == 1000
    assert found["later_rl_steps"] == 1500
    # Four gradient steps on the same thousand answers.
    assert found["rl_sampled_steps"] == 625
    assert found["rl_samples"] == 625_000
    assert found["rl_generated_tokens"] == 625_000 * 500
    assert found["rl_prompt_tokens"] == 62_500 * 500
    assert found["rl_rollouts"] == 625
    assert results(**phases, samples_per_rollout=4000)["rl_rollouts"] == 2500 / 4
    assert results(**phases, samples_per_rollout=4000)["rl_mini_batches"] == 4
    alike = results(**phases | {"last_phase_gradient_steps": 0})
    assert alike["later_rl_steps"] == 2000
    assert results(rl_phases=1, last_phase_gradient_steps=500)["later_rl_steps"] == 0
    assert results(rl_phases=2, last_phase_gradient_steps=500)["later_rl_steps"] == 500


def test_updates_on_the_same_answers_have_a_price_of_their_own() -> None:
    prices = {"backward_flop_per_parameter": 4, "inner_flop_per_parameter": 6}
    found = results(**prices, inner_updates=3)
    assert found["rl_update_flops"] == pytest.approx((4 + 2 * 6) * 5e9 * 10 * 500_000)
    read = results(generation_flop_per_parameter=3)
    assert read["rl_generation_flops"] == pytest.approx(3 * 5e9 * 30 * 500_000)
    assert read["rl_prefill_flops"] == pytest.approx(2 * 5e9 * 3000 * 500)


def test_a_token_of_an_answer_looks_back_on_its_prompt_and_half_of_the_answer() -> None:
    assert results()["rl_context"] == 500 + 250
    # Twice as long for a variation of one, as long answers hold most tokens; no longer than a cap.
    assert results(response_length_variation=1)["rl_context"] == 500 + 500
    capped = {"response_length_variation": 1, "max_response_length": 600}
    assert results(**capped)["rl_context"] == 500 + 300
    raised = capped | {"raised_response_length": 800}
    assert results(**raised)["rl_context"] == 500 + 400


def test_every_generator_sees_the_whole_model_tensor_by_tensor() -> None:
    """In BF16 at half of 100 GB/s within a node of ten, of 10 GB/s between nodes of eight.

    Colocated in turn with gathering it, so twice.
    """
    links = {"scale_up_bandwidth": 100e9, "scale_out_bandwidth": 10e9, "network_efficiency": 0.5}
    bare = links | {"tensor_transfer_time": 0}
    near, far = results(**bare, gpus_per_node=10), results(**bare, gpus_per_node=8)
    assert near["weight_transfer_time"] == pytest.approx(2 * 2 * 5e9 / 50e9)
    assert far["weight_transfer_time"] == pytest.approx(2 * 2 * 5e9 / 5e9)
    apart = {"rl_placement": "disaggregated", "generator_share": 0.5}
    assert results(**bare, **apart, gpus_per_node=8)["weight_transfer_time"] == pytest.approx(2)
    each = results(**links | {"tensor_transfer_time": 1}, gpus_per_node=10)
    # V3: 58 layers of 256 experts with three matrices each, and nine tensors in each of 61 layers.
    tensors = each["weight_transfer_time"] - near["weight_transfer_time"]
    assert tensors == pytest.approx(58 * 256 * 3 + 61 * 9)


@pytest.mark.parametrize(
    ("preset", "gpu", "gpus", "tensor", "seconds"),
    [
        ("qwen3-30b-a3b", "h20-96gb-sxm", 32, 4, 4.38),
        ("qwen3-235b-a22b", "h20-96gb-sxm", 128, 8, 23.7),
    ],
)
def test_weights_take_as_long_to_send_as_was_measured(
    preset: str, gpu: str, gpus: int, tensor: int, seconds: float
) -> None:
    """Within a tenth (verl, fully asynchronous training on H20, with its checkpoint engine)."""
    base = with_panel(shipped("deepseek-r1-zero-predicted"), "hardware", gpu)
    base = with_panel(base, "architecture", "qwen3-235b-a22b")
    if preset != "qwen3-235b-a22b":
        base = base.with_values(QWEN3_30B)
    layout = {"rl_num_gpus": gpus, "serving_tensor_parallel": tensor}
    found = evaluate(base.with_values(layout).inputs())
    assert found["weight_transfer_time"] == pytest.approx(seconds, rel=0.1)


def iteration(ahead: int, placement: str, learning: float = 30.0) -> float:
    return rl_iteration_time(  # type: ignore[no-any-return]
        rl_placement=placement,
        rl_staleness=ahead,
        rollout_period=40.0,
        reward_time=5.0,
        log_probability_time=10.0,
        policy_update_time=learning - 10.0,
        weight_transfer_time=2.0,
        rl_overhead_time=3.0,
    )


def test_an_iteration_in_turn_or_as_long_as_the_longer_side() -> None:
    assert iteration(1, "colocated") == 40 + 5 + 30 + 2 + 3
    assert iteration(0, "disaggregated") == 40 + 5 + 30 + 2 + 3
    assert iteration(1, "disaggregated") == 45 + 2 + 3
    assert iteration(1, "disaggregated", learning=60) == 60 + 2 + 3


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
