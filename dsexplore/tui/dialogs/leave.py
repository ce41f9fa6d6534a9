"""Leaving with unsaved work: save it, keep it for the next session, give it up, or stay."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import OptionList

from dsexplore.document.changes import differences_text
from dsexplore.document.document import Document
from dsexplore.document.state import State
from dsexplore.tui.dialogs.dialog import Dialog, said
from dsexplore.tui.dialogs.words import Choices, Option


class LeaveDialog(Dialog):
    """Every unsaved document by name. The answer is keep, save, discard, stay or one's number."""

    def __init__(self, document: Document, problem: str = "") -> None:
        self._document = document
        self._unsaved = document.unsaved()
        self._problem = problem
        count = len(self._unsaved)
        who = f"{count} documents have" if count > 1 else f"{self._unsaved[0].current.name} has"
        super().__init__(f"{who} unsaved changes.")

    def content(self) -> ComposeResult:
        """The answers for all, and the documents."""
        if self._problem:
            yield said(self._problem, "problem")
        where = "each to a file" if len(self._unsaved) > 1 else "to a file"
        yield Choices(
            Option("Keep them for the next session, and leave", id="keep"),
            Option(f"Save {where}, and leave", id="save"),
            Option("Give them up, and leave", id="discard"),
            Option("Stay", id="stay"),
            *(
                Option(f"  {unsaved_text(self._document, unsaved)}", id=str(number))
                for number, unsaved in enumerate(self._unsaved)
            ),
        )
        yield said("Enter on a document asks about it alone, Escape stays.")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        self.dismiss(event.option.id)


class LeaveOneDialog(Dialog):
    """One unsaved document on the way out. The answer is save, discard or back."""

    def __init__(self, document: Document, unsaved: State) -> None:
        super().__init__(unsaved_text(document, unsaved, most=8))

    def content(self) -> ComposeResult:
        """The answers."""
        yield Choices(
            Option("Back", id="back"),
            Option("Save it to a file", id="save"),
            Option("Give its changes up", id="discard"),
        )

    def action_leave(self) -> None:
        """Go back to the question about all."""
        self.dismiss("back")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        self.dismiss(event.option.id)


def unsaved_text(document: Document, unsaved: State, most: int = 2) -> str:
    """An unsaved document of this session: its name, its claim, and what differs."""
    claim = f" ({unsaved.claim})" if unsaved.claim else ""
    return f"{unsaved.current.name}{claim}  {unsaved_differences(document, unsaved, most)}"


def unsaved_differences(document: Document, unsaved: State, most: int) -> str:
    """What differs in an unsaved document of this session, the first few fields by name."""
    return differences_text(unsaved.current.scenario, document.as_settled(unsaved), most)
