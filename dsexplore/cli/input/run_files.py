"""Files of published runs named on the command line, and their runs fit for fitting."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from dsexplore.analysis.accuracy.accuracy import accuracy
from dsexplore.analysis.accuracy.runs import Run, load_runs, shipped_runs
from dsexplore.library.names import preset_names
from dsexplore.library.open import preset_or_path
from dsexplore.library.readable import refused
from dsexplore.scenario.field import LARGEST
from dsexplore.text.grouped import first_double
from dsexplore.text.refusal import ScenarioError, nearest, shown


def named_runs(names: Sequence[str]) -> list[Run]:
    """The runs of files or of presets of the kind `runs`; without a name, those of all presets.

    Of these, files of the user's own that cannot be read are left out (`refused_runs`). Raises
    ScenarioError.
    """
    if not names:
        return shipped_runs()
    runs = [run for name in names for run in _loaded(_path(name))]
    double = first_double(run.name for run in runs)
    if double is not None:
        raise ScenarioError("FILE", f"two runs named {shown(double)}", "a name for each")
    return runs


def refused_runs(names: Sequence[str]) -> list[str]:
    """A sentence on each file of the user's own that `named_runs` leaves out."""
    return [] if names else [*refused("runs", load_runs).values()]


def fittable(runs: Sequence[Run]) -> list[Run]:
    """The runs fit for fitting a stack: a known cluster and a predicted step."""
    predicted = {found.name: found.error for found in accuracy(runs).runs}
    return [
        run
        for run in runs
        if math.isfinite(predicted.get(run.name, math.nan)) and "num_gpus" not in run.assumed
    ]


def _loaded(path: Path) -> list[Run]:
    """The runs of a file, checked for fitting as well."""
    runs = load_runs(path)
    for run in runs:
        parts = run.measured.get("parts", {})
        where, allowed = f"run {run.name}, measured.parts", "times in seconds above 0, by part"
        if not isinstance(parts, dict):
            raise ScenarioError(where, shown(parts), allowed, str(path))
        for value in parts.values():
            if type(value) not in (int, float) or not 0 < value <= LARGEST:
                raise ScenarioError(where, shown(value), allowed, str(path))
    return runs


def _path(name: str) -> Path:
    found = preset_or_path(name, ("runs",))
    if found is None:
        allowed = f"a file, or {nearest(name, preset_names('runs'))}"
        raise ScenarioError("", f"no preset or file {shown(name)}", allowed)
    return found
