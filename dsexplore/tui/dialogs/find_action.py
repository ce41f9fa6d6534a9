"""Finding an action by its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dsexplore.tui.dialogs.pick import NarrowDialog
from dsexplore.tui.keys.actions import ACTIONS, shown_key
from dsexplore.tui.keys.keymap import Keymap


@dataclass(frozen=True, slots=True)
class _Listed:
    """An action: its title and keys, and its help to choose it by."""

    name: str
    kind: str
    title: str
    answer: str

    def preview(self) -> str:
        """Its help."""
        return self.title


class FindAction(NarrowDialog):
    """Every action of the table. The answer is an action's name."""

    def __init__(self, keys: Keymap) -> None:
        super().__init__("Find an action")
        self._listed = [
            _Listed(
                action.title,
                " ".join(shown_key(key) for key in keys[action.name]),
                action.help,
                action.name,
            )
            for action in ACTIONS
        ]

    def entries(self, typed: str) -> Iterator[_Listed]:
        """All of them."""
        yield from self._listed
