"""Typing in a row: which keys begin an edit, belong to it and end it."""

from __future__ import annotations

from typing import Protocol

from dsexplore.tui.main.edit_buffer import EditBuffer

BEGINNERS = "0123456789+-$("
_ENDERS = {"enter", "escape", "up", "down", "tab", "shift+tab", "pageup", "pagedown"}


class RowEditor(Protocol):
    """Who is told of an edit."""

    def begin_typing(self, first: str) -> None:
        """Text that begins an edit was typed or pasted."""

    def follow_typing(self) -> None:
        """The text of the edit changed, or its cursor moved."""

    def end_typing(self, key: str) -> None:
        """A key ends the edit: enter, escape, or one that goes elsewhere."""


class RowTyping:
    """Knows which keys belong to an edit; what is edited is its editor's business."""

    def __init__(self, editor: RowEditor) -> None:
        self.editing: EditBuffer | None = None
        self._editor = editor

    def press(self, key: str, character: str | None) -> bool:
        """Follow a key; say whether it was typing. A key that prints nothing has no character."""
        if self.editing is None:
            if not character or character not in BEGINNERS:
                return False
            self._editor.begin_typing(character)
        elif key in _ENDERS:
            self._editor.end_typing(key)
        elif self.editing.press(key):
            self._editor.follow_typing()
        elif character:
            self.editing.insert(character)
            self._editor.follow_typing()
        else:
            return False
        return True

    def paste(self, pasted: str) -> None:
        """Take the first line of what is pasted."""
        text = pasted.strip().partition("\n")[0]
        if text and self.editing is None:
            self._editor.begin_typing(text)
        elif text and self.editing is not None:
            self.editing.insert(text)
            self._editor.follow_typing()
