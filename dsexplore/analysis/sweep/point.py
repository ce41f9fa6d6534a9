"""One point of a sweep: its scenario, and why it is a gap."""

from __future__ import annotations

from dsexplore.analysis.sweep.grid import Sweep
from dsexplore.engine import problems_forbidding, unknowns_in
from dsexplore.engine.standing import Standing
from dsexplore.library.presets import with_changes
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError


def values_at(found: Sweep, place: int) -> dict[str, Value]:
    """The values of the axes at a point, by name."""
    return {axis.name: value for axis, value in zip(found.axes, found.point(place), strict=True)}


def why_gap(scenario: Scenario, found: Sweep, place: int, name: str) -> str:
    """Why a result cannot be had at a point of a sweep of the scenario, in a sentence."""
    try:
        there = Standing(with_changes(scenario, values_at(found, place)))
    except ScenarioError as error:
        return str(error)
    if said := there.impossible.get(name):
        return said[0]
    for problem in problems_forbidding(there.values, [name]):
        if there.values[problem]:
            return str(there.values[problem])
    reasons = unknowns_in(there.values).reasons(name)
    return f"{name} is not known{': ' if reasons else ''}{'; '.join(reasons)}."
