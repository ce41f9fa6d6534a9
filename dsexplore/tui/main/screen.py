"""The main screen: puts the sheets together and turns actions into changes of the document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from dsexplore.document.document import Document
from dsexplore.document.journal import left_behind
from dsexplore.document.state import State
from dsexplore.files.locations import journal_folder
from dsexplore.scenario.scenario import FIELDS, PANELS
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.keys.actions import BY_NAME
from dsexplore.tui.keys.keymap import Keymap, actions_by_key
from dsexplore.tui.main.edit_buffer import EditBuffer
from dsexplore.tui.main.frame import hint_line, rule_line, summary_line, tab_line, title_line
from dsexplore.tui.main.parameter_rows import parameter_rows, visible_fields
from dsexplore.tui.main.typing import RowTyping
from dsexplore.tui.main.why_actions import AuditingActions
from dsexplore.tui.pages.pages import PAGES
from dsexplore.tui.widgets.line_block import ROLE_CLASSES, LineBlock, Sheet
from dsexplore.tui.widgets.lines import Line, Role, Row, wrapped
from dsexplore.tui.widgets.row_cursor import RowCursor

TABLES = tuple(PANELS)
_SMALLEST = (60, 15)
_BOTH_SIDES = 100
# Where the keys that end an edit go on to.
_LEADS = {
    "up": "row_up",
    "down": "row_down",
    "tab": "other_side",
    "shift+tab": "other_side",
    "pageup": "page_up",
    "pagedown": "page_down",
}
_NOT_IN_FORCE = "Not in force; the last valid value stays."


class MainScreen(AuditingActions):
    """Parameters on the left, results on the right; one of them where both have no room."""

    COMPONENT_CLASSES: ClassVar[set[str]] = ROLE_CLASSES

    def __init__(self, document: Document, keys: Keymap) -> None:
        super().__init__()
        self.document = document
        self.keys = keys
        self.typing = RowTyping(self)
        self.on_results = False
        self._action_of = actions_by_key(keys)
        self._panel = 0
        self._page = 0
        self._focused = {table: visible_fields(document, table)[0] for table in TABLES}
        self._rows: list[Row] = []
        self._message: tuple[Line, ...] = ()
        # What the results that are shown were made of.
        self._shown: tuple[State, int, int] | None = None
        self._result_rows: list[Row] = []

    def compose(self) -> ComposeResult:
        """Nine blocks of lines, and the boxes that hold them."""
        yield LineBlock("title")
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield LineBlock("left-tabs")
                yield Sheet("parameters")
            with Vertical(id="right"):
                yield LineBlock("right-tabs")
                yield Sheet("results")
        yield LineBlock("summary")
        yield LineBlock("message")
        yield LineBlock("hints")
        yield LineBlock("too-small")

    def on_mount(self) -> None:
        """Say what there is to say at the start."""
        # Before the first layout: Textual's breakpoints would come after it, for a second one.
        self._fit()
        work = left_behind(journal_folder())
        if work:
            self.say(
                f"Unsaved work of a broken-off session is there: {work[0].name}. R takes it over."
            )
        elif self.document.journal and self.document.journal.problem:
            self.say(self.document.journal.problem, "problem")

    def on_resize(self) -> None:
        """Draw for the new size, once it is laid out."""
        self._fit()
        self.call_after_refresh(self.draw)

    def _fit(self) -> None:
        """Show both sides, one of them or neither, whatever the terminal has room for."""
        width, height = self.app.size
        self.set_class(width < _BOTH_SIDES, "-narrow")
        self.set_class(width < _SMALLEST[0] or height < _SMALLEST[1], "-tiny")

    def on_sheet_sized(self) -> None:
        """Draw a side that has come into sight, or has another width."""
        self.draw()

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Follow a key before the next one is looked at.

        Textual's bindings come a message later: of keys that arrive together, as they do over a
        slow link, a digit would then begin its edit before the arrow ahead of it had moved.
        """
        if self.app.screen is not self:
            # Typed ahead of a dialog that is about to open: no command is meant.
            event.stop()
            return
        character = event.character if event.is_printable else None
        if not self.on_results and self.typing.press(event.key, character):
            event.stop()
        elif event.key in self._action_of:
            event.stop()
            self.perform(self._action_of[event.key])

    def on_paste(self, event: events.Paste) -> None:
        """Paste into the row that is edited, or begin an edit with it."""
        if not self.on_results:
            self.typing.paste(event.text)

    def perform(self, name: str) -> None:
        """Do an action of the table; what is being typed is kept first, so that nothing is lost."""
        self._end(keep=True)
        getattr(self, f"action_{name}")()

    # Drawing

    def draw(self) -> None:
        """Show the document; every block repaints what differs from what it showed."""
        self._keep_focus_visible()
        width = self.app.size.width
        document = self.document
        self._block("title").show([title_line(document, width)])
        self._block("message").show(self._message)
        # A refusal says what was found and what is allowed, and that may take a second line.
        self.set_class(len(self._message) > 1, "-long-message")
        typing = self.typing.editing is not None
        self._block("hints").show([hint_line(self.keys, typing, self.on_results, width)])
        if self.has_class("-tiny"):
            self._block("too-small").show(_too_small(self.app.size.width, self.app.size.height))
            return
        if self.has_class("-narrow"):
            self._block("summary").show([summary_line(document, width)])
        self._draw_parameters()
        self._draw_results()

    def _draw_parameters(self) -> None:
        sheet = self._parameters
        width = sheet.size.width
        if not width:
            return
        titles = [(PANELS[table].title, PANELS[table].short) for table in TABLES]
        tabs = tab_line(titles, self._panel, not self.on_results, width)
        self._rows = parameter_rows(
            self.document, self.table, self._focused[self.table], self.typing.editing, width
        )
        sheet.show([row.line for row in self._rows])
        here = [i for i, row in enumerate(self._rows) if row.name == self._focused[self.table]]
        if here:
            sheet.scroll_into_view(here[0], here[-1])
        self._block("left-tabs").show([tabs, rule_line(width, sheet.above, sheet.below)])

    def _draw_results(self) -> None:
        sheet = self._results
        # Just shown in place of the parameters, it has no width yet, and keys may be waiting.
        width = sheet.size.width or (self._parameters.size.width if self.on_results else 0)
        if not width:
            return
        titles = [(page.title, page.short) for page in PAGES]
        tabs = tab_line(titles, self._page, self.on_results, width)
        # Moving about changes no result.
        shown = (self.document.state, self._page, width)
        if self._shown is None or any(a is not b for a, b in zip(shown, self._shown, strict=True)):
            self._shown = shown
            self._result_rows = PAGES[self._page].rows(self.document, width)
        self._cursor.show(self._result_rows, is_marked=self.on_results)
        self._block("right-tabs").show([tabs, rule_line(width, sheet.above, sheet.below)])

    def say(self, text: str, role: Role = "plain") -> None:
        """Put a sentence under the sheets, until the next key."""
        fitting = wrapped(text, self.app.size.width - 2, 2)
        self._message = tuple(((f" {line}", role),) for line in fitting)

    @property
    def table(self) -> str:
        """The table of the panel that is shown."""
        return TABLES[self._panel]

    @property
    def field(self) -> str:
        """The field that is focused."""
        return self._focused[self.table]

    @property
    def _parameters(self) -> Sheet:
        return self.query_one("#parameters", Sheet)

    def go_to(self, field: str) -> None:
        """Show a field's panel, with the field focused."""
        self.point_at(field)
        self.on_results = False
        self.remove_class("-results")
        self.draw()

    def point_at(self, field: str) -> None:
        """Focus a field, whichever side shows."""
        table = FIELDS[field].table
        self._panel = TABLES.index(table)
        self._focused[table] = field

    @property
    def result_name(self) -> str:
        """The field or quantity that the results' cursor is on; empty where none is in sight."""
        return self._cursor.name

    @cached_property
    def _cursor(self) -> RowCursor:
        return RowCursor(self._results)

    @property
    def _results(self) -> Sheet:
        return self.query_one("#results", Sheet)

    def _block(self, name: str) -> LineBlock:
        return self.query_one(f"#{name}", LineBlock)

    def attempt(self, change: Callable[[], object]) -> bool:
        """Make a change; a refusal becomes a message. Returns whether it was made."""
        self._message = ()
        made = True
        try:
            change()
        except ScenarioError as error:
            self.say(str(error), "problem")
            made = False
        self.draw()
        return made

    def _keep_focus_visible(self) -> None:
        """A choice may hide the focused field: then the first of its panel is focused."""
        visible = visible_fields(self.document, self.table)
        if self.field not in visible:
            self._focused[self.table] = visible[0]

    # Typing in a row

    def begin_typing(self, first: str) -> None:
        """A digit, a sign, $ or a paste begins an edit in place of the value."""
        spec = FIELDS[self.field]
        if spec.kind in ("choice", "boolean"):
            self.say(f"{spec.label}: {spec.range_hint()}; ← and → change it.")
            self.draw()
            return
        self._begin(EditBuffer.over(""))
        self._edit.insert(first)
        self.follow_typing()

    def follow_typing(self) -> None:
        """Put what is typed in force at once, or say why not."""
        text = self._edit.text
        self._message = ()
        if self.document.type(self.field, text):
            self.say(_NOT_IN_FORCE, "problem")
        self.draw()

    def end_typing(self, key: str) -> None:
        """Keep or revert what was typed, and go where the key leads."""
        self._end(keep=key != "escape")
        if key in _LEADS:
            getattr(self, f"action_{_LEADS[key]}")()

    @property
    def _edit(self) -> EditBuffer:
        edit = self.typing.editing
        assert edit is not None
        return edit

    def _begin(self, edit: EditBuffer) -> None:
        self.typing.editing = edit
        self._message = ()

    def _end(self, *, keep: bool) -> None:
        if self.typing.editing is None:
            return
        self.typing.editing = None
        if keep:
            self.document.commit()
        else:
            self.document.revert(self.field)
        self._message = ()
        if self.field in self.document.drafts:
            self.say(_NOT_IN_FORCE, "problem")
        self.draw()

    # Moving about

    def action_row_up(self) -> None:
        """Go to the field above; in results, scroll."""
        self._move(-1)

    def action_row_down(self) -> None:
        """Go to the field below; in results, scroll."""
        self._move(1)

    def action_page_up(self) -> None:
        """Go up by a screenful."""
        self._move(-max(1, self._results.size.height or self._parameters.size.height) + 2)

    def action_page_down(self) -> None:
        """Go down by a screenful."""
        self._move(max(1, self._results.size.height or self._parameters.size.height) - 2)

    def action_first(self) -> None:
        """Go to the first field, or the top of the results."""
        self._move(-10_000)

    def action_last(self) -> None:
        """Go to the last field, or the end of the results."""
        self._move(10_000)

    def _move(self, rows: int) -> None:
        self._message = ()
        if self.on_results:
            self._cursor.move(rows)
        else:
            fields = visible_fields(self.document, self.table)
            index = fields.index(self.field) + rows
            self._focused[self.table] = fields[min(max(index, 0), len(fields) - 1)]
        self.draw()

    def action_other_side(self) -> None:
        """Change over between parameters and results."""
        self.on_results = not self.on_results
        self.set_class(self.on_results, "-results")
        self._message = ()
        self.draw()

    def action_next_tab(self) -> None:
        """Show the next panel or page of this side."""
        self._turn(1, page=self.on_results)

    def action_previous_tab(self) -> None:
        """Show the panel or page before."""
        self._turn(-1, page=self.on_results)

    def action_next_page(self) -> None:
        """Show the next page of results."""
        self._turn(1, page=True)

    def action_previous_page(self) -> None:
        """Show the page of results before."""
        self._turn(-1, page=True)

    def _turn(self, step: int, *, page: bool) -> None:
        self._message = ()
        if page:
            self._page = (self._page + step) % len(PAGES)
            self.draw()
            self._cursor.to_top()
        else:
            self._panel = (self._panel + step) % len(TABLES)
        self.draw()

    # Changing

    def action_edit(self) -> None:
        """Type in the row; a choice or switch goes to its next value, a result is explained."""
        if self.on_results:
            self.action_explain()
            return
        name = self.field
        if FIELDS[name].kind in ("choice", "boolean"):
            self.nudge(1)
            return
        draft = self.document.drafts.get(name)
        self._begin(EditBuffer.over(draft.text if draft else self.document.field_text(name)))
        self.draw()


def _too_small(width: int, height: int) -> Sequence[Line]:
    return [
        ((f"{width} x {height} is too small; {_SMALLEST[0]} x {_SMALLEST[1]} will do.", "plain"),)
    ]


assert all(hasattr(MainScreen, f"action_{name}") for name in BY_NAME)
