"""The explorer as a user has it, without a terminal: keys in, what the screen shows out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from textual import events
from textual._context import visible_screen_stack
from textual._xterm_parser import XTermParser
from textual.keys import _character_to_key
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip

from dsexplore.document.document import Document
from dsexplore.scenario.scenario import FIELDS, PANELS
from dsexplore.tui.app import ExplorerApp
from dsexplore.tui.main.edit_buffer import EditBuffer
from dsexplore.tui.main.screen import MainScreen
from dsexplore.tui.pages.pages import PAGES
from dsexplore.tui.screens.computing import ComputingScreen
from dsexplore.tui.widgets.line_block import LineBlock, Sheet
from dsexplore.tui.widgets.lines import Line

NARROW, WIDE = (80, 24), (120, 40)
# A guard against a test that hangs, not a promise, in seconds.
GUARD = 120

# Turns of the event loop without a message, after which none is on its way.
_QUIET = 8
# Seconds between two looks at what threads do.
_LOOK = 0.001


def text_of(line: Line) -> str:
    return "".join(text for text, _ in line)


def _key_event(key: str) -> events.Key:
    """A key as Textual's driver sends it: a name or a character."""
    name = _character_to_key(key) if len(key) == 1 else key
    character = key if len(key) == 1 else CHARACTERS.get(key)
    return events.Key(name, character)


def _at_once(typed: Sequence[Message]) -> Sequence[Message]:
    """Events of one read, which are of one moment whenever each of them was made."""
    for event in typed:
        event.time = typed[0].time
    return typed


def keys_of(keys: Sequence[str]) -> Sequence[Message]:
    """Keys as a terminal sends them together."""
    return _at_once([_key_event(key) for key in keys])


# Keys with a name and a character.
CHARACTERS = {
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "full_stop": ".",
    "comma": ",",
    "question_mark": "?",
    "space": " ",
}


@dataclass
class Explorer:
    """The explorer as a user has it: keys in, what the screen shows out."""

    pilot: Pilot[None]
    app: ExplorerApp
    # Whether a test has looked at the screen as it is now.
    is_seen: bool = False

    @property
    def main(self) -> MainScreen:
        return self.app.main

    @property
    def document(self) -> Document:
        return self.app.document

    @property
    def parameters(self) -> Sheet:
        return self.main.query_one("#parameters", Sheet)

    @property
    def editing(self) -> EditBuffer | None:
        return self.main.session.parameters.typing.editing

    @property
    def results(self) -> Sheet:
        return self.main.query_one("#results", Sheet)

    async def press(self, *keys: str) -> None:
        """Keys as fast as a terminal can send them; then what they lead to."""
        for event in keys_of(keys):
            self.app.post_message(event)
        await self.settle()

    async def type(self, text: str) -> None:
        await self.press(*text)

    async def burst(self, typed: str) -> None:
        """What a terminal sends, read at once; then what it leads to."""
        for event in _at_once([*XTermParser().feed(typed)]):
            self.app.post_message(event)
        await self.settle()

    async def paste(self, text: str) -> None:
        self.app.post_message(events.Paste(text))
        await self.settle()

    async def settle(self) -> None:
        """Wait until nobody has a message left.

        Textual's own wait sleeps 60 ms for each key, and takes a process that waits for a
        processor for one that is done.
        """
        self.is_seen = False
        for _ in range(3):
            quiet = 0
            async with asyncio.timeout(GUARD):
                while quiet < _QUIET:
                    # A thread works no faster for being looked at all the time.
                    await asyncio.sleep(_LOOK if self._is_at_work() else 0)
                    quiet = 0 if self._is_busy() else quiet + 1
            if self.app._running:
                # What waits for keys to rest is worked out now.
                self.main.rest()
                self.app.end_word()
                self.app.screen._on_timer_update()
            await asyncio.sleep(0)

    def _is_busy(self) -> bool:
        if not self.app.typed_ahead.is_empty:
            return True
        there = self.app._registry if self.app._running else ()
        return self._is_at_work() or any(
            not pump._message_queue.empty() for pump in (self.app, *there)
        )

    def _is_at_work(self) -> bool:
        # What is computed beside a screen is waited for by `computed` alone.
        works = [work for work in self.app.workers if not isinstance(work.node, ComputingScreen)]
        return any(not work.is_finished for work in works)

    async def computed(self) -> ComputingScreen:
        """Wait until the screen on top has computed what it shows, or was stopped."""
        screen = self.app.screen
        assert isinstance(screen, ComputingScreen)
        async with asyncio.timeout(GUARD):
            while screen.running:
                await asyncio.sleep(0.01)
        await self.settle()
        return screen

    async def resize(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        # Longer than Textual waits for more of them.
        await asyncio.sleep(0.02)
        await self.settle()

    # Where the user is

    @property
    def field(self) -> str:
        return self.main.session.parameters.name

    @property
    def on_results(self) -> bool:
        return self.main.session.on_results

    @property
    def panel(self) -> str:
        return self.main.session.parameters.table

    @property
    def page(self) -> str:
        return PAGES[self.main.session.results.shown].title

    async def go_to(self, field: str) -> None:
        """Walk to a field with the keys that lead there."""
        table = FIELDS[field].table
        for _ in range(len(PANELS)):
            if self.panel != table:
                await self.press("n")
        assert self.panel == table
        if field not in self.listed:
            await self.press("i")
        await self.press("home")
        while self.field != field:
            before = self.field
            await self.press("down")
            assert self.field != before, f"{field} is not on its panel"

    async def go_to_result(self, name: str) -> None:
        """Walk down the page to a result."""
        if not self.on_results:
            await self.press("tab")
        for _ in self.result_lines:
            if self.cursor != name:
                await self.press("down")
        assert self.cursor == name, f"{name} is not on this page"

    async def show_page(self, title: str) -> None:
        """Turn to a page of results, from either side; where there is one side, go over."""
        if not self.results.size.width:
            await self.press("tab")
        for _ in range(len(PAGES)):
            if self.page != title:
                await self.press("v")
        assert self.page == title

    # What the screen says

    @property
    def screen(self) -> list[str]:
        """Every line of the screen as the compositor draws it."""
        return [strip.text for strip in self.strips]

    @property
    def strips(self) -> list[Strip]:
        """The screen as the compositor draws it, and what lies behind a dialog."""
        self.is_seen = True
        visible_screen_stack.set(self.app._background_screens)
        return self.app.screen._compositor.render_strips(self.app.size)

    @property
    def shown(self) -> str:
        return "\n".join(self.screen)

    @property
    def message(self) -> str:
        lines = self.main.query_one("#message", LineBlock).lines
        return " ".join(text_of(line).strip() for line in lines)

    @property
    def title(self) -> str:
        return text_of(self.main.query_one("#title", LineBlock).lines[0])

    @property
    def listed(self) -> list[str]:
        """The fields that the panel lists, those scrolled out of sight included."""
        return self.main.session.parameters.listed

    @property
    def row(self) -> str:
        """The focused row."""
        return next(line for line in map(text_of, self.parameters.lines) if line.startswith("▸"))

    @property
    def result_lines(self) -> list[str]:
        return [text_of(line) for line in self.results.lines]

    @property
    def parameter_lines(self) -> list[str]:
        return [text_of(line) for line in self.parameters.lines]

    @property
    def help_lines(self) -> list[str]:
        """What is said about the focused field at the foot of the panel."""
        return [text_of(line) for line in self.main.query_one("#help", LineBlock).lines]

    def result(self, label: str) -> str:
        """The line of a result, whether or not the cursor is on it."""
        return next(line for line in self.result_lines if line[1:].startswith(label))

    @property
    def cursor(self) -> str:
        """What the results' cursor is on."""
        return self.main.session.results.name


Start = Callable[..., AbstractAsyncContextManager[Explorer]]
