"""Files of published runs named on the command line, and their runs fit for fitting."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from dsexplore.analysis.accuracy.accuracy import accuracy
from dsexplore.analysis.accuracy.measured import TRAINING
from dsexplore.analysis.accuracy.runs import RUNS, UNSEEN, Run, load_runs
from dsexplore.library.names import preset_names
from dsexplore.library.open import preset_or_path
from dsexplore.text.grouped import first_double
from dsexplore.text.refusal import ScenarioError, nearest, shown


def named_runs(names: Sequence[str]) -> list[Run]:
    """The runs of files or of presets of the kind `runs`; without a name, those of all presets.

    Raises ScenarioError.
    """
    runs, refused = readable_runs(names)
    if refused:
        raise refused[0]
    return runs


def readable_runs(names: Sequence[str], kind: str = RUNS) -> tuple[list[Run], list[ScenarioError]]:
    """The runs of all files that can be read, and why each of the others cannot.

    Without a name, the files are all presets of the kind.

    A file whose runs have names of earlier ones is one of the others.
    """
    runs: list[Run] = []
    refused: list[ScenarioError] = []
    for name in names or preset_names(kind):
        try:
            found = load_runs(_path(name))
            double = first_double(run.name for run in (*runs, *found))
            if double is not None:
                raise ScenarioError("FILE", f"two runs named {shown(double)}", "a name for each")
        except ScenarioError as error:
            refused.append(error)
        else:
            runs += found
    return runs, refused


def fittable(runs: Sequence[Run]) -> list[Run]:
    """The runs fit for fitting a stack: a known cluster and a predicted step."""
    predicted = {found.name: found.error for found in accuracy(runs).runs}
    return [
        run
        for run in runs
        if run.subject == TRAINING
        and math.isfinite(predicted.get(run.name, math.nan))
        and "num_gpus" not in run.assumed
    ]


def _path(name: str) -> Path:
    found = preset_or_path(name, (RUNS, UNSEEN))
    if found is None:
        allowed = f"a file, or {nearest(name, [*preset_names(RUNS), *preset_names(UNSEEN)])}"
        raise ScenarioError("", f"no preset or file {shown(name)}", allowed)
    return found
