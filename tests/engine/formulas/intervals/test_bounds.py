"""Intervals: what is predicted has one of 80 %, what is measured or stated is what it is."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from dsexplore.engine import INTERVALS, QUANTITIES, evaluate
from tests.points import holds_at
from tests.strategies import shipped

HOURS = ("mfu", "pretraining_gpu_hours", "pretraining_days", "pretraining_cost")


def found(name: str, **changes: object) -> dict[str, Any]:
    return evaluate(shipped(name).with_values(changes).inputs())


def width(values: dict[str, Any], name: str) -> float:
    """The logarithm of the high end over the low one."""
    low, high = (values[end] for end in INTERVALS[name])
    return math.log(high / low)


@holds_at("name", INTERVALS)
def test_an_interval_is_of_its_result_s_unit_and_said_to_be_one(name: str) -> None:
    for end in INTERVALS[name]:
        assert QUANTITIES[end].unit == QUANTITIES[name].unit
        assert "80 % interval" in QUANTITIES[end].summary


def test_four_in_five_normal_errors_lie_in_an_interval() -> None:
    spreads = {"accelerator_spread": 0.3, "software_spread": 0.0, "moe_spread": 0.4}
    values = found("deepseek-v3", **spreads)
    errors = NormalDist(0, math.hypot(0.3, 0.4))  # of a mixture of experts
    low, high = (math.log(values[end] / values["step_time"]) for end in INTERVALS["step_time"])
    assert errors.cdf(high) - errors.cdf(low) == pytest.approx(0.8, abs=1e-9)
    assert errors.cdf(low) == pytest.approx(0.1, abs=1e-9)


def test_a_dense_model_is_as_uncertain_as_dense_models_are() -> None:
    spreads = {"accelerator_spread": 0.0, "software_spread": 0.0}
    only = width(found("llama-3.1-405b", **spreads, dense_spread=0.1), "step_time")
    assert only == pytest.approx(2 * NormalDist(0, 0.1).inv_cdf(0.9))
    assert width(found("llama-3.1-405b", **spreads, dense_spread=0.0), "step_time") == 0


def test_hours_as_measured_are_no_prediction_though_the_step_is_one() -> None:
    values = found("deepseek-v3")
    for name in (*HOURS, "total_cost", "total_days", "context_extension_cost"):
        assert values[name] == values[INTERVALS[name][0]] == values[INTERVALS[name][1]], name
    assert width(values, "step_time") > 0.1


def test_an_assumed_mfu_and_hours_held_as_hours_have_no_spread_of_their_own() -> None:
    assumed = found("llama-3.1-405b", utilization="assumed")
    held = found("deepseek-v3", experts_per_token=9, measured_basis="hours")
    for name in HOURS:
        assert width(assumed, name) == width(held, name) == 0, name


@pytest.mark.parametrize("basis", ["mfu", "prediction"])
def test_measured_hours_are_as_uncertain_as_what_has_changed(basis: str) -> None:
    said = {"measured_basis": basis, "moe_spread": 0.1, "accelerator_spread": 0.2}
    tokens = found("deepseek-v3", **said, pretraining_tokens=2e13)
    experts = found("deepseek-v3", **said, experts_per_token=9)
    other = found("deepseek-v3", **said, gpu="Another")
    both = found("deepseek-v3", **said, gpu="Another", software_stack="another")
    for name in (*HOURS, "total_cost"):
        widths = [width(values, name) for values in (tokens, experts, other, both)]
        assert widths[0] == 0, name
        assert widths == sorted(set(widths)), name
    # The other accelerator's spread, the run's, and the formulas' own error once.
    spread = math.log(other["pretraining_cost_high"] / other["pretraining_cost"])
    run = shipped("deepseek-v3").value("accelerator_spread")
    errors = NormalDist(0, math.sqrt(0.2**2 + float(run or 0) ** 2 + 0.1**2))
    assert spread == pytest.approx(errors.inv_cdf(0.9))


def test_a_more_certain_accelerator_is_more_certain_than_the_run_s_own() -> None:
    """The run's accelerator is as certain as it was where its hours were stated."""
    base = shipped("deepseek-v3").with_values({"gpu": "Another"})
    spreads = [0.05, 0.3]
    narrow, wide = (
        evaluate(base.with_values({"accelerator_spread": spread}).inputs()) for spread in spreads
    )
    assert narrow["measured_run_accelerator_spread"] == wide["measured_run_accelerator_spread"]
    assert width(narrow, "mfu") < width(wide, "mfu")


def test_hours_of_a_later_stage_stated_since_have_no_spread() -> None:
    nine = shipped("deepseek-v3").with_values({"experts_per_token": 9})
    carried = evaluate(nine.inputs())
    stated = evaluate(nine.with_values({"context_extension_gpu_hours": 2e5}).inputs())
    assert width(carried, "context_extension_cost") > 0
    assert width(stated, "context_extension_cost") == 0


def test_a_total_is_as_uncertain_as_its_stages_together() -> None:
    values = found("deepseek-r1-zero-predicted")
    for place in (0, 1):
        parts = ("pretraining_cost", "context_extension_cost", "post_training_cost")
        together = sum(values[INTERVALS[part][place]] for part in parts)
        assert values[INTERVALS["total_cost"][place]] == pytest.approx(together)


def test_intervals_of_arrays_are_those_of_each_value() -> None:
    spreads = np.array([0.0, 0.1, 0.2])
    inputs = shipped("llama-3.1-405b").inputs()
    together = evaluate({**inputs, "software_spread": spreads}, INTERVALS["step_time"])
    for place, spread in enumerate(spreads):
        one = evaluate({**inputs, "software_spread": float(spread)}, INTERVALS["step_time"])
        for end, value in one.items():
            assert together[end][place] == pytest.approx(value)
