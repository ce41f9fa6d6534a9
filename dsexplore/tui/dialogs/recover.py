"""Recovering unsaved work of interrupted sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList

from dsexplore.document.document import Document
from dsexplore.document.journal import discard
from dsexplore.document.record import Unsaved
from dsexplore.text.plain import clean
from dsexplore.tui.dialogs.dialog import Dialog, said
from dsexplore.tui.dialogs.words import Option


class RecoverDialog(Dialog):
    """A list of unsaved work; Enter takes one over, d forgets it. The answer says what was done."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("d", "forget", "Forget", show=False)]

    def __init__(self, work: Sequence[Unsaved], document: Document) -> None:
        super().__init__("Unsaved work of interrupted sessions")
        self._work = list(work)
        self._document = document

    def content(self) -> ComposeResult:
        """The unsaved work, the newest first."""
        yield OptionList(*(Option(_line(work)) for work in self._work), markup=False)
        yield said("Enter recovers it, d forgets it, Escape leaves it.")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Recover it; undo goes back to the scenario before."""
        work = self._work[event.option_index]
        self._document.recover(work)
        self.dismiss(f"Recovered {_line(work)}.")

    def action_forget(self) -> None:
        """Forget the highlighted one."""
        options = self.query_one(OptionList)
        if options.highlighted is None:
            return
        index = options.highlighted
        discard(self._work.pop(index))
        options.remove_option_at_index(index)
        if not self._work:
            self.dismiss("Forgotten.")


def _line(work: Unsaved) -> str:
    when = datetime.fromtimestamp(work.when).strftime("%Y-%m-%d %H:%M")
    return clean(f"{work.name}  {when}" + (f"  ({work.path})" if work.path else ""))
