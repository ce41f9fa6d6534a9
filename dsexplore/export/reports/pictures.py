"""The pictures of a report on a scenario: what moves a result, how likely it is, what else fits."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dsexplore.analysis.search.ranking import Search
from dsexplore.analysis.sensitivity.ranges import uncertain
from dsexplore.analysis.sensitivity.sensitivity import sensitivities
from dsexplore.analysis.sensitivity.trial import Trial
from dsexplore.analysis.simulate.simulate import simulate
from dsexplore.analysis.sweep.axis import read_axis
from dsexplore.analysis.sweep.grid import sweep
from dsexplore.engine.names import is_number, is_result
from dsexplore.engine.standing import Standing
from dsexplore.export.reports.report import Picture
from dsexplore.export.reports.search import search_pictures
from dsexplore.export.reports.sensitivity import sensitivity_picture
from dsexplore.export.reports.simulation import simulation_pictures
from dsexplore.export.reports.sweep import sweep_pictures
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError

# Fields of a tornado, and layouts beside a frontier.
_FIELDS, _LAYOUTS = 8, 5


def pictured(names: Sequence[str], standing: Standing) -> str:
    """The first of some results that a picture can be of; empty for none."""
    return next((name for name in names if _is_drawn(name, standing)), "")


def _is_drawn(name: str, standing: Standing) -> bool:
    if not (is_result(name) and is_number(name)):
        return False
    value = float(standing.values[name])
    return math.isfinite(value) and value != 0


def tornado_of(scenario: Scenario, of: str) -> list[Picture]:
    """What moves a result most; none where nothing does."""
    moving = sensitivities(scenario, of, uncertain(scenario), with_choices=False)
    found = moving[:_FIELDS]
    return [sensitivity_picture(Trial(scenario, of), found)] if found else []


def likely_of(scenario: Scenario, of: str) -> list[Picture]:
    """How a result is distributed. Raises ScenarioError where nothing is uncertain."""
    return simulation_pictures(simulate(scenario, [of]), scenario, [of], {})


def sweep_of(scenario: Scenario, of: str, over: str) -> list[Picture]:
    """A result over the values of a field. Raises ScenarioError."""
    return sweep_pictures(sweep(scenario, [read_axis(over)], [of]), scenario)


def search_of(scenario: Scenario) -> list[Picture]:
    """Layouts that no other beats. Raises ScenarioError where none fits."""
    found = Search(scenario)
    if not found.fitting:
        raise ScenarioError("--search", "no layout that fits", "a cluster on which one does")
    return search_pictures(found, found.best(_LAYOUTS))
