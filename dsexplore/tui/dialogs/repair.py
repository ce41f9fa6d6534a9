"""Choosing what makes the links of a layout agree, each with what it changes."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import OptionList

from dsexplore.analysis.search.repairs import Repair, repairs
from dsexplore.document.document import Document
from dsexplore.engine.names import BROKEN_LINK, in_words
from dsexplore.scenario.field import value_text
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.plain import clean
from dsexplore.tui.dialogs.dialog import Dialog, said
from dsexplore.tui.dialogs.words import Choices, Option
from dsexplore.tui.keys.actions import key_of
from dsexplore.tui.keys.keymap import Keymap
from dsexplore.tui.widgets.lines import in_full

# What a repair comes to.
_SHOWN = {
    "step_time": "step",
    "memory_per_gpu": "memory",
    "data_parallel": "copies",
    "micro_batches": "micro-batches",
}
# Cells beside the fields of a repair for what it comes to.
_LEAST = 30
# Of a line of the dialog: its most cells, its share of the screen, and its frame.
_WIDEST, _SHARE, _FRAME = 100, 0.94, 7
_NONE = "No values near these make the links agree. {search} searches every layout."


class RepairDialog(Dialog):
    """The repairs, the nearest first; Enter takes one. The answer is a sentence on it."""

    def __init__(self, document: Document, keys: Keymap) -> None:
        super().__init__(clean(str(document.results[BROKEN_LINK])))
        self._document = document
        self._keys = keys
        self._repairs = repairs(document.scenario)
        # A field that was changed, once a repair is taken.
        self.changed = ""

    def content(self) -> ComposeResult:
        """A line for each."""
        if not self._repairs:
            yield said(_NONE.format(search=key_of(self._keys, "search")))
            return
        room = min(_WIDEST, int(_SHARE * self.app.size.width)) - _FRAME
        names = [self._fields_text(each) for each in self._repairs]
        widest = max(map(len, names))
        if room - widest - 2 >= _LEAST:
            options = [
                Option(f"{name:<{widest}}  {_results_text(each, room - widest - 2)}")
                for name, each in zip(names, self._repairs, strict=True)
            ]
        else:  # what it comes to stands under it
            options = [
                Option(*in_full(name, room), f"  {_results_text(each, room - 2)}")
                for name, each in zip(names, self._repairs, strict=True)
            ]
        yield Choices(*options)
        yield said("Enter takes one, Escape leaves the layout as it is.")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take it."""
        chosen = self._repairs[event.option_index]
        words = self._fields_text(chosen)
        self._document.take(chosen.fields, words)
        self.changed = next(iter(chosen.fields))
        self.dismiss(f"{words}: the links agree. Undo takes it back.")

    def _fields_text(self, repair: Repair) -> str:
        return ", ".join(
            f"{FIELDS[name].label} {clean(self._document.field_shown(name))} → "
            f"{value_text(FIELDS[name], value)}"
            for name, value in repair.fields.items()
        )


def _results_text(repair: Repair, room: int) -> str:
    """As many results as there are cells for."""
    text = ""
    for name, word in _SHOWN.items():
        more = f"{text}{'  ' if text else ''}{word} {in_words(name, repair.results[name], 3)}"
        if len(more) > room:
            break
        text = more
    return text
