"""Two scenarios side by side as rows: what makes a result differ, the results, the fields."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from dsexplore.analysis.compare.attribution import Attribution, Part
from dsexplore.analysis.compare.compare import Comparison, FieldDifference, ResultDifference
from dsexplore.engine import QUANTITIES
from dsexplore.scenario.field import value_text
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.format import format_factor, format_value
from dsexplore.tui.pages.blocks import heading, words
from dsexplore.tui.widgets.lines import BLANK, Role, Row, Span, bar, clean, cropped, fitted, right

_WIDE = 100
_NAME = 34
_SHORT_NAME = 26
_VALUE = 26
_FACTOR = 12
_LABEL = 21
_EFFECT = 9
_BAR = 16
_DIGITS = 3


def comparison_rows(
    names: Sequence[str],
    found: Comparison,
    causes: Sequence[Attribution],
    is_all: bool,
    width: int,
) -> list[Row]:
    """Everything that differs between scenarios, and what makes one result differ.

    `causes` lead each scenario's result back to the first's, in order.
    """
    if not found.fields and not found.results:
        return words(f"{' and '.join(names)} do not differ.", width, "plain")
    results = found.results if is_all else found.headlines
    rows: list[Row] = []
    for place, cause in enumerate(causes, 1):
        changes = {one.name: _change(one, place) for one in found.fields}
        rows += _cause(cause, (names[0], names[place]), changes, width)
    ratio = "last/first" if len(names) > 2 else "other/first"
    rows.append(_columns("Results", names, ratio, width))
    rows += [_result(one, len(names), width) for one in results]
    if not is_all and len(found.results) > len(results):
        rows += words(f"{len(found.results) - len(results)} more differ; a shows all.", width)
    rows += [BLANK, _columns("Fields", names, "", width)]
    return rows + [_field(one, width) for one in found.fields]


def _room(columns: int, width: int) -> tuple[int, int]:
    """Cells of a name and of a value, for so many values beside each other."""
    name = _NAME if width >= _WIDE else _SHORT_NAME
    return name, min(_VALUE, max(10, (width - 1 - name - _FACTOR) // columns))


def _columns(title: str, names: Sequence[str], last: str, width: int) -> Row:
    name, value = _room(len(names), width)
    spans: list[Span] = [(f" {fitted(title, name)}", "heading")]
    spans += [(right(_tail(clean(text), value - 1), value), "heading") for text in names]
    return Row(cropped([*spans, (right(last, _FACTOR), "heading")], width))


def _tail(text: str, width: int) -> str:
    """The end of a name where the whole has no room: there names differ."""
    return text if len(text) <= width else f"…{text[1 - width :]}"


def _result(found: ResultDifference, columns: int, width: int) -> Row:
    name, room = _room(columns, width)
    unit = QUANTITIES[found.name].unit
    spans: list[Span] = [(f" {fitted(found.name, name)}", "label")]
    spans += [
        (right(f" {clean(format_value(value, unit))}", room), "value") for value in found.values
    ]
    ratio = right(_ratio(found.ratios[-1]), _FACTOR)
    return Row(cropped([*spans, (ratio, "dim")], width), found.name)


def _field(found: FieldDifference, width: int) -> Row:
    name, room = _room(len(found.values), width)
    spans: list[Span] = [(f" {fitted(found.name, name)}", "label")]
    for value, applies in zip(found.values, found.applies, strict=True):
        text = value_text(FIELDS[found.name], value) if applies else "–"
        spans.append((right(f" {clean(text)}", room), "value"))
    return Row(cropped(spans, width), found.name)


def _change(found: FieldDifference, place: int) -> str:
    one, other = (value_text(FIELDS[found.name], found.values[at]) for at in (0, place))
    return clean(f"{one} → {other}")


def _cause(
    found: Attribution, names: tuple[str, str], changes: Mapping[str, str], width: int
) -> list[Row]:
    unit = QUANTITIES[found.of].unit
    one, other = (clean(format_value(value, unit)) for value in (found.one, found.other))
    said = f"{found.of}: {one} in {names[0]}, {other} in {names[1]}"
    if not math.isnan(found.ratio):
        said += f", {_ratio(found.ratio)}"
    rows = [heading("What makes the difference", width), *words(said, width, "plain")]
    bars = zip(found.parts, found.shares_of_strongest(), strict=True)
    rows += [_part(part, share, unit, changes, width) for part, share in bars]
    for text in (found.method, *found.problems):
        rows += words(text, width) if text else []
    return [*rows, BLANK]


def _part(part: Part, share: float, unit: str, changes: Mapping[str, str], width: int) -> Row:
    moved = math.isnan(part.factor)
    effect = format_value(part.change, unit) if moved else _ratio(part.factor)
    rises = part.change > 0 if moved else part.factor > 1
    role: Role = "bar3" if rises else "bar"
    made = ", ".join(changes.get(name, name) for name in part.fields)
    spans: list[Span] = [
        (f" {fitted(part.label, _LABEL)}", "label"),
        (right(effect, _EFFECT), "value"),
        (" ▲ " if rises else " ▼ ", "changed"),
        (bar(share, _BAR), role),
        (f" {made}", "dim"),
    ]
    return Row(cropped(spans, width), part.fields[0])


def _ratio(factor: float) -> str:
    return "" if math.isnan(factor) else format_factor(factor, _DIGITS)
