"""A search whose finds are ranked by a result and kept to conditions, each asked for by a key."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from dsexplore.document.document import Document
from dsexplore.tui.dialogs.find_name import FindName
from dsexplore.tui.dialogs.typed import TypedDialog
from dsexplore.tui.screens.computing import ComputingScreen
from dsexplore.tui.screens.search.conditions import conditions, in_a_line, problem_of
from dsexplore.tui.widgets.writer import Writer


class RankedScreen(ComputingScreen):
    """What is found, the best first. Another rank or condition begins the search again."""

    FOLLOWS: ClassVar[str] = "take it"
    # What is found, in the plural, and conditions on it as one might type them.
    FINDS: ClassVar[str]
    EXAMPLE: ClassVar[str]

    def __init__(self, document: Document, by: str) -> None:
        """`by`: the result that ranks at first; empty leaves it to the search."""
        super().__init__(document)
        # A field that was changed, once something is taken.
        self.changed = ""
        self._by = by
        self._conditions: list[str] = []

    def on_mount(self) -> None:
        """Search beside the screen."""
        super().on_mount()
        self._begin()

    def say_conditions(self, written: Writer) -> None:
        """Repeat the conditions above what meets them."""
        if self._conditions:
            written.text(f"Only with {in_a_line(self._conditions)}.")

    def condition(self) -> None:
        """Keep to what meets conditions, such as a deadline or a budget."""
        typed = in_a_line(self._conditions)
        dialog = TypedDialog(f"Only {self.FINDS} with", problem_of, self.EXAMPLE, typed)
        self.app.push_screen(dialog, self._take_conditions)

    def rank(self) -> None:
        """Rank by another result."""
        prompt = "Rank by which result, the lowest first?"
        dialog = FindName(self._document, prompt, are_results=True)
        self.app.push_screen(dialog, self._rank_by)

    def _take_conditions(self, typed: str | None) -> None:
        if typed is not None:
            self._conditions = conditions(typed)
            self._begin()

    def _rank_by(self, name: str | None) -> None:
        if name:
            self._by = name
            self._begin()

    @abstractmethod
    def _begin(self) -> None:
        """Begin the search, or begin it again."""
