"""Layouts as dots: the step against memory, with the frontier, the stated and the chosen one."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.analysis.search.judging import STEP
from dsexplore.analysis.search.ranking import MEMORY
from dsexplore.engine.names import unit_of
from dsexplore.text.format import format_value
from dsexplore.text.plot import Point, curve
from dsexplore.tui.widgets.lines import Line, Span, cropped, joined, right

CHOSEN, STATED = "●", "◆"


def trade_lines(
    frontier: Sequence[Point],
    listed: Sequence[Point],
    chosen: Point | None,
    stated: Point | None,
    width: int,
    height: int,
) -> list[Line]:
    """Memory across and step upwards; points are (bytes, seconds).

    The frontier is a line, layouts that are listed are dots.
    """
    shown = [*frontier, *listed, *([chosen] if chosen else []), *([stated] if stated else [])]
    if not shown or height < 4:
        return []
    (left, right_end), (low, high) = (
        (min(values), max(values)) for values in zip(*shown, strict=True)
    )
    margin = max(len(_time(each)) for each in (low, high)) + 1
    columns, rows = max(4, width - margin - 2), height - 2

    def at(point: Point) -> Point:
        return _share(point[0], left, right_end), _share(point[1], low, high)

    lines = [
        list(text)
        for text in curve([at(each) for each in frontier], columns, rows, map(at, listed))
    ]
    marks: dict[tuple[int, int], Span] = {}
    marked: list[tuple[Point | None, Span]] = [
        (stated, (STATED, "value")),
        (chosen, (CHOSEN, "active")),
    ]
    for point, mark in marked:
        if point is not None:
            x, y = at(point)
            marks[rows - 1 - min(int(y * rows), rows - 1), round(x * (columns - 1))] = mark
    drawn: list[Line] = []
    for y, cells in enumerate(lines):
        label = _time(high) if y == 0 else _time(low) if y == rows - 1 else ""
        spans: list[Span] = [(f"{right(label, margin)} │", "dim")]
        for x, cell in enumerate(cells):
            spans.append(marks.get((y, x), (cell, "bar")))
        drawn.append(cropped(joined(spans), width))
    ends = [format_value(value, unit_of(MEMORY), 3) for value in (left, right_end)]
    legend = f"{STATED} stated" if stated else ""
    gap = max(1, columns - len(ends[0]) - len(ends[1]) - len(legend))
    between_ends = f"{legend:^{gap + len(legend)}}"
    under = (f"{'':{margin}} └{'─' * columns}", f"{'':{margin}}  {ends[0]}{between_ends}{ends[1]}")
    return [*drawn, *(cropped(((line, "dim"),), width) for line in under)]


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.5


def _time(value: float) -> str:
    return format_value(value, unit_of(STEP), 3)
