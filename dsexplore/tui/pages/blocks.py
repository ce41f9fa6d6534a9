"""Pieces of a row of results: a label with its value, the mark of a change, a share."""

from __future__ import annotations

from rich.cells import cell_len

from dsexplore.document.document import Document
from dsexplore.text.format import format_value
from dsexplore.tui.widgets.lines import Role, Span, fitted, right

LABEL = 24
_VALUE = 13
# Cells that a label and its value take together.
LABELLED = 1 + LABEL + _VALUE
_SMALL = 0.001


def labelled(label: str, value: str, role: Role) -> list[Span]:
    """A label and its value; a long value takes its room from the label, and the ends line up."""
    room = max(_VALUE, cell_len(value) + 1)
    return [
        (f" {fitted(label, max(8, LABEL + _VALUE - room))}", "label"),
        (right(value, room), role),
    ]


def moved_mark(document: Document, name: str) -> str:
    """One character that shows without colour whether a result moved, and which way."""
    return mark_of(document.result_change(name))


def mark_of(change: str) -> str:
    """The character for a change in words: its arrow, * where it has none, a space for none."""
    if not change:
        return " "
    return change[0] if change[0] in "▲▼" else "*"


def percent(share: float) -> str:
    """A share for reading; one too small for a digit says so."""
    return "< 0.1 %" if 0 < share < _SMALL else format_value(share, "fraction", 3)
