"""Asking for an amount in the unit of a result."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Input

from dsexplore.text.quantities import UnitError, parse_quantity
from dsexplore.tui.dialogs.dialog import Dialog, said
from dsexplore.tui.dialogs.words import Said, TypedLine


class AmountDialog(Dialog):
    """A line to type an amount in. The answer is what was typed, once it can be read."""

    def __init__(self, prompt: str, unit: str) -> None:
        super().__init__(prompt)
        self._unit = unit

    def content(self) -> ComposeResult:
        """The typed amount, and why it is none."""
        yield TypedLine(placeholder="an amount, with its unit", id="amount")
        yield said("", "problem", id="problem")
        yield said("Enter takes it, Escape leaves.")

    def on_mount(self) -> None:
        """Begin in the line."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the amount, if it is one."""
        typed = event.value.strip()
        try:
            parse_quantity(typed, self._unit)
        except UnitError as error:
            self.query_one("#problem", Said).update(f"{error}.")
            return
        self.dismiss(typed)
