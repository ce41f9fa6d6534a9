"""Scenarios side by side as rows: the causes of a difference, results, fields."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rich.cells import cell_len

from dsexplore.analysis.compare.attribution import Attribution, Part
from dsexplore.analysis.compare.compare import WITHIN, Comparison, FieldDifference
from dsexplore.document.moved import arrow_of
from dsexplore.engine import QUANTITIES
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.names import in_words
from dsexplore.scenario.field import value_text
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.format import CROSS, DOUBT, format_added, format_factor, format_value
from dsexplore.text.plain import clean
from dsexplore.tui.pages.blocks import role_of
from dsexplore.tui.pages.labels import LABELS
from dsexplore.tui.widgets.lines import Role, Row, Span, bar, fitted, in_full, right
from dsexplore.tui.widgets.writer import Writer, columns

_WIDE = 100
_NAME = 34
_SHORT_NAME = 26
_VALUE = 26
_FACTOR = 12
_EFFECT = 10
_BAR = 16
_DIGITS = 3


def comparison_rows(
    names: Sequence[str],
    found: Comparison,
    causes: Sequence[Attribution],
    is_all: bool,
    width: int,
) -> list[Row]:
    """Everything that differs between scenarios, and the causes for one result.

    `causes` lead each scenario's result back to the first's, in order.
    """
    written = Writer(width)
    if not found.fields and not found.results:
        written.text(f"{' and '.join(names)} do not differ.", "plain")
        return written.rows
    for place, cause in enumerate(causes, 1):
        changes = {one.name: _change(one, place) for one in found.fields}
        texts = [in_words(cause.of, value) for value in (cause.one, cause.other)]
        one, other = found.marked(cause.of, texts, (0, place))
        _cause(written, cause, (names[0], names[place]), (one, other), changes)
    if causes:
        written.blank()
    results = found.results if is_all else found.headlines
    texts = [in_words(one.name, value) for one in results for value in one.values]
    widths = _widths(names, texts, width)
    head = "last/first" if len(names) > 2 else "other/first"
    written.line([*_titles("Results", names, widths), (right(head, _FACTOR), "heading")])
    for result in results:
        texts = [in_words(result.name, value) for value in result.values]
        marked = found.marked(result.name, texts, range(len(texts)))
        shown = [*map(with_half_width, marked, result.values, found.ends(result.name))]
        is_within = found.within(result)[-1]
        ratio = f"{_ratio(result.ratios[-1])}{f' {DOUBT}' if is_within else ''}"
        _beside(written, result.name, shown, names, widths, ratio)
    if any(found.within(result)[-1] for result in results):
        written.text(WITHIN)
    if len(found.results) > len(results):
        written.text(f"{len(found.results) - len(results)} more results differ; a shows all.")
    shown = [*(one.name for one in results), *(one.of for one in causes)]
    for name, sentences in zip(names, found.warnings(shown), strict=True):
        for sentence in sentences:
            written.text(f"{CROSS} {name}: {sentence}", "problem")
    for name, sentences in zip(names, found.assumptions(shown), strict=True):
        for sentence in sentences:
            written.text(f"{name}: {sentence}")
    written.blank()
    written.line([*_titles("Fields", names, widths), (" " * _FACTOR, "heading")])
    for field in found.fields:
        _beside(written, field.name, _values(field), names, widths)
    return written.rows


def _widths(names: Sequence[str], texts: Sequence[str], width: int) -> tuple[int, int]:
    """Cells of a name and of a value: what the longest needs, where there is room."""
    name = _NAME if width >= _WIDE else _SHORT_NAME
    needed = max(_VALUE, *(len(clean(text)) + 2 for text in (*names, *texts)))
    return name, min(needed, max(10, (width - 1 - name - _FACTOR) // len(names)))


def _titles(title: str, names: Sequence[str], widths: tuple[int, int]) -> list[Span]:
    shown = [_tail(clean(name), widths[1] - 1) for name in names]
    return columns((title, "heading"), shown, "heading", widths)


def _tail(text: str, width: int) -> str:
    """The end of a name where the whole has no room: there names differ."""
    return text if len(text) <= width else f"…{text[1 - width :]}"


def _beside(
    written: Writer,
    name: str,
    values: Sequence[str],
    names: Sequence[str],
    widths: tuple[int, int],
    ratio: str = "",
) -> None:
    """A value of each scenario in columns; under one another where those would cut one."""
    first, each = widths
    if all(cell_len(clean(value)) < each for value in values):
        label = name
        if len(name) > first:  # whole, above its figures
            written.line([(f" {name}", "label")], name)
            label = ""
        cells = columns((label, "label"), values, "value", widths)
        written.line([*cells, (right(ratio, _FACTOR), "dim")], label)
        return
    written.line([(f" {name}", "label"), (f"  {ratio}" if ratio else "", "dim")], name)
    for one, value in zip(names, values, strict=True):
        for line in in_full(f"{clean(one)}: {clean(value)}", written.width - 5):
            written.line(((f"   {line}", "value"),))


def _values(found: FieldDifference) -> list[str]:
    spec = FIELDS[found.name]
    return [
        value_text(spec, value) if applies else "not used"
        for value, applies in zip(found.values, found.applies, strict=True)
    ]


def _change(found: FieldDifference, place: int) -> str:
    one, other = (value_text(FIELDS[found.name], found.values[at]) for at in (0, place))
    return clean(f"{one} → {other}")


def _cause(
    written: Writer,
    found: Attribution,
    names: tuple[str, str],
    figures: tuple[str, str],
    changes: Mapping[str, str],
) -> None:
    """The changes that make one result differ between two scenarios, the strongest first."""
    one, other = map(clean, figures)
    said = f"{found.of}: {one} in {names[0]}, {other} in {names[1]}"
    if not math.isnan(found.ratio):
        said += f", {_ratio(found.ratio)}"
    written.heading("What makes the difference")
    written.text(said, "plain")
    # Where there is little room, the words come before the length of the bars.
    label = max((len(part.label) for part in found.parts), default=0) + 1
    widths = min(label, _NAME), _BAR if written.width >= _WIDE else _BAR // 2
    for part, share in zip(found.parts, found.shares_of_strongest(), strict=True):
        written.line(_part(found.of, part, share, changes, widths), part.fields[0])
    for text in (found.method, *found.problems):
        if text:
            written.text(text)


def _part(
    of: str, part: Part, share: float, changes: Mapping[str, str], widths: tuple[int, int]
) -> list[Span]:
    """A change: label, effect, bar, what it was made of; `widths` are those of label and bar."""
    moved = math.isnan(part.factor)
    arrow = arrow_of(of, rises=part.rises)
    effect = format_value(part.change, QUANTITIES[of].unit) if moved else _ratio(part.factor)
    role: Role = "bar3" if part.rises else "bar"
    steps = [changes.get(name, name) for name in part.fields]
    parts = [
        f"{LABELS[name].lower()} {format_added(seconds, QUANTITIES[name].unit)}"
        for name, seconds in part.moved
    ]
    made = ", ".join([*([part.words] if part.words else ()), *steps, *parts])
    return [
        (f" {fitted(part.label, widths[0])}", "label"),
        (right(effect, _EFFECT), "value"),
        (f" {arrow} ", role_of(arrow)),
        (bar(share, widths[1]), role),
        (f" {made}", "dim"),
    ]


def _ratio(factor: float) -> str:
    return "" if math.isnan(factor) else format_factor(factor, _DIGITS)
