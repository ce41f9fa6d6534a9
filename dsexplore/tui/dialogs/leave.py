"""Leaving with unsaved work: save it, keep it for the next session, discard it, or stay."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import OptionList

from dsexplore.document.document import Document
from dsexplore.text.plain import clean
from dsexplore.tui.dialogs.dialog import Dialog
from dsexplore.tui.dialogs.words import Option


class LeaveDialog(Dialog):
    """The answer is save, keep, discard, or None to stay."""

    def __init__(self, document: Document) -> None:
        super().__init__(f"{clean(document.name)} has unsaved changes.")

    def content(self) -> ComposeResult:
        """The answers."""
        yield OptionList(
            Option("Keep them for the next session, and leave", id="keep"),
            Option("Save to a file, and leave", id="save"),
            Option("Discard them, and leave", id="discard"),
            Option("Stay", id="stay"),
            markup=False,
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        self.dismiss(event.option.id)
