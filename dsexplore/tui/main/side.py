"""The two sides of the main screen: each owns a sheet, its tabs and the cursor in it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from dsexplore.document.document import Document
from dsexplore.document.state import State
from dsexplore.scenario.scenario import FIELDS, PANELS
from dsexplore.tui.main.drivers import Drivers
from dsexplore.tui.main.field_help import help_lines
from dsexplore.tui.main.frame import rule_line, tab_line
from dsexplore.tui.main.parameter_rows import is_change_shown, parameter_rows, visible_fields
from dsexplore.tui.main.typing import RowTyping
from dsexplore.tui.pages.moved import only_moved
from dsexplore.tui.pages.page import Tab
from dsexplore.tui.pages.pages import PAGES
from dsexplore.tui.widgets.line_block import LineBlock, Sheet
from dsexplore.tui.widgets.lines import Role, Row
from dsexplore.tui.widgets.row_cursor import RowCursor

TABLES = tuple(PANELS)
# Lines of help before the first layout.
HELP = 4

NONE_MOVED = "Nothing on this page moved; M shows all of it."
# Cells of a page that is written while out of sight.
_ANY_WIDTH = 80


class Side(ABC):
    """A sheet under its tabs, one of which is shown."""

    def __init__(self, name: str, tabs: str, titles: Sequence[tuple[str, str]]) -> None:
        self.sheet = Sheet(name)
        self.tabs = LineBlock(tabs)
        self.shown = 0
        # Each tab's title, and a shorter one for where there is little room.
        self._titles = titles

    @property
    @abstractmethod
    def name(self) -> str:
        """The field or quantity under the cursor; empty where none is in sight."""

    @abstractmethod
    def move(self, rows: int) -> None:
        """Move the cursor down by so many rows, or up."""

    def turn(self, step: int) -> None:
        """Show the next tab, or the one before."""
        self.shown = (self.shown + step) % len(self._titles)

    def draw(self, width: int, *, has_keys: bool) -> None:
        """Show the sheet and its tabs, at a width in cells."""
        self._draw_sheet(width, has_keys=has_keys)
        tabs = tab_line(self._titles, self.shown, has_keys, width)
        self.tabs.show([tabs, rule_line(width, self.sheet.above, self.sheet.below)])

    @abstractmethod
    def _draw_sheet(self, width: int, *, has_keys: bool) -> None:
        """Show the rows of the tab, and scroll to the cursor."""


class ParameterSide(Side):
    """Panels of fields, one field of each focused, and the typing in it."""

    def __init__(self, document: Document, say: Callable[[str, Role], None]) -> None:
        titles = [(panel.title, panel.short) for panel in PANELS.values()]
        super().__init__("parameters", "left-tabs", titles)
        self.typing = RowTyping(document, say)
        self._document = document
        self.help = LineBlock("help")
        self.unfolded = False
        # Fields that were asked for or visited: they stay in sight, whatever their value.
        self._kept: set[str] = set()
        self._focused = {table: self._visible(table)[0] for table in TABLES}

    @property
    def table(self) -> str:
        """The table of the panel on screen."""
        return TABLES[self.shown]

    @property
    def name(self) -> str:
        """The focused field."""
        return self._focused[self.table]

    @property
    def listed(self) -> list[str]:
        """The fields of the panel on screen that are not folded away."""
        return self._visible(self.table)

    def focus(self, field: str) -> None:
        """Show a field's panel, and focus the field."""
        table = FIELDS[field].table
        self.shown = TABLES.index(table)
        self._focused[table] = field
        self._kept.add(field)

    def unfold(self) -> None:
        """Show every field that applies, or only those that are set again."""
        self.unfolded = not self.unfolded
        self._kept = {self.name}

    def _visible(self, table: str) -> list[str]:
        return visible_fields(self._document, table, self._kept, unfolded=self.unfolded)

    def show_panel(self, table: str) -> None:
        """Show a panel, with the field focused that was."""
        self.shown = TABLES.index(table)

    def keep_focus_visible(self) -> None:
        """Focus the first field of the panel where a choice has hidden the focused one."""
        visible = self.listed
        if self.name not in visible:
            self._focused[self.table] = visible[0]

    def move(self, rows: int) -> None:
        """Focus the field so many rows below, or above."""
        fields = self.listed
        index = fields.index(self.name) + rows
        self._kept.add(self.name)
        self._focused[self.table] = fields[min(max(index, 0), len(fields) - 1)]

    def _draw_sheet(self, width: int, *, has_keys: bool) -> None:
        name = self.name
        document, editing = self._document, self.typing.editing
        rows = parameter_rows(document, self.listed, name, editing, width)
        self.sheet.show([row.line for row in rows])
        here = [index for index, row in enumerate(rows) if row.name == name]
        shown = is_change_shown(document, name, editing, width)
        height = self.help.size.height or HELP
        self.help.show(help_lines(document, FIELDS[name], width, height, is_change_shown=shown))
        if here:
            self.sheet.scroll_into_view(here[0], here[-1])


class ResultSide(Side):
    """Pages of results, and a cursor from result to result."""

    def __init__(self, document: Document) -> None:
        titles = [(page.title, page.short) for page in PAGES]
        super().__init__("results", "right-tabs", titles)
        self._document = document
        self._cursor = RowCursor(self.sheet)
        self._rows: list[Row] = []
        # The result to go to when the page is next drawn.
        self._sought = ""
        self.drivers = Drivers(document)
        # Whether only what moved is shown.
        self.is_only_moved = False
        # Document, page, width, the ways of showing results and what moves the cost behind the
        # rows.
        self._made_of: tuple[State, int, int, object, object, bool, object] | None = None

    @property
    def name(self) -> str:
        """The field or quantity under the cursor; empty where none is in sight."""
        return self._cursor.name

    @property
    def tab(self) -> Tab:
        """The page that is shown."""
        return PAGES[self.shown]

    @property
    def has_drivers_due(self) -> bool:
        """Whether the page shows what moves the cost, and that has yet to be worked out."""
        return PAGES[self.shown].shows_drivers and self.drivers.are_due

    def move(self, rows: int) -> None:
        """Move the cursor, or scroll where there is no result to stop at."""
        self._cursor.move(rows)

    def go_to(self, name: str) -> None:
        """Show a page with a result, this one if it has it, and put the cursor there."""
        width = self.sheet.size.width or _ANY_WIDTH
        for place in (self.shown, *range(len(PAGES))):
            rows = PAGES[place].rows(self._document, width, self.drivers.found)
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
        drivers = self.drivers.found if PAGES[self.shown].shows_drivers else None
        document = self._document
        made_of = (document.state, self.shown, width, document.spreading, drivers,
                   self.is_only_moved, document.before)  # fmt: skip
        # Moving about changes no result. States are compared by identity: it is faster.
        if self._made_of is None or any(
            now is not then for now, then in zip(made_of, self._made_of, strict=True)
        ):
            self._made_of = made_of
            rows = PAGES[self.shown].rows(document, width, drivers)
            self._rows = (
                only_moved(rows, document.moved, NONE_MOVED) if self.is_only_moved else rows
            )
        self._cursor.show(self._rows, is_marked=has_keys)
        if self._sought and self.sheet.size.height:
            self._cursor.put_on(self._sought)
            self._sought = ""
