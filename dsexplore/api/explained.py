"""One number explained: parts to read in code, and lines to print."""

from __future__ import annotations

import math

from dsexplore.explanation.explain import Explanation, explain
from dsexplore.explanation.written import text
from dsexplore.scenario.scenario import Scenario

_WIDTH = 80


class Explained:
    """A field or result, explained; `print` shows it as `dsexplore explain` does.

    `parts` holds value (base unit, nan if not known), unit, formula, source, depends_on and more.
    """

    def __init__(self, scenario: Scenario, name: str) -> None:
        """Explain a name in a scenario. Raises ScenarioError for an unknown one."""
        self.parts: Explanation = explain(scenario, name, width=_WIDTH)

    @property
    def value(self) -> float | str:
        """The value, in the base unit."""
        value = self.parts.value
        return math.nan if value is None else value

    def __repr__(self) -> str:
        return str(text(self.parts, _WIDTH)).rstrip("\n")
