"""Neighbours: the values next to a counted field's, in the order in which they are tried."""

from __future__ import annotations

from dsexplore.scenario.field import FieldSpec

# So many values are tried on each side, and so many doublings or halvings.
_TRIED, _DOUBLINGS = 4096, 32
# Small counts are tried this far at least: 1 stage of 13 layers may become 13.
_REACH = 64
# Units of things counted one by one; of other counts the next value is the field's own step away.
_THINGS = frozenset({"GPU", "node", "stage", "layer", "head", "expert", "sequence", "SM"})


def is_amount(spec: FieldSpec) -> bool:
    """Whether a share more of a numeric field means something: it is measured, not counted out."""
    return spec.kind == "number" or spec.nudge == "two digits"


def neighbours(spec: FieldSpec, value: float, direction: int) -> list[float]:
    """Values above a field's own (direction 1) or below it (-1), the nearest first."""
    if spec.nudge == "power of two" and spec.unit not in _THINGS:
        found = [value * 2.0 ** (direction * k) for k in range(1, _DOUBLINGS + 1)]
    else:
        step = spec.step if spec.nudge == "step" else _stride(int(value))
        # Up to twice the value, or down to nothing.
        reach = value if direction < 0 else value + _REACH
        found = [
            value + direction * step * k for k in range(1, min(_TRIED, int(reach // step)) + 1)
        ]
    return [each for each in found if each % 1 == 0 and spec.contains(each)]


def _stride(value: int) -> int:
    """1, or for a large value a power of two that divides it."""
    step = 1
    while value // step > _TRIED and value % (2 * step) == 0:
        step *= 2
    return step
