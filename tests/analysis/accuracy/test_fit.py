"""Calibration: inside its bounds, shared over runs, honest about what it has not seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dsexplore.analysis.accuracy.fit import Factor, calibrate, errors, fit, shipped_factors
from dsexplore.analysis.accuracy.one_step import stack_from_step_time
from dsexplore.analysis.accuracy.runs import shipped_runs
from dsexplore.engine import evaluate
from dsexplore.library.open import load
from dsexplore.text.refusal import ScenarioError

RUNS = [run for run in shipped_runs() if "num_gpus" not in run.assumed]
BOUNDS = {  # what data sheets and traces support
    "gemm_efficiency": (0.5, 0.85),
    "fp8_gemm_efficiency": (0.3, 0.6),
    "attention_efficiency": (0.3, 0.75),
    "memory_efficiency": (0.5, 0.95),
    "network_efficiency": (0.5, 0.95),
    "all_to_all_efficiency": (0.45, 0.8),
    "kernel_factor": (0.8, 1.2),
    "memory_factor": (0.5, 2.0),
    "communication_overlap": (0.0, 1.0),
    "step_overhead": (0.0, 1.0),
    "straggler_slowdown": (0.003, 0.02),
}


@pytest.fixture(scope="module")
def fitted():
    return calibrate(RUNS)


def test_every_factor_keeps_to_its_bounds(fitted) -> None:
    for factor, value in fitted.values.items():
        low, high = BOUNDS[factor.field]
        assert low <= factor.lowest <= value <= factor.highest <= high, factor.label


def test_a_factor_is_of_an_accelerator_or_a_stack_and_never_of_a_run() -> None:
    for factor in shipped_factors():
        assert sum(factor.applies_to(run) for run in RUNS) > 1 or factor.of == ("deepseek",)
        assert not set(factor.of) & {run.name for run in RUNS} - {"deepseek"}


def test_left_out_one_at_a_time_the_runs_are_still_met(fitted) -> None:
    left_out = np.abs(list(fitted.left_out_errors.values()))
    assert len(left_out) == len(RUNS) == 26
    assert left_out.mean() < 0.04
    assert left_out.max() < 0.08
    assert np.abs(list(fitted.errors.values())).mean() < left_out.mean()


def test_the_presets_hold_what_is_fitted(fitted) -> None:
    for factor, value in fitted.values.items():
        for run in RUNS:
            if factor.applies_to(run):
                stated = run.scenario.value(factor.field)
                spread = 0.02 * (factor.highest - factor.lowest)
                assert stated == pytest.approx(value, abs=spread), (factor.label, run.name)


def test_known_factors_are_found_again() -> None:
    """Steps that the model itself makes with other factors lead back to them."""
    factors = [
        Factor("gemm_efficiency", ("a100-80gb-sxm",), 0.5, 0.85, 0.7, 10.0),
        Factor("network_efficiency", ("a100-80gb-sxm",), 0.5, 0.95, 0.7, 10.0),
    ]
    truth = np.array([0.62, 0.9])
    runs = []
    for run in RUNS:
        if run.gpu == "a100-80gb-sxm":
            made = run.scenario.with_values(
                dict(zip([f.field for f in factors], truth, strict=True))
            )
            step = evaluate(made.inputs(), ["step_time"])["step_time"]
            runs.append(replace(run, measured={"step_time": step}))
    found = fit(runs, factors)
    assert found == pytest.approx(truth, rel=1e-3)
    assert np.abs(errors(runs, factors, found)).max() < 1e-3


def test_what_runs_say_nothing_of_stays_typical(fitted) -> None:
    (exchange,) = [f for f in fitted.values if f.field == "all_to_all_efficiency"]
    assert fitted.values[exchange] == pytest.approx(exchange.typical, rel=1e-3)


def test_a_factor_outside_its_bounds_is_held_at_the_bound() -> None:
    (narrow,) = [f for f in shipped_factors() if f.field == "gemm_efficiency" and "a100" in f.of[0]]
    low = replace(narrow, highest=0.6, typical=0.55)
    assert fit(RUNS, [low])[0] == 0.6


# One measured step of a user's own


@pytest.mark.parametrize("seconds", [5.2, 6.459, 12.0, 300.0])
def test_the_step_is_the_one_that_was_measured(seconds: float) -> None:
    scenario = load("llama-3.1-405b")
    found = stack_from_step_time(scenario, seconds)
    step = evaluate(found.inputs(), ["step_time"])["step_time"]
    assert step == pytest.approx(seconds, rel=1e-9)
    moved = {"kernel_factor", "step_overhead"}
    same = {k: v for k, v in scenario.parallelism.model_dump().items() if k not in moved}
    assert same == {k: v for k, v in found.parallelism.model_dump().items() if k not in moved}


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf"), 1e-3, 4.0])
def test_a_step_that_nothing_explains_is_refused(seconds: float) -> None:
    with pytest.raises(ScenarioError, match="step_time"):
        stack_from_step_time(load("llama-3.1-405b"), seconds)


def test_a_layout_that_cannot_be_has_no_step_to_measure() -> None:
    with pytest.raises(ScenarioError, match="cannot be predicted"):
        stack_from_step_time(load("llama-3.1-405b").with_values({"num_gpus": 7}), 5.0)


def test_a_new_stack_after_one_measured_step_keeps_its_spread() -> None:
    """MegaScale's own stack, arXiv:2402.15627, table 2: no run of it was fitted to.

    It fuses attention, recomputes nothing, and loads operands while it multiplies.
    """
    steps = {256: (768, 32.0), 512: (768, 16.5), 768: (768, 11.5), 1024: (768, 8.9)}
    run = next(run for run in RUNS if run.name == "megatron-175b-256")
    better = {"attention_kernel": "flash", "recompute": "none", "exposed_operand_share": 0}
    scenario = run.scenario.with_values({"num_gpus": 512, **better})
    own = stack_from_step_time(scenario, steps[512][1])
    for gpus, (batch, measured) in steps.items():
        there = own.with_values({"num_gpus": gpus, "global_batch_size": batch})
        predicted = evaluate(there.inputs(), ["step_time"])["step_time"]
        assert predicted == pytest.approx(measured, rel=0.05), gpus
