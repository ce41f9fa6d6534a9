"""Choosing one of a field's words, by arrows or by its first letters."""

from __future__ import annotations

from collections.abc import Iterator

from dsexplore.scenario.field import FieldSpec
from dsexplore.tui.dialogs.pick import Entry, Named, NarrowDialog


class ChoiceDialog(NarrowDialog):
    """The words of a field, the one in force marked and first under the cursor."""

    def __init__(self, spec: FieldSpec, present: str) -> None:
        super().__init__(f"{spec.label}: {present}")
        self._named = [
            Named(word, "in force" if word == present else "", "", spec.help)
            for word in spec.choices
        ]
        self._present = present

    def entries(self, typed: str) -> Iterator[Named]:
        """Every word."""
        yield from self._named

    def fits(self, found: Entry, words: list[str]) -> bool:
        """Whether a word begins as typed."""
        return found.name.lower().startswith("_".join(words))

    def distance(self, found: Entry, words: list[str]) -> int:
        """In their order; with nothing typed, the one in force first."""
        return int(not words and found.name != self._present)
