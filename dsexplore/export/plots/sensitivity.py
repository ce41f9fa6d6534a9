"""What moves a result as text: a row for each field, its changes drawn on a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dsexplore.analysis.sensitivity.ranges import NEXT, OTHER
from dsexplore.analysis.sensitivity.sensitivity import Point, Sensitivity
from dsexplore.analysis.sensitivity.trial import Trial
from dsexplore.scenario.field import value_text
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.columns import aligned, folded, percent
from dsexplore.text.format import format_value
from dsexplore.text.tornado import LEGEND, tornado

# Cells on each side of a bar's middle, and where a terminal has little room.
_HALF, _SHORT = 10, 7
# From so many columns on there is room for all.
_WIDE = 110
# In place of a change that cannot be.
_CANNOT = "cannot be"
# Beyond as much again, a change goes off the scale rather than shrink all others.
_MOST = 1.0
# A smaller change shows a digit more, and one of no digit is none.
_SMALL, _NONE = 1e-3, 5e-5
# Stands for a blank of a bar while a table is aligned.
_BLANK = "\N{MIDDLE DOT}"


class _Cells(NamedTuple):
    """A row of the table."""

    name: str
    now: str
    slope: str
    lower: str
    low: str
    bar: str
    high: str
    higher: str


_HEAD = _Cells("", "now", "elasticity", "lower", "change", "", "change", "higher")


def as_table(trial: Trial, found: Sequence[Sensitivity], columns: int | None) -> list[str]:
    """A row for each field and each other choice; below it, which values they are, and why not."""
    drawn = columns is not None
    is_narrow = columns is not None and columns < _WIDE
    most = _scale(found)
    half = _SHORT if is_narrow else _HALF
    cells = [row for each in found for row in _rows(each, most, half)]
    rows = [_in_few(row) if is_narrow else _in_all(row, drawn=drawn) for row in (_HEAD, *cells)]
    numbers = (2, 3) if is_narrow else (1, 2, 3, 4)
    lines = [line.replace(_BLANK, " ").rstrip() for line in aligned(rows, numbers, columns)]
    said = [*([LEGEND] if drawn else []), *_spans(found), *_problems(trial, found)]
    return [*lines, "", *(line for each in said for line in folded(each, columns))]


def _in_all(row: _Cells, *, drawn: bool) -> list[str]:
    bar = [_unbroken(row.bar)] if drawn else []
    low, high = _unbroken(row.low), _unbroken(row.high)
    return [row.name, row.now, row.slope, row.lower, low, *bar, high, row.higher]


def _in_few(row: _Cells) -> list[str]:
    """The same where there is little room: the present value is left out."""
    between = " … " if row.lower and row.higher and row is not _HEAD else ""
    values = f"{row.lower}{between}{row.higher}" if row is not _HEAD else "values"
    low, high = _unbroken(row.low), _unbroken(row.high)
    return [row.name, values, row.slope, low, _unbroken(row.bar), high]


def _unbroken(text: str) -> str:
    """A text whose blanks are kept while a table is aligned."""
    return text.replace(" ", _BLANK)


def _scale(found: Sequence[Sensitivity]) -> float:
    """The change as long as half a bar: the largest that is no more than the result itself."""
    changes = [abs(point.change) for each in found for point in each.points]
    known = [each for each in changes if not math.isnan(each)]
    return max((each for each in known if each <= _MOST), default=max(known, default=0.0))


def _rows(each: Sensitivity, most: float, half: int) -> Iterator[_Cells]:
    name, now = each.field, field_text(each, each.value)
    if each.span == OTHER:
        for place, point in enumerate(each.points):
            first = (name, now) if not place else ("", "")
            bar = tornado(math.nan, point.change, most, half)
            yield _Cells(*first, "", "", "", bar, change_text(point), field_text(each, point.value))
        return
    low, high = each.ends
    slope = "" if math.isnan(each.elasticity) else f"{each.elasticity:.3g}"
    bar = tornado(*each.changes, most, half)
    lower, higher = _value(each, low), _value(each, high)
    yield _Cells(name, now, slope, lower, change_text(low), bar, change_text(high), higher)


def change_text(point: Point | None) -> str:
    """What a value does to the result; empty for none."""
    if point is None:
        return ""
    if not point.is_possible:
        return _CANNOT
    if abs(point.change) < _NONE:
        return percent(0.0, 0, signed=False)
    return percent(point.change, 2 if abs(point.change) < _SMALL else 1)


def _value(each: Sensitivity, point: Point | None) -> str:
    return "" if point is None else field_text(each, point.value)


def field_text(each: Sensitivity, value: object) -> str:
    """A value of a field, in few digits."""
    spec = FIELDS[each.field]
    if isinstance(value, bool | str) or value is None:
        return value_text(spec, value)
    assert isinstance(value, int | float)
    return format_value(value, spec.unit, 3 if spec.kind == "number" else 6)


def _spans(found: Sequence[Sensitivity]) -> list[str]:
    """Which fields were moved how: those of the commonest span are not named."""
    spans: dict[str, list[str]] = {}
    for each in found:
        spans.setdefault(each.span, []).append(each.field)
    told = []
    for span, names in spans.items():
        if span == NEXT:
            told.append("Counts: the nearest values at which the layout can be and fits.")
        elif span != OTHER:
            told.append(f"{span}: {', '.join(names)}.")
    return told


def _problems(trial: Trial, found: Sequence[Sensitivity]) -> list[str]:
    return [
        f"{each.field} {field_text(each, point.value)} cannot be: {why}"
        for each in found
        for point in each.points
        if not point.is_possible and (why := trial.why_not(each.field, point.value))
    ]
