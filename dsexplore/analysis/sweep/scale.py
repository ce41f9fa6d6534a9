"""The scale of an axis in a plot: where its values lie, evenly or by logarithms."""

from __future__ import annotations

import math

from dsexplore.analysis.sweep.axis import Axis

# Beyond this ratio of its ends, an axis is drawn by logarithms.
_WIDE = 10


def is_by_logarithms(axis: Axis) -> bool:
    """Whether an axis of numbers is so wide that it is drawn by logarithms."""
    values = [float(value or 0) for value in axis.values]
    return min(values) > 0 and max(values) > _WIDE * min(values)


def places(axis: Axis) -> list[float]:
    """Where the values of an axis of numbers lie across a plot, each from 0 to 1."""
    values = [float(value or 0) for value in axis.values]
    if is_by_logarithms(axis):
        values = [math.log(value) for value in values]
    low, high = min(values), max(values)
    return [(value - low) / (high - low) if high > low else 0.5 for value in values]
