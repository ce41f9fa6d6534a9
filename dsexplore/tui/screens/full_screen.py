"""A full screen of rows: title, rows with a cursor, message, key hints."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.message import Message

from dsexplore.document.document import Document
from dsexplore.text.plain import clean
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.dialogs.dialog import AnsweringScreen
from dsexplore.tui.dialogs.keys import KeysDialog
from dsexplore.tui.main.copying import copied_texts, offered, plain_text, taken
from dsexplore.tui.main.frame import hints_in, rule_line
from dsexplore.tui.screens.keys_here import Key, KeysHere
from dsexplore.tui.typed_ahead import KeyTaker
from dsexplore.tui.widgets.line_block import ROLE_CLASSES, LineBlock, Sheet
from dsexplore.tui.widgets.lines import Line, Role, Row, Span, between, wrapped
from dsexplore.tui.widgets.row_cursor import RowCursor

if TYPE_CHECKING:
    from dsexplore.export.reports.report import Report
    from dsexplore.tui.app import ExplorerApp

_ENDS = 10_000
# The key that shows the detail of a row in full.
_WHOLE_KEY = "i"
# Cells of a page that is copied, at least.
_COPIED = 160
# Lines of a message.
_MESSAGE = 4


class RowsScreen(AnsweringScreen, KeyTaker):
    """Rows over the whole screen; arrows move, Enter follows, Escape goes back."""

    COMPONENT_CLASSES: ClassVar[set[str]] = ROLE_CLASSES
    # Keys of this screen alone.
    KEYS: ClassVar[tuple[Key, ...]] = ()
    # Words for Enter and Escape.
    FOLLOWS: ClassVar[str]
    LEAVES: ClassVar[str] = "leave"
    # Lines for the detail of the row under the cursor.
    DETAIL_LINES: ClassVar[int] = 0

    class QuitAsked(Message):
        """The user wants to leave the program, not this screen alone."""

    class ActionAsked(Message):
        """The user wants an action of the main screen; the screen says what came of it."""

        def __init__(self, screen: RowsScreen, name: str) -> None:
            super().__init__()
            self.screen = screen
            self.name = name

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        # Held, not looked up: what was put off is drawn after the screen has been taken apart, too.
        self.sheet = Sheet("screen-rows")
        self.cursor = RowCursor(self.sheet)
        self._title = LineBlock("screen-title")
        self._rule = LineBlock("screen-rule")
        self._detail = LineBlock("screen-detail")
        self._message = LineBlock("screen-message")
        self._hints = LineBlock("screen-hints")
        self._here: KeysHere | None = None
        # What the next key is given to, in place of what it does elsewhere.
        self.next_key: Callable[[str], None] | None = None

    @abstractmethod
    def headline(self) -> tuple[str, str]:
        """The subject of the screen, and a note at the right."""

    @abstractmethod
    def rows(self, width: int) -> list[Row]:
        """The rows, of at most `width` cells."""

    def hints(self) -> Sequence[tuple[str, str]]:
        """Keys and their words, the most useful first."""
        own = self.here.hints(self.KEYS)
        more = [(_WHOLE_KEY, "in full")] if self.detail_height() else []
        moves = (self.moves(), "move")
        return [("↵", self.FOLLOWS), ("esc", self.LEAVES), *own, *more, moves]

    def moves(self) -> str:
        """The arrows that move the cursor."""
        return "↑↓"

    def detail_height(self) -> int:
        """How many lines the detail has on a terminal of this size."""
        return self.DETAIL_LINES

    def detail(self, width: int) -> list[Line]:
        """More of the row under the cursor."""
        return []

    def whole(self, width: int) -> list[Line]:
        """All of the detail; the screen itself may have no room for it."""
        return self.detail(width)

    def follow(self) -> None:
        """Act on the row under the cursor, for Enter."""

    def back(self) -> None:
        """Leave or go back, for Escape."""
        self.dismiss(None)

    def compose(self) -> ComposeResult:
        """Six blocks of lines."""
        yield self._title
        yield self._rule
        yield self.sheet
        yield self._detail
        yield self._message
        yield self._hints

    # Export

    def report(self) -> Report | None:
        """What the screen shows, to hand on; None where there is nothing yet.

        Raises ScenarioError.
        """
        return None

    def export(self) -> None:
        """Ask for a file, whose ending chooses the format, and write there what is shown."""
        from dsexplore.tui.dialogs.report import report_dialog  # noqa: PLC0415 - few export

        try:
            report = self.report()
        except ScenarioError as error:
            self.say(f"No export: {error}.", "problem")
            return
        if report is None:
            self.say("There is nothing to export yet.")
            return
        dialog = report_dialog(self._document.name, report)
        self.app.push_screen(dialog, lambda said: self.say(said or ""))

    def on_mount(self) -> None:
        """Make room for the detail of a row."""
        self._detail.styles.height = self.detail_height()

    def on_resize(self) -> None:
        """Draw for the new size, once it is laid out."""
        self._detail.styles.height = self.detail_height()
        self.call_after_refresh(self.draw)

    def on_sheet_sized(self) -> None:
        """Draw rows of the sheet's width."""
        self.draw()

    def on_sheet_wheeled(self, event: Sheet.Wheeled) -> None:
        """Go up or down."""
        self.cursor.move(event.rows)
        self.went()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row that was clicked."""
        rows = self.sheet.region
        if rows.contains(event.screen_x, event.screen_y):
            self.cursor.put_near(event.screen_y - rows.y + self.sheet.above)
            self.went()

    def take_key(self, event: events.Key) -> bool:
        """Follow a key."""
        if (taker := self.next_key) is not None:
            self.next_key = None
            try:
                taker(event.key)
            except ScenarioError as error:
                self.say(str(error), "problem")
            return True
        key, arrow = self.here.by_name.get(event.key), self.here.arrows.get(event.key)
        if key is None and arrow is None:
            return False
        self.say("")
        if key is not None:
            key.does(self)
        elif arrow is not None:
            self.move_by(arrow)
        return True

    def move_by(self, arrow: str) -> None:
        """Go up or down, by an arrow or its like."""
        screenful = self.sheet.size.height - 2
        rows = {"up": -1, "down": 1, "pageup": -screenful, "pagedown": screenful, "home": -_ENDS}
        self.cursor.move(rows.get(arrow, _ENDS))
        self.went()

    # Keys of every screen

    @property
    def here(self) -> KeysHere:
        """Which key does what here."""
        if self._here is None:
            keys = cast("ExplorerApp", self.app).keys
            # A letter that quits leaves this screen alone.
            leaves = [Key(key, _leave) for key in keys["quit"] if len(key) == 1]
            self._here = KeysHere(keys, self.KEYS, [*_FIXED, *leaves], _EVERYWHERE)
        return self._here

    def show_keys(self) -> None:
        """List the keys of this screen."""
        everywhere = self.here.helps(_EVERYWHERE)
        self.app.push_screen(KeysDialog(self.headline()[0], [*self.hints(), *everywhere]))

    def show_whole(self) -> None:
        """Show the detail of the row in full, where there is one."""
        if self.detail_height():
            self.app.push_screen(DetailScreen(self))

    def say_how_to_leave(self) -> None:
        """Name the keys to leave by, for users who expect ctrl+c."""
        quits = "".join(f", {key} dsexplore" for key, _ in self.here.helps([_QUITS]))
        self.say(f"esc leaves this screen{quits}.")

    def ask_to_find(self) -> None:
        """Find anything, as from the main screen."""
        self.post_message(self.ActionAsked(self, "find"))

    def ask_to_save(self) -> None:
        """Save the scenario."""
        self.post_message(self.ActionAsked(self, "save"))

    def ask_for_screenshot(self) -> None:
        """Write the screen to a file."""
        self.post_message(self.ActionAsked(self, "screenshot"))

    def ask_to_copy(self) -> None:
        """Ask what to copy, and copy it."""
        copy = cast("ExplorerApp", self.app).main.session.copy
        point = self.detail(self.sheet.size.width) if self.detail_height() else ()
        # As on a wide terminal: half a fact is of no use elsewhere.
        rows = self.rows(max(self.sheet.size.width, _COPIED))
        page = [plain_text(row.line) for row in rows]
        name, nth = self.cursor.name, self.cursor.nth
        here = [text for row, text in zip(rows, page, strict=True) if name and row.name == name]
        texts = copied_texts(self._document, name, page, "".join(here[nth : nth + 1]), point)
        self.draw()
        again = self.here.keys_of("copy")
        self.say(offered(texts))
        self.next_key = lambda key: self.say(taken(texts, key, again, copy))

    def ask_to_quit(self) -> None:
        """Leave the program."""
        self.post_message(self.QuitAsked())

    def draw(self) -> None:
        """Show the rows; every block repaints only its changes."""
        width = self.sheet.size.width
        if not (width and self.is_attached):
            return
        shown, of = self.headline()
        left: list[Span] = [(" dsexplore  ", "dim"), (clean(shown), "title")]
        self._title.show([between(left, [(f"  {clean(of)} ", "dim")], width)])
        self.cursor.show(self.rows(width))
        self._draw_around()
        self._hints.show([hints_in(self.hints(), width, self.here.hints(_EVERYWHERE))])

    def say(self, text: str, role: Role = "plain") -> None:
        """Put a sentence under the rows; a long one takes more lines."""
        lines = wrapped(clean(text), self.app.size.width - 2, _MESSAGE)
        self._message.styles.height = max(1, len(lines))
        self._message.show([((f" {line}", role),) for line in lines])

    def draw_from_top(self) -> None:
        """Show other rows, with the cursor on the first."""
        self.draw()
        self.cursor.to_top()
        self._draw_around()

    def put_cursor(self, place: int | str) -> None:
        """Put the cursor on a row, by its number or its name."""
        if isinstance(place, int):
            self.cursor.put(place)
        else:
            self.cursor.put_on(place)
        self._draw_around()

    def went(self) -> None:
        """Draw the cursor where a key or the mouse put it, and what depends on it."""
        self.cursor.draw()
        self._draw_around()

    def _draw_around(self) -> None:
        """The blocks that depend on the cursor."""
        width = self.sheet.size.width
        self._rule.show([rule_line(width, self.sheet.above, self.sheet.below)])
        if lines := self.detail_height():
            shown = self.whole(width)
            if len(shown) > lines:
                shown = self.detail(width)
            if len(shown) > lines:
                more: Span = (f"  … {_WHOLE_KEY} shows all ", "key")
                shown = [*shown[: lines - 1], between(shown[lines - 1], [more], width)]
            self._detail.show(shown)


class DetailScreen(RowsScreen):
    """The detail of a row in full, over the screen that it is of."""

    FOLLOWS: ClassVar[str] = "back"
    LEAVES: ClassVar[str] = "back"

    def __init__(self, of: RowsScreen) -> None:
        super().__init__(of._document)
        self._of = of

    def headline(self) -> tuple[str, str]:
        """That of the screen behind it."""
        return self._of.headline()[0], "in full"

    def rows(self, width: int) -> list[Row]:
        """Every line of the detail."""
        return [Row(line) for line in self._of.whole(width)]

    def hints(self) -> Sequence[tuple[str, str]]:
        """There is nothing to do but to read."""
        return [("esc", self.LEAVES), ("↑↓", "scroll")]

    def follow(self) -> None:
        """Go back."""
        self.back()


def _leave(screen: RowsScreen) -> None:
    screen.back()


def _follow(screen: RowsScreen) -> None:
    screen.follow()


# Keys that nobody remaps.
_FIXED = (
    Key("enter", _follow),
    Key("escape", _leave),
    Key("ctrl+c", RowsScreen.say_how_to_leave),
    Key(_WHOLE_KEY, RowsScreen.show_whole),
)
_QUITS = Key("", RowsScreen.ask_to_quit, "quit", "quit", "quit dsexplore")
# Actions of the table that every screen has; those with words are in its last line.
_EVERYWHERE = (
    Key("", RowsScreen.ask_to_save, "save", "save", "save the scenario"),
    Key("", RowsScreen.show_keys, "help", "help", "show these keys"),
    _QUITS,
    Key("", RowsScreen.ask_to_find, action="find", help="find anything"),
    Key("", RowsScreen.ask_to_copy, action="copy", help="copy the value, the row or the page"),
    Key("", RowsScreen.ask_for_screenshot, action="screenshot", help="write the screen to a file"),
)
# Keys of a screen that can be exported.
EXPORT = (Key("", RowsScreen.export, "export", "export"),)
