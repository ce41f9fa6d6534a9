"""Undo and redo: past states and undone ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

_State = TypeVar("_State")
# Each holds the panel that changed, about 15 kB.
_LONGEST = 500


@dataclass
class History(Generic[_State]):
    """A line of states; a new change forgets undone ones."""

    past: list[_State] = field(default_factory=list)
    future: list[_State] = field(default_factory=list)

    def push(self, before: _State) -> None:
        """Remember the state before a change."""
        self.past.append(before)
        del self.past[:-_LONGEST]
        self.future.clear()

    def undo(self, now: _State) -> _State | None:
        """The state before the last change; None if there is none."""
        return self._step(self.past, self.future, now)

    def redo(self, now: _State) -> _State | None:
        """The state last undone; None if there is none."""
        return self._step(self.future, self.past, now)

    def around(self, now: _State, state: _State) -> tuple[list[_State], list[_State]]:
        """The states before and after one of the line, each going away from it.

        Both are empty for a state that is not in the line.
        """
        if state is now:
            return self.past[::-1], self.future[::-1]
        line = [*self.past, now, *reversed(self.future)]
        at = next((index for index, found in enumerate(line) if found is state), None)
        return ([], []) if at is None else (line[:at][::-1], line[at + 1 :])

    @staticmethod
    def _step(source: list[_State], target: list[_State], now: _State) -> _State | None:
        if not source:
            return None
        target.append(now)
        return source.pop()
