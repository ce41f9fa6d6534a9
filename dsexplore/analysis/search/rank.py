"""Rank: where a stated layout stands among all that fit, and what the fastest has over it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dsexplore.analysis.search.judging import STEP
from dsexplore.analysis.search.ranking import PARTS, Search, why_not
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Rank:
    """How many layouts fit and how many of them are faster than the stated one; steps in seconds.

    `part` is the part of the step that the fastest layout shortens most, by `gained` seconds.
    `field` is the one whose stated value costs the fastest layout most, or rules it out, with both
    values. `why_not` says why the stated layout cannot be; all else is then empty.
    """

    fitting: int
    faster: int = 0
    stated: float = math.nan
    best: float = math.nan
    part: str = ""
    gained: float = 0.0
    field: str = ""
    values: tuple[Value, Value] = (None, None)
    why_not: str = ""

    @property
    def share(self) -> float:
        """The best share of the layouts in which the stated one lies."""
        return (self.faster + 1) / max(self.fitting, 1)

    @property
    def gain(self) -> float:
        """The share of the stated step that the fastest saves."""
        return 1 - self.best / self.stated


def rank(scenario: Scenario) -> Rank:
    """Search all layouts of a scenario's accelerators, and place the stated one among them.

    Raises ScenarioError if model, cluster or batch is not known.
    """
    found = Search(scenario)
    if why := why_not(found.open) or ("" if found.fitting else "No layout fits."):
        return Rank(found.fitting, why_not=why)
    (best,) = found.best(1)
    stated = found.open.values
    gains = {name: float(stated[name]) - best.results[name] for name in PARTS}
    part = max(gains, key=lambda name: gains[name])
    costs = {
        each.field: (math.inf if each.why_not else each.step_time, each.value)
        for each in found.instead(best)
    }
    field = max(costs, key=lambda name: costs[name][0], default="")
    return Rank(
        found.fitting,
        found.better_than_open,
        float(stated[STEP]),
        best.results[STEP],
        part,
        gains[part],
        field,
        (costs[field][1], best.fields[field]) if field else (None, None),
    )
