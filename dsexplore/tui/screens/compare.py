"""Compare: the open scenario beside another, and the fields that make a result differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from dsexplore.analysis.attribution import Attribution, attribute
from dsexplore.analysis.compare import Comparison, compare, default_result
from dsexplore.document.document import Document
from dsexplore.engine import QUANTITIES
from dsexplore.scenario.scenario import Scenario
from dsexplore.tui.lines import Row
from dsexplore.tui.screens.choose import Candidate, OpenDialog
from dsexplore.tui.screens.explain import ExplainScreen
from dsexplore.tui.screens.rows import RowsScreen
from dsexplore.tui.views.comparison import comparison_rows

BASELINE = "the baseline"


class CompareWith(OpenDialog):
    """What to compare with: the baseline, a preset or a file."""

    NOTHING = "Nothing of that name; Enter takes it as a file."

    def __init__(self, document: Document) -> None:
        super().__init__("Compare what is open with")
        self._baseline = document.state.baseline.name

    def entries(self, typed: str) -> Iterator[Candidate]:
        """The baseline before all others."""
        about = "What changes are marked against."
        yield Candidate(BASELINE, BASELINE, "baseline", self._baseline, about)
        yield from super().entries(typed)


@dataclass(frozen=True, slots=True)
class Named:
    """A scenario and what it is called."""

    name: str
    scenario: Scenario


class CompareScreen(RowsScreen):
    """Another scenario first, the open one after it. Enter on a result says what makes it."""

    KEYS: ClassVar[dict[str, str]] = {"a": "show_all", "x": "swap", "e": "explain"}

    def __init__(self, document: Document, first: Named) -> None:
        super().__init__()
        self._document = document
        self._pair = (first, Named(document.name, document.scenario))
        self._is_all = False
        self._is_swapped = False
        self._of = default_result(first.scenario, document.scenario)
        self._causes: dict[tuple[bool, str], Attribution] = {}

    def headline(self) -> tuple[str, str]:
        """Which two scenarios."""
        return f"Compare {self._pair[0].name} → {self._pair[1].name}", ""

    def rows(self, width: int) -> list[Row]:
        """What makes the chosen result differ, all results, all fields."""
        one, other = self._pair
        return comparison_rows((one.name, other.name), self._found, self._cause(), self._is_all,
                               width)  # fmt: skip

    def hints(self) -> Sequence[tuple[str, str]]:
        """The keys of this screen."""
        return (
            ("↑↓", "move"),
            ("↵", "what makes that result"),
            ("a", "all results"),
            ("x", "swap"),
            ("e", "explain"),
            ("esc", "leave"),
        )

    def follow(self) -> None:
        """Say what makes the result under the cursor differ."""
        name = self.cursor.name
        if name not in QUANTITIES or QUANTITIES[name].is_text:
            self.say("Enter on a result says which fields make it differ; e explains a field.")
            return
        self._of = name
        self.draw()
        self.cursor.to_top()
        self._draw_around()

    def show_all(self) -> None:
        """Show every result that differs, or the few that one asks after first."""
        self._is_all = not self._is_all
        self.draw()

    def swap(self) -> None:
        """Compare the other way round."""
        self._pair = (self._pair[1], self._pair[0])
        self._is_swapped = not self._is_swapped
        del self._found
        self.draw()

    def explain(self) -> None:
        """Explain the name under the cursor, in the open scenario."""
        if self.cursor.name:
            self.app.push_screen(ExplainScreen(self._document, self.cursor.name))

    @cached_property
    def _found(self) -> Comparison:
        return compare(self._pair[0].scenario, self._pair[1].scenario)

    def _cause(self) -> Attribution | None:
        if self._of is None:
            return None
        key = (self._is_swapped, self._of)
        if key not in self._causes:
            self._causes[key] = attribute(self._pair[0].scenario, self._pair[1].scenario, self._of)
        return self._causes[key]
