"""Measured steps and the stack after them: what they tell, how sure it is, and what is left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dsexplore.analysis.accuracy.posterior import (
    MEASURED_SPREAD,
    MeasuredStep,
    Posterior,
    posterior,
)
from dsexplore.engine import INTERVALS, evaluate
from dsexplore.scenario.scenario import Scenario
from tests.strategies import shipped

LLAMA = shipped("llama-3.1-405b")


def step_of(scenario: Scenario) -> float:
    return float(evaluate(scenario.inputs(), ["step_time"])["step_time"])


def after(*seconds: float, scenario: Scenario = LLAMA) -> Posterior:
    return posterior(scenario, [MeasuredStep("a run", scenario, each) for each in seconds])


@pytest.mark.parametrize("times", [0.9, 1.1])
def test_the_step_that_was_measured_is_predicted_within_its_error(times: float) -> None:
    before = step_of(LLAMA)
    found = after(times * before)
    assert step_of(found.scenario) == pytest.approx(times * before, rel=MEASURED_SPREAD)
    # Drawn to what was known of the stack: not all the way.
    assert abs(step_of(found.scenario) - before) < abs(times - 1) * before
    assert found.steps[0].before == pytest.approx(before)


def test_a_step_as_predicted_changes_no_factor_and_makes_the_stack_surer() -> None:
    found = after(step_of(LLAMA))
    for each in found.factors:
        assert each.posterior == pytest.approx(each.prior, rel=1e-6)
        assert each.spread <= each.prior_spread
    assert MEASURED_SPREAD <= found.spread < found.prior_spread
    narrow = evaluate(found.scenario.inputs())
    wide = evaluate(LLAMA.inputs())
    for end, inside in zip(INTERVALS["step_time"], (1, -1), strict=True):
        assert inside * (narrow[end] - wide[end]) > 0


def test_more_steps_tell_more() -> None:
    seconds = 1.15 * step_of(LLAMA)
    once, often = after(seconds), after(*[seconds] * 8)
    assert abs(often.steps[0].unexplained) < abs(once.steps[0].unexplained)
    assert often.factors[0].spread < once.factors[0].spread


def test_factors_are_found_again_from_steps_of_several_layouts() -> None:
    truth = LLAMA.with_values({"kernel_factor": 0.85, "memory_factor": 1.4})
    steps = []
    for changes in ({}, {"sequence_length": 2048}, {"micro_batch_size": 2}, {"num_gpus": 2048}):
        true = truth.with_values(changes)
        steps.append(MeasuredStep("a run", LLAMA.with_values(changes), step_of(true)))
    found = {each.factor.field: each for each in posterior(LLAMA, steps).factors}
    for field, value in (("kernel_factor", 0.85), ("memory_factor", 1.4)):
        each = found[field]
        assert abs(np.log(each.posterior / value)) < 2 * each.spread
        assert abs(np.log(each.posterior / value)) < abs(np.log(each.prior / value))


@pytest.mark.parametrize("times", [0.3, 3.5])
def test_factors_stay_in_their_bounds_and_the_rest_is_left_unexplained(times: float) -> None:
    found = after(times * step_of(LLAMA))
    assert all(f.factor.lowest <= f.posterior <= f.factor.highest for f in found.factors)
    assert any(each.is_at_bound for each in found.factors)
    assert abs(found.steps[0].unexplained) > 4 * MEASURED_SPREAD
    # Such a stack is no surer than before: it has not been understood.
    assert found.spread > found.prior_spread
    values = evaluate(found.scenario.inputs())
    assert values["bf16_gemm_rate"] <= found.scenario.inputs()["bf16_flops"]


def test_a_stack_out_of_the_bounds_begins_at_them() -> None:
    slow = LLAMA.with_values({"kernel_factor": 0.2})
    found = after(step_of(LLAMA), scenario=slow)
    assert {e.factor.field: e for e in found.factors}["kernel_factor"].posterior >= 0.5


def test_the_scenario_says_where_its_factors_are_from() -> None:
    found = after(1.1 * step_of(LLAMA))
    assert set(found.notes) == {*found.changes}
    for name, said in found.notes.items():
        assert "of a run" in said, name
    step = replace(found.steps[0].step, name="another")
    more = posterior(LLAMA, [step] * 5)
    assert "and 2 more" in more.notes["kernel_factor"]


@pytest.mark.parametrize("times", [0.85, 1.2])
def test_a_stack_for_others_leaves_what_the_formulas_may_have_missed_of_one_run(
    times: float,
) -> None:
    """One run cannot tell; runs of several layouts that are all as slow can."""
    step = MeasuredStep("a run", LLAMA, times * step_of(LLAMA))
    own, others = posterior(LLAMA, [step]), posterior(LLAMA, [step], for_others=True)
    assert abs(others.steps[0].unexplained) > 2 * abs(own.steps[0].unexplained)
    assert others.spread > own.spread
    # The same run again says no more of what is missed of it.
    again = posterior(LLAMA, [step] * 8, for_others=True)
    layouts = [LLAMA.with_values({"global_batch_size": 1024 * n}) for n in range(2, 10)]
    steps = [MeasuredStep("a run", each, times * step_of(each)) for each in layouts]
    several = posterior(LLAMA, steps, for_others=True)
    assert abs(several.steps[0].unexplained) < 0.7 * abs(again.steps[0].unexplained)
