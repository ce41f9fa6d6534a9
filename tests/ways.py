"""The ways formulas are taken: a branch hangs on words, and on what is unknown, 0 or negative."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from dsexplore.engine import QUANTITIES, evaluate
from dsexplore.scenario.scenario import Scenario


class Way(NamedTuple):
    """A quantity under a scenario that takes its formula as none before it did."""

    quantity: str
    scenario: Scenario
    # Of all fields and quantities.
    values: dict[str, Any]


def ways(scenarios: Iterable[Scenario]) -> Iterator[Way]:
    """Each quantity under the first scenario, and under others where its needs are of other kinds.

    So every branch that only one of many scenarios takes is met, and none a hundred times.
    """
    met: set[tuple[Any, ...]] = set()
    for scenario in scenarios:
        inputs = scenario.inputs()
        values = {**inputs, **evaluate(inputs)}
        for quantity, found in QUANTITIES.items():
            way = (quantity, *(_kind_of(values[need]) for need in found.needs))
            if way not in met:
                met.add(way)
                yield Way(quantity, scenario, values)


def _kind_of(value: Any) -> Any:
    if not isinstance(value, float):
        return value if isinstance(value, str | bool) else type(value)
    return "unknown" if math.isnan(value) else (value > 0) - (value < 0)
