"""A sweep of any size as Parquet: part by part, so that few of its points are held at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dsexplore.analysis.sweep.axis import Axis
from dsexplore.analysis.sweep.filling import Gap
from dsexplore.analysis.sweep.grid import swept_parts
from dsexplore.analysis.workers.work import Workers
from dsexplore.cli.output.parquet import WORDS, parquet_file
from dsexplore.cli.output.progress import Watch
from dsexplore.engine import INTERVALS
from dsexplore.engine.names import unit_of
from dsexplore.scenario.scenario import Scenario

_PROBLEM = "problem"


def write_sweep(
    path: Path,
    scenario: Scenario,
    axes: Sequence[Axis],
    names: Sequence[str],
    watch: Watch,
    workers: Workers,
    *,
    overwrite: bool,
) -> tuple[int, list[Gap]]:
    """Write a sweep; returns how many points it has, and the reasons of its gaps.

    Columns are the axes, the results, both ends of each interval, and the problem behind a gap.
    Raises ScenarioError for a grid too large and a file that cannot be written.
    """
    parts = swept_parts(scenario, axes, names, watch.told, goes_on=watch.goes_on, workers=workers)
    units = {axis.name: axis.unit if axis.is_number else WORDS for axis in axes}
    for name in names:
        units[name] = unit_of(name)
        units |= dict.fromkeys(_named_ends(name), unit_of(name))
    units[_PROBLEM] = WORDS
    columns = [_Column(axes, place) for place in range(len(axes))]
    gaps: dict[str, Gap] = {}
    points = 0
    with parquet_file(path, units, overwrite=overwrite) as put:
        for places, part in parts:
            points += part.size
            for gap in part.gaps:
                before = gaps.get(gap.problem)
                gaps[gap.problem] = Gap(
                    gap.problem,
                    gap.points + (before.points if before else 0),
                    before.first if before else int(places[gap.first]),
                    before.sentence if before else gap.sentence,
                )
            put(
                {each.name: each.at(places) for each in columns}
                | part.results
                | _ends(names, part.ends, part.size)
                | {_PROBLEM: _problems(part.reasons, part.gaps, part.size)}
            )
    return points, list(gaps.values())


class _Column:
    """The values of an axis at some places of the grid."""

    def __init__(self, axes: Sequence[Axis], place: int) -> None:
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        self._axis = axes[place]
        self.name = self._axis.name
        self._stride = math.prod(len(axis.values) for axis in axes[place + 1 :])
        if self._axis.is_number:
            numbers = [math.nan if each is None else each for each in self._axis.values]
            self._numbers = np.asarray(numbers, dtype=np.float64)

    def at(self, places: Any) -> Any:
        """A number for each place, or the places of words and the words."""
        here = places // self._stride % len(self._axis.values)
        if self._axis.is_number:
            return self._numbers[here]
        return here, [str(each) for each in self._axis.values]


def _ends(names: Sequence[str], ends: Any, size: int) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    unknown = np.full(size, np.nan)
    return {
        end: ends[name][side] if name in ends else unknown
        for name in names
        for side, end in enumerate(_named_ends(name))
    }


def _named_ends(name: str) -> tuple[str, ...]:
    """The columns of a result's interval: results that share one have columns of their own."""
    return (f"{name}_low", f"{name}_high") if name in INTERVALS else ()


def _problems(reasons: Any, gaps: Sequence[Gap], size: int) -> tuple[Any, list[str]]:
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    places = np.full(size, -1, np.int32) if reasons is None else reasons
    return places, [gap.problem for gap in gaps]
