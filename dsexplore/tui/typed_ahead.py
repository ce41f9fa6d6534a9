"""Input in the order typed: each key goes to the screen on top when its turn comes."""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

from textual import events
from textual.app import App
from textual.screen import Screen

from dsexplore.tui.link.screen import WholeScreen

# So often others get a turn before a look whether they are done: at once for most keys, after a
# pause where a new screen waits for its layout. Nothing may hold the keys for good.
_AT_ONCE, _MOST = 50, 1000
_PAUSE = 0.002
# So many keys are followed between two frames.
_RUN = 50

Turn = events.Event | Callable[[], None]


class KeyTaker:
    """A screen that follows a key at once, so that of a run of keys only the outcome is drawn."""

    def take_key(self, event: events.Key) -> bool:
        """Do all that the key does; returns whether it does anything here."""
        raise NotImplementedError


class TypedAhead:
    """Keys, pastes and mouse events that wait until the one before has done all it does.

    Textual hands a key to the widget that has the focus when the key arrives. Of keys that arrive
    together, the second would still go to a dialog that the first one closes, or miss the one that
    it opens.
    """

    def __init__(
        self,
        app: App[None],
        hand_out: Callable[[events.Event], Awaitable[None]],
        sift: Callable[[events.Key], Sequence[events.Key]],
        is_sifted: Callable[[Screen[object]], bool],
    ) -> None:
        """Events go to a screen that takes them at once, or else to `hand_out`.

        `sift` gives the keys to follow now, of a screen that `is_sifted`: a key, none, or others
        that waited before it.
        """
        self._is_sifted = is_sifted
        self._sift = sift
        self._app = app
        self._hand_out = hand_out
        self._waiting: deque[Turn] = deque()
        self._task: asyncio.Task[None] | None = None
        self._is_taking = False

    @property
    def is_empty(self) -> bool:
        """Whether everything that arrived has done all it does."""
        return self._task is None

    async def take(self, event: events.Event) -> None:
        """Let an event come: at once where all that arrived before is done, or else after it."""
        self._waiting.append(event)
        if self._task is None and not self._is_taking and not self._is_busy():
            self._is_taking = True
            try:
                await self._take_run()
            finally:
                self._is_taking = False
        self._begin(settling=True)

    def add(self, turn: Turn) -> None:
        """Let an event come, or a step be taken, after all that arrived before."""
        self._waiting.append(turn)
        self._begin()

    def put_back(self, turns: Sequence[Turn]) -> None:
        """Let events that came before all that wait have their turn first."""
        self._waiting.extendleft(reversed(turns))
        self._begin()

    def _begin(self, *, settling: bool = False) -> None:
        if self._task is None and not self._is_taking and (self._waiting or settling):
            self._task = asyncio.create_task(self._take_turns())

    async def _take_turns(self) -> None:
        try:
            await self._settle()
            # What was typed behind the key that ends the program goes nowhere.
            while self._waiting and self._app.return_code is None:
                # By the app's own loop, which reports an error as it does any other.
                self._app.call_later(self._take_run)
                await self._settle()
        finally:
            self._task = None

    async def _take_run(self) -> None:
        """Take turns up to the first that may have others do something, and show what they did."""
        top = self._app.screen
        with _no_garbage_collected():
            await self._take_turns_of(top)
            # Of a run of keys only the outcome is drawn.
            is_last = not (self._waiting or self._app.message_queue_size)
            if is_last and isinstance(top, WholeScreen) and self._app.screen is top:
                top.show_now()

    async def _take_turns_of(self, top: Screen[object]) -> None:
        for _ in range(_RUN):
            if not self._waiting or self._app.screen is not top:
                return
            turn = self._waiting.popleft()
            if isinstance(turn, events.Key) and self._is_sifted(top):
                # As Textual does: a terminal where one types has the focus.
                self._app.app_focus = True
                now = self._sift(turn)
                if [*now] != [turn]:
                    self._waiting.extendleft(reversed(now))
                    continue
                if isinstance(top, KeyTaker) and top.take_key(turn):
                    continue
            if isinstance(turn, events.Event):
                await self._hand_out(turn)
            else:
                turn()
            return

    async def _settle(self) -> None:
        """Wait until nobody has a message left, and the screen on top is laid out."""
        for look in range(_MOST):
            await asyncio.sleep(0 if look < _AT_ONCE else _PAUSE)
            if not self._is_busy():
                return

    def _is_busy(self) -> bool:
        stack = self._app.screen_stack
        if not stack:
            return False
        top = stack[-1]
        if not (top.is_mounted and top.size):
            return True
        # Of a screen below, only what a dialog's answer leads to is on its way.
        pumps = (self._app, *stack[:-1], *top.walk_children(with_self=True))
        return any(pump.message_queue_size for pump in pumps)


@contextmanager
def _no_garbage_collected() -> Iterator[None]:
    """Let garbage lie until a frame is out."""
    was_collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collected:
            gc.enable()
