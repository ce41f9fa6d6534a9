"""Drivers: the fields that move a result most, each raised by a tenth."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dsexplore.engine import GRAPH, evaluate
from dsexplore.scenario.scenario import FIELDS, Scenario

_RAISE = 1.1
_NOTICED = 1e-4


@dataclass(frozen=True, slots=True)
class Driver:
    """A field, and the relative change of the result when the field is a tenth larger."""

    field: str
    effect: float


def drivers(scenario: Scenario, of: str, most: int) -> list[Driver]:
    """The numeric fields that move a result most, the strongest first; idle ones are left out.

    Whole numbers are raised by a tenth too, as if they could be divided.
    """
    inputs = scenario.inputs()
    names = GRAPH.needed([of], inputs)
    used = GRAPH.reads(names)
    fields = [name for name in FIELDS if name in used and _can_be_raised(name, inputs)]
    values = inputs | evaluate(inputs, names)
    now = float(values[of])
    if not now or math.isnan(now):
        return []
    # One at a time and not as an array: that would load numpy at the start.
    raised = ({name: float(inputs[name]) * _RAISE} for name in fields)
    among = frozenset(names)
    effects = [
        GRAPH.evaluate_changed(values, change, among).get(of, now) / now - 1 for change in raised
    ]
    found = [
        Driver(name, effect)
        for name, effect in zip(fields, effects, strict=True)
        if abs(effect) > _NOTICED
    ]
    return sorted(found, key=lambda driver: -abs(driver.effect))[:most]


def _can_be_raised(name: str, inputs: dict[str, float | bool | str]) -> bool:
    if not FIELDS[name].is_numeric:
        return False
    value = float(inputs[name])
    return not math.isnan(value) and value != 0
