"""Fits the factors of accelerators and stacks to the shipped runs: `python -m tests.fit [--write]`.

Prints what is left of the errors and, with `--write`, puts the values into the presets. Without it
the values in the presets are only compared with the fit.
"""

from __future__ import annotations

import sys
from pathlib import Path

from dsexplore.analysis.accuracy.fit import Factor, Fit, fit, shipped_factors, with_family
from dsexplore.analysis.accuracy.runs import shipped_runs
from dsexplore.library.names import preset_names, presets_folder
from dsexplore.library.stacks import NEUTRAL

_TABLE = {"accelerator": ("hardware", "hardware"), "stack": ("stacks", "parallelism")}


def main() -> None:
    """Fit, print, and write if asked to."""
    runs = [run for run in shipped_runs() if run.is_laid_out and "num_gpus" not in run.assumed]
    found = fit(runs)
    absolute = sorted(abs(error) for error in found.errors.values())
    print(f"{len(runs)} runs, mean error of time {100 * sum(absolute) / len(absolute):.2f} %")
    moved = 0
    for factor in shipped_factors():
        folder, table = _TABLE[factor.of]
        for name in preset_names(folder):
            path = presets_folder() / folder / f"{name}.toml"
            moved += _put(path, table, factor, _value(found, factor, name), "--write" in sys.argv)
    print(f"{moved} values {'written' if '--write' in sys.argv else 'differ from the presets'}")


def _value(found: Fit, factor: Factor, name: str) -> str:
    path = () if name == NEUTRAL else with_family(name)
    return f"{found.value(factor, path):.3g}"


def _put(path: Path, table: str, factor: Factor, value: str, is_writing: bool) -> bool:
    """Put a value into a preset's table; whether it was another before."""
    lines = path.read_text().split("\n")
    start = lines.index(f"[{table}]") if f"[{table}]" in lines else -1
    if start < 0:
        return False
    end = next((n for n in range(start + 1, len(lines)) if lines[n].startswith("[")), len(lines))
    stated = f"{factor.field} = {value}"
    for number in range(start + 1, end):
        if lines[number].startswith(f"{factor.field} = "):
            if lines[number] == stated:
                return False
            lines[number] = stated
            break
    else:
        last = max(n for n in range(start, end) if lines[n].strip())
        lines.insert(last + 1, stated)
    if is_writing:
        path.write_text("\n".join(lines))
    return True


main()
