"""Fits the factors of accelerators and stacks to the shipped runs: `python -m tests.fit [--write]`.

Prints what is left of the errors and, with `--write`, puts the values into the presets.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence

from dsexplore.analysis.accuracy.fit import (
    Factor,
    Fit,
    fit,
    path_of,
    path_of_preset,
    shipped_factors,
)
from dsexplore.analysis.accuracy.runs import Run
from dsexplore.cli.input.run_files import fittable, named_runs
from dsexplore.library.names import preset_names, presets_folder
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.format import format_value
from tests.fit.preset_file import PresetFile

_PRESETS = {"accelerator": ("hardware", "hardware"), "stack": ("stacks", "parallelism")}


def main() -> None:
    """Fit, print, and write if asked to."""
    runs = fittable(named_runs(()))
    found = fit(runs)
    sizes = sorted(abs(error) for error in found.errors.values())
    print(f"{len(runs)} runs, mean error of time {100 * sum(sizes) / len(sizes):.2f} %")
    if "--write" not in sys.argv:
        return
    written = [
        name
        for of in _PRESETS
        for name in preset_names(_PRESETS[of][0])
        if _write(of, name, found, runs)
    ]
    print(f"{len(written)} presets written: {', '.join(written)}")


def _write(of: str, name: str, found: Fit, runs: Sequence[Run]) -> bool:
    folder, table = _PRESETS[of]
    factors = [factor for factor in shipped_factors() if factor.of == of]
    path = path_of_preset(name)
    behind = sum(path_of(run, factors[0])[: len(path)] == path for run in runs)
    file = PresetFile(presets_folder() / folder / f"{name}.toml")
    for factor in factors:
        file.put(table, factor.field, _stated(found.value(factor, path), factor))
        file.put("notes", factor.field, f'"{_note(path, behind, factors[0], runs)}"')
    file.cite([factor.field for factor in factors])
    return file.save()


def _stated(value: float, factor: Factor) -> str:
    text = f"{value:.3g}"
    return (
        f'"{format_value(float(text), "second")}"'
        if FIELDS[factor.field].unit == "second"
        else text
    )


def _note(path: tuple[str, ...], behind: int, factor: Factor, runs: Sequence[Run]) -> str:
    if not path:
        return f"The middle of what {len(runs)} runs say, each {factor.of} alike."
    if behind:
        runs_of_it = "the one measured run" if behind == 1 else f"{behind} measured runs"
        return f"Fitted to {runs_of_it} of it together with all others."
    above = Counter(path_of(run, factor)[: len(path) - 1] for run in runs)[path[:-1]]
    if path[:-1] and above:
        return f"No run of it is measured: as fitted to {above} runs of its family, {path[-2]}."
    return f"No run of it is measured: the middle of what {len(runs)} runs of others say."


main()
