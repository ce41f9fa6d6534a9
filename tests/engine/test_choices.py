"""Every choice that a field offers, one by one: what holds of all scenarios holds of each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from dsexplore.engine import QUANTITIES, evaluate
from dsexplore.scenario.scenario import FIELDS, Scenario
from tests.strategies import CHOICES, columns_of, with_choice, with_run

every_choice = pytest.mark.parametrize(("field", "choice"), CHOICES)
# Sums that are printed beside their parts.
SUMS = {
    "step_time": (
        *(
            "compute_time",
            "exposed_communication_time",
            "host_waiting_time",
            "bubble_time",
            "optimizer_time",
        ),
        *("straggler_time", "step_overhead_time"),
    ),
    "memory_per_gpu": (
        *("weight_memory", "gradient_memory", "optimizer_memory", "activation_memory"),
        *("gathered_memory", "logits_memory", "memory_reserve"),
    ),
    "rl_flops": (
        *("rl_generation_flops", "rl_prefill_flops", "rl_log_probability_flops"),
        *("rl_update_flops", "rl_reward_flops", "rl_value_flops"),
    ),
    "rl_predicted_gpu_hours": (
        *("rollout_gpu_hours", "reward_gpu_hours", "log_probability_gpu_hours"),
        *(
            "policy_update_gpu_hours",
            "weight_transfer_gpu_hours",
            "rl_overhead_gpu_hours",
            "rl_idle_gpu_hours",
        ),
    ),
    "rl_gpu_hours": ("first_rl_gpu_hours", "later_rl_gpu_hours"),
    "total_cost": ("pretraining_cost", "context_extension_cost", "post_training_cost"),
    "decode_memory_per_gpu": ("serving_weight_memory", "serving_cache_memory", "memory_reserve"),
}


def values(scenario: Scenario) -> dict[str, Any]:
    inputs = scenario.inputs()
    return {**inputs, **evaluate(inputs)}


@every_choice
def test_a_choice_leaves_sums_equal_to_their_parts(field: str, choice: str | bool) -> None:
    for scenario in with_choice(field, choice):
        found = values(scenario)
        for whole, parts in SUMS.items():
            may_lack = QUANTITIES[whole].at_least_without
            known = [part for part in parts if part not in may_lack or not math.isnan(found[part])]
            total = sum(found[part] for part in known)
            assert total == pytest.approx(found[whole], rel=1e-9, nan_ok=True), whole


@every_choice
def test_a_choice_is_the_same_in_arrays_and_alone(field: str, choice: str | bool) -> None:
    """Numbers as arrays: as they are, and with sizes and rates twice as large."""
    for scenario in with_choice(field, choice)[1::2]:  # predicted: all of it is computed
        rows = [scenario.inputs(), scaled(scenario, 2)]
        together = evaluate(columns_of(rows, column))
        alone = [evaluate(row) for row in rows]
        for name in QUANTITIES:
            each = np.broadcast_to(together[name], (len(rows),)).tolist()
            assert all(equal(one, row[name]) for one, row in zip(each, alone, strict=True)), name


def column(name: str, values: list[Any]) -> Any:
    is_varying = FIELDS[name].is_numeric or FIELDS[name].kind == "boolean"
    return np.array(values) if is_varying else values[0]


def scaled(scenario: Scenario, times: float) -> dict[str, Any]:
    """Sizes and rates so many times what they are; shares stay."""

    def change(name: str, value: Any) -> Any:
        is_scaled = FIELDS[name].is_numeric and FIELDS[name].unit != "fraction"
        return value * times if is_scaled else value

    return with_run(scenario.inputs(), change)


def equal(one: Any, other: Any) -> bool:
    if isinstance(other, str):
        return bool(one == other)
    return math.isclose(one, other, rel_tol=1e-12) or (math.isnan(one) and math.isnan(other))
