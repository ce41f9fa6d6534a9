"""Layouts as rows: step, memory and fields; and what one gains over the stated layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dsexplore.analysis.search.judging import STEP
from dsexplore.analysis.search.layouts import (
    CONTEXT,
    EXPERT,
    MICRO_BATCH,
    PIECES,
    PIPELINE,
    RECOMPUTE,
    SCHEDULE,
    SEQUENCE,
    TENSOR,
    ZERO,
)
from dsexplore.analysis.search.nearest import Change
from dsexplore.analysis.search.ranking import (
    COPIES,
    MEMORY,
    PARTS,
    Instead,
    Layout,
    Search,
    why_not,
)
from dsexplore.document.moved import NO_CHANGE, growth_of
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.names import unit_of
from dsexplore.scenario.field import Value, value_text
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.format import format_change, format_value
from dsexplore.tui.pages.blocks import role_of
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.widgets.lines import Line, Role, Row, Span, cropped, fitted, right

# Short heads, as the field's own papers write them, and how wide each column is at least.
_COLUMNS: tuple[tuple[str, str, int], ...] = (
    (TENSOR, "tp", 3),
    (PIPELINE, "pp", 4),
    (CONTEXT, "cp", 3),
    (EXPERT, "ep", 4),
    (COPIES, "dp", 5),
    (PIECES, "vp", 3),
    (MICRO_BATCH, "mb", 3),
    (ZERO, "ZeRO", 5),
)
_WORDS: tuple[tuple[str, str, int], ...] = (
    (SCHEDULE, "schedule", 13),
    (RECOMPUTE, "recompute", 11),
    (SEQUENCE, "seq. par.", 11),
)
_PLACE, _TIME, _SPREAD, _MEMORY, _AGAINST = 5, 8, 7, 9, 10
_CHANGE, _RANK = 40, 14


def layout_rows(found: Search, layouts: Sequence[Layout], width: int) -> list[Row]:
    """A head and a row for each layout, named by its place; columns without room are left out."""
    stated = found.open.values
    step = float(stated[STEP]) if not why_not(found.open) else 0.0
    has_rank = found.by not in (STEP, MEMORY)
    rank = max(_RANK, 2 + len(short_label(found.by)))
    # A number as wide as its column would run into the one before it.
    columns = (
        [
            (name, word, max(wide, *(1 + len(_field(each, name)) for each in layouts)))
            for name, word, wide in _COLUMNS
        ]
        if layouts
        else _COLUMNS
    )
    head = [
        *(right("", _PLACE), right("step", _TIME), right("80 %", _SPREAD)),
        *((right(short_label(found.by), rank),) if has_rank else ()),
        *(right("memory", _MEMORY), *(right(word, wide) for _, word, wide in columns)),
        *(f"  {fitted(word, wide - 2)}" for _, word, wide in _WORDS),
        right("vs stated", _AGAINST),
        f"{'  other than stated':<{_WORTH}}",
    ]
    rows = [Row(cropped(_fitting([(text, "heading") for text in head], width), width))]
    for each in layouts:
        cells: list[Span] = [
            (f" {right(f'{each.place:,}', _PLACE - 1)}", "label"),
            *_time(each.results[STEP], each.interval),
            *([(right(_text(found.by, each.results[found.by]), rank), _VALUE)] if has_rank else []),
            (right(_text(MEMORY, each.results[MEMORY]), _MEMORY), _VALUE),
            *((right(_field(each, name), wide), _PLAIN) for name, _, wide in columns),
            *((f"  {fitted(_field(each, name), wide - 2)}", _PLAIN) for name, _, wide in _WORDS),
            _against(step, each.results[STEP], _AGAINST),
            (f"  {fields_text(found.differing(each)) or 'the stated one':<{_WORTH - 2}}", "dim"),
        ]
        rows.append(Row(cropped(_fitting(cells, width), width), f"{each.place}"))
    return rows


_VALUE: Role = "value"
_PLAIN: Role = "plain"


# Cells of a long text below which its beginning says nothing.
_WORTH = 30


def _fitting(cells: Sequence[Span], width: int) -> list[Span]:
    """As many cells as are whole within a width; of the last, a beginning that is worth reading."""
    kept: list[Span] = []
    taken = 0
    for text, role in cells:
        is_worth_it = (text, role) == cells[-1] and width - taken >= _WORTH
        if taken + len(text) > width and not is_worth_it:
            break
        kept.append((text, role))
        taken += len(text)
    return kept


def _time(step: float, interval: tuple[float, float] | None) -> list[Span]:
    spread = with_half_width("", step, interval).strip()
    return [(right(_text(STEP, step), _TIME), "value"), (right(spread, _SPREAD), "dim")]


def _text(name: str, value: float) -> str:
    return format_value(value, unit_of(name), 3)


def _against(stated: float, step: float, width: int) -> Span:
    """By how much a step is longer or shorter than the stated one, with a sign for the better."""
    change = growth_of(STEP, stated, step) if stated > 0 else NO_CHANGE
    return right(str(change) or "=", width), role_of(change, "dim")


def _field(layout: Layout, name: str) -> str:
    if name == COPIES:
        return f"{layout.results[name]:.0f}"
    return value_text(FIELDS[name], layout.fields[name])


def fields_text(fields: Mapping[str, Value]) -> str:
    """Fields with their values: Tensor parallel 2, Recompute full."""
    return ", ".join(
        f"{FIELDS[name].label} {value_text(FIELDS[name], value)}" for name, value in fields.items()
    )


def gains(found: Search, layout: Layout, instead: Iterable[Instead]) -> list[str]:
    """Sentences on a layout: its fields, what it gains and loses, and what each field is worth."""
    differing = found.differing(layout)
    if not differing:
        return ["This is the stated layout."]
    said = [f"{fields_text(differing)}."]
    stated = found.open.values
    if why := why_not(found.open):
        return [*said, f"The stated layout cannot be: {why}"]
    moved = [
        (layout.results[name] - float(stated[name]), name)
        for name in PARTS
        if format_change(float(stated[name]), layout.results[name], unit_of(name))
    ]
    for words, parts in (
        ("Gains", sorted(each for each in moved if each[0] < 0)),
        ("Loses", sorted((each for each in moved if each[0] > 0), reverse=True)),
    ):
        if parts:
            said.append(f"{words}: {', '.join(_moved(stated, layout, name) for _, name in parts)}.")
    said.append(f"{_moved(stated, layout, MEMORY)}.")
    one_by_one = [
        f"{FIELDS[each.field].label} {value_text(FIELDS[each.field], each.value)}: "
        f"{'cannot be' if each.why_not else _text(STEP, each.step_time)}"
        for each in instead
    ]
    if len(differing) > 1 and one_by_one:
        said.append(f"With one field as stated: {', '.join(one_by_one)}.")
    return said


def _moved(stated: Mapping[str, float], layout: Layout, name: str) -> str:
    change = format_change(float(stated[name]), layout.results[name], unit_of(name))
    return f"{short_label(name)} {change or 'as it was'}"


def change_rows(
    scenario: Scenario, changes: Sequence[Change], stated: float, width: int
) -> list[Row]:
    """A head and a row for each change that makes a layout fit, named by its place."""
    capacity = float(scenario.value("memory_capacity") or 0)
    room = max(20, min(_CHANGE, width - 46))
    head: Line = (
        (f" {fitted('change', room)}", "heading"),
        (right("step", _TIME), "heading"),
        (right("80 %", _SPREAD), "heading"),
        (right("vs stated", 11), "heading"),
        (right("memory", _MEMORY), "heading"),
        (right("free", _MEMORY), "heading"),
    )
    rows = [Row(cropped(head, width))]
    for place, each in enumerate(changes):
        cells: list[Span] = [
            (f" {fitted(fields_text(each.fields), room)}", "label"),
            *_time(each.step_time, each.interval),
            _against(stated, each.step_time, 11),
            (right(_text(MEMORY, each.memory), _MEMORY), "value"),
            (right(_text(MEMORY, capacity - each.memory), _MEMORY), "dim"),
        ]
        rows.append(Row(cropped(cells, width), f"{place}"))
    return rows
