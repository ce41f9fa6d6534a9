"""A sweep drawn in lines of a given size: curve, map or bars, the point of the cursor marked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dsexplore.analysis.sweep.axis import Axis
from dsexplore.analysis.sweep.grid import Sweep
from dsexplore.analysis.sweep.scale import is_by_logarithms, places
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.names import unit_of
from dsexplore.scenario.field import Value
from dsexplore.text.format import CROSS, NOT_KNOWN, format_value
from dsexplore.text.plot import GAP, SHADES, chosen, curve, shade
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.screens.sweep.asked import title
from dsexplore.tui.widgets.lines import (
    Line,
    Row,
    Span,
    bar,
    cropped,
    fitted,
    joined,
    right,
    width_of,
)

# Under the axis: the cursor's value, and the one now in force.
CURSOR, PRESENT = "▲", "◆"
_MARGIN = 14
_DIGITS = 3
# A cell of a map from this width on has its figure in it.
_WITH_FIGURE = 9
_NAME, _FIGURE = 26, 18


@dataclass(frozen=True, slots=True)
class Look:
    """What of a sweep is drawn: a result, the cursor's point and the present one."""

    found: Sweep
    name: str
    # The place on each axis; of the present value None where it is not among those swept.
    at: tuple[int, ...]
    present: tuple[int | None, ...]

    def value(self, place: int) -> float:
        """The result at a point; nan in a gap."""
        return float(self.found.results[self.name][place])

    def ends(self, place: int) -> tuple[float, float] | None:
        """The interval of the result at a point, where it has one."""
        found = self.found.ends.get(self.name)
        low, high = (float(end[place]) for end in found) if found else (math.nan, math.nan)
        return None if math.isnan(low) else (low, high)


def subject_line(look: Look) -> Line:
    """What is drawn, over what, and what its dots are."""
    axes = look.found.axes
    across = axes[-1]
    scale = scale_text(across) if len(axes) == 1 else ""
    spans: list[Span] = [
        (f" {short_label(look.name)}", "title"),
        (f" by {title(across.name)}{scale}", "plain"),
    ]
    if len(axes) == 2:
        spans.append((f", upwards {title(axes[0].name)}", "plain"))
    elif across.is_number and _has_interval(look):
        spans.append(("; dots: its interval of 80 %", "dim"))
    return tuple(spans)


def _has_interval(look: Look) -> bool:
    return any(look.ends(place) is not None for place in range(look.found.size))


def curve_lines(look: Look, width: int, height: int) -> list[Line]:
    """A curve over the only axis, at most so wide and high, with what its dots are."""
    axis, values = look.found.axes[0], look.found.results[look.name].tolist()
    ends = _band(look, values)
    if not (known := _drawn_values(look)):
        return [((" no value of it has one", "dim"),)]
    low, high = min(known), max(known)
    (margin, columns), rows = _curve_columns(look, width), max(1, height - 2)
    across = places(axis)

    def up(value: float) -> float:
        return (value - low) / (high - low) if high > low else 0.5

    drawn = curve(
        [(x, up(y)) for x, y in zip(across, values, strict=True)],
        columns,
        rows,
        [(x, up(y)) for end in ends for x, y in _dotted(across, end, columns)],
    )
    column = round(across[look.at[0]] * (columns - 1))
    here = look.value(look.at[0])
    row = rows - 1 - min(int(up(here) * rows), rows - 1) if not math.isnan(here) else None
    beside = {rows - 1: _text(look.name, low), 0: _text(look.name, high)}
    lines = [
        ((f"{right(beside.get(y, ''), margin)} │", "dim"), *_crossed(text, column, y == row))
        for y, text in enumerate(drawn)
    ]
    places_ = [round(each * (columns - 1)) for each in across]
    marks = {each: CROSS for each, y in zip(places_, values, strict=True) if math.isnan(y)}
    if look.present[0] is not None:
        marks[places_[look.present[0]]] = PRESENT
    under = _labels(axis, columns, {column: _value(axis, look.at[0])})
    return [*lines, *_below(margin, columns, marks | {column: CURSOR}, under)]


def _drawn_values(look: Look) -> list[float]:
    """What a curve and the interval along it go through."""
    values = look.found.results[look.name].tolist()
    return _known([*values, *(value for end in _band(look, values) for value in end)])


def _curve_columns(look: Look, width: int) -> tuple[int, int]:
    """Cells before a curve, and its own."""
    known = _drawn_values(look) or [0.0]
    margin = max(len(_text(look.name, each)) for each in (min(known), max(known))) + 1
    return margin, max(2, width - margin - 2)


def _band(look: Look, values: Sequence[float]) -> list[list[float]]:
    """Both ends of the interval along a curve; it closes where nothing is predicted."""
    ends = [each.tolist() for each in look.found.ends.get(look.name, ())]
    if not _known(value for end in ends for value in end):
        return []
    return [[y if math.isnan(e) else e for y, e in zip(values, end, strict=True)] for end in ends]


def _dotted(
    across: Sequence[float], values: Sequence[float], columns: int
) -> Iterator[tuple[float, float]]:
    """Values and points on straight lines between them, one for every second column."""
    for place, (x, y) in enumerate(zip(across, values, strict=True)):
        yield x, y
        if place == 0:
            continue
        left, before = across[place - 1], values[place - 1]
        steps = max(1, round((x - left) * columns / 2))
        for step in range(1, steps):
            share = step / steps
            yield left + share * (x - left), before + share * (y - before)


def _crossed(text: str, column: int, is_here: bool) -> list[Span]:
    """A line of a curve with the cursor's column in it; the cell of its point is reversed."""
    cell = text[column]
    if not is_here:
        cell = "┊" if cell == " " else cell
    return [
        (text[:column], "bar"),
        (cell, "selected" if is_here else "dim"),
        (text[column + 1 :], "bar"),
    ]


def map_lines(look: Look, width: int, height: int) -> list[Line]:
    """A map of shades, the first axis upwards; its last line says what the shades are."""
    across = look.found.axes[1]
    margin, labels, (shown_up, tall), (shown_across, wide) = _grid(look, width, height)
    known = _known(look.found.results[look.name].tolist())
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    lines: list[Line] = []
    for y in reversed(shown_up):
        for band in range(tall):
            is_middle = band == tall // 2
            mark = "▸" if y == look.at[0] else PRESENT if y == look.present[0] else " "
            mark = mark if is_middle else " "
            label = f"{mark}{right(labels[y], margin) if is_middle else ' ' * margin} │"
            cells = [_cell(look, (y, x), wide, (low, high), is_middle) for x in shown_across]
            lines.append(((label, "dim"), *joined(cells)))
    columns = {x: place * wide + wide // 2 for place, x in enumerate(shown_across)}
    marks = {columns[x]: PRESENT for x in look.present[1:] if x is not None and x in columns}
    marks[columns[look.at[1]]] = CURSOR
    texts = {column: _value(across, x) for x, column in columns.items()}
    drawn = len(shown_across) * wide
    here = {columns[look.at[1]]: texts[columns[look.at[1]]]}
    under = here | (texts if max(map(len, texts.values())) < wide else _ends(texts))
    legend = _legend(look.name, low, high, has_gaps=len(known) < look.found.size)
    return [*lines, *_below(margin + 1, drawn, marks, under), cropped(legend, width)]


def _grid(
    look: Look, width: int, height: int
) -> tuple[int, list[str], tuple[list[int], int], tuple[list[int], int]]:
    """Cells before a map, the texts there, and which places it shows upwards and across.

    With each of these goes how many lines or cells a place takes.
    """
    up, across = look.found.axes
    labels = [_value(up, place) for place in range(len(up.values))]
    margin = min(max(map(len, labels)), _MARGIN) + 1
    room, rows = max(1, width - margin - 3), max(1, height - 3)
    shown_up = _with(chosen(len(up.values), rows), look.at[0])
    shown_across = _with(chosen(len(across.values), room), look.at[1])
    wide, tall = max(1, room // len(shown_across)), max(1, rows // len(shown_up))
    return margin, labels, (shown_up, tall), (shown_across, wide)


def place_under(look: Look, width: int, height: int, x: int, y: int) -> tuple[int, ...]:
    """The point of a curve or a map nearest to a cell of it, for the mouse."""
    if len(look.found.axes) == 1:
        margin, columns = _curve_columns(look, width)
        share = (x - margin - 2) / (columns - 1)
        across = places(look.found.axes[0])
        return (min(range(len(across)), key=lambda place: abs(across[place] - share)),)
    margin, _, (shown_up, tall), (shown_across, wide) = _grid(look, width, height)
    up, column = y // tall, (x - margin - 3) // wide
    return (
        shown_up[len(shown_up) - 1 - min(max(up, 0), len(shown_up) - 1)],
        shown_across[min(max(column, 0), len(shown_across) - 1)],
    )


def _cell(
    look: Look, at: tuple[int, int], wide: int, ends: tuple[float, float], is_middle: bool
) -> Span:
    value = look.value(at[0] * len(look.found.axes[1].values) + at[1])
    drawn = shade(value, *ends) * wide
    if is_middle and wide >= _WITH_FIGURE and not math.isnan(value):
        text = format_value(value, unit_of(look.name), _DIGITS)[: wide - 3]
        drawn = f"{drawn[0]} {text:^{wide - 4}} {drawn[0]}"
    if at == look.at:
        return drawn, "selected"
    return drawn, "dim" if math.isnan(value) else "bar"


def _legend(name: str, low: float, high: float, *, has_gaps: bool) -> list[Span]:
    steps = [low + (high - low) * k / len(SHADES) for k in range(len(SHADES))]
    spans: list[Span] = [(f" {GAP} none  " if has_gaps else " ", "dim")]
    for mark, step in zip(SHADES, steps, strict=True):
        spans += [(mark, "bar"), (f" from {_text(name, step)}  ", "dim")]
    return [*spans, (f"to {_text(name, high)}", "dim")]


def bar_rows(look: Look, width: int) -> list[Row]:
    """A row for each value of an axis of words, named by its place."""
    axis = look.found.axes[0]
    known = _known(look.found.results[look.name].tolist())
    most = max(known, default=0.0)
    names = [_value(axis, place) for place in range(len(axis.values))]
    label = min(max(map(len, names)), _NAME) + 1
    rows = []
    for place, text in enumerate(names):
        value = look.value(place)
        figure = format_value(value, unit_of(look.name), _DIGITS)
        figure = with_half_width(figure, value, look.ends(place))
        is_now = place == look.present[0]
        spans: list[Span] = [
            (f" {fitted(text, label)}", "value" if is_now else "label"),
            (PRESENT if is_now else " ", "value"),
            (right(figure, _FIGURE), "dim" if figure == NOT_KNOWN else "value"),
            ("  ", "plain"),
        ]
        room = width - width_of(spans) - 1
        if room > 0 and most > 0 and not math.isnan(value):
            spans.append((bar(value / most, room), "bar"))
        rows.append(Row(cropped(spans, width), f"{place}"))
    return rows


def is_drawn_as_bars(axes: Sequence[Axis]) -> bool:
    """Whether a sweep is one list of words."""
    return len(axes) == 1 and not axes[0].is_number


def _below(margin: int, columns: int, marks: dict[int, str], texts: dict[int, str]) -> list[Line]:
    """The line under a plot with marks in it, and texts under some of its columns."""
    line = "".join(marks.get(column, "─") for column in range(columns))
    cells = [" "] * columns
    taken: list[range] = []
    for column, text in texts.items():
        start = max(0, min(column - len(text) // 2, columns - len(text)))
        place = range(start - 1, start + len(text) + 1)
        if len(text) > columns or any(set(place) & set(other) for other in taken):
            continue
        cells[start : start + len(text)] = text
        taken.append(range(start, start + len(text)))
    return [
        ((f"{'':{margin}} └", "dim"), (line, "dim")),
        ((f"{'':{margin}}  ", "dim"), ("".join(cells).rstrip(), "dim")),
    ]


def _labels(axis: Axis, columns: int, here: dict[int, str]) -> dict[int, str]:
    """The cursor's value, and then the ends of the axis."""
    return here | {
        column: text
        for column, text in {0: _value(axis, 0), columns - 1: _value(axis, -1)}.items()
        if column not in here
    }


def _ends(texts: dict[int, str]) -> dict[int, str]:
    return {column: texts[column] for column in (min(texts), max(texts))}


def _with(places_: list[int], place: int) -> list[int]:
    """Some places with one of them replaced by the nearest that must be there."""
    if place in places_:
        return places_
    nearest = min(places_, key=lambda each: abs(each - place))
    return sorted({*places_, place} - {nearest})


def _known(values: Iterable[float]) -> list[float]:
    return [value for value in values if not math.isnan(value)]


def _value(axis: Axis, place: int) -> str:
    return axis_text(axis, axis.values[place])


def axis_text(axis: Axis, value: Value) -> str:
    """A value of an axis for reading."""
    return format_value(value, axis.unit)


def scale_text(axis: Axis) -> str:
    """How an axis is drawn, where that is not evenly."""
    return ", logarithmic" if axis.is_number and is_by_logarithms(axis) else ""


def _text(name: str, value: float) -> str:
    return format_value(value, unit_of(name), _DIGITS)
