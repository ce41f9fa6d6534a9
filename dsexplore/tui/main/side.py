"""The sides of the main screen: each owns a sheet, its tabs and the cursor in it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from dsexplore.document.document import Document
from dsexplore.scenario.scenario import FIELDS, PANELS, Scenario
from dsexplore.tui.keys.keymap import Keymap
from dsexplore.tui.main.field_help import help_lines, panel_help_lines
from dsexplore.tui.main.frame import rule_line, tab_at, tab_line
from dsexplore.tui.main.parameter_rows import (
    DrawnPanels,
    Visible,
    is_change_shown,
    visible_fields,
)
from dsexplore.tui.main.typing import RowTyping
from dsexplore.tui.widgets.line_block import LineBlock, Sheet
from dsexplore.tui.widgets.lines import BLANK, Line, Role, Row, RowLines, banner

TABLES = tuple(PANELS)
# Lines of help before the first layout.
HELP = 4


class Side(ABC):
    """A sheet under its tabs, one of which is shown."""

    def __init__(self, name: str, tabs: str, titles: Sequence[tuple[str, str]]) -> None:
        self.sheet = Sheet(name)
        self.tabs = LineBlock(tabs)
        self.shown = 0
        # Each tab's title, and a shorter one for where there is little room.
        self._titles = titles
        self._tab_line: Line = ()

    @property
    @abstractmethod
    def name(self) -> str:
        """The field or quantity under the cursor; empty where none is in sight."""

    @abstractmethod
    def move(self, rows: int) -> None:
        """Move the cursor down by so many rows, or up."""

    @abstractmethod
    def put(self, row: int) -> None:
        """Put the cursor on a row in sight, counted from the top, as a click does."""

    def turn(self, step: int) -> None:
        """Show the next tab, or the one before."""
        self.shown = (self.shown + step) % len(self._titles)

    def turn_to(self, cell: int) -> None:
        """Show the tab at a cell of their line, as a click does."""
        place = tab_at(self._tab_line, self.shown, cell)
        if place is not None and place != self.shown:
            self.turn(place - self.shown)

    def draw(self, width: int, *, has_keys: bool) -> None:
        """Show the sheet and its tabs, at a width in cells."""
        self._draw_sheet(width, has_keys=has_keys)
        self._tab_line = tab_line(self._titles, self.shown, has_keys, width)
        self.tabs.show([self._tab_line, rule_line(width, self.sheet.above, self.sheet.below)])

    @abstractmethod
    def _draw_sheet(self, width: int, *, has_keys: bool) -> None:
        """Show the rows of the tab, and scroll to the cursor."""


class ParameterSide(Side):
    """Panels of fields, one field of each focused, and the typing in it."""

    def __init__(self, document: Document, say: Callable[[str, Role], None], keys: Keymap) -> None:
        titles = [(panel.title, panel.short) for panel in PANELS.values()]
        super().__init__("parameters", "left-tabs", titles)
        self.typing = RowTyping(document, say, keys)
        self._document = document
        self._keys = keys
        self.help = LineBlock("help")
        self.unfolded = False
        # Whether all panels show, one under another, and not one at a time.
        self.is_whole = False
        # Whether the cursor is on the panel's own row, above its fields.
        self.on_heading = False
        # Fields that were asked for or visited: they stay in sight, whatever their value.
        self._kept: set[str] = set()
        self._seen: dict[str, tuple[tuple[object, ...], Visible]] = {}
        self._spoken: tuple[Scenario, Mapping[str, set[str]]] | None = None
        self._focused = {table: self._visible(table).names[0] for table in TABLES}
        self._drawn = DrawnPanels(document, keys)
        self._rows: list[Row] = []

    @property
    def table(self) -> str:
        """The table of the panel on screen."""
        return TABLES[self.shown]

    @property
    def name(self) -> str:
        """The focused field; empty on the panel's own row."""
        return "" if self.on_heading else self._focused[self.table]

    @property
    def listed(self) -> list[str]:
        """The fields of the panels on screen that are not folded away."""
        return [name for table in self._tables for name in self._visible(table).names]

    @property
    def _tables(self) -> Sequence[str]:
        return TABLES if self.is_whole else (self.table,)

    def focus(self, field: str) -> None:
        """Show a field's panel, and focus the field."""
        self._focus(field)
        self._kept.add(field)

    def unfold(self) -> None:
        """Show every field that applies, or only those that are set again."""
        self.unfolded = not self.unfolded
        self._kept = {self._focused[self.table]}

    def _visible(self, table: str) -> Visible:
        document = self._document
        scenario, baseline = document.scenario, document.state.baseline.scenario
        # One key asks many times, and an edit shares all panels but its own.
        key = (
            scenario.panel(table), baseline.panel(table), self._spoken_of(scenario)[table],
            _by_panel(document.drafts)[table], _by_panel(self._kept)[table], self.unfolded,
        )  # fmt: skip
        seen = self._seen.get(table)
        if seen is None or seen[0] != key:
            found = visible_fields(document, table, self._kept, unfolded=self.unfolded)
            seen = self._seen[table] = key, found
        return seen[1]

    def _spoken_of(self, scenario: Scenario) -> Mapping[str, set[str]]:
        """The fields that a scenario says something of, by panel."""
        if self._spoken is None or self._spoken[0] is not scenario:
            said = (scenario.sources, scenario.notes, scenario.unverified, scenario.uncertainty)
            self._spoken = scenario, _by_panel(name for names in said for name in names)
        return self._spoken[1]

    def show_panel(self, table: str) -> None:
        """Show a panel, with the field focused that was."""
        self.shown = TABLES.index(table)
        self.on_heading = False

    def keep_focus_visible(self) -> None:
        """Focus the first field of the panel where a choice has hidden the focused one."""
        visible = self._visible(self.table).names
        if self._focused[self.table] not in visible:
            self._focused[self.table] = visible[0]

    @property
    def _at(self) -> str:
        """The focused field, or the table of the panel on whose own row the cursor is."""
        return self.table if self.on_heading else self._focused[self.table]

    def move(self, rows: int) -> None:
        """Go so many rows down, or up; only a single step stops at a panel's own row."""
        stops = [stop for table in self._tables for stop in (table, *self._visible(table).names)]
        index = min(max(stops.index(self._at) + rows, 0), len(stops) - 1)
        self._kept.add(self._focused[self.table])
        self._go(stops[index + 1 if abs(rows) > 1 and stops[index] in PANELS else index])

    def put(self, row: int) -> None:
        """Go to the field or panel of a row in sight; a heading has none."""
        index = row + self.sheet.above
        if index < len(self._rows) and (name := self._rows[index].name):
            self._go(name)

    def _go(self, stop: str) -> None:
        if stop in PANELS:
            self.show_panel(stop)
            self.on_heading = True
        else:
            self._focus(stop)

    def _focus(self, field: str) -> None:
        table = FIELDS[field].table
        self.shown = TABLES.index(table)
        self.on_heading = False
        self._focused[table] = field

    def _draw_sheet(self, width: int, *, has_keys: bool) -> None:
        name = self.name
        document, editing = self._document, self.typing.editing
        rows: list[Row] = []
        for table in self._tables:
            rows += [BLANK] if rows else []
            rows += [Row(banner(PANELS[table].title, width))] if self.is_whole else []
            shown = self._visible(table)
            is_here = table == self.table
            rows += self._drawn.rows(table, shown, self._at if is_here else "", editing, width)
        self._rows = rows
        self.sheet.show(RowLines(rows))
        here = [index for index, row in enumerate(rows) if row.name == self._at]
        height = self.help.size.height or HELP
        if name:
            has_room = is_change_shown(document, name, editing, width)
            lines = help_lines(
                document, FIELDS[name], width, height, self._keys, is_change_shown=has_room
            )
        else:
            title = PANELS[self.table].title
            lines = panel_help_lines(document, title, width, height, self._keys)
        self.help.show(lines)
        if here:
            # What stands above the first field comes into sight with it.
            top = 0 if name == self.listed[0] else here[0]
            self.sheet.scroll_into_view(top, here[-1])


def _by_panel(names: Iterable[str]) -> Mapping[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        found[FIELDS[name].table].add(name)
    return found
