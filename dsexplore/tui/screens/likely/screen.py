"""How likely: the distribution of a result where fields are uncertain and predictions err."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dsexplore.analysis.simulate.simulate import MOST_SAMPLES, Simulation, simulate
from dsexplore.document.document import Document
from dsexplore.engine.names import unit_of
from dsexplore.scenario.fields import FIELDS
from dsexplore.text.quantities import UnitError, parse_quantity
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.beside import Run
from dsexplore.tui.dialogs.find_name import FindName
from dsexplore.tui.dialogs.typed import TypedDialog
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.screens.computing import ComputingScreen
from dsexplore.tui.screens.explain.screen import ExplainScreen
from dsexplore.tui.screens.full_screen import EXPORT
from dsexplore.tui.screens.keys_here import Key
from dsexplore.tui.screens.likely.rows import likely_rows
from dsexplore.tui.widgets.lines import Row
from dsexplore.tui.widgets.writer import Writer

if TYPE_CHECKING:
    from dsexplore.export.reports.report import Report

# Draws at first, and how many times more at each wish for more.
_FIRST, _TIMES = 16_384, 8
_AT_ONCE = 20_000


class LikelyScreen(ComputingScreen):
    """Percentiles, a histogram, budgets and inputs. The answer is a field to go to, if any."""

    FOLLOWS: ClassVar[str] = "go to the field"

    def __init__(self, document: Document, name: str) -> None:
        super().__init__(document)
        self._of = name
        self._samples = _FIRST
        self._errs = True
        self._budgets: list[float] = []
        self._simulation: Simulation | None = None
        self._problem = ""

    def on_mount(self) -> None:
        """Draw samples."""
        super().on_mount()
        self._begin()

    def headline(self) -> tuple[str, str]:
        """The result, and how far or how whole the simulation is."""
        found = self._simulation
        note = ""
        if found is not None and found.samples < self._samples:
            note = f"partial: {found.samples:,} of {self._samples:,} draws"
        return f"How likely: {short_label(self._of)}", self.progress() or note

    def rows(self, width: int) -> list[Row]:
        """What the simulation says, or why there is none."""
        if self._simulation is not None and self._of in self._simulation.spreads:
            scenario = self._document.scenario
            return likely_rows(scenario, self._simulation, self._of, self._budgets, width)
        written = Writer(width)
        if self._problem:
            written.text(self._problem, "problem", 6)
        return written.rows

    def found(self, result: Any) -> None:
        """Show what was drawn."""
        self._simulation, self._problem = result, ""
        self.draw()

    def refused(self, error: ScenarioError) -> None:
        """Say why nothing was drawn, in place of the rows."""
        self._simulation = None
        self._problem = f"{str(error)[:1].upper()}{str(error)[1:]}."
        self.draw()

    def follow(self) -> None:
        """Go to the uncertain field under the cursor."""
        if self.cursor.name in FIELDS:
            self.dismiss(self.cursor.name)
        else:
            self.say("Enter on an uncertain field goes to it; here is none.")

    def find(self) -> None:
        """Ask of another result."""
        dialog = FindName(self._document, "How likely is which result?", are_results=True)
        self.app.push_screen(dialog, self._ask_of)

    def budget(self) -> None:
        """Type a budget or a deadline."""

        def problem_of(typed: str) -> str:
            try:
                parse_quantity(typed, unit_of(self._of))
            except UnitError as error:
                return f"{error}."
            return ""

        prompt = f"{short_label(self._of)}: at most"
        dialog = TypedDialog(prompt, problem_of, "an amount, with its unit")
        self.app.push_screen(dialog, self._take_budget)

    def more(self) -> None:
        """Draw more samples."""
        if self._samples * _TIMES > MOST_SAMPLES:
            self.say(f"At most {MOST_SAMPLES:,} draws.")
            return
        self._samples *= _TIMES
        self._begin()

    def error(self) -> None:
        """Leave the model's own error out, or put it back."""
        self._errs = not self._errs
        self._begin()

    def explain(self) -> None:
        """Explain the field under the cursor, or else the result."""
        name = self.cursor.name or self._of
        self.app.push_screen(ExplainScreen(self._document, name), self._went)

    def report(self) -> Report | None:
        """The distribution, with how likely each budget is."""
        from dsexplore.export.reports.simulation import simulation_report  # noqa: PLC0415 - few export

        if self._simulation is None:
            return None
        budgets = {self._of: self._budgets}
        return simulation_report(self._simulation, self._document.scenario, [self._of], budgets)

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("b", budget, "budget"),
        Key("", find, "another result", "find"),
        Key("m", more, "more draws"),
        Key("w", error, "model error"),
        Key("", explain, "explain", "explain"),
        *EXPORT,
    )

    def _went(self, field: str | None) -> None:
        if field:
            self.dismiss(field)

    def _ask_of(self, name: str | None) -> None:
        if name:
            self._of, self._budgets = name, []
            self._begin()

    def _take_budget(self, typed: str | None) -> None:
        if typed:
            self._budgets.append(parse_quantity(typed, unit_of(self._of)))
            self._budgets.sort()
            self.draw()

    def _begin(self) -> None:
        scenario, name, samples, errs = (
            *(self._document.scenario, self._of),
            *(self._samples, self._errs),
        )

        def work(run: Run) -> Simulation:
            return simulate(
                scenario, [name], samples, model_error=errs, told=run.told, goes_on=run.goes_on
            )

        self.compute(work, at_once=samples <= _AT_ONCE)
