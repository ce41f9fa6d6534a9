"""Asking for the values of a field to sweep over: typed, or a range from a list."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import Input, OptionList

from dsexplore.analysis.sweep.axis import read_axis
from dsexplore.analysis.sweep.ranges import Range
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.dialogs.dialog import TypingDialog, said
from dsexplore.tui.dialogs.words import Choices, Option, Said, TypedLine

# On one axis: more than any screen shows, and few enough to read at every key.
MOST_VALUES = 10_000
_FORMS = "LOW:HIGH:COUNT, LOW:HIGH:COUNT:log, LOW:HIGH:doubling, or a list: A, B, C"


class ValuesDialog(TypingDialog):
    """A line of values and ranges to take. The answer is the words behind `NAME=`."""

    def __init__(self, name: str, title: str, ranges: Sequence[Range], typed: str = "") -> None:
        super().__init__(f"Values of {title}")
        self._name = name
        self._ranges = ranges
        self._typed = typed

    def content(self) -> ComposeResult:
        """The typed values, the ranges, what is wrong with them."""
        yield TypedLine(self._typed, placeholder=_FORMS, id="values")
        yield Choices(*(Option(f"{each.values:<28}  {each.about}") for each in self._ranges))
        yield said("", id="count")
        yield said("↑↓ take a range, Enter sweeps over the values, Escape leaves them as they are.")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say how many values that is, or why it is none."""
        self._read(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the values, if they can be read."""
        if self._read(event.value):
            self.dismiss(event.value.strip())

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Put the range on the line."""
        self.query_one(Input).value = self._ranges[event.option_index].values

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take a range that was clicked."""
        self.dismiss(self._ranges[event.option_index].values)

    def _read(self, typed: str) -> bool:
        shown = self.query_one("#count", Said)
        if not typed.strip():
            shown.update(_FORMS)
            return False
        try:
            axis = read_axis(f"{self._name}={typed}", MOST_VALUES)
        except ScenarioError as error:
            shown.update(error.sentence())
            return False
        shown.update(f"{len(axis.values):,} values" if axis.values else "no value")
        return len(axis.values) > 0
