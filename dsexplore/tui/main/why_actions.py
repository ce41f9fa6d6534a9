"""Actions that ask why: explaining, targets, layouts, comparing, claims.

Each screen is imported when it is first asked for: the start must not pay for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsexplore.document.here import products_here
from dsexplore.document.state import Evaluated
from dsexplore.engine.doubt import Spreads
from dsexplore.engine.names import BROKEN_LINK, is_result
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.keys.actions import key_of
from dsexplore.tui.main.claims_list import ClaimsList
from dsexplore.tui.main.field_help import product_text
from dsexplore.tui.main.session import Session

if TYPE_CHECKING:
    from dsexplore.tui.dialogs.repair import RepairDialog
    from dsexplore.tui.screens.search.choices import ChoicesScreen
    from dsexplore.tui.screens.search.fit import FitScreen
    from dsexplore.tui.screens.search.screen import SearchScreen


class WhyActions:
    """Opens screens about the number under the cursor, or about all of them."""

    def __init__(self, session: Session, claims: ClaimsList) -> None:
        self._session = session
        self._document = session.document
        self._claims = claims

    def explain(self) -> None:
        """Explain the field or result under the cursor."""
        from dsexplore.tui.screens.explain.screen import ExplainScreen  # noqa: PLC0415 - as said above

        name = self._session.side.name
        if not name:
            self._session.say("There is nothing to explain under the cursor.")
            return
        self._session.ask(ExplainScreen(self._document, name), self._go_to)

    def target(self) -> None:
        """Ask which field value makes a result meet a target."""
        from dsexplore.tui.dialogs.find_name import FindName  # noqa: PLC0415 - as said above

        name = self._session.results.name if self._session.on_results else ""
        if is_result(name):
            self._aim_at(name)
            return
        prompt = "What would it take? Choose the result to set a target for"
        self._session.ask(FindName(self._document, prompt, are_results=True), self._aim_at)

    def _aim_at(self, name: str) -> None:
        from dsexplore.tui.dialogs.target import TargetDialog  # noqa: PLC0415 - as said above

        if not name:
            return
        dialog = TargetDialog(self._document, name)

        def done(said: str) -> None:
            if dialog.changed:
                self._session.parameters.focus(dialog.changed)
            self._session.say(said)

        self._session.ask(dialog, done)

    def sweep(self) -> None:
        """Draw results over a range of the focused field; of a result, ask over which."""
        from dsexplore.tui.screens.sweep.find_axis import FindAxis  # noqa: PLC0415 - as said above

        name = self._session.side.name
        if name in FIELDS:
            self._sweep_over(name, "")
            return
        result = name if is_result(name) else ""
        prompt = f"Sweep {result or 'results'} over which field?"
        dialog = FindAxis(self._document, prompt, has_none=False)
        self._session.ask(dialog, lambda field: self._sweep_over(field, result))

    def _sweep_over(self, name: str, result: str) -> None:
        from dsexplore.analysis.sweep.ranges import can_be_swept  # noqa: PLC0415 - as said above
        from dsexplore.tui.screens.sweep.screen import SweepScreen  # noqa: PLC0415 - as said above

        if not name:
            return
        if not can_be_swept(name):
            self._session.say(f"{FIELDS[name].label} has no values to sweep over.")
            return
        screen = SweepScreen(self._document, name, result, self._session.keep_sweep)

        def done(said: str) -> None:
            if screen.changed:
                self._session.go_to(screen.changed)
            self._session.say(said)

        self._session.ask(screen, done)

    def medians(self) -> None:
        """Show medians with ranges in place of results as they stand, or these again."""
        from dsexplore.analysis.simulate.medians import SAMPLES, medians  # noqa: PLC0415 - as said above

        document = self._document
        if document.spreading is not None:
            document.spreading = None
            self._session.say("Results are shown as they stand.")
            return
        medians(document.scenario, document.results)  # refused here, and not while drawing

        def spread(current: Evaluated) -> Spreads:
            try:
                return medians(current.scenario, current.results)
            except ScenarioError:
                return {}

        document.spreading = spread
        drawn = ", ".join(document.scenario.uncertainty) or "no field, as none states a range"
        self._session.say(
            f"Medians over {SAMPLES:,} draws of the model's own error and of: {drawn}."
            if document.spreads
            else "Nothing is uncertain here: no field has a distribution, and nothing is predicted."
        )

    def likely(self) -> None:
        """Show the distribution of the result under the cursor, or ask of which."""
        from dsexplore.tui.dialogs.find_name import FindName  # noqa: PLC0415 - as said above

        name = self._session.results.name if self._session.on_results else ""
        if is_result(name):
            self._show_likely(name)
            return
        dialog = FindName(self._document, "How likely is which result?", are_results=True)
        self._session.ask(dialog, self._show_likely)

    def _show_likely(self, name: str) -> None:
        from dsexplore.tui.screens.likely.screen import LikelyScreen  # noqa: PLC0415 - as said above

        if name:
            self._session.ask(LikelyScreen(self._document, name), self._go_to)

    def search(self) -> None:
        """Search the layouts that fit, or on Serving and RL their choices, and take one."""
        from dsexplore.analysis.search.spaces import SPACES  # noqa: PLC0415 - as said above
        from dsexplore.tui.screens.search.choices import ChoicesScreen  # noqa: PLC0415 - as said above
        from dsexplore.tui.screens.search.screen import SearchScreen  # noqa: PLC0415 - as said above

        session = self._session
        table = session.results.tab.chooses_in if session.on_results else session.parameters.table
        if table in SPACES:
            self._ask_for_change(ChoicesScreen(self._document, table))
            return
        self._ask_for_change(SearchScreen(self._document))

    def fit(self) -> None:
        """Offer the nearest changes after which the layout fits."""
        from dsexplore.tui.screens.search.fit import FitScreen  # noqa: PLC0415 - as said above

        if self._document.results["memory_headroom"] >= 0:
            room = self._document.result_text("memory_headroom", 3)
            key = key_of(self._session.keys, "search")
            self._session.say(f"It fits, with {room} to spare; {key} lists faster layouts.")
            return
        self._ask_for_change(FitScreen(self._document))

    def calibrate(self) -> None:
        """Ask for the time of a measured step, and move the stack's factors to it."""
        from dsexplore.tui.main.calibration import Calibration  # noqa: PLC0415 - as said above

        Calibration(self._session).ask()

    def repair(self) -> None:
        """Offer what makes the layout's links agree, or say that they do."""
        from dsexplore.tui.dialogs.repair import RepairDialog  # noqa: PLC0415 - as said above

        if not self._document.results[BROKEN_LINK]:
            links = "; ".join(
                product_text(self._document, each) for each in products_here(self._document)
            )
            self._session.say(f"The links agree: {links}.")
            return
        self._ask_for_change(RepairDialog(self._document, self._session.keys))

    def _ask_for_change(
        self, screen: SearchScreen | FitScreen | ChoicesScreen | RepairDialog
    ) -> None:
        def done(said: str) -> None:
            if screen.changed:
                self._session.parameters.focus(screen.changed)
            self._session.say(said)

        self._session.ask(screen, done)

    def compare(self) -> None:
        """Lay another scenario beside this one."""
        from dsexplore.tui.screens.compare.screen import CompareWith  # noqa: PLC0415 - as said above

        self._session.ask(CompareWith(self._document), self._compare_with)

    def _compare_with(self, name: str) -> None:
        from dsexplore.tui.screens.compare import screen as compare  # noqa: PLC0415 - as said above

        if name:
            first = compare.chosen(self._document, name)
            self._session.ask(compare.CompareScreen(self._document, first), self._go_to)

    def claims(self) -> None:
        """Check published claims."""
        self._claims.show()

    def answers(self) -> None:
        """Show published answers to one question."""
        self._claims.show_answers()

    def _go_to(self, field: str) -> None:
        if field:
            self._session.go_to(field)
