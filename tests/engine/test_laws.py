"""What holds of every scenario, whatever its numbers."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from dsexplore.engine import GRAPH, INTERVALS, QUANTITIES, at_least_in, evaluate
from dsexplore.scenario.field import UNKNOWN
from dsexplore.scenario.measured_run import MEASURED_RUN
from dsexplore.scenario.scenario import FIELDS, Scenario
from tests.examples import examples
from tests.laws.laws import MAY_BE_NEGATIVE
from tests.strategies import (
    LARGEST,
    MAY_BE_UNKNOWN,
    changed,
    changes,
    scenarios,
    values_of,
)

laws = examples(20)
many = examples(60)

known_scenarios = scenarios(unknown=False)
architecture = tuple(name for name, spec in FIELDS.items() if spec.table == "architecture")

# Rent is what the price of an hour multiplies.
RENT = (
    *("pretraining_cost", "context_extension_cost", "sft_cost", "rl_cost", "post_training_cost"),
    *("total_cost", "experiments_cost", "pretraining_cost_per_million_tokens"),
    *("serving_cost_per_day", "cost_per_million_output_tokens", "cost_per_million_input_tokens"),
    "service_cost_per_million_output_tokens",
    "training_cost_in_days_of_revenue",
    *("cold_start_cost", "first_rl_cost", "rejection_cost", "fine_tuning_cost", "later_rl_cost"),
    "distillation_cost",
)
# Of RL as it is predicted: the more accelerators, the more of them wait for the longest answer.
RL_RENT = (
    *("rollout_cost", "reward_cost", "log_probability_cost", "policy_update_cost"),
    *("weight_transfer_cost", "rl_overhead_cost", "rl_idle_cost", "rl_predicted_cost"),
)
# The ends of their intervals.
RENT_ENDS = tuple(end for name in RENT for end in INTERVALS.get(name, ()))
# What rent is set against.
AGAINST_RENT = (
    *("cost_with_development", *INTERVALS["cost_with_development"]),
    *("profit_per_day", "margin", "margin_of_revenue", "output_price_over_cost"),
)
# What each quotient divides by: where that is 0 there is no quotient. A result that is not here
# may be unknown only because something that its formula names is.
DIVIDES_BY = {
    "rollout_queue_steps": ("rollout_batch",),
    "rollout_bulk_time": ("rollout_tokens_per_second_per_request",),
    "rollout_tail_time": ("rollout_tail_tokens_per_second_per_request",),
    "rl_micro_batches": ("rl_trainers", "rl_data_parallel"),
    "rl_forward_time": ("rl_trainers", "rl_data_parallel"),
    "rollout_share": ("rl_generators",),
    "rl_micro_batch_work": ("counted_flops_per_token",),
    "attention_parity_context": (
        "attention_layers",
        "num_attention_heads",
        "decode_attention_width",
    ),
    "mfu": ("mfu_peak_flops",),
    "measured_run_mfu": ("measured_run_gpu_hours", "measured_run_peak_flops"),
    "measured_gpu_hours": ("measured_run_tokens",),
    "measured_hours_factor": (
        *("measured_run_flops_per_token", "mfu_peak_flops", "predicted_tokens_per_second_per_gpu"),
    ),
    "mfu_full": ("counted_flops_per_token",),
    "hfu": ("counted_flops_per_token",),
    "achieved_flops_per_gpu": ("pretraining_gpu_hours",),
    "tokens_per_second_per_gpu": ("pretraining_gpu_hours",),
    "pretraining_gpu_hours": ("mfu_peak_flops",),
    "pretraining_cost_per_million_tokens": ("pretraining_tokens",),
    "rl_gpu_hours_by_flops": ("post_training_flops_per_gpu",),
    "rl_implied_mfu": ("rl_gpu_hours", "mfu_peak_flops"),
    # None learn where all accelerators generate.
    "rl_memory_per_gpu": ("rl_trainers",),
    "rl_policy_memory": ("rl_trainers",),
    "rl_frozen_memory": ("rl_trainers",),
    "rl_value_memory": ("rl_trainers",),
    "rl_break_even_mfu": ("pretraining_gpu_hours", "mfu_peak_flops"),
    "cold_start_gpu_hours": ("post_training_flops_per_gpu",),
    "rejection_gpu_hours": ("post_training_flops_per_gpu",),
    "fine_tuning_gpu_hours": ("post_training_flops_per_gpu",),
    "distillation_gpu_hours": ("post_training_flops_per_gpu",),
    "rl_implied_decode_speed": ("rl_days",),
    "rollout_batch": ("rl_generators",),
    "rollout_throughput_time": ("rollout_tokens_per_second",),
    "rollout_prefill_time": ("rl_rollouts", "rl_generators", "post_training_flops_per_gpu"),
    "reward_time": ("rl_rollouts", "rl_generators", "post_training_flops_per_gpu"),
    "log_probability_time": ("rl_rollouts", "rl_trainers", "post_training_flops_per_gpu"),
    "policy_update_time": (
        *("rl_rollouts", "rl_trainers", "post_training_flops_per_gpu", "rl_pass_flops"),
    ),
    "kv_cache_saving": ("kv_cache_bytes_per_token_multi_head",),
    "expert_dispatch_share": ("pretraining_days",),
    "expert_activation_share": ("num_routed_experts",),
    "time_between_failures": ("failures_per_hour",),
    "memory_share": ("memory_capacity",),
    "head_in_layers": ("layer_matmul_weights",),
    "up_projection_share": ("layer_matmul_weights",),
    **dict.fromkeys(
        (name for name in QUANTITIES if name.endswith(("_product_time", "_gradient_time"))),
        ("gemm_rate", "dense_gemm_rate", "serving_gemm_rate"),
    ),
    "compute_to_communication": ("forward_communication_time",),
    "held_expert_parameters": ("experts_per_token",),
    "decode_network_speed_limit": ("decode_exchange_bytes",),
    "largest_decode_batch": ("kv_cache_per_request",),
    "prefill_attended_tokens": ("computed_input_share", "prompt_tokens"),
    "prefill_tokens_per_second_per_gpu": ("computed_input_share",),
    "serving_utilization": ("serving_gpus_held",),
    "margin": ("serving_cost_per_day",),
    "margin_of_revenue": ("revenue_per_day",),
    "batch_fullness": ("largest_decode_batch",),
    "requests_per_second": ("accelerator_time_per_request",),
    "output_tokens_per_second_per_gpu": ("serving_gpus_needed",),
    "attention_parity_context_in_time": (
        *("decode_requests", "decode_attention_time_per_context_token"),
    ),
    "least_attention_parity_context_in_time": (
        *("dense_gemm_rate", "serving_gemm_rate", "decode_attention_time_per_context_token"),
    ),
    "mean_token_price": ("input_tokens_per_day", "output_tokens_per_day"),
    "training_cost_in_days_of_revenue": ("revenue_per_day",),
    "output_price_over_cost": ("cost_per_million_output_tokens",),
    "predicted_mfu": ("mfu_peak_flops",),
    "predicted_mfu_full": ("mfu_peak_flops",),
    "predicted_hfu": ("mfu_peak_flops",),
    "predicted_hfu_full": ("mfu_peak_flops",),
}


def results(scenario: Scenario) -> dict[str, Any]:
    return evaluate(scenario.inputs())


def is_unknown(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def same(one: Any, other: Any) -> bool:
    return bool(one == other) or (is_unknown(one) and is_unknown(other))


def close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9) or (math.isnan(one) and math.isnan(other))


# What can come out at all


@many
@given(scenarios())
def test_every_scenario_has_results_that_are_texts_or_floats_and_never_infinite(
    scenario: Scenario,
) -> None:
    found = results(scenario)
    assert list(found) == list(QUANTITIES)
    for name, value in found.items():
        assert type(value) is (str if QUANTITIES[name].is_text else float), name
        assert isinstance(value, str) or not math.isinf(value), name


@many
@given(scenarios())
def test_nothing_is_negative_but_a_saving_that_is_none(scenario: Scenario) -> None:
    """A latent wider than the heads it replaces saves less than nothing, and a run that needs more
    memory than there is leaves less than none; all else counts."""
    found = results(scenario)
    assert not found["kv_cache_saving"] > 1
    for name, value in found.items():
        if name not in MAY_BE_NEGATIVE and not QUANTITIES[name].is_text:
            assert not value < 0, name


@many
@given(scenarios())
def test_a_result_is_unknown_only_for_a_reason(scenario: Scenario) -> None:
    """Something that its formula names is unknown, or it is a quotient and its divisor is 0.

    Some formulas have a reason of their own: hours that nobody measured, and accelerators that do
    not divide into copies of the model or of its experts.
    """
    inputs = scenario.inputs()
    found = results(scenario)
    known = {**inputs, **found}
    for name in QUANTITIES:
        if not is_unknown(known[name]):
            continue
        unknown_need = any(
            is_unknown(known[need]) or known[need] == "" for need in GRAPH.dependencies(name)
        )
        zero_below = any(known[divisor] == 0 for divisor in DIVIDES_BY.get(name, ()))
        own_reason = (
            (name == "pretraining_gpu_hours" and found["hours_problem"] != "")
            or (name in ("data_parallel", "expert_data_parallel") and found["layout_problem"] != "")
            # However many accelerators there are, none holds what generates.
            or name in ("rl_fewest_gpus", "rl_grpo_fewest_gpus", "rl_ppo_fewest_gpus")
            # More come than are served.
            or (name == "batch_wait" and found["batch_fullness"] > 1 - 1e-8)
            or (name == "prompt_wait" and found["prompt_queue_load"] > 1 - 1e-8)
        )
        # What was not known of the measured run may be known here.
        own_reason |= MEASURED_RUN in GRAPH.dependencies(name) and scenario.measured_run != {}
        assert unknown_need or zero_below or own_reason, name


@many
@given(scenarios(), st.sampled_from(MAY_BE_UNKNOWN), st.data())
def test_a_result_that_is_known_does_not_hang_on_what_is_unknown(
    scenario: Scenario, name: str, data: st.DataObject
) -> None:
    """What takes part in a formula and is not known leaves the result unknown, never wrong."""
    hidden = changed(scenario, {name: UNKNOWN}).with_run({})
    before = results(hidden)
    bounds = at_least_in(hidden.inputs() | before)
    learned = changed(scenario, {name: data.draw(values_of(FIELDS[name], unknown=False))})
    after = results(learned.with_run({}))
    for result, value in before.items():
        # A sum without its unknown parts is a bound, and says so.
        if result in bounds:
            assert value <= after[result] or math.isnan(after[result])
        elif isinstance(value, float) and not math.isnan(value):
            assert value == after[result], f"{result} without {name}"


@laws
@given(known_scenarios)
def test_a_known_shape_has_known_counts(scenario: Scenario) -> None:
    shape = (
        *("num_layers", "hidden_size", "vocab_size", "num_attention_heads", "num_kv_heads"),
        *("head_dim", "intermediate_size", "pretraining_tokens"),
    )
    assume(all(scenario.value(name) is not None for name in shape))
    found = results(scenario)
    counts = ("total_parameters", "active_parameters", "training_flops_per_token")
    assert not any(is_unknown(found[name]) for name in (*counts, "pretraining_flops", "rl_flops"))
    assert found["architecture_problem"] == ""


@laws
@given(scenarios())
def test_a_dash_in_the_headline_comes_with_a_sentence(scenario: Scenario) -> None:
    """Whoever sees no cost is told why: a rule that the run breaks, or what is not known of it."""
    assume(scenario.value("pretraining_tokens") is not None)
    found = results(scenario)
    if is_unknown(found["pretraining_cost"]):
        unknown = ("architecture", "flops", "hours", "peak", "price")
        assert any(found[f"{about}_problem"] for about in (*unknown, "layout", "precision"))


# Scale


@laws
@given(scenarios(), st.floats(1e6, LARGEST / 4))
def test_twice_the_tokens_are_twice_the_flop_hours_and_cost(
    scenario: Scenario, tokens: float
) -> None:
    scenario = changed(scenario, {"pretraining_tokens": tokens, "stated_pretraining_gpu_hours": 0})
    once = results(scenario)
    twice = results(scenario.with_values({"pretraining_tokens": 2 * tokens}))
    for name in (
        *("pretraining_flops", "pretraining_gpu_hours", "pretraining_days", "pretraining_cost"),
        *("optimizer_steps", "expert_dispatch_bytes", "expert_dispatch_days"),
    ):
        assert same(twice[name], 2 * once[name]), name
    for name in ("mfu", "tokens_per_day", "expert_dispatch_share", "total_parameters"):
        assert close(twice[name], once[name]), name


@laws
@given(scenarios(), st.just(0.0) | st.floats(0.01, 5000))
def test_twice_the_price_of_an_hour_is_twice_the_rent_and_changes_nothing_else(
    scenario: Scenario, price: float
) -> None:
    once = results(changed(scenario, {"price_per_gpu_hour": price}))
    twice = results(changed(scenario, {"price_per_gpu_hour": 2 * price}))
    for name in (*RENT, *RENT_ENDS, *RL_RENT):
        assert same(twice[name], 2 * once[name]), name
    for name in QUANTITIES.keys() - {*RENT, *RENT_ENDS, *RL_RENT, *AGAINST_RENT}:
        assert same(twice[name], once[name]), name


@laws
@given(scenarios(), st.integers(1, 10**7))
def test_twice_the_accelerators_take_half_the_days_at_the_same_cost(
    scenario: Scenario, gpus: int
) -> None:
    # A predicted step has more to wait for on more accelerators, and so has a predicted rollout;
    # measured hours that change as the prediction does are longer with it.
    assume(scenario.value("utilization") != "predicted")
    scenario = changed(scenario, {"measured_basis": "mfu"})
    # RL may hold accelerators of its own, as many as before.
    scenario = changed(scenario, {"rl_utilization": "pretraining", "rl_num_gpus": 0})
    once = results(changed(scenario, {"num_gpus": gpus}))
    twice = results(changed(scenario, {"num_gpus": 2 * gpus}))
    for name in ("pretraining_days", "total_days", "expert_dispatch_days"):
        assert same(2 * twice[name], once[name]), name
    for name in ("pretraining_gpu_hours", "mfu", "rl_gpu_hours", *RENT, "energy", "carbon"):
        assert same(twice[name], once[name]), name


@laws
@given(scenarios())
def test_hours_that_follow_from_an_mfu_measure_as_that_mfu(scenario: Scenario) -> None:
    assumed = changed(scenario, {"utilization": "assumed"})
    hours = results(assumed)["pretraining_gpu_hours"]
    assume(FIELDS["stated_pretraining_gpu_hours"].least < hours < 1e15)
    measured = changed(assumed, {"utilization": "measured", "stated_pretraining_gpu_hours": hours})
    paid = assumed.value("assumed_mfu") * assumed.value("goodput")  # type: ignore[operator]
    assert math.isclose(results(measured)["mfu"], paid, rel_tol=1e-9)


@laws
@given(scenarios())
def test_the_stages_make_up_the_whole(scenario: Scenario) -> None:
    found = results(scenario)
    price = scenario.inputs()["price_per_gpu_hour"]
    # None of a thing costs nothing, whatever its unknown price.
    assume(scenario.value("price_per_gpu_hour") is not None)
    assert close(found["total_cost"], found["total_gpu_hours"] * price)
    for stage in ("pretraining_cost", "context_extension_cost", "post_training_cost"):
        assert not found[stage] > found["total_cost"], stage
    assert not found["total_cost"] > found["cost_with_development"]


# The model


@laws
@given(scenarios(unknown=False))
def test_the_parts_of_a_model_sum_to_the_whole(scenario: Scenario) -> None:
    counted = changed(scenario, {"stated_total_parameters": 0, "stated_active_parameters": 0})
    found = results(counted)
    every_token = sum(found[part] for part in GRAPH.dependencies("non_expert_parameters"))
    assert close(found["total_parameters"], every_token + found["routed_expert_parameters"])
    assert close(found["active_parameters"], every_token + found["active_expert_parameters"])


@laws
@given(known_scenarios, *(st.integers(1, 1000) for _ in range(3)))
def test_layers_count_for_the_same_wherever_they_stand(
    scenario: Scenario, few: int, some: int, more: int
) -> None:
    """Layers moved from one model to another leave the parameters of the two together as many."""
    alike = {"num_dense_layers": 0, "windowed_layers": 0, "layer_pattern": "uniform"}
    scenario = changed(scenario, alike)

    def of(layers: int) -> dict[str, Any]:
        return results(changed(scenario, {"num_layers": layers}))

    for name in ("total_parameters", "active_parameters", "training_flops_per_token"):
        apart = of(few + some)[name] + of(more)[name]
        moved = of(few)[name] + of(some + more)[name]
        assert close(apart, moved), name


@laws
@given(scenarios())
def test_a_token_reaches_no_more_than_there_is(scenario: Scenario) -> None:
    found = results(
        changed(scenario, {"stated_total_parameters": 0, "stated_active_parameters": 0})
    )
    assert not found["active_parameters"] > found["total_parameters"]
    assert not found["active_parameters_without_embedding"] > found["active_parameters"]
    assert not found["expert_activation_share"] > 1


@laws
@given(scenarios())
def test_reaching_every_expert_is_reaching_the_whole_model(scenario: Scenario) -> None:
    experts = scenario.value("num_routed_experts")
    counted = changed(
        scenario,
        {
            "experts_per_token": experts,
            "stated_total_parameters": 0,
            "stated_active_parameters": 0,
        },
    )
    found = results(counted)
    assert close(found["active_parameters"], found["total_parameters"])


@laws
@given(scenarios())
def test_stated_parameters_stand_for_the_counted_ones(scenario: Scenario) -> None:
    stated = changed(scenario, {"stated_total_parameters": 671e9, "stated_active_parameters": 37e9})
    trained = {"lora_rank": 0, "frozen_share": 0}
    found = results(changed(stated, {"flop_accounting": "six_nd", **trained}))
    assert found["total_parameters"] == 671e9
    assert found["active_parameters"] == 37e9
    assert found["counted_flops_per_token"] == 222e9
    assert found["architecture_problem"] == ""


@laws
@given(scenarios(architecture))
def test_causal_attention_is_at_most_the_whole_square_and_at_least_half(scenario: Scenario) -> None:
    found = results(scenario)
    causal, full = found["attention_flops_per_token"], found["attention_flops_per_token_full"]
    assert not causal > full
    assert not causal < full / 2
    assert not found["training_flops_per_token"] > found["training_flops_per_token_full"]
    all_before = scenario.value("attention_window") == 0 and scenario.value("index_heads") == 0
    if all_before and found["state_flops_per_token"] == 0:
        assert same(causal, full / 2)


@laws
@given(scenarios(), st.integers(1, 10**9))
def test_a_window_never_costs_more_and_a_wider_one_never_less(
    scenario: Scenario, window: int
) -> None:
    narrow = results(changed(scenario, {"attention_window": window}))
    wide = results(changed(scenario, {"attention_window": min(3 * window, 10**9)}))
    unbounded = results(changed(scenario, {"attention_window": 0}))
    for name in ("training_flops_per_token", "training_flops_per_token_full", "pretraining_flops"):
        for less, more in ((narrow, wide), (wide, unbounded)):
            assert not less[name] > more[name] * (1 + 1e-12), name


@laws
@given(scenarios())
def test_a_window_as_wide_as_the_sequence_is_none(scenario: Scenario) -> None:
    window = scenario.value("sequence_length")
    # No request or answer looks back further than the sequence that the window is as wide as.
    scenario = changed(
        scenario, {"windowed_layers": 0, "kv_length": window, "serving_prompt_length": 0}
    )
    short = {"prompt_length": 0, "max_response_length": 0, "raised_response_length": 0}
    scenario = changed(scenario, {**short, "response_length_variation": 0, "response_length": 1})
    bounded = results(changed(scenario, {"attention_window": window}).with_run({}))
    unbounded = results(changed(scenario, {"attention_window": 0}).with_run({}))
    for name in QUANTITIES:
        assert same(bounded[name], unbounded[name]), name


@laws
@given(scenarios())
def test_recomputing_more_never_executes_less(scenario: Scenario) -> None:
    none, selective, full = (
        results(changed(scenario, {"recompute": how}))["hardware_flops_per_token"]
        for how in ("none", "selective", "full")
    )
    assert not none > selective
    assert not none > full


@laws
@given(scenarios())
def test_hardware_executes_at_least_what_the_model_needs(scenario: Scenario) -> None:
    found = results(changed(scenario, {"flop_accounting": "causal"}))
    assert not found["hfu"] < found["mfu"] * (1 - 1e-12)


@laws
@given(known_scenarios)
def test_grouping_key_and_value_heads_saves_cache_in_proportion(scenario: Scenario) -> None:
    one, eight, all_of_them = (
        results(
            scenario.with_values(
                {"attention": "gqa", "num_attention_heads": 64, "num_kv_heads": heads}
                | {"layer_pattern": "uniform", "value_head_dim": 0}
            )
        )
        for heads in (1, 8, 64)
    )
    assert same(eight["kv_cache_bytes_per_token"], 8 * one["kv_cache_bytes_per_token"])
    assert is_unknown(all_of_them["kv_cache_saving"]) or all_of_them["kv_cache_saving"] == 0
    assert is_unknown(eight["kv_cache_saving"]) or eight["kv_cache_saving"] == 0.875


# Reinforcement


@laws
@given(scenarios(), st.integers(1, 10**6))
def test_half_the_questions_are_half_the_reinforcement_learning(
    scenario: Scenario, questions: int
) -> None:
    scenario = changed(scenario, {"rl_utilization": "pretraining"})
    twice = results(changed(scenario, {"questions_per_step": 2 * questions}))
    once = results(changed(scenario, {"questions_per_step": questions}))
    for name in (
        *("rl_samples", "rl_generated_tokens", "rl_generation_flops", "rl_update_flops"),
        *("rl_reward_flops", "rl_value_flops", "rl_flops", "rl_gpu_hours", "rl_days", "rl_cost"),
        *("rl_api_cost", "rl_break_even_mfu"),
    ):
        assert same(twice[name], 2 * once[name]), name


@laws
@given(scenarios(), st.integers(1, 10**8), st.integers(0, 10**8))
def test_no_number_of_accelerators_shortens_the_longest_answer(
    scenario: Scenario, gpus: int, rl_gpus: int
) -> None:
    """At a stated speed: a generator with fewer answers decodes each of them faster."""
    scenario = changed(scenario, {"decode_speed": 50})
    more = changed(scenario, {"num_gpus": gpus, "rl_num_gpus": rl_gpus})
    for name in ("rl_serial_tokens", "rl_serial_days", "rl_rollouts"):
        assert same(results(more)[name], results(scenario)[name]), name


@laws
@given(scenarios())
def test_answers_generated_one_after_another_are_at_least_one_answer_a_rollout(
    scenario: Scenario,
) -> None:
    """The longest answer of a rollout is no shorter than the mean unless it is said to fall."""
    assume(scenario.value("raised_response_length") == 0)
    found = results(scenario)
    mean = scenario.value("response_length")
    assert not found["rl_serial_tokens"] < found["rl_rollouts"] * mean * (1 - 1e-12)  # type: ignore[operator]


@laws
@given(scenarios())
def test_raising_the_cap_lands_between_the_two_caps(scenario: Scenario) -> None:
    assume(scenario.value("rl_gradient_steps") is not None)
    scenario = changed(scenario, {"raised_response_length": 0})
    scenario = changed(
        scenario,
        {"response_length": 1000, "max_response_length": 2000, "raised_response_length": 6000},
    )
    longest = results(scenario)["rl_longest_response"]
    assert 2000 <= longest <= 6000


@laws
@given(scenarios())
def test_no_reinforcement_and_no_samples_cost_nothing(scenario: Scenario) -> None:
    """Whatever else is unknown: what is not done takes no hours."""
    nothing = changed(
        scenario,
        {
            "rl_gradient_steps": 0,
            "last_phase_gradient_steps": 0,
            "measured_rl_gpu_hours": 0,
            "measured_last_phase_gpu_hours": 0,
            "measured_rejection_gpu_hours": 0,
            "measured_sft_gpu_hours": 0,
            "cold_start_samples": 0,
            "rejection_samples": 0,
            "sft_samples": 0,
            "post_training_gpu_hours": 0,
        },
    )
    found = results(nothing)
    for name in ("rl_gpu_hours", "sft_gpu_hours", "post_training_hours", "post_training_cost"):
        assert found[name] == 0, name


@laws
@given(scenarios())
def test_ppo_costs_more_than_grpo_and_a_judge_more_than_rules(scenario: Scenario) -> None:
    def flops(**choices: str) -> float:
        found: float = results(changed(scenario, dict(choices)))["rl_flops"]
        return found

    assert not flops(rl_algorithm="grpo") > flops(rl_algorithm="ppo")
    assert not flops(reward="rules") > flops(reward="model")


# Owning


@laws
@given(scenarios(), st.floats(1, 1e5), st.floats(0.01, 100))
def test_a_cluster_used_for_its_whole_life_is_written_off_in_full(
    scenario: Scenario, price: float, years: float
) -> None:
    hours = years * 8760 * float(scenario.value("num_gpus"))  # type: ignore[arg-type]
    whole_life = changed(
        scenario,
        {
            "gpu_price": price,
            "gpu_lifetime": years,
            "cost_of_capital": 0,
            "idle_share": 0,
            "gpu_power": 0,
            "power_usage_effectiveness": 1,
            "utilization": "measured",
            "stated_pretraining_gpu_hours": hours,
            "context_extension_gpu_hours": 0,
            "post_training_gpu_hours": 0,
            "rl_gradient_steps": 0,
            "last_phase_gradient_steps": 0,
            "measured_rl_gpu_hours": 0,
            "measured_last_phase_gpu_hours": 0,
            "measured_rejection_gpu_hours": 0,
            "measured_sft_gpu_hours": 0,
            "cold_start_samples": 0,
            "rejection_samples": 0,
            "sft_samples": 0,
        },
    )
    found = results(whole_life)
    assert found["energy"] == 0
    assert close(found["cost_of_ownership"], found["cluster_cost"])


@laws
@given(scenarios(), changes(("price_per_gpu_hour", "gpu_power", "gpu_price", "carbon_intensity")))
def test_no_price_and_no_power_changes_what_is_computed(
    scenario: Scenario, prices: dict[str, Any]
) -> None:
    before, after = results(scenario), results(changed(scenario, prices))
    for subject in ("model", "machine", "layout", "memory", "traffic", "step"):
        for found in GRAPH.subjects()[subject]:
            assert same(before[found.name], after[found.name]), found.name
