"""The parameters' sheet: keys typed in a row go to its edit, all others to the screen."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message

from dsexplore.tui.edit_buffer import EditBuffer
from dsexplore.tui.widgets.line_block import Sheet

_BEGINNERS = "0123456789.+-$("
_ENDERS = {"enter", "escape", "up", "down", "tab", "shift+tab", "pageup", "pagedown"}


class ParameterSheet(Sheet):
    """Turns keys into messages about one edit; what is edited is the screen's business."""

    @dataclass
    class Begin(Message):
        """A character that begins an edit was pressed."""

        first: str

    @dataclass
    class Typed(Message):
        """The text of the edit changed, or its cursor moved."""

        text: str

    @dataclass
    class Ended(Message):
        """A key that ends the edit: enter, escape, or one that goes elsewhere."""

        key: str

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self.editing: EditBuffer | None = None

    async def _on_key(self, event: events.Key) -> None:
        if self.editing is None:
            if event.character and event.character in _BEGINNERS:
                self._take(event)
                self.post_message(self.Begin(event.character))
            return
        if event.key in _ENDERS:
            self._take(event)
            self.post_message(self.Ended(event.key))
        elif self.editing.press(event.key):
            self._take(event)
            self.post_message(self.Typed(self.editing.text))
        elif event.is_printable and event.character:
            self._take(event)
            self.editing.insert(event.character)
            self.post_message(self.Typed(self.editing.text))

    def _on_paste(self, event: events.Paste) -> None:
        text = event.text.strip().split("\n")[0]
        event.stop()
        if self.editing is None:
            self.post_message(self.Begin(text))
        else:
            self.editing.insert(text)
            self.post_message(self.Typed(self.editing.text))

    @staticmethod
    def _take(event: events.Key) -> None:
        event.stop()
        event.prevent_default()
