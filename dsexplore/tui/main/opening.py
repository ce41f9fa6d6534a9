"""Opening a preset or a file in the explorer, and what is said of it."""

from __future__ import annotations

from dsexplore.document.changes import differences_text
from dsexplore.tui.keys.actions import shown_key
from dsexplore.tui.keys.keymap import Keymap
from dsexplore.tui.main.session import Session


class Opening:
    """Opens by name; says which unsaved changes come along, and which stay behind, kept."""

    def __init__(self, session: Session, keys: Keymap) -> None:
        self._session = session
        self._document = session.document
        self._keys = keys

    def open(self, name: str) -> None:
        """Open a preset or a file by its name or path."""
        if name:
            self._session.say(self._open(name))

    def _open(self, name: str) -> str:
        left = self._document.state
        self._document.open(name)
        opened = f"Opened {self._document.name}"
        if self._document.is_modified:
            before = self._document.as_settled(self._document.state)
            differs = differences_text(self._document.scenario, before)
            by_key = [f" {shown_key(key)} gives them up." for key in self._keys["recover"][:1]]
            return f"{opened} with its unsaved changes, {differs}.{''.join(by_key)}"
        if any(left.place == unsaved.place for unsaved in self._document.unsaved()):
            return f"{opened}; {left.current.name} keeps its unsaved changes."
        return f"{opened}."
