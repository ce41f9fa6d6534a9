"""The session, which every action holds: document, sides, message, and screens over them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from textual.message import Message
from textual.screen import Screen

from dsexplore.document.desk import Desk
from dsexplore.document.document import Document
from dsexplore.document.journal import unsaved_in
from dsexplore.document.record import Unsaved
from dsexplore.document.state import View
from dsexplore.document.swept import Swept
from dsexplore.files.locations import desk_file, journal_folder
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.plain import clean
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.keys.keymap import Keymap
from dsexplore.tui.main.result_side import Board, PageSide, ResultSide
from dsexplore.tui.main.side import ParameterSide, Side
from dsexplore.tui.pages.pages import PAGES, chosen_pages
from dsexplore.tui.widgets.lines import Role

if TYPE_CHECKING:
    from dsexplore.analysis.claims.claim import Claim

# Columns of a terminal from which on the board has room.
THREE_COLUMNS = 160


class Hearer(Protocol):
    """A screen over the main one."""

    @property
    def is_attached(self) -> bool:
        """Whether it is there still."""

    def say(self, text: str, role: Role = "plain") -> None:
        """Put a sentence under its rows."""


class TourAsked(Message):
    """The user wants to learn by doing."""


class Session:
    """The state of the main screen; actions change it within `run`, which draws it once."""

    def __init__(
        self, document: Document, screen: Screen[None], draw: Callable[[], None], keys: Keymap
    ) -> None:
        self.document = document
        # The keys in force, by action.
        self.keys = keys
        self.parameters = ParameterSide(document, self.say, keys)
        self.pages = PageSide(document, keys)
        self.desk = Desk(desk_file())
        document.pins, document.swept = self.desk.pins, self.desk.swept
        self.board = Board(document, keys, chosen_pages(self.desk.pages))
        # How many columns have room, and the one that keys go to: parameters, a page, the board.
        self.columns = 2
        self.at = 0
        # The sentence under the sheets.
        self.message: tuple[str, Role] = ("", "plain")
        # The screen over the main one that asked for an action last: it says what comes of it.
        self.heard_by: Hearer | None = None
        # What the next key is given to, in place of what it does elsewhere.
        self.next_key: Callable[[str], None] | None = None
        # The claims of a file that was named at the start.
        self.own_claims: Sequence[Claim] = ()
        # The last actions, for the report of a fault.
        self.performed: deque[str] = deque(maxlen=20)
        document.view = self.view
        document.puts_off_keeping = True
        # What leaving a tour is, where unsaved work is nobody's; None of the program itself.
        self.on_leaving: Callable[[], None] | None = None
        self._screen = screen
        self._draw = draw

    @property
    def sides(self) -> tuple[Side, ...]:
        """The columns from left to right."""
        return (self.parameters, self.pages, self.board)

    @property
    def side(self) -> Side:
        """The side keys go to."""
        return self.sides[self.at]

    @property
    def results(self) -> ResultSide:
        """The results that keys go to, or would: the board's only where they are there."""
        return self.board if self.side is self.board else self.pages

    @property
    def on_results(self) -> bool:
        """Whether keys go to results and not to the parameters."""
        return self.at > 0

    @on_results.setter
    def on_results(self, value: bool) -> None:
        self.at = (self.at or 1) if value else 0

    def step_aside(self, step: int) -> None:
        """Go to the next column that has room, or to the one before."""
        self.at = (self.at + step) % self.columns

    def step_between_results(self, step: int) -> None:
        """Go from a column of results to one beside it, if there is one with room."""
        self.at = min(max(self.at + step, 1), self.columns - 1)

    def have_room(self, columns: int) -> None:
        """Show so many columns: with three, all panels stand in the first."""
        self.columns = columns
        self.at = min(self.at, columns - 1)
        self.parameters.is_whole = columns == len(self.sides)

    def keep_sweep(self, swept: Swept) -> None:
        """Let the board draw a sweep from now on, in every session."""
        self.document.swept = swept
        try:
            self.desk.sweep(swept)
        except ScenarioError as error:
            self.say(f"The sweep is on the board in this session alone: {error}", "problem")

    @property
    def board_note(self) -> str:
        """Where the board shows, where it does not show now."""
        return "" if self.parameters.is_whole else f", on a terminal of {THREE_COLUMNS} columns"

    def say(self, text: str, role: Role = "plain") -> None:
        """Put a sentence under the sheets; an empty one clears it."""
        self.message = (text, role)
        if self.heard_by is not None and not self.heard_by.is_attached:
            self.heard_by = None
        if self.heard_by is not None:
            self.heard_by.say(text, role)

    def go_to(self, field: str) -> None:
        """Show a field's panel, with the field focused."""
        self.parameters.focus(field)
        self.on_results = False

    def go_to_result(self, name: str) -> None:
        """Show a page of results with the cursor on a result."""
        self.pages.go_to(name)
        self.at = 1

    def go_to_panel(self, table: str) -> None:
        """Show a panel of parameters."""
        self.parameters.show_panel(table)
        self.on_results = False

    def go_to_page(self, place: str) -> None:
        """Show a page of results, by its place among them."""
        self.pages.turn(int(place) - self.pages.shown)
        self.at = 1

    def jump(self, number: str) -> None:
        """Go to a state of the history, by its number."""
        went = self.document.jump(int(number))
        self.say(f"Back at: {clean(went)}" if went else "This is the state in force.")

    def view(self) -> View:
        """Where the user is."""
        page = self.pages.tab.title
        return View(self.parameters.name, page, self.on_results)

    def show(self, view: View) -> None:
        """Go where the user was, as far as that exists."""
        if view.field in FIELDS:
            self.parameters.focus(view.field)
        titles = [page.title for page in PAGES]
        if view.page in titles:
            self.pages.turn(titles.index(view.page) - self.pages.shown)
        self.on_results = view.on_results

    def elsewhere(self, most: int = 200) -> list[Unsaved]:
        """Unsaved work of other sessions, lost ones first."""
        journal = self.document.journal
        return unsaved_in(journal_folder(), but=journal.session if journal else "", most=most)

    def say_news(self) -> None:
        """Say at once that unsaved work can no longer be kept, or that it can again."""
        journal = self.document.journal
        if journal and (news := journal.news()):
            self.say(news, "problem" if journal.problem else "plain")

    def run(self, step: Callable[[], None]) -> None:
        """Take a step, say why if it is refused, and draw the outcome once."""
        try:
            step()
        except ScenarioError as error:
            self.say(str(error), "problem")
        self._draw()

    def ask(self, dialog: Screen[str | None], then: Callable[[str], None]) -> None:
        """Open a screen over the main one; its answer, if it gives one, is the next step."""

        def answered(answer: str | None) -> None:
            self.run(lambda: None if answer is None else then(answer))

        # What was said before belongs to another step.
        self.say("")
        self._screen.app.push_screen(dialog, answered)

    def close_others(self) -> None:
        """Close every screen over the main one."""
        while self._screen.app.screen is not self._screen:
            self._screen.app.pop_screen()

    def redraw(self) -> None:
        """Draw every cell again."""
        self._screen.app.refresh()

    def copy(self, text: str) -> str:
        """Copy a text out of the terminal; says where it is now. Raises ScenarioError."""
        from dsexplore.tui.link.clipboard import copy  # noqa: PLC0415 - the start goes without

        driver = self._screen.app._driver
        return copy(text, driver.write if driver else lambda _: None, os.environ)

    def drawn(self) -> tuple[str, str]:
        """The screen as it is: a picture, and text."""
        from dsexplore.tui.main.copying import without_fonts  # noqa: PLC0415 - as above

        app = self._screen.app
        strips = app.screen._compositor.render_strips(app.size)
        text = "\n".join(strip.text.rstrip() for strip in strips) + "\n"
        return without_fonts(app.export_screenshot(title=self.document.name)), text

    def ask_for_tour(self) -> None:
        """Let the program open its tour."""
        self._screen.post_message(TourAsked())

    def leave(self) -> None:
        """End the program, or a tour within it."""
        if self.on_leaving is None:
            self._screen.app.exit()
        else:
            self.on_leaving()
