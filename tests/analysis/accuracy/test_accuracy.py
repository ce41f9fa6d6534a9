"""Predicted against published: each run in its own counting, and the errors that are promised."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from dsexplore.analysis.accuracy.accuracy import Accuracy, Comparison, accuracy, compared_quantity
from dsexplore.analysis.accuracy.measured import Counting
from dsexplore.analysis.accuracy.runs import shipped_runs
from dsexplore.engine import evaluate

RUNS = shipped_runs()


@cache
def shipped_accuracy() -> Accuracy:
    return accuracy(RUNS)


@cache
def compared() -> dict[str, Comparison]:
    return {found.name: found for found in shipped_accuracy().runs}


def test_the_errors_that_are_promised() -> None:
    assert shipped_accuracy().errors.mean < 0.025
    assert shipped_accuracy().errors.worst < 0.08


def test_the_mean_and_maximum_are_of_the_runs_whose_cluster_is_known() -> None:
    found = shipped_accuracy()
    counted = [abs(run.error) for run in found.runs if "num_gpus" not in run.assumed]
    assert len(counted) == 26
    assert found.errors.mean == pytest.approx(np.mean(counted))
    assert found.errors.worst == max(counted)
    assert [run.name for run in found.runs if "num_gpus" in run.assumed] == ["deepseek-v2"]
    assert any("deepseek-v2" in warning for warning in found.warnings)


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
    by_name = {run.name: compared_quantity(run)[1] for run in RUNS}
    assert by_name["megatron-1.7b"] == "predicted_hfu_full"
    assert by_name["llama-3.1-405b-8k-gpus"] == "predicted_mfu"
    llama = next(run for run in RUNS if run.name == "llama-3.1-405b-8k-gpus")
    assert (
        compared_quantity(replace(llama, counting=Counting(is_causal=False)))[1]
        == "predicted_mfu_full"
    )
    assert (
        compared_quantity(replace(llama, counting=Counting(counts_recompute=True)))[1]
        == "predicted_hfu"
    )


@pytest.mark.parametrize("name", ["korthikanti-22b", "korthikanti-175b", "megatron-175b-256"])
def test_the_papers_own_mfu_follows_from_its_own_step(name: str) -> None:
    """Printed MFU against the printed step: their counting is the full square, and ours too."""
    run = next(run for run in RUNS if run.name == name)
    found = evaluate(run.scenario.inputs(), ["predicted_mfu_full", "step_time"])
    of_printed_step = found["predicted_mfu_full"] * found["step_time"] / run.measured["step_time"]
    assert of_printed_step == pytest.approx(run.measured["mfu"], rel=0.02)


def test_a_run_without_a_layout_is_told_and_not_predicted() -> None:
    bare = replace(RUNS[0], is_laid_out=False, name="bare")
    found = accuracy([bare])
    assert found.runs == ()
    assert "bare" in found.warnings[0]
    assert np.isnan(found.errors.mean)


def test_a_layout_that_cannot_be_is_told_and_not_counted() -> None:
    run = RUNS[-1]
    broken = replace(run, scenario=run.scenario.with_values({"num_gpus": 7}), name="broken")
    found = accuracy([run, broken])
    assert np.isnan(found.runs[1].error)
    assert found.errors.mean == abs(found.runs[0].error)
    assert any("broken" in warning for warning in found.warnings)
