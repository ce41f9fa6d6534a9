"""The main screen: puts the sides together, sends keys to them, and draws."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from dsexplore.document.document import Document
from dsexplore.tui.keys.actions import ACTIONS, BY_NAME, Group, key_of, shown_key, shown_together
from dsexplore.tui.keys.keymap import Keymap, actions_by_key
from dsexplore.tui.link.screen import WholeScreen
from dsexplore.tui.main.claims_list import ClaimsList
from dsexplore.tui.main.edit_actions import EditActions
from dsexplore.tui.main.file_actions import FileActions
from dsexplore.tui.main.find_actions import FindActions
from dsexplore.tui.main.finder import Finder
from dsexplore.tui.main.frame import hint_line, summary_line, title_line
from dsexplore.tui.main.keep_actions import KeepActions
from dsexplore.tui.main.mention import mention
from dsexplore.tui.main.move_actions import MoveActions
from dsexplore.tui.main.opening import Opening
from dsexplore.tui.main.session import THREE_COLUMNS, Session
from dsexplore.tui.main.why_actions import WhyActions
from dsexplore.tui.main.works import GROUP, Works
from dsexplore.tui.main.written import Written
from dsexplore.tui.typed_ahead import KeyTaker
from dsexplore.tui.widgets.line_block import ROLE_CLASSES, LineBlock, Sheet
from dsexplore.tui.widgets.lines import Line, wrapped

_BOTH_SIDES = 100
# Rows of a terminal below and from which help takes less room, or more.
_LOW, _TALL = 20, 30
# Seconds without a key after which what is due beside the screen is worked out.
_REST = 0.15
# What to press first, among results and among parameters; keys of actions stand in braces.
_FIRST_WORDS = {
    True: "{edit} says why a number is what it is; {other_side}, then {nudges}, changes what it is "
    "made of; {help} shows the keys, {tour} a tour.",
    False: "{nudges} changes a number, {edit} types one, and results follow; {other_side}, then "
    "{edit}, says why one is what it is; {help} shows the keys, {tour} a tour.",
}


class MainScreen(WholeScreen[None], KeyTaker):
    """Parameters, a page of results and a board of more, as many of them as have room."""

    COMPONENT_CLASSES: ClassVar[set[str]] = ROLE_CLASSES

    def __init__(self, document: Document, keys: Keymap) -> None:
        super().__init__()
        self.session = Session(document, self, self.draw, keys)
        # Whether nobody has opened it before: what to press is said then.
        self.is_first_time = False
        self._keys = keys
        self._action_of = actions_by_key(keys)
        opening, claims = Opening(self.session, keys), ClaimsList(self.session)
        self._finder = Finder(self.session, keys, self.perform, opening, claims)
        self._do = methods(self.session, keys, self.perform, opening, claims, self._finder)
        self._title = LineBlock("title")
        self._summary = LineBlock("summary")
        self._message = LineBlock("message")
        self._hints = LineBlock("hints")
        self._resting: Timer | None = None
        self._works = Works()
        self._is_drawn = False
        # The hints shown last, and what they depend on.
        self._hinted: tuple[tuple[bool, bool, int], Line] | None = None

    def compose(self) -> ComposeResult:
        """Eleven blocks of lines, and the boxes around them."""
        # With the boxes here already, each of its classes would match all against the stylesheet.
        self._begin()
        self._look(is_styled=False)
        yield self._title
        yield self._summary
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield self.session.parameters.tabs
                yield self.session.parameters.sheet
                yield self.session.parameters.help
            with Vertical(id="right"):
                yield self.session.pages.tabs
                yield self.session.pages.sheet
            with Vertical(id="beside"):
                yield self.session.board.tabs
                yield self.session.board.sheet
        yield self._message
        yield self._hints

    def _begin(self) -> None:
        """Fit the terminal, and mention work left behind, or a journal out of order."""
        # Before the first layout: Textual's breakpoints come after it and cost a second one.
        self._fit(is_styled=False)
        # Where one side alone has room, the answer comes before the parameters.
        self.session.on_results = self.has_class("-narrow")
        key = "".join(shown_key(key) for key in self._keys["recover"][:1])
        if mentioned := mention(self.session.elsewhere(most=4), key):
            self.session.say(mentioned)
        elif self.is_first_time:
            self.session.say(self._first_words())
        self.session.say_news()

    def _first_words(self) -> str:
        """What to press, for who has never been here."""
        nudges = shown_together(
            [key for name in ("nudge_down", "nudge_up") for key in self._keys[name][:1]]
        )
        bound = {name: key_of(self._keys, name) for name in self._keys} | {"nudges": nudges}
        return _FIRST_WORDS[self.session.on_results].format(**bound) if nudges else ""

    def on_resize(self) -> None:
        """Draw for the new size, once it is laid out."""
        self._fit()
        self.call_after_refresh(self.draw)

    def _fit(self, *, is_styled: bool = True) -> None:
        """Show as many columns as the terminal has room for; not styled, before there are any."""
        width, height = self.app.size
        self.session.have_room(3 if width >= THREE_COLUMNS else 2)
        classes = {
            "-narrow": width < _BOTH_SIDES,
            "-wide": width >= THREE_COLUMNS,
            "-low": height < _LOW,
            "-tall": height >= _TALL,
        }
        self.update_classes(classes, update=is_styled)

    def _look(self, *, is_styled: bool = True) -> list[Line]:
        """Make room for the side with the keys, and for the message; returns its lines."""
        # A refusal names the value found and those allowed: often two lines.
        text, role = self.session.message
        lines = wrapped(text, self.app.size.width - 2, 3)
        classes = {
            "-results": self.session.on_results,
            "-long-message": len(lines) == 2,
            "-longer-message": len(lines) > 2,
        }
        self.update_classes(classes, update=is_styled)
        return [((f" {line}", role),) for line in lines]

    def on_sheet_sized(self) -> None:
        """Draw a side newly in sight, or of another width."""
        self.draw()

    def take_key(self, event: events.Key) -> bool:
        """Follow a key: as typing, or as an action of the table."""
        character = event.character if event.is_printable else None
        if (taker := self.session.next_key) is not None:
            self.session.next_key = None
            self.session.run(lambda: taker(event.key))
            return True
        parameters, name = self.session.parameters, None
        if not self.session.on_results and parameters.name:
            name = parameters.typing.press(parameters.name, event.key, character)
        if name is None:
            name = self._action_of.get(event.key)
        if name:
            self.perform(name)
        elif name is not None:
            self.draw()
        return name is not None

    @property
    def is_typed_in(self) -> bool:
        """Whether letters go into a field's row."""
        return self.session.parameters.typing.editing is not None

    def cannot_undo(self, key: str) -> bool:
        """Whether what a key does cannot be undone."""
        name = self._action_of.get(key)
        return name is not None and BY_NAME[name].is_final

    def look_for(self, word: str) -> None:
        """Find anything, with a word typed already."""
        self.session.run(lambda: self._finder.look_for(word))

    def on_paste(self, event: events.Paste) -> None:
        """Paste into the row being edited, or begin an edit with it; elsewhere say where to."""
        parameters = self.session.parameters
        if not self.session.on_results and parameters.name:
            parameters.typing.paste(parameters.name, event.text)
        else:
            self.session.say("What is pasted goes into a field of the parameters.")
        self.draw()

    def perform(self, name: str) -> None:
        """Run an action of the table; text being typed is kept first, unless typing goes on."""
        self.session.performed.append(name)
        if not BY_NAME[name].leaves_typing:
            self.session.parameters.typing.end(keep=True)
        self.session.run(self._do[name])

    def draw(self) -> None:
        """Show the session; every block repaints only its changed cells."""
        session, document = self.session, self.session.document
        width = self.app.size.width
        session.parameters.keep_focus_visible()
        session.say_news()
        self._message.show(self._look())
        self._title.show([title_line(document, width)])
        self._hints.show([self._hint_line(width)])
        self._summary.show([summary_line(document, width)])
        self._draw_sides()
        if document.is_keeping_owed:
            self.call_after_refresh(self._keep)

    def _keep(self) -> None:
        """Keep the step that is on the screen now; says if it cannot be kept, or can again."""
        journal = self.session.document.journal
        before = journal.problem if journal else ""
        self.session.document.keep_owed()
        if journal and journal.problem != before:
            self.draw()

    def _hint_line(self, width: int) -> Line:
        depends_on = self.is_typed_in, self.session.on_results, width
        if self._hinted is None or self._hinted[0] != depends_on:
            self._hinted = depends_on, hint_line(self._keys, *depends_on)
        return self._hinted[1]

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        """Leave the first frame as it is: Textual would lay it out and draw it twice again.

        Later, go on with what was put off under another screen.
        """
        event.prevent_default()
        is_first = not self._is_drawn
        super()._on_screen_resume(event)
        if is_first and self._is_drawn:
            for widget in self.walk_children(Widget, with_self=True):
                widget._layout_required = widget._repaint_required = False
        if self._is_drawn and self._due:
            self._wait_for_rest()

    def _compositor_refresh(self) -> None:
        """Draw before the first frame, as it is laid out: an empty one costs as much."""
        if not self._is_drawn:
            self._is_drawn = True
            self.draw()
        super()._compositor_refresh()

    def _draw_sides(self, *, is_rested: bool = False) -> None:
        """Draw each column; the board, unless keys go there, only once they rest."""
        session = self.session
        waits = False
        for index, side in enumerate(session.sides):
            width = side.sheet.size.width
            # Just shown in place of the parameters, it has no width yet, and keys may be waiting.
            if index == session.at:
                width = width or session.parameters.sheet.size.width
            elif side is session.board and session.board.is_behind and width and not is_rested:
                waits = True
                continue
            if width:
                side.draw(width, has_keys=index == session.at)
        if waits or (self._due and not is_rested):
            self._wait_for_rest()

    @property
    def _due(self) -> list[Written]:
        """The pages in sight of which something has yet to be worked out."""
        sides = (self.session.pages, self.session.board)
        # A page in the place of the parameters has yet to get its width.
        in_sight = [side for side in sides if side.sheet.size.width or side is self.session.side]
        return [written for side in in_sight for written in side.due]

    def _wait_for_rest(self) -> None:
        """Work out what is due once no key has come for a while."""
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(_REST, self._work_beside)

    def _work_beside(self) -> None:
        """Draw what keys did not wait for, and work out the rest beside the screen.

        Not under another screen: what that computes is wanted first.
        """
        if self._take_rest():
            self._draw_sides(is_rested=True)
            if self.is_active:
                self._works.begin(self, self._due)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what was worked out."""
        if event.worker.group == GROUP and event.state is WorkerState.SUCCESS:
            self.draw()

    def on_unmount(self) -> None:
        """Let no thread work for a screen that is gone."""
        self._works.give_up()

    def rest(self) -> None:
        """Work out at once what waits for keys to rest, and show it."""
        if self._take_rest():
            self._draw_sides(is_rested=True)
            self._works.do_now(self._due)
            self.draw()

    def on_click(self, event: events.Click) -> None:
        """Go to the column that was clicked, and to the row or the tab."""
        x, y = event.screen_x, event.screen_y
        for index, side in enumerate(self.session.sides):
            sheet, tabs = side.sheet.region, side.tabs.region
            if sheet.contains(x, y):
                self._go_beside(index, partial(side.put, y - sheet.y))
            elif tabs.contains(x, y) and y == tabs.y:
                self._go_beside(index, partial(side.turn_to, x - tabs.x))

    def on_sheet_wheeled(self, event: Sheet.Wheeled) -> None:
        """Go up or down in the column under the mouse."""
        for index, side in enumerate(self.session.sides):
            if side.sheet is event.sheet:
                self._go_beside(index, partial(side.move, event.rows))

    def _go_beside(self, index: int, does: Callable[[], None]) -> None:
        """Go to a column by the mouse, and do something there; what is typed is kept."""
        self.session.parameters.typing.end(keep=True)
        self.session.at = index
        self.session.run(does)

    def on_sheet_dragged(self, event: Sheet.Dragged) -> None:
        """Nudge the field along whose row the mouse is drawn."""
        if event.sheet is self.session.parameters.sheet:
            self.session.on_results = False
            self.session.parameters.put(event.row)
            self.perform("nudge_up" if event.step > 0 else "nudge_down")

    def _take_rest(self) -> bool:
        """Whether something waits for keys to rest; it waits no longer."""
        resting, self._resting = self._resting, None
        if resting is not None:
            resting.stop()
        return resting is not None


def methods(
    session: Session,
    keys: Keymap,
    perform: Callable[[str], None],
    opening: Opening,
    claims: ClaimsList,
    finder: Finder,
) -> dict[str, Callable[[], None]]:
    """Each action of the table by name: the method of that name in its group."""
    why = WhyActions(session, claims)
    files = FileActions(session, keys, perform, opening)
    groups: dict[Group, object] = {
        "move": MoveActions(session),
        "find": FindActions(finder),
        "edit": EditActions(session, why.explain, files.use_panel),
        "keep": KeepActions(session),
        "why": why,
        "file": files,
    }
    return {action.name: getattr(groups[action.group], action.name) for action in ACTIONS}
