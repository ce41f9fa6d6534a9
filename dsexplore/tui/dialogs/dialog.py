"""What every dialog is: a box over the screen that Escape leaves without an answer."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen


class Dialog(ModalScreen[str | None]):
    """One question; the answer is a word, or None where there is none."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", show=False)]

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
