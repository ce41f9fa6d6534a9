"""Input in the order typed: each key goes to the screen on top when its turn comes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from textual.app import App

Turn = Callable[[], Awaitable[None] | None]

# Turns of the event loop that others get between two looks: most keys need fewer than the first,
# a new screen waits for its layout, and nothing may hold the keys for good.
_AT_ONCE, _MOST = 50, 1000
_PAUSE = 0.002


class TypedAhead:
    """Keys, pastes and mouse events that wait until the one before has done all it does.

    Textual hands a key to the widget that has the focus when the key arrives. Of keys that arrive
    together, the second would still go to a dialog that the first one closes, or miss the one that
    it opens.
    """

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._waiting: deque[Turn] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether everything that arrived has done all it does."""
        return self._task is None

    def add(self, turn: Turn) -> None:
        """Let something happen after all that arrived before."""
        self._waiting.append(turn)
        if self._task is None:
            self._task = asyncio.create_task(self._take_turns())

    async def _take_turns(self) -> None:
        try:
            await self._settle()
            # What was typed behind the key that ends the program goes nowhere.
            while self._waiting and self._app.return_code is None:
                # By the app's own loop, which reports an error as it does any other.
                self._app.call_later(self._waiting.popleft())
                await self._settle()
        finally:
            self._task = None

    async def _settle(self) -> None:
        """Wait until nobody has a message left, and the screen on top is laid out."""
        for turn in range(_MOST):
            await asyncio.sleep(0 if turn < _AT_ONCE else _PAUSE)
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
