"""Compare: the open scenario beside others, and the fields that make a result differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from dsexplore.analysis.compare.attribution import Attribution, attribute
from dsexplore.analysis.compare.compare import Comparison, compare, default_result
from dsexplore.document.document import Document
from dsexplore.engine.names import is_result
from dsexplore.export.reports.comparison import Compared, comparison_report
from dsexplore.export.reports.report import Report
from dsexplore.library.open import load
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.dialogs.open import Candidate, OpenDialog
from dsexplore.tui.screens.compare.rows import comparison_rows
from dsexplore.tui.screens.explain.screen import ExplainScreen
from dsexplore.tui.screens.full_screen import EXPORT, RowsScreen
from dsexplore.tui.screens.keys_here import Key
from dsexplore.tui.widgets.lines import Row

BASELINE = "the baseline"


class CompareWith(OpenDialog):
    """A choice of scenario: the baseline, a preset or a file."""

    NOTHING = "Nothing of that name; Enter takes it as a file."

    def __init__(self, document: Document) -> None:
        super().__init__("Compare with")
        self._baseline = document.state.baseline.name

    def entries(self, typed: str) -> Iterator[Candidate]:
        """The baseline before all others."""
        about = "Changes are marked against it."
        yield Candidate(BASELINE, BASELINE, "baseline", self._baseline, about)
        yield from super().entries(typed)


@dataclass(frozen=True, slots=True)
class Beside:
    """A scenario and its name."""

    name: str
    scenario: Scenario


class CompareScreen(RowsScreen):
    """Others beside the open scenario, the last. The answer is a field to go to, if any."""

    FOLLOWS: ClassVar[str] = "what makes it differ"

    def __init__(self, document: Document, first: Beside) -> None:
        super().__init__(document)
        self._compared = [first, Beside(document.name, document.scenario)]
        self._is_all = False
        self._of = default_result(first.scenario, document.scenario)
        self._compare()

    def headline(self) -> tuple[str, str]:
        """Which scenarios."""
        return f"Compare {' → '.join(one.name for one in self._compared)}", ""

    def rows(self, width: int) -> list[Row]:
        """The causes of a difference, then results, then fields."""
        names = [one.name for one in self._compared]
        return comparison_rows(names, self._found, self._causes, self._is_all, width)

    def follow(self) -> None:
        """Show which fields make the result under the cursor differ."""
        name = self.cursor.name
        if not is_result(name):
            key = self.here.key_of("explain")
            self.say(f"↵ on a result shows which fields make it differ; {key} explains a field.")
            return
        self._of = name
        self._compare()
        self.draw_from_top()

    def show_all(self) -> None:
        """Show every result that differs, or the headlines alone."""
        self._is_all = not self._is_all
        self.draw()

    def add(self) -> None:
        """Lay one more scenario beside these."""
        self.app.push_screen(CompareWith(self._document), self._added)

    def turn(self) -> None:
        """Let the next scenario be the first, against which the others are held."""
        self._compared = [*self._compared[1:], self._compared[0]]
        self._compare()
        self.draw()

    def explain(self) -> None:
        """Explain the name under the cursor, in the open scenario."""
        if self.cursor.name:
            self.app.push_screen(ExplainScreen(self._document, self.cursor.name), self._went)

    def report(self) -> Report:
        """The comparison with what makes a result differ."""
        names = [one.name for one in self._compared]
        scenarios = [one.scenario for one in self._compared]
        results = self._found.results if self._is_all else self._found.headlines
        causes = list(enumerate(self._causes, start=1))
        return comparison_report(Compared(names, scenarios, self._found, results, causes))

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("c", add, "add another"),
        Key("n", turn, "next one first"),
        Key("a", show_all, "all results"),
        Key("", explain, "explain", "explain"),
        *EXPORT,
    )

    def _went(self, field: str | None) -> None:
        if field:
            self.dismiss(field)

    def _added(self, name: str | None) -> None:
        if not name:
            return
        try:
            self._compared.insert(-1, chosen(self._document, name))
        except ScenarioError as error:
            self.say(str(error), "problem")
            return
        self._compare()
        self.draw()

    def _compare(self) -> None:
        first, *others = (one.scenario for one in self._compared)
        self._found: Comparison = compare(first, *others)
        self._causes: list[Attribution] = (
            [attribute(first, other, self._of) for other in others] if self._of else []
        )


def chosen(document: Document, name: str) -> Beside:
    """The scenario of a chosen name, or the baseline. Raises ScenarioError."""
    if name == BASELINE:
        return Beside(name, document.state.baseline.scenario)
    return Beside(Path(name).name.removesuffix(".toml"), load(name))
