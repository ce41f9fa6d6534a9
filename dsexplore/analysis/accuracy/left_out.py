"""Errors of published runs whose source played no part in the fit, as the last fit found them.

A fit without each source in turn takes minutes, so its errors are kept in a file of the presets,
which `python docs/accuracy_page.py --fit` writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from dsexplore.analysis.accuracy.accuracy import Comparison
from dsexplore.files.toml import read_toml, to_toml
from dsexplore.library.names import presets_folder

_HEAD = """\
# Signed errors in the time of a step, by run. Written by `python docs/accuracy_page.py --fit`.
# fitted: with all runs in the fit; left_out: with the run's whole source left out of it;
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


def as_left_out(compared: Sequence[Comparison]) -> list[Comparison]:
    """The same runs as predicted by the fit without their source; own runs as they are.

    An interval keeps its width. Runs of a source that was not fitted are as they are as well.
    """
    return with_errors(compared, found_errors().left_out)


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
