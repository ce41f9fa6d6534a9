"""Every choice that a field offers, one by one: what holds of all scenarios holds of each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from dsexplore.engine import QUANTITIES
from dsexplore.engine.finite import finite
from dsexplore.engine.quantity import computing
from dsexplore.scenario.measured_run import MeasuredRun
from dsexplore.scenario.scenario import FIELDS
from tests.choices import choices_made, formulas_under_choices

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


def test_a_choice_leaves_sums_equal_to_their_parts() -> None:
    for made in choices_made():
        found = made.values
        for whole, parts in SUMS.items():
            if not any(name in made.moved for name in (whole, *parts)):
                continue
            may_lack = QUANTITIES[whole].at_least_without
            known = [part for part in parts if part not in may_lack or not math.isnan(found[part])]
            total = sum(found[part] for part in known)
            same = total == pytest.approx(found[whole], rel=1e-9, nan_ok=True)
            assert same, (made.what, whole, total, found[whole])


def test_a_formula_is_the_same_in_arrays_and_alone_under_each_choice() -> None:
    """Numbers as arrays: as they are, and with sizes and rates twice as large."""
    for what, quantity, now in formulas_under_choices():
        found = QUANTITIES[quantity]
        compute = computing(found)
        twice = [scaled(*each) for each in zip(found.needs, now, strict=True)]
        alone = [compute(*now), compute(*twice)]
        together = compute(*map(column, now, twice))
        each = np.broadcast_to(together, (2,)).tolist()
        assert all(map(equal, each, alone)), (what, quantity, each, alone)


def scaled(name: str, value: Any) -> Any:
    """A size or rate twice what it is; shares and words stay."""
    if isinstance(value, MeasuredRun):
        return MeasuredRun({k: scaled(k, v) for k, v in value.values.items()}, value.restated)
    unit = FIELDS[name].unit if name in FIELDS else QUANTITIES[name].unit
    return value * 2 if type(value) is float and unit != "fraction" else value


def column(one: Any, other: Any) -> Any:
    if isinstance(one, MeasuredRun):
        values = {name: column(value, other.values[name]) for name, value in one.values.items()}
        return MeasuredRun(values, one.restated)
    return np.array([one, other]) if isinstance(one, float | bool) else one


def equal(one: Any, other: Any) -> bool:
    if isinstance(other, str):
        return bool(one == other)
    # Infinite and unknown are one and the same, once they are results.
    one, other = finite(float(one)), finite(float(other))
    return math.isclose(one, other, rel_tol=1e-12) or (math.isnan(one) and math.isnan(other))
