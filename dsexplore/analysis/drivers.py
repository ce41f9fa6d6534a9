"""Drivers: which fields move a result most, each raised by a tenth, in one evaluation of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dsexplore.engine import GRAPH, evaluate
from dsexplore.scenario.scenario import FIELDS, Scenario

_RAISE = 1.1


@dataclass(frozen=True, slots=True)
class Driver:
    """A field, and the relative change of the result where the field is a tenth larger."""

    field: str
    effect: float


def drivers(scenario: Scenario, of: str, most: int) -> list[Driver]:
    """The numeric fields that move a result most, the strongest first; none that does nothing.

    Whole-number fields take part as if they could be divided, choices do not.
    """
    inputs = scenario.inputs()
    used = {need for name in GRAPH.needed([of]) for need in GRAPH.dependencies(name)}
    fields = [name for name in FIELDS if name in used and _can_be_raised(name, inputs)]
    raised: dict[str, Any] = dict(inputs)
    for index, name in enumerate(fields):
        column = np.full(len(fields) + 1, inputs[name], dtype=float)
        column[index] *= _RAISE
        raised[name] = column
    results = np.broadcast_to(evaluate(raised, [of])[of], (len(fields) + 1,))
    effects = results[:-1] / results[-1] - 1 if results[-1] else np.zeros(len(fields))
    found = [
        Driver(name, float(effect))
        for name, effect in zip(fields, effects, strict=True)
        if np.isfinite(effect) and abs(effect) > 1e-4
    ]
    return sorted(found, key=lambda driver: -abs(driver.effect))[:most]


def _can_be_raised(name: str, inputs: dict[str, float | bool | str]) -> bool:
    value = inputs[name]
    return FIELDS[name].is_numeric and not np.isnan(float(value)) and float(value) != 0
