"""The frontier of a search in characters: the step upwards, memory across."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.analysis.search.judging import STEP
from dsexplore.analysis.search.ranking import MEMORY, Layout
from dsexplore.engine.names import unit_of
from dsexplore.text.format import format_value
from dsexplore.text.plot import curve, framed

_ROWS = 14


def frontier_lines(frontier: Sequence[Layout], columns: int) -> list[str]:
    """A line through the layouts that no other beats in both; none through fewer than two."""
    points = [(each.results[MEMORY], each.results[STEP]) for each in frontier]
    if len(points) < 2:
        return []
    (left, right), (low, high) = ((min(each), max(each)) for each in zip(*points, strict=True))
    times = [format_value(each, unit_of(STEP), 3) for each in (low, high)]
    memory = [format_value(each, unit_of(MEMORY), 3) for each in (left, right)]
    margin = max(map(len, times))

    def share(value: float, least: float, most: float) -> float:
        return (value - least) / (most - least) if most > least else 0.5

    placed = [(share(x, left, right), share(y, low, high)) for x, y in points]
    lines = curve(placed, columns - margin - 2, _ROWS)
    head = f"{STEP} by {MEMORY}: nothing is faster with less memory"
    return [head, *framed(lines, (times[0], times[1]), (memory[0], memory[1]), margin)]
