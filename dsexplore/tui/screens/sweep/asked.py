"""What a sweep on the screen is over and of: axes, results, and the work that this is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dsexplore.analysis.compare.compare import HEADLINES
from dsexplore.analysis.sweep.axis import Axis, read_axis
from dsexplore.analysis.sweep.grid import Sweep, scenarios_in
from dsexplore.analysis.sweep.ranges import POINTS, ranges
from dsexplore.engine import GRAPH, QUANTITIES
from dsexplore.engine.names import is_result
from dsexplore.library.presets import is_whole_panel
from dsexplore.scenario.field import Value
from dsexplore.scenario.fields import FIELDS, PANELS
from dsexplore.scenario.scenario import Scenario
from dsexplore.tui.dialogs.values import MOST_VALUES

# Results evaluated at most; of these only those that move are shown.
_MOST_RESULTS = 30
# A result that moves by less of itself is the same to a reader.
_STILL = 1e-3
# Where a sweep is beyond these, it is computed beside the screen: about a quarter of a second.
_POINTS_AT_ONCE, _SCENARIOS_AT_ONCE = 20_000, 40


@dataclass(frozen=True, slots=True)
class Over:
    """A field or a panel, and the words for its values."""

    name: str
    values: str

    @property
    def axis(self) -> Axis:
        """Its values. Raises ScenarioError."""
        return read_axis(f"{self.name}={self.values}", MOST_VALUES)

    @property
    def title(self) -> str:
        """Its label."""
        return title(self.name)


def title(name: str) -> str:
    """The label of a field or a panel."""
    return FIELDS[name].label if name in FIELDS else PANELS[name].title


def usual(scenario: Scenario, name: str, points: int = POINTS) -> Over | None:
    """A field over its most usual range, of so many points where these may be any number.

    None where only the user knows a range.
    """
    found = ranges(scenario, name, points)
    return Over(name, found[0].values) if found else None


def results_of(scenario: Scenario, names: Sequence[str], first: Sequence[str] = ()) -> list[str]:
    """The results that follow from some fields or panels, those asked for and headlines first."""
    fields = {
        field for name in names for field in (PANELS[name].specs if name in PANELS else (name,))
    }
    inputs = scenario.inputs()
    found = [*first]
    for result in (*HEADLINES, *QUANTITIES):
        if len(found) >= _MOST_RESULTS or (result not in HEADLINES and found):
            break
        if is_result(result) and not fields.isdisjoint(GRAPH.behind([result], inputs)):
            found.append(result)
    return list(dict.fromkeys(found))


def is_small(axes: Sequence[Axis]) -> bool:
    """Whether a sweep is so small that nobody waits for it."""
    points = 1
    for axis in axes:
        points *= len(axis.values)
    return points <= _POINTS_AT_ONCE and scenarios_in(axes) <= _SCENARIOS_AT_ONCE


def that_move(found: Sweep) -> list[str]:
    """The results that are not the same at every point; all of them if none is."""
    moving = []
    for name in found.names:
        known = [value for value in found.results[name].tolist() if not math.isnan(value)]
        if known and max(known) - min(known) > _STILL * abs(max(known)):
            moving.append(name)
    return moving or [*found.names]


def present_place(scenario: Scenario, axis: Axis) -> int | None:
    """The place of the value now in force on an axis; None where it is not among its values."""
    now = _now(scenario, axis.name)
    return axis.values.index(now) if now in axis.values else None


def nearest_place(scenario: Scenario, axis: Axis) -> int:
    """The place of the value nearest to the one now in force."""
    place = present_place(scenario, axis)
    now = _now(scenario, axis.name)
    if place is not None or not axis.is_number or not isinstance(now, int | float):
        return place or 0
    gaps = [abs(float(value or 0) - now) for value in axis.values]
    return gaps.index(min(gaps))


def _now(scenario: Scenario, name: str) -> Value:
    """The value in force, as an axis has it: a panel's is its preset."""
    if name in FIELDS and not is_whole_panel(name):
        return scenario.value(name)
    return scenario.panel(FIELDS[name].table if name in FIELDS else name).preset
