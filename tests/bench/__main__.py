"""`python -m tests.bench`: every figure beside what it should reach."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import engine, explorer, processes
from tests.bench.figure import Figure

_ROW = "{:<58} {:>14}  {:>12}  {}"


def _figures(home: Path) -> Iterator[Figure]:
    yield from engine.figures()
    yield from processes.figures(home)
    yield from explorer.figures(home)


def main() -> None:
    """Measure, and print a row as soon as it is known."""
    print(_ROW.format("figure", "measured", "reach", ""))
    with tempfile.TemporaryDirectory() as folder:
        for figure in _figures(Path(folder)):
            met = "" if figure.is_met else "MISSED"
            print(_ROW.format(figure.name, figure.measured, figure.reach, met), flush=True)


main()
