"""Pieces that pages of results are made of: a result with its change, bars, headings."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from dsexplore.analysis.summaries.shares import shares
from dsexplore.document.document import Document
from dsexplore.engine import QUANTITIES
from dsexplore.engine.names import unit_of
from dsexplore.text.format import format_change, format_value
from dsexplore.tui.widgets.lines import Role, Row, Span, bar, clean, cropped, fitted, right, wrapped

_LABEL = 24
_VALUE = 13
# What a label and its value take together.
LABELLED = 1 + _LABEL + _VALUE
_SMALL = 0.001


def heading(text: str, width: int) -> Row:
    """The title of a group of results."""
    title = f" {text} "
    return Row(cropped(((title, "heading"), ("─" * (width - len(title) - 1), "dim")), width))


def words(text: str, width: int, role: Role = "dim", most: int = 3) -> list[Row]:
    """A sentence under results, on as many lines as it takes."""
    return [Row(((f" {line}", role),)) for line in wrapped(text, width - 2, most)]


def result(
    document: Document, label: str, name: str, width: int, note: str = "", digits: int = 4
) -> Row:
    """One result: label, value, what it is of, and how it moved."""
    change = document.result_change(name)
    role: Role = "changed" if change else "value"
    spans = labelled(label, clean(document.result_text(name, digits)), role)
    # What moved matters more than the note, where there is not room for both.
    if change:
        spans.append((f"  {clean(change)}", "changed"))
    if note:
        spans.append((f"  {clean(note)}", "dim"))
    return Row(cropped(spans, width), name)


def labelled(label: str, value: str, role: Role) -> list[Span]:
    """A label and its value; a long value takes its room from the label, and the ends line up."""
    room = max(_VALUE, cell_len(value) + 1)
    return [
        (f" {fitted(label, max(8, _LABEL + _VALUE - room))}", "label"),
        (right(value, room), role),
    ]


def moved_mark(document: Document, name: str) -> str:
    """One character that says whether a result moved, and which way, without colour."""
    return _mark_of(document.result_change(name))


def _mark_of(change: str) -> str:
    if not change:
        return " "
    return change[0] if change[0] in "▲▼" else "*"


def basis(document: Document, width: int) -> Row:
    """What MFU is of, how it is counted and how it is known; a line of its own, never cut away."""
    text = f" {'':<{_LABEL}}  {document.result_text('mfu_basis')}"
    return Row(cropped(((text, "dim"),), width), "mfu_basis")


def results(document: Document, rows: Sequence[tuple[str, str]], width: int) -> list[Row]:
    """Results under each other: pairs of label and name."""
    return [result(document, label, name, width) for label, name in rows]


def bars(document: Document, rows: Sequence[tuple[str, str]], width: int) -> list[Row]:
    """Parts of a whole, quantities or fields: label, value, bar, share; parts of 0 are left out."""
    names = [name for _, name in rows]
    values = document.state.current.numbers(names)
    before = document.state.baseline.numbers(names)
    parts = [(label, name) for label, name in rows if values[name] != 0]
    share = shares(values, [name for _, name in parts])
    if not parts:
        return [Row(((" none", "dim"),))]
    room = max(4, min(40, width - _LABEL - _VALUE - 12))
    drawn: list[Row] = []
    for index, (label, name) in enumerate(parts):
        unit = unit_of(name)
        change = format_change(before[name], values[name], unit)
        color: Role = ("bar", "bar2", "bar3")[index % 3]
        spans: list[Span] = [
            *labelled(label, format_value(values[name], unit), "changed" if change else "value"),
            (f"{_mark_of(change)} ", "changed"),
            (bar(share[name], room), color),
            (right(percent(share[name]), 8), "dim"),
        ]
        drawn.append(Row(cropped(spans, width), name))
    return drawn


def plain_result(label: str, value: str, note: str, width: int) -> Row:
    """A figure that has no name of its own: label, value, what it is of."""
    aside: Span = (f"  {note}" if note else "", "dim")
    return Row(cropped([*labelled(label, value, "value"), aside], width))


def percent(share: float) -> str:
    """A share for reading; what is there and too small for a digit says so."""
    return "< 0.1 %" if 0 < share < _SMALL else format_value(share, "fraction", 3)


def warning_lines(document: Document, width: int) -> list[Row]:
    """The sentences about what stands in the way."""
    return [
        Row(((" ✗ " if index == 0 else "   ", "problem"), (text, "problem")))
        for warning in document.warnings
        for index, text in enumerate(wrapped(warning, width - 4, 4))
    ]


def named_result(document: Document, name: str, width: int) -> Row:
    """A result under the name that the command line and files call it by."""
    room = min(34, max(20, width - _VALUE - 4))
    value = right(clean(document.result_text(name)), _VALUE)
    if QUANTITIES[name].is_text:
        value = f"  {clean(document.result_text(name))}"
    change = document.result_change(name)
    role: Role = "changed" if change else "value"
    aside = f"  {change}" if change else f"  {QUANTITIES[name].summary}"
    aside_role: Role = "changed" if change else "dim"
    spans = [(f" {fitted(name, room)}", "label"), (value, role), (clean(aside), aside_role)]
    return Row(cropped(spans, width), name)
