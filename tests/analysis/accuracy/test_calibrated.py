"""One measured run of a stack sets it for the others of its source."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dsexplore.analysis.accuracy.calibrated import calibrated_errors
from dsexplore.analysis.accuracy.fit import Fit, errors, shipped_factors
from dsexplore.analysis.accuracy.runs import shipped_runs
from dsexplore.engine import evaluate

# Knows no run at all: every factor is where it is typical.
NOTHING = Fit({}, {})


@pytest.fixture(scope="module")
def slow() -> list:
    """Runs of one stack on one accelerator that all take a third longer than is typical."""
    runs = [run for run in shipped_runs() if run.file == "korthikanti-2022"][:4]
    known = errors(runs, shipped_factors(), NOTHING)
    found = []
    for run in runs:
        step = run.measured["step_time"] * (1 + known[run.name])
        found.append(replace(run, measured={"step_time": 1.3 * step}))
    return found


def test_one_run_sets_the_others_and_is_not_counted_itself(slow) -> None:
    before = errors(slow, shipped_factors(), NOTHING)
    after = calibrated_errors(slow, NOTHING)
    assert list(after) == [run.name for run in slow[1:]]
    for name, error in after.items():
        assert before[name] == pytest.approx(1 / 1.3 - 1)
        assert abs(error) < 0.75 * abs(before[name])


def test_a_rate_calibrates_as_the_step_does(slow) -> None:
    first, *others = slow
    values = evaluate(first.scenario.inputs(), ["tokens_per_step", "num_gpus"])
    speed = values["tokens_per_step"] / values["num_gpus"] / first.measured["step_time"]
    printed = replace(first, measured={"tokens_per_second_per_gpu": speed})
    found, expected = (calibrated_errors([run, *others], NOTHING) for run in (printed, first))
    assert found == pytest.approx(expected, rel=1e-6)


def test_a_run_that_stands_alone_calibrates_nothing(slow) -> None:
    elsewhere = replace(slow[1], gpu="another")
    assert calibrated_errors([slow[0], elsewhere], NOTHING) == {}
