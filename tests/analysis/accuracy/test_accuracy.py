"""Predicted against published: each run in its own counting, and the errors that are promised."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from dsexplore.analysis.accuracy.accuracy import (
    Accuracy,
    Comparison,
    accuracy,
    errors_of,
    grouped_errors,
)
from dsexplore.analysis.accuracy.gains import gains
from dsexplore.analysis.accuracy.left_out import as_left_out, found_errors, with_errors
from dsexplore.analysis.accuracy.measured import Counting
from dsexplore.analysis.accuracy.runs import shipped_runs
from dsexplore.engine import evaluate

FIT = "run python docs/accuracy_page.py --fit"


@cache
def shipped_accuracy() -> Accuracy:
    return accuracy(shipped_runs())


@cache
def of_engines(subject: str) -> Accuracy:
    return accuracy(shipped_runs(subject))


@cache
def compared() -> dict[str, Comparison]:
    return {found.name: found for found in shipped_accuracy().runs}


# The least that is promised of each kind: mean errors, fitted and with the source left out.
PROMISED = {"dense": (0.065, 0.14), "moe": (0.13, 0.18)}


@pytest.mark.parametrize("kind", PROMISED)
def test_the_errors_that_are_promised(kind: str) -> None:
    fitted, left_out = PROMISED[kind]
    found = shipped_accuracy().runs
    assert grouped_errors(found, "kind")[kind].mean < fitted
    assert grouped_errors(as_left_out(shipped_runs(), found), "kind")[kind].mean < left_out


def test_errors_of_the_last_fit_are_of_the_model_as_it_is() -> None:
    """What a fit without each source takes minutes to find holds for the formulas of today."""
    known = found_errors()
    every = [*shipped_accuracy().runs, *of_engines("serving").runs, *of_engines("rl").runs]
    counted = {found.name: found.error for found in every if found.is_counted}
    again = f"{FIT}, or --fit-engines for serving and RL"
    assert known.fitted.keys() == known.left_out.keys() == counted.keys(), again
    assert {name: known.fitted[name] for name in counted} == pytest.approx(counted, abs=2e-3), again


@pytest.mark.parametrize(
    ("subject", "kind", "mean"),
    [
        ("serving", "dense", 0.125),
        ("serving", "moe", 0.2),
        ("rl", "dense", 0.2),
        ("rl", "moe", 0.2),
    ],
)
def test_the_errors_that_are_promised_of_engines_not_seen(
    subject: str, kind: str, mean: float
) -> None:
    left_out = as_left_out(shipped_runs(subject), of_engines(subject).runs)
    assert grouped_errors(left_out, "kind")[kind].mean < mean
    assert 0.75 <= errors_of(left_out).coverage <= 0.85


def test_a_run_left_out_keeps_what_was_measured_and_the_width_of_its_interval() -> None:
    found = [
        replace(each, low=0.8 * each.predicted, high=1.3 * each.predicted)
        for each in shipped_accuracy().runs
        if each.is_counted
    ]
    moved = with_errors(found, {each.name: each.error + 0.2 for each in found})
    for before, after in zip(found, moved, strict=True):
        assert after.measured == before.measured
        assert after.error == pytest.approx(before.error + 0.2)
        assert after.high / after.low == pytest.approx(1.3 / 0.8)
        slower = after.predicted / after.measured
        assert after.error == pytest.approx(
            (slower if after.relation == "time" else 1 / slower) - 1
        )


def test_what_precision_gains_is_of_runs_alike_in_all_else() -> None:
    found = {pair.name: pair for pair in gains(shipped_runs(), shipped_accuracy().runs)}
    assert len(found) >= 11
    seventy = found["llama31-70b-64-fp8"]
    assert seventy.other == "llama31-70b-64-bf16"
    assert seventy.measured == pytest.approx(14.61 / 10.46)
    by_name = {run.name: run for run in shipped_runs()}
    for pair in found.values():
        differing = by_name[pair.name].scenario.differs_in(by_name[pair.other].scenario)
        assert "precision" in differing
        assert not {"num_gpus", "global_batch_size", "tensor_parallel"} & {*differing}


def test_fp8_gains_what_it_gains_on_hopper() -> None:
    """Of equal layouts in one source, each within 15 % and their mean within 5."""
    found = [
        pair for pair in gains(shipped_runs(), shipped_accuracy().runs) if "gb" not in pair.name
    ]
    assert len(found) >= 10
    for pair in found:
        assert pair.predicted == pytest.approx(pair.measured, rel=0.15), pair.name
    assert np.mean([pair.predicted for pair in found]) == pytest.approx(
        np.mean([pair.measured for pair in found]), rel=0.05
    )


def test_the_sums_are_of_the_runs_whose_cluster_is_known() -> None:
    found = shipped_accuracy()
    counted = [abs(run.error) for run in found.runs if "num_gpus" not in run.assumed]
    assert len(counted) == found.errors.runs
    assert found.errors.mean == pytest.approx(np.mean(counted))
    assert found.errors.median == pytest.approx(np.median(counted))
    assert found.errors.worst == max(counted)
    assert [run.name for run in found.runs if "num_gpus" in run.assumed] == ["deepseek-v2"]
    assert any("deepseek-v2" in warning for warning in found.warnings)


def test_coverage_is_the_share_of_intervals_with_the_measurement_in_them() -> None:
    found = [
        replace(each, low=each.measured * low, high=each.measured * 2)
        for each, low in zip(shipped_accuracy().runs[-4:], (0.5, 0.9, 1.1, 0.2), strict=True)
    ]
    assert [each.is_covered for each in found] == [True, True, False, True]
    assert errors_of(found).coverage == 0.75
    bare = [replace(each, low=math.nan, high=math.nan) for each in found]
    assert math.isnan(errors_of(bare).coverage)


def test_an_error_is_of_time_whatever_was_measured() -> None:
    """Above zero where the prediction is too slow: a step too long, or an MFU too low."""
    for found in shipped_accuracy().runs:
        slower = found.predicted / found.measured
        times = slower if found.quantity == "step_time" else 1 / slower
        assert found.error == pytest.approx(times - 1)


@pytest.mark.parametrize(
    ("name", "quantity", "measured"),
    [
        ("deepseek-v3", "step_time", 19.926),
        ("korthikanti-22b", "step_time", 1.10),
        ("llama-3.1-405b-8k-gpus", "mfu", 0.43),
        ("megatron-1.7b", "hfu", 0.44),
    ],
)
def test_what_is_compared_is_a_step_where_there_is_one(name, quantity, measured) -> None:
    assert (compared()[name].quantity, compared()[name].measured) == (quantity, measured)


def test_each_run_is_compared_in_its_own_counting() -> None:
    by_name = {run.name: run.figures[0].needs[0] for run in shipped_runs()}
    assert by_name["megatron-1.7b"] == "predicted_hfu_full"
    assert by_name["llama-3.1-405b-8k-gpus"] == "predicted_mfu"
    llama = next(run for run in shipped_runs() if run.name == "llama-3.1-405b-8k-gpus")
    assert (
        replace(llama, counting=Counting(is_causal=False)).figures[0].needs[0]
        == "predicted_mfu_full"
    )
    assert (
        replace(llama, counting=Counting(counts_recompute=True)).figures[0].needs[0]
        == "predicted_hfu"
    )


@pytest.mark.parametrize("name", ["korthikanti-22b", "korthikanti-175b", "megatron-175b-256"])
def test_the_papers_own_mfu_follows_from_its_own_step(name: str) -> None:
    """Printed MFU against the printed step: their counting is the full square, and ours too."""
    run = next(run for run in shipped_runs() if run.name == name)
    found = evaluate(run.scenario.inputs(), ["predicted_mfu_full", "step_time"])
    of_printed_step = found["predicted_mfu_full"] * found["step_time"] / run.measured["step_time"]
    assert of_printed_step == pytest.approx(run.measured["mfu"], rel=0.02)


def test_a_run_without_a_layout_is_told_and_not_predicted() -> None:
    bare = replace(shipped_runs()[0], is_laid_out=False, name="bare")
    found = accuracy([bare])
    assert found.runs == ()
    assert "bare" in found.warnings[0]
    assert np.isnan(found.errors.mean)


def test_a_layout_that_cannot_be_is_told_and_not_counted() -> None:
    run = shipped_runs()[-1]
    broken = replace(run, scenario=run.scenario.with_values({"num_gpus": 7}), name="broken")
    found = accuracy([run, broken])
    assert np.isnan(found.runs[1].error)
    assert found.errors.mean == abs(found.runs[0].error)
    assert any("broken" in warning for warning in found.warnings)
