"""Pieces of a row of results: a label with its value, the mark of a change, a share."""

from __future__ import annotations

from dsexplore.document.moved import Change
from dsexplore.text.format import format_value
from dsexplore.tui.widgets.lines import Role, Span, cell_len, fitted, right

LABEL = 24
_VALUE = 13
# Cells that a label and its value take together.
LABELLED = 1 + LABEL + _VALUE
_SMALL = 0.001


def labelled(label: str, value: str, role: Role, less: int = 0) -> list[Span]:
    """A label and its value; a long value takes its room from that behind the label, ends line up.

    Together they take so many cells `less` than usual, and more where both are long.
    """
    room = max(_VALUE - less, cell_len(value) + 1)
    least = min(cell_len(label), LABEL - less)
    return [
        (f" {fitted(label, max(least, LABEL + _VALUE - less - room))}", "label"),
        (right(value, room), role),
    ]


# Cells of the mark of a change: its sign and its arrow.
MARK = 2


def role_of(change: Change, quiet: Role = "value") -> Role:
    """How a changed figure is shown; an unchanged one is quiet."""
    return (change.verdict or "changed") if change else quiet


def spaced(mark: str) -> str:
    """A mark set off from the figure before it."""
    return f" {mark}" if mark else ""


def percent(share: float) -> str:
    """A share for reading; one too small for a digit says so."""
    return "< 0.1 %" if 0 < share < _SMALL else format_value(share, "fraction", 3)
