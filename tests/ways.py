"""The ways formulas are taken: a branch hangs on words, and on what is unknown, 0 or negative."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from dsexplore.engine import QUANTITIES
from dsexplore.engine.standing import Standing
from dsexplore.library.names import preset_names
from dsexplore.scenario.scenario import Scenario
from tests.strategies import shipped


class Way(NamedTuple):
    """A quantity under a scenario that takes its formula as none before it did."""

    quantity: str
    scenario: Scenario
    # With the values of all fields and quantities.
    standing: Standing


class Ways:
    """The ways met so far: so every branch is met, and none a hundred times."""

    def __init__(self) -> None:
        self._met: set[tuple[Any, ...]] = set()

    def new_in(
        self, values: Mapping[str, Any], quantities: Iterable[str] = QUANTITIES
    ) -> Iterator[str]:
        """Those of some quantities whose needs are of other kinds than in any values before."""
        kinds = {name: _kind_of(value) for name, value in values.items()}
        for quantity in quantities:
            way = (quantity, *(kinds[need] for need in QUANTITIES[quantity].needs))
            if way not in self._met:
                self._met.add(way)
                yield quantity


def ways(scenarios: Iterable[Scenario]) -> Iterator[Way]:
    """Each quantity under the first scenario, and where its needs are of other kinds."""
    met = Ways()
    for scenario in scenarios:
        standing = Standing(scenario)
        for quantity in met.new_in(standing.values):
            yield Way(quantity, scenario, standing)


@cache
def unlike_in_words() -> list[tuple[Scenario, list[str]]]:
    """Each shipped scenario that takes formulas as none before it does, by words, and which."""
    met, found = Ways(), []
    for scenario in map(shipped, preset_names("scenarios")):
        values = Standing(scenario).values
        words = {name: value if isinstance(value, str) else "" for name, value in values.items()}
        names = [*met.new_in(words)]
        if any(not QUANTITIES[name].is_text for name in names):
            found.append((scenario, names))
    return found


def _kind_of(value: Any) -> Any:
    if not isinstance(value, float):
        return value if isinstance(value, str | bool) else type(value)
    return "unknown" if math.isnan(value) else (value > 0) - (value < 0)
