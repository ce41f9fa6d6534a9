"""Asking for one line: it is read as typed, or refused in words."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.widgets import Input

from dsexplore.tui.dialogs.dialog import Dialog, said
from dsexplore.tui.dialogs.words import Said, TypedLine


class TypedDialog(Dialog):
    """A line to type in. The answer is the typed text, once `problem_of` finds none in it."""

    def __init__(
        self, prompt: str, problem_of: Callable[[str], str], placeholder: str = "", typed: str = ""
    ) -> None:
        super().__init__(prompt)
        self._problem_of = problem_of
        self._placeholder = placeholder
        self._typed = typed

    def content(self) -> ComposeResult:
        """The typed line, and what is wrong with it."""
        yield TypedLine(self._typed, placeholder=self._placeholder, id="line")
        yield said("", "problem", id="problem")
        yield said("Enter takes it, Escape leaves.")

    def on_mount(self) -> None:
        """Begin in the line."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the line, if it can be read."""
        typed = event.value.strip()
        if problem := self._problem_of(typed):
            self.query_one("#problem", Said).update(problem)
        else:
            self.dismiss(typed)
