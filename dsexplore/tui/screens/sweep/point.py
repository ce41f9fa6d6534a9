"""The point under the cursor of a sweep in words: its values, and results there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from dsexplore.analysis.sweep.grid import Sweep
from dsexplore.document.moved import NO_CHANGE, number_change
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.names import unit_of
from dsexplore.text.format import format_interval, format_value
from dsexplore.tui.pages.blocks import role_of
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.screens.sweep.asked import title
from dsexplore.tui.screens.sweep.plot import Look, axis_text
from dsexplore.tui.widgets.lines import Line, Span, width_of


def point_line(look: Look, place: int, results: Mapping[str, float | str], width: int) -> Line:
    """The values at a point, and the shown result there with its interval and change.

    `results` are those of the open scenario, from which it has changed.
    """
    found = look.found
    values = zip(found.axes[::-1], found.point(place)[::-1], strict=True)
    where = "   ".join(f"{title(axis.name)} {axis_text(axis, v)}" for axis, v in values)
    value, unit, ends = look.value(place), unit_of(look.name), look.ends(place)
    spans: list[Span] = [
        (f" {where}   ", "active"),
        (f"{short_label(look.name)} ", "label"),
        (format_value(value, unit), "value"),
    ]
    now = results[look.name]
    change = NO_CHANGE if isinstance(now, str) else number_change(look.name, now, value)
    behind: list[Span] = []
    if change and not math.isnan(value):
        behind.append((f"  {change}", role_of(change)))
    # An interval without room has half its width; then the change goes.
    half: Span = (f"  {with_half_width('', value, ends).strip()}" if ends else "", "dim")
    full: Span = (f"  80 %: {format_interval(*ends, unit, value)}" if ends else "", "dim")
    ways = ([full, *behind], [half, *behind], [half], behind)
    fitting = (whole for way in ways if width_of(whole := [*spans, *way]) <= width)
    return tuple(next(fitting, spans))


def other_results(found: Sweep, names: Iterable[str], place: int, width: int) -> list[Line]:
    """Some results at a point, as many on a line as fit."""
    lines: list[list[Span]] = [[(" ", "plain")]]
    for name in names:
        text = format_value(float(found.results[name][place]), unit_of(name), 3)
        piece: list[Span] = [(f"{short_label(name)} ", "dim"), (f"{text}   ", "plain")]
        if width_of(lines[-1]) + width_of(piece) > width:
            lines.append([(" ", "plain")])
        lines[-1] += piece
    return [tuple(line) for line in lines]
