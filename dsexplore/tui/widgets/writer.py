"""Rows written one under another: lines, sentences and headings, none wider than there is room."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dsexplore.text.plain import clean
from dsexplore.tui.widgets.lines import (
    BLANK,
    Line,
    Role,
    Row,
    Span,
    cell_len,
    cropped,
    fitted,
    in_full,
    right,
    width_of,
    wrapped,
)


class Writer:
    """Rows in the order in which they are written, each at most `width` cells wide."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._rows: list[Row] = []

    @property
    def rows(self) -> list[Row]:
        """What has been written so far."""
        return self._rows

    def line(self, spans: Sequence[Span], name: str = "") -> None:
        """One line, cut where it has no room, and the name that the cursor finds on it."""
        self._rows.append(Row(cropped(spans, self.width), name))

    def later(self, line: Callable[[], Line], name: str) -> None:
        """One line, made once it is seen, and its name."""
        self._rows.append(Row(line, name))

    def blank(self) -> None:
        """An empty line."""
        self._rows.append(BLANK)

    def heading(self, text: str, end: Sequence[Span] = (), name: str = "") -> None:
        """The title of a group of rows, set apart from the group above, in full.

        `end` stands at its right end, and `name` is what the cursor finds on it.
        """
        if self._rows:
            self.blank()
        *before, last = in_full(text, self.width - 2 - width_of(end)) or [""]
        for line in before:
            self.line(((f" {line}", "heading"),))
        title = f" {last} "
        rule = "─" * (self.width - cell_len(title) - width_of(end) - 1)
        self.line(((title, "heading"), (rule, "dim"), *end), name)

    def text(self, sentence: str, role: Role = "dim", most: int | None = None) -> None:
        """A sentence, on as many lines as it takes, or on at most so many."""
        room = self.width - 2
        for line in in_full(sentence, room) if most is None else wrapped(sentence, room, most):
            self.line(((f" {line}", role),))


def columns(label: Span, cells: Sequence[str], role: Role, widths: tuple[int, int]) -> list[Span]:
    """A label and right-aligned cells; `widths` are those of the label and of each cell."""
    first, each = widths
    text, label_role = label
    return [
        (f" {fitted(text, first)}", label_role),
        *((f" {right(clean(cell), each - 1)}", role) for cell in cells),
    ]
