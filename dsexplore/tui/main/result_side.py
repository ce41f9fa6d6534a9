"""Results: a page at a time, or several of the user's choice one under another."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from dsexplore.document.document import Document
from dsexplore.document.state import State
from dsexplore.tui.keys.keymap import Keymap
from dsexplore.tui.main.side import Side
from dsexplore.tui.main.written import Written
from dsexplore.tui.pages.page import Tab
from dsexplore.tui.pages.pages import PAGES
from dsexplore.tui.widgets.lines import BLANK, Row, banner
from dsexplore.tui.widgets.row_cursor import RowCursor

# Cells of a page that is written while out of sight.
_ANY_WIDTH = 80


class ResultSide(Side):
    """Pages of results, and a cursor from result to result."""

    def __init__(
        self, document: Document, keys: Keymap, name: str, tabs: str, pages: Sequence[Tab]
    ) -> None:
        super().__init__(name, tabs, [(page.title, page.short) for page in pages])
        self._document = document
        self._keys = keys
        self._cursor = RowCursor(self.sheet)
        self._written = [Written(page, document, keys) for page in pages]
        # Whether only what moved is shown.
        self.is_only_moved = False

    @property
    def name(self) -> str:
        """The field or quantity under the cursor; empty where none is in sight."""
        return self._cursor.name

    @property
    def written(self) -> Written:
        """The page that is shown, or that the cursor is in."""
        return self._written[self.shown]

    @property
    def tab(self) -> Tab:
        """The page that is shown, or that the cursor is in."""
        return self.written.tab

    @property
    @abstractmethod
    def due(self) -> list[Written]:
        """The pages in sight of which something has yet to be worked out."""

    def move(self, rows: int) -> None:
        """Move the cursor, or scroll where there is no result to stop at."""
        self._cursor.move(rows)

    def put(self, row: int) -> None:
        """Put the cursor on a row in sight, if it shows a result."""
        self._cursor.put_near(row + self.sheet.above)


class PageSide(ResultSide):
    """One page at a time."""

    def __init__(self, document: Document, keys: Keymap) -> None:
        super().__init__(document, keys, "results", "right-tabs", PAGES)
        # The result to go to when the page is next drawn.
        self._sought = ""

    @property
    def due(self) -> list[Written]:
        """The page that is shown, where something has yet to be worked out."""
        return [self.written] if self.written.is_due else []

    def go_to(self, name: str) -> None:
        """Show a page with a result, this one if it has it, and put the cursor there."""
        width, height = self.sheet.size
        for place in (self.shown, *range(len(PAGES))):
            rows = self._written[place].rows(width or _ANY_WIDTH, height)
            if any(row.name == name for row in rows):
                self.is_only_moved &= name in self._document.moved
                self.turn(place - self.shown)
                self._sought = name
                return

    def turn(self, step: int) -> None:
        """Show the top of the next page, or of the one before."""
        super().turn(step)
        self._cursor.start_over()

    def _draw_sheet(self, width: int, *, has_keys: bool) -> None:
        height = self.sheet.size.height
        rows = self.written.rows(width, height, is_only_moved=self.is_only_moved)
        self._cursor.show(rows, is_marked=has_keys)
        if self._sought and self.sheet.size.height:
            self._cursor.put_on(self._sought)
            self._sought = ""


class Board(ResultSide):
    """Pages of the user's choice, one under another as far as there are lines."""

    def __init__(self, document: Document, keys: Keymap, pages: Sequence[Tab]) -> None:
        super().__init__(document, keys, "board", "board-tabs", pages)
        # The row at which each page begins.
        self._starts: list[int] = []
        # What it was drawn of last.
        self._of: State | None = None
        # The page turned to last, while the cursor has not moved: it may have no row for it.
        self._turned: int | None = None
        # Whether it has yet to be drawn whole; all rows are written then, to know where it begins.
        self._is_sought = False

    @property
    def pages(self) -> tuple[Tab, ...]:
        """The pages, in their order."""
        return tuple(written.tab for written in self._written)

    @property
    def due(self) -> list[Written]:
        """The pages in sight of which something has yet to be worked out."""
        top = self.sheet.above
        bottom = top + self.sheet.size.height
        ends = [*self._starts[1:], bottom + 1]
        return [
            written
            for written, start, end in zip(self._written, self._starts, ends, strict=False)
            if written.is_due and start < bottom and end > top
        ]

    @property
    def is_behind(self) -> bool:
        """Whether it shows an earlier state of the scenario."""
        return self._of is not None and self._of is not self._document.state

    def choose(self, pages: Sequence[Tab]) -> None:
        """Show these pages from now on."""
        before = {written.tab: written for written in self._written}
        self._written = [
            before.get(page) or Written(page, self._document, self._keys) for page in pages
        ]
        self._titles = [(page.title, page.short) for page in pages]
        self.shown, self._turned = 0, None
        self._cursor.start_over()

    def turn(self, step: int) -> None:
        """Go to the next page, or to the one before."""
        super().turn(step)
        self._turned, self._is_sought = self.shown, True
        if self.shown < len(self._starts):
            self._cursor.put_at_top(self._starts[self.shown])

    def move(self, rows: int) -> None:
        """Move the cursor: the page is the one that it is in."""
        self._turned = None
        super().move(rows)

    def put(self, row: int) -> None:
        """Put the cursor on a row in sight: the page is the one that it is in."""
        self._turned = None
        super().put(row)

    def _draw_sheet(self, width: int, *, has_keys: bool) -> None:
        rows: list[Row] = []
        self._starts = []
        self._of = self._document.state
        for written in self._written:
            rows += [BLANK] if rows else []
            self._starts.append(len(rows))
            rows.append(Row(banner(written.tab.title, width)))
            height = self.sheet.size.height
            is_in_sight = len(rows) < self.sheet.above + height or self._is_sought
            # What is scrolled out of sight is written once it comes into sight.
            rows += written.rows(
                width, height, is_only_moved=self.is_only_moved, may_be_old=not is_in_sight
            )
        self._cursor.show(rows, is_marked=has_keys)
        if self._turned is not None and self._is_sought:
            self._is_sought = self._written[self._turned].is_due
            self._cursor.put_at_top(self._starts[self._turned])
            self._cursor.draw()
        under = (i for i, start in enumerate(self._starts) if start <= self._cursor.row)
        self.shown = max(under, default=0) if self._turned is None else self._turned
