"""The fit: inside its bounds, shared over runs, drawn to the level above where runs say little."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from dsexplore.analysis.accuracy.fit import (
    Factor,
    Node,
    engine_factors,
    errors,
    fit,
    left_out_by_source,
    shipped_factors,
)
from dsexplore.analysis.accuracy.runs import shipped_runs
from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario


@cache
def runs_of_two():
    return [run for run in shipped_runs() if run.file in ("narayanan-2021", "llama-3-2024")]


def on_ampere():
    return [run for run in runs_of_two() if run.gpu == "a100-80gb-sxm"]


KERNELS = Factor("kernel_factor", "stack", 0.5, 1.3, 1.0, 0.2, 0.2)
NETWORK = Factor("network_efficiency", "accelerator", 0.2, 1.0, 0.8, 0.2, 0.2)


def made(runs, **values):
    """Runs measured as the model itself predicts them with other values."""
    found = []
    for run in runs:
        scenario = run.scenario.with_values(values)
        step = evaluate(scenario.inputs(), ["step_time"])["step_time"]
        found.append(replace(run, measured={"step_time": step}))
    return found


def test_a_factor_is_of_accelerators_or_of_stacks_and_within_bounds() -> None:
    for factor in shipped_factors():
        assert factor.lowest <= factor.typical <= factor.highest, factor
        assert factor.width > 0, factor
        assert factor.spread > 0, factor


def test_known_factors_are_found_again() -> None:
    """Steps that the model itself makes with other factors lead back to them."""
    runs = made(on_ampere(), kernel_factor=0.9, network_efficiency=0.7)
    wide = [replace(factor, width=10, spread=10) for factor in (KERNELS, NETWORK)]
    found = fit(runs, wide)
    assert found.value(wide[0], ("megatron-of-old", "megatron-2021")) == pytest.approx(
        0.9, rel=1e-3
    )
    assert found.value(wide[1], ("ampere", "a100-80gb-sxm")) == pytest.approx(0.7, rel=1e-3)
    assert np.abs(list(errors(runs, wide, found).values())).max() < 1e-3


def test_what_no_run_tells_of_has_the_value_of_the_level_above() -> None:
    found = fit(made(on_ampere(), kernel_factor=0.8), [KERNELS])
    known = found.value(KERNELS, ("megatron-of-old", "megatron-2021"))
    family = found.value(KERNELS, ("megatron-of-old", "never-heard-of"))
    everyone = found.value(KERNELS, ("never-heard-of",))
    assert known < family < everyone < 1
    assert everyone == found.values[Node(KERNELS, ())]


def test_a_factor_outside_its_bounds_is_held_at_the_bound() -> None:
    found = fit(made(on_ampere(), kernel_factor=0.6), [replace(KERNELS, lowest=0.8)])
    assert min(found.values.values()) == 0.8


def test_one_row_far_off_moves_little() -> None:
    runs = made(on_ampere(), kernel_factor=1.0)
    spoiled = [
        replace(runs[0], measured={"step_time": runs[0].measured["step_time"] * 5}),
        *runs[1:],
    ]
    without, having = (fit(rows, [KERNELS]).values[Node(KERNELS, ())] for rows in (runs, spoiled))
    assert having == pytest.approx(without, rel=0.03)


def test_a_source_left_out_is_predicted_from_the_others_alone() -> None:
    files = {"narayanan-2021"}
    runs = runs_of_two()
    left_out = left_out_by_source(runs, files)
    spoiled = [
        replace(run, measured={"step_time": 1.0}) if run.file in files else run
        for run in runs_of_two()
    ]
    again = left_out_by_source(spoiled, files)
    assert left_out.keys() == {run.name for run in runs_of_two() if run.file in files}
    for run in runs_of_two():
        if run.file in files and "step_time" not in run.measured:
            continue
        if run.file in files:
            ratio = (1 + again[run.name]) / (1 + left_out[run.name])
            assert ratio == pytest.approx(run.measured["step_time"], rel=1e-2)


def test_the_time_of_an_engine_s_host_is_found_again_by_another_source_of_its_version() -> None:
    """DeepScaleR and simpleRL-reason ran one version of vLLM, on A100 and on H100."""
    runs, factors = shipped_runs("rl"), engine_factors("rl")
    found = left_out_by_source(runs, ("simplerl-2025", "deepscaler-2025"), factors)
    assert {*found} == {"simplerl-h100-q7-16", "deepscaler-a100-q1.5-8"}
    assert max(map(abs, found.values())) < 0.2


@pytest.mark.parametrize("subject", ["serving", "rl"])
def test_an_engine_s_factors_ship_within_their_bounds(subject: str) -> None:
    for factor in engine_factors(subject):
        assert factor.lowest <= factor.typical <= factor.highest, factor
        assert factor.lowest <= Scenario().value(factor.field) <= factor.highest, factor
