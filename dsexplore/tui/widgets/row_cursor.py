"""The cursor of a sheet of rows: it stops at rows with a name, and the sheet follows."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.tui.widgets.line_block import Sheet
from dsexplore.tui.widgets.lines import Line, Row, RowLines


class RowCursor:
    """Rows in a sheet, and the one under the cursor."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._rows: tuple[Row, ...] = ()
        self._at = 0
        self._is_marked = True

    @property
    def name(self) -> str:
        """The field or quantity under the cursor; empty where none is in sight."""
        return self._rows[self._at].name if self._is_in_sight(self._at) else ""

    @property
    def row(self) -> int:
        """The number of the row under the cursor."""
        return self._at

    @property
    def nth(self) -> int:
        """How many rows of the same name stand above."""
        name = self.name
        return sum(row.name == name for row in self._rows[: self._at])

    def show(self, rows: Sequence[Row], *, is_marked: bool = True) -> None:
        """Draw rows; the cursor stays where it is, or follows its name."""
        before = self._rows[self._at].name if self._at < len(self._rows) else ""
        self._rows = tuple(rows)
        self._is_marked = is_marked
        if not self._is_at(self._at, before):
            named = [index for index, row in enumerate(rows) if row.name]
            same = [index for index in named if before and rows[index].name == before]
            self._at = (same or named or [0])[0]
        self.draw()

    def put(self, index: int) -> None:
        """Put the cursor on a row, and scroll to it."""
        self._at = min(max(index, 0), max(0, len(self._rows) - 1))
        self._sheet.scroll_into_view(self._at, self._at)
        self.draw()

    def put_on(self, name: str) -> None:
        """Put the cursor on the first row of a name, if there is one."""
        self.put(next((i for i, row in enumerate(self._rows) if row.name == name), self._at))

    def put_near(self, index: int) -> None:
        """Put the cursor on a row with a name, or on the nearest one above; it is drawn later."""
        named = (i for i in range(min(index, len(self._rows) - 1), -1, -1) if self._rows[i].name)
        self._at = next(named, self._at)

    def put_at_top(self, index: int) -> None:
        """Scroll a row to the top, and put the cursor on the first name from there on.

        Where there is none, on the last one above.
        """
        self._sheet.scroll_by_rows(index - self._sheet.above)
        named = [i for i in range(index, len(self._rows)) if self._rows[i].name]
        if named:
            self._at = named[0]
        else:
            self.put_near(index)

    def to_top(self) -> None:
        """Go to the first row with a name, and show the top."""
        self._sheet.scroll_to_top()
        self._at = next((i for i, row in enumerate(self._rows) if row.name), 0)
        self.draw()

    def start_over(self) -> None:
        """Forget the rows; the next ones are shown from the top."""
        self._rows, self._at = (), 0
        self._sheet.scroll_to_top()

    def move(self, rows: int) -> None:
        """Go up or down: to the next row with a name, or by so many rows.

        `draw` then shows the mark.
        """
        if abs(rows) == 1:
            self._step(rows)
        else:
            self._sheet.scroll_by_rows(rows)
            ends = [i for i, row in enumerate(self._rows) if row.name and self._is_in_sight(i)]
            if ends and (not self._is_in_sight(self._at + rows) or abs(rows) > len(self._rows)):
                self._at = ends[-1 if rows > 0 else 0]
            elif ends:
                self._at = min(ends, key=lambda index: abs(index - self._at - rows))

    def _step(self, direction: int) -> None:
        ahead = range(self._at + direction, len(self._rows) if direction > 0 else -1, direction)
        target = next((index for index in ahead if self._rows[index].name), None)
        if target is None or not self._is_in_sight(target):
            # A chart between two results, say, must come into sight as well.
            self._sheet.scroll_by_rows(direction)
        if target is not None and self._is_in_sight(target):
            self._at = target

    def _is_at(self, index: int, name: str) -> bool:
        return index < len(self._rows) and bool(name) and self._rows[index].name == name

    def _is_in_sight(self, index: int) -> bool:
        top = self._sheet.above
        # Before its first layout a sheet has no height.
        height = self._sheet.size.height or self._sheet.screen.size.height
        return index < len(self._rows) and top <= index < top + height

    def draw(self) -> None:
        """Show the rows, with the cursor's mark on its own."""
        rows = [*self._rows]
        if self._is_marked and self._at < len(rows) and rows[self._at].name:
            rows[self._at] = Row(marked(rows[self._at].line))
        self._sheet.show(RowLines(rows))


def marked(line: Line) -> Line:
    """A line with the cursor's mark in its leading space."""
    if not line or not line[0][0].startswith(" "):
        return line
    (text, role), rest = line[0], line[1:]
    return ("▸", "active"), (text[1:], "active" if role == "label" else role), *rest
