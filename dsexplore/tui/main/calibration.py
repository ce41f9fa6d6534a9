"""Calibrating the software stack by a measured step, as `dsexplore calibrate` does."""

from __future__ import annotations

import math

from dsexplore.analysis.accuracy.apart import check_reach, measured_step, read_step
from dsexplore.text.format import format_value
from dsexplore.text.plain import clean
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.dialogs.typed import TypedDialog
from dsexplore.tui.main.session import Session


class Calibration:
    """Asks for the time of a step, and puts the factors that follow in force."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._document = session.document

    def ask(self) -> None:
        """Ask; measured hours, if there are any, propose the time they come to."""
        document = self._document
        measured = measured_step(document.scenario, document.results)
        proposed = "" if math.isnan(measured) else format_value(measured, "second", 3)
        stack = clean(document.field_shown("software_stack"))
        predicted = clean(document.result_text("step_time", 3))
        prompt = f"Calibrate {stack}: a step is predicted at {predicted}; measured:"
        dialog = TypedDialog(prompt, self._problem_of, "19.9 s, 250 ms or 2 min", proposed)
        self._session.ask(dialog, self._calibrate)

    def _problem_of(self, text: str) -> str:
        try:
            check_reach(self._document.scenario, read_step(text), "", "")
        except ScenarioError as error:
            return f"{error.sentence()}."
        return ""

    def _calibrate(self, text: str) -> None:
        from dsexplore.analysis.accuracy import posterior as factors  # noqa: PLC0415 - needs numpy

        document = self._document
        step = factors.MeasuredStep(document.name, document.scenario, read_step(text))
        found = factors.posterior(document.scenario, [step])
        document.make(found.scenario, f"calibrated by a step of {text}")
        before, after = (
            format_value(seconds, "second", 3)
            for seconds in (found.steps[0].before, found.steps[0].after)
        )
        said = ", ".join(each.factor.field for each in found.factors) or "no factor"
        self._session.say(f"Calibrated: the step goes from {before} to {after}; it moved {said}.")
