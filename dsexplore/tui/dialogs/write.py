"""Writing a scenario's title and description, and the note on a field."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from dsexplore.document.document import Document
from dsexplore.scenario.reading import LONGEST_WORDS
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.plain import clean
from dsexplore.tui.dialogs.dialog import Dialog, said
from dsexplore.tui.dialogs.words import TypedLine

_TITLE, _DESCRIPTION, _NOTE = "title", "description", "note"
_NEXT = {"down": 1, "up": -1, "tab": 1, "shift+tab": -1}


class WriteDialog(Dialog):
    """A line each for title, description and a field's note. The answer is what was written."""

    def __init__(self, document: Document, field: str) -> None:
        """`field` is the one whose note is written; empty for none."""
        super().__init__(f"The words of {document.name}")
        self._document = document
        self._field = field
        scenario = document.scenario
        self._before = {_TITLE: scenario.title, _DESCRIPTION: scenario.description}
        if field:
            self._before[_NOTE] = scenario.notes.get(field, "")

    def content(self) -> ComposeResult:
        """Each line under what it is."""
        names = {
            _TITLE: "Title",
            _DESCRIPTION: "Description, of the values as they are now",
            _NOTE: f"Note on {FIELDS[self._field].label}" if self._field else "",
        }
        for key, text in self._before.items():
            yield said(names[key])
            yield TypedLine(text, id=key, max_length=LONGEST_WORDS)
        yield said("↑↓ go from line to line, Enter takes them all, Escape leaves.")

    def on_mount(self) -> None:
        """Begin in the first line."""
        self.query_one(Input).focus()

    def on_key(self, event: events.Key) -> None:
        """Go to another line."""
        if event.key in _NEXT:
            lines = [*self.query(Input)]
            at = next((place for place, line in enumerate(lines) if line.has_focus), 0)
            lines[(at + _NEXT[event.key]) % len(lines)].focus()
            event.stop()

    def on_input_submitted(self) -> None:
        """Take what is written in all lines."""
        words = {key: self._written(key) for key in self._before}
        notes = {self._field: words[_NOTE]} if self._field else {}
        self._document.set_words(words[_TITLE], words[_DESCRIPTION], notes)
        is_new = words != self._before
        self.dismiss("Written; saving keeps it with the scenario." if is_new else "")

    def _written(self, key: str) -> str:
        """A line as it stands; one that nobody touched as it was, line breaks and all."""
        text = self.query_one(f"#{key}", Input).value.strip()
        before = self._before[key]
        return before if text == clean(before).strip() else text
