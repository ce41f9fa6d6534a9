"""The parameters' sheet: keys typed in a row go to its edit, all others to the screen."""

from __future__ import annotations

from typing import Protocol

from textual import events

from dsexplore.tui.edit_buffer import EditBuffer
from dsexplore.tui.widgets.line_block import Sheet

BEGINNERS = "0123456789+-$("
_ENDERS = {"enter", "escape", "up", "down", "tab", "shift+tab", "pageup", "pagedown"}


class RowEditor(Protocol):
    """Who is told of an edit, at once: keys may come faster than messages are delivered."""

    def begin_typing(self, first: str) -> None:
        """Text that begins an edit was typed or pasted."""

    def follow_typing(self) -> None:
        """The text of the edit changed, or its cursor moved."""

    def end_typing(self, key: str) -> None:
        """A key ends the edit: enter, escape, or one that goes elsewhere."""


class ParameterSheet(Sheet):
    """Knows which keys belong to an edit; what is edited is its editor's business."""

    def __init__(self, id: str, editor: RowEditor) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self.editing: EditBuffer | None = None
        self._editor = editor

    async def _on_key(self, event: events.Key) -> None:
        if self.editing is None:
            if event.character and event.character in BEGINNERS:
                self._take(event)
                self._editor.begin_typing(event.character)
        elif event.key in _ENDERS:
            self._take(event)
            self._editor.end_typing(event.key)
        elif self.editing.press(event.key):
            self._take(event)
            self._editor.follow_typing()
        elif event.is_printable and event.character:
            self._take(event)
            self.editing.insert(event.character)
            self._editor.follow_typing()

    def _on_paste(self, event: events.Paste) -> None:
        text = event.text.strip().partition("\n")[0]
        event.stop()
        if not text:
            return
        if self.editing is None:
            self._editor.begin_typing(text)
        else:
            self.editing.insert(text)
            self._editor.follow_typing()

    @staticmethod
    def _take(event: events.Key) -> None:
        event.stop()
        event.prevent_default()
