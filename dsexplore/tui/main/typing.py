"""Typing in a row: which keys begin, continue and end an edit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dsexplore.document.document import Document
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.shown_unit import in_shown_unit
from dsexplore.tui.keys.actions import key_of
from dsexplore.tui.main.edit_buffer import LONGEST, EditBuffer
from dsexplore.tui.widgets.lines import Role

BEGINNERS = "0123456789+-$("
# Keys ending an edit, and the action each goes on to.
_ENDERS = {
    "enter": "",
    "escape": "",
    "up": "row_up",
    "down": "row_down",
    "tab": "other_side",
    "shift+tab": "side_before",
    "pageup": "page_up",
    "pagedown": "page_down",
}
_NOT_IN_FORCE = "Not in force; the value before it stays."


class RowTyping:
    """The text being typed in a field's row. The document follows it at every key."""

    def __init__(
        self,
        document: Document,
        say: Callable[[str, Role], None],
        keys: Mapping[str, Sequence[str]],
    ) -> None:
        self.editing: EditBuffer | None = None
        self._document = document
        self._say = say
        self._keys = keys
        self._field = ""
        # The value on the row before it is typed over: a bare number is in its unit.
        self._shown = ""

    def press(self, field: str, key: str, character: str | None) -> str | None:
        """Follow a key; `character` is None for one without a printable character.

        Returns the name of the action to go on to, empty for none, or None where the key was no
        typing at all.
        """
        if self.editing is None:
            if not character or character not in BEGINNERS:
                return None
            self._begin_with(field, character)
        elif key in _ENDERS:
            self.end(keep=key != "escape")
            return _ENDERS[key]
        elif self.editing.press(key):
            self._follow(self.editing.text)
        elif character:
            self._insert(self.editing, character)
        else:
            return None
        return ""

    def paste(self, field: str, pasted: str) -> None:
        """Type the first pasted line, and say of the others that they are left out."""
        text, *others = [line.strip() for line in pasted.splitlines() if line.strip()] or [""]
        if text and self.editing is None:
            self._begin_with(field, text)
        elif text and self.editing is not None:
            self._insert(self.editing, text)
        if others and self.editing is not None:
            left_out = "1 more line is" if len(others) == 1 else f"{len(others)} more lines are"
            self._say(f"A field takes one line: {left_out} left out. esc reverts it.", "problem")

    def begin(self, field: str) -> None:
        """Edit the text on the row, all of it selected."""
        draft = self._document.drafts.get(field)
        text = draft.text if draft else self._document.field_text(field)
        self._field, self.editing = field, EditBuffer.over(text)
        self._shown = self._document.field_shown(field)
        self._say("", "plain")

    def end(self, *, keep: bool) -> None:
        """Keep the typed text, or put the old value back."""
        if self.editing is None:
            return
        self.editing = None
        if keep:
            self._document.commit()
        else:
            self._document.revert(self._field)
        self._say(_NOT_IN_FORCE if self._field in self._document.drafts else "", "problem")

    def _begin_with(self, field: str, text: str) -> None:
        spec = FIELDS[field]
        if spec.kind in ("choice", "boolean"):
            lower, raise_ = (key_of(self._keys, name) for name in ("nudge_down", "nudge_up"))
            change = f"{lower} and {raise_} change it."
            self._say(f"{spec.label}: {spec.range_hint()}; {change}", "plain")
            return
        if spec.picks:
            key = key_of(self._keys, "edit")
            self._say(f"{spec.label} is chosen from a list; press {key}.", "plain")
            return
        self._field, self.editing = field, EditBuffer.over("")
        self._shown = self._document.field_shown(field)
        self._insert(self.editing, text)

    def _insert(self, editing: EditBuffer, text: str) -> None:
        is_whole = editing.insert(text)
        self._follow(editing.text)
        if not is_whole:
            self._say(f"A field takes {LONGEST} characters: the rest is left out.", "problem")

    def _follow(self, text: str) -> None:
        """Apply the typed text at once, or say why not."""
        read = in_shown_unit(text, self._shown)
        problem = self._document.type(self._field, read)
        if problem:
            self._say(_NOT_IN_FORCE, "problem")
        else:
            self._say("" if read == text else f"Read as {read}, the unit shown.", "plain")
