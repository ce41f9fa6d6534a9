"""Errors of published runs whose source played no part in the fit, as the last fit found them.

A fit without each source in turn takes minutes, so its errors are kept in a file of the presets,
which `python docs/accuracy_page.py --fit` writes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from dsexplore.analysis.accuracy.accuracy import Comparison, comparison
from dsexplore.analysis.accuracy.measured import SUBJECTS
from dsexplore.analysis.accuracy.runs import Run, shipped_runs
from dsexplore.files.toml import read_toml, to_toml
from dsexplore.library.names import presets_folder
from dsexplore.library.stacks import NEUTRAL, stack_factors
from dsexplore.scenario.scenario import PANELS

_HEAD = """\
# Signed errors in time, by run. Written by `python docs/accuracy_page.py --fit`.
# fitted: as shipped, with all runs in sight; left_out: by a fit without the run's whole source;
# calibrated: as left out, after one other measured run of its stack on its accelerator.
"""


@dataclass(frozen=True, slots=True)
class FoundErrors:
    """Signed errors in time by the name of a run."""

    fitted: Mapping[str, float] = field(default_factory=dict)
    left_out: Mapping[str, float] = field(default_factory=dict)
    calibrated: Mapping[str, float] = field(default_factory=dict)


def errors_file() -> Path:
    """Where the errors of the last fit lie."""
    return presets_folder() / "left_out.toml"


@cache
def found_errors() -> FoundErrors:
    """The errors of the last fit; none where no fit has written them."""
    if not errors_file().exists():
        return FoundErrors()
    return FoundErrors(**read_toml(errors_file()))


def as_left_out(runs: Sequence[Run], compared: Sequence[Comparison]) -> list[Comparison]:
    """The same runs as predicted by the fit without their source; own runs as they are.

    An interval is as wide as without the source: of a stack or an accelerator that no other source
    has, it is that of an unknown one. What the last fit did not leave out is unknown.
    """
    errors = found_errors().left_out
    by_name = {run.name: run for run in runs}
    fitted = [run for subject in SUBJECTS for run in shipped_runs(subject)]
    sources = _sources([*fitted, *runs])
    ours = {(run.file, run.name) for run in fitted}
    return [
        _moved(_unseen(found, by_name[found.name], sources), errors.get(found.name, math.nan))
        if (found.file, found.name) in ours
        else found
        for found in compared
    ]


def as_calibrated(compared: Sequence[Comparison]) -> list[Comparison]:
    """The runs as predicted without their source after one of its runs has calibrated their stack.

    The calibrating runs, and those of a stack and accelerator of one run, are not among them.
    """
    errors = found_errors().calibrated
    return with_errors([found for found in compared if found.name in errors], errors)


def _sources(runs: Sequence[Run]) -> dict[str, set[str]]:
    """The files with runs of each stack, and of each accelerator."""
    found: dict[str, set[str]] = {}
    for run in runs:
        for name in (run.stack, run.gpu):
            found.setdefault(name, set()).add(run.file)
    return found


def _unseen(found: Comparison, run: Run, sources: Mapping[str, set[str]]) -> Comparison:
    """A run with the spreads that it has where none of its source's runs are known."""
    spreads: dict[str, object] = {}
    if sources[run.stack] == {run.file}:
        spreads["software_spread"] = stack_factors(NEUTRAL)["software_spread"]
    if sources[run.gpu] == {run.file}:
        spreads["accelerator_spread"] = PANELS["hardware"].specs["accelerator_spread"].default
    if not spreads:
        return found
    return comparison(replace(run, scenario=run.scenario.with_values(spreads)))


def with_errors(compared: Sequence[Comparison], errors: Mapping[str, float]) -> list[Comparison]:
    """The runs with other errors in time, their predictions and intervals moved along."""
    return [
        _moved(found, errors[found.name]) if found.name in errors else found for found in compared
    ]


def _moved(found: Comparison, error: float) -> Comparison:
    slower = (1 + error) / (1 + found.error)
    factor = 1 / slower if found.relation == "rate" else slower
    return replace(
        found,
        error=error,
        predicted=found.predicted * factor,
        low=found.low * factor,
        high=found.high * factor,
    )


def as_file(errors: FoundErrors) -> str:
    """The file that holds these errors, to five digits after the point."""
    tables = {
        name: {run: round(error, 5) for run, error in getattr(errors, name).items()}
        for name in ("fitted", "left_out", "calibrated")
    }
    return f"{_HEAD}\n{to_toml(tables)}"
