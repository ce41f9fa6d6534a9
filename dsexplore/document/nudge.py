"""The next value of a field, up or down, by a suitable step."""

from __future__ import annotations

import math

from dsexplore.scenario.field import FieldSpec, Value


def nudged(spec: FieldSpec, value: Value, direction: int) -> Value:
    """The neighbour of a value; `direction` is +1 or -1. An unknown value has none: it is kept.

    Numbers stop at the ends of their range; choices go round.
    """
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        if spec.kind != "choice":
            return value
        return spec.choices[(spec.choices.index(value) + direction) % len(spec.choices)]
    if value is None:
        return None
    moved = _stepped(spec, value, direction)
    return _within(spec, value, moved)


def _stepped(spec: FieldSpec, value: float, direction: int) -> float:
    if spec.nudge == "power of two":
        return _power_of_two(value, direction)
    if spec.nudge == "two digits":
        return _two_digits(spec, value, direction)
    step = spec.step
    down = math.ceil(value / step) - 1
    up = math.floor(value / step) + 1
    return step * (up if direction > 0 else down)


def _power_of_two(value: float, direction: int) -> float:
    if value < 1 or (value == 1 and direction < 0):
        return 1 if direction > 0 else 0
    exponent = math.log2(value)
    moved = math.floor(exponent) + 1 if direction > 0 else math.ceil(exponent) - 1
    return 2.0**moved


def _two_digits(spec: FieldSpec, value: float, direction: int) -> float:
    if value == 0:
        small = spec.maximum is not None and spec.maximum <= 1
        return (0.01 if small else 1.0) if direction > 0 else 0.0
    exponent = math.floor(math.log10(abs(value)) + 1e-12) - 1
    # Below a power of ten the digits are ten times finer: 10 goes down to 9.9.
    if direction < 0 and math.isclose(value, 10.0 ** (exponent + 1), rel_tol=1e-12):
        exponent -= 1
    if spec.kind == "integer":
        exponent = max(exponent, 0)
    digits = value / 10.0**exponent
    near = round(digits)
    if math.isclose(digits, near, rel_tol=1e-9):
        moved = near + direction
    else:
        moved = math.ceil(digits) if direction > 0 else math.floor(digits)
    # Through the decimal text: 0.39 and not 0.39000000000000001.
    return float(f"{moved}e{exponent}")


def _within(spec: FieldSpec, value: float, moved: float) -> Value:
    if spec.minimum is not None:
        moved = max(moved, spec.minimum)
    if spec.maximum is not None:
        moved = min(moved, spec.maximum)
    if spec.above is not None and moved <= spec.above:
        moved = value
    if 0 < moved < spec.least:
        moved = spec.least if moved > value else 0
    return int(moved) if spec.kind == "integer" else float(moved)
