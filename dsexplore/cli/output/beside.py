"""What is said beside results of many scenarios at once: bounds, and defaults nobody published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dsexplore.engine.standing import Standing
from dsexplore.scenario.scenario import Scenario


def beside(scenario: Scenario, names: Sequence[str], varied: Iterable[str]) -> list[str]:
    """Sentences on some results of a scenario in which some fields take other values."""
    # A field that is varied is assumed by nobody.
    sources = {**scenario.sources, **dict.fromkeys(varied, "varied")}
    standing = Standing(replace(scenario, sources=sources))
    bounds = [
        f"{name} is at least what it is: {', '.join(standing.at_least[name])} unknown, left out."
        for name in names
        if name in standing.at_least
    ]
    return [*bounds, *standing.assumptions(names)]
