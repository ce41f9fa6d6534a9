"""Pinning: this state, a preset or a file as a column, or taking one away."""

from __future__ import annotations

from collections.abc import Iterator

from dsexplore.document.document import Document
from dsexplore.text.plain import clean
from dsexplore.tui.dialogs.open import Candidate, OpenDialog

THIS = "this state"
_PINNED = "pinned "


class PinDialog(OpenDialog):
    """The open state first, then what is pinned, then presets and files."""

    NOTHING = "Nothing of that name; Enter pins it as a file."

    def __init__(self, document: Document) -> None:
        super().__init__("Pin as a column, or take a pinned one away")
        self._document = document

    @staticmethod
    def taken_away(answer: str) -> int | None:
        """The place of the pinned scenario that an answer takes away; None if it pins one."""
        place = answer.removeprefix(_PINNED)
        return int(place) if place != answer and place.isdecimal() else None

    def entries(self, typed: str) -> Iterator[Candidate]:
        """What can be pinned, and what is."""
        name = clean(self._document.name)
        yield Candidate(THIS, THIS, "as it is", name, "Stays as it is, whatever changes here.")
        for place, pin in enumerate(self._document.pins):
            about = "Enter takes it away."
            yield Candidate(clean(pin.name), f"{_PINNED}{place}", "pinned", about, about)
        yield from super().entries(typed)
