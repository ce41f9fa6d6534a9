"""Drivers: the fields that move a result, the strongest first, and by how much."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsexplore.analysis.solve.sensitivity import Driver, drivers
from dsexplore.engine import QUANTITIES, evaluate
from dsexplore.scenario.field import UNKNOWN
from dsexplore.scenario.scenario import FIELDS, Scenario
from tests.strategies import scenarios, shipped

NUMBERS = [name for name, found in QUANTITIES.items() if not found.is_text]


def effects(scenario: Scenario, of: str) -> dict[str, float]:
    return {driver.field: driver.effect for driver in drivers(scenario, of, most=1000)}


def test_a_cost_from_a_measured_rate_is_driven_by_rate_price_and_tokens() -> None:
    """Each a tenth up is the cost a tenth up; a larger model costs more, another peak nothing."""
    found = effects(shipped("deepseek-v3"), "pretraining_cost")
    for name in ("gpu_hours_per_trillion_tokens", "price_per_gpu_hour", "pretraining_tokens"):
        assert math.isclose(found[name], 0.1)
    assert found["hidden_size"] > found["experts_per_token"] > 0
    assert {"bf16_flops", "num_gpus", "pipeline_parallel"}.isdisjoint(found)


def test_a_cost_from_an_assumed_mfu_falls_with_the_peak_and_the_mfu() -> None:
    scenario = shipped("deepseek-v3").with_values({"utilization": "assumed"})
    found = effects(scenario, "pretraining_cost")
    for name in ("assumed_mfu", "bf16_flops", "goodput"):
        assert math.isclose(found[name], 1 / 1.1 - 1), name
    assert math.isclose(found["pretraining_tokens"], 0.1)
    assert "gpu_hours_per_trillion_tokens" not in found
    assert found["num_layers"] > 0.08
    assert 0 < found["sequence_length"] < 0.02
    assert "num_gpus" not in found


def test_days_fall_with_accelerators_and_hours_do_not() -> None:
    scenario = shipped("llama-3.1-405b")
    assert math.isclose(effects(scenario, "pretraining_days")["num_gpus"], 1 / 1.1 - 1)
    assert "num_gpus" not in effects(scenario, "pretraining_gpu_hours")


def test_the_strongest_come_first_and_no_more_than_asked() -> None:
    scenario = shipped("deepseek-r1-zero-estimate")
    all_of_them = drivers(scenario, "rl_cost", most=1000)
    strengths = [abs(driver.effect) for driver in all_of_them]
    assert strengths == sorted(strengths, reverse=True)
    for most in (0, 1, 3):
        assert drivers(scenario, "rl_cost", most) == all_of_them[:most]


@pytest.mark.parametrize(
    "changes", [{"bf16_flops": UNKNOWN, "fp8_flops": UNKNOWN}, {"num_layers": UNKNOWN}]
)
def test_what_is_not_known_has_no_drivers(changes: dict[str, object]) -> None:
    scenario = shipped("deepseek-v3").with_values({**changes, "utilization": "assumed"})
    assert math.isnan(evaluate(scenario.inputs())["pretraining_cost"])
    assert drivers(scenario, "pretraining_cost", 5) == []


def test_what_is_0_has_no_drivers() -> None:
    assert evaluate(shipped("deepseek-v3").inputs())["rl_cost"] == 0
    assert drivers(shipped("deepseek-v3"), "rl_cost", 5) == []


@settings(max_examples=60)
@given(scenarios(), st.sampled_from(NUMBERS))
def test_an_effect_is_what_evaluating_with_that_field_alone_gives(
    scenario: Scenario, of: str
) -> None:
    inputs = scenario.inputs()
    before = evaluate(inputs, [of])[of]
    for driver in drivers(scenario, of, most=5):
        assert isinstance(driver, Driver)
        assert FIELDS[driver.field].is_numeric
        raised = evaluate({**inputs, driver.field: inputs[driver.field] * 1.1}, [of])[of]
        assert math.isclose(driver.effect, raised / before - 1, rel_tol=1e-9)


@settings(max_examples=40)
@given(scenarios(), st.sampled_from(NUMBERS))
def test_a_field_that_is_no_driver_does_nothing_worth_a_line(scenario: Scenario, of: str) -> None:
    inputs = scenario.inputs()
    before = evaluate(inputs, [of])[of]
    found = effects(scenario, of)
    for name in ("num_layers", "num_gpus", "price_per_gpu_hour", "pretraining_tokens"):
        raised = evaluate({**inputs, name: inputs[name] * 1.1}, [of])[of]
        if name not in found and before and math.isfinite(raised / before):
            assert abs(raised / before - 1) <= 1.1e-4
