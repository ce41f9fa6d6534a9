"""Ranges: between which numbers the result of an operation lies, by those of what it is of.

Rounding is monotone, so the bounds of sums, products, quotients and roots hold to the last digit;
those of logarithms and the like are widened. A range says that nothing in it is infinite, and
whether some of it may be unknown (nan).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Range(NamedTuple):
    """Between which numbers all lie that are known, and whether all are."""

    low: float
    high: float
    is_known: bool = True


# A range, of which only the ends are read, or the ends alone.
_Ends = Range | tuple[float, float]
# Libraries differ by less in their logarithms and exponentials, relative.
_SLACK = 1e-12
# Beyond it e to the power is close to overflow.
_MOST_EXPONENT = 700.0
_EXPONENTIAL = (math.exp, math.expm1)


def range_of(operation: Any, ranges: tuple[Range | None, ...]) -> Range | None:
    """The range of an operation's results; None where there is none, or it has no ends."""
    if operation is np.where:
        return _of_choice(*ranges[1:])
    of_ends = _ENDS.get(operation)
    if of_ends is None or None in ranges:
        return None
    ends = of_ends(*ranges)
    # Infinite or unknown less itself is unknown.
    if ends is None or ends[0] - ends[0] != 0.0 or ends[1] - ends[1] != 0.0:
        return None
    is_known = True
    for each in ranges:
        is_known = is_known and (each is None or each[2])
    return Range(ends[0], ends[1], is_known)


def unknown_in_part(of: Range | None) -> Range | None:
    """The range of what has this range where it is known."""
    return None if of is None else of._replace(is_known=False)


def without_rest(within: Range, whole: Range | None, part: Range | None) -> Range:
    """The range of a whole less all of it but a part, rounding apart; `within` by its ends alone.

    As layers without experts are: the layers less those that are not the first few.
    """
    if whole is None or part is None:
        return within
    slack = _SLACK * max(-whole.low, whole.high, -part.low, part.high)
    return Range(part.low - slack, part.high + slack, within.is_known)


def passes_unknown(operation: Any) -> bool:
    """Whether a result is unknown where anything that it is made of is."""
    return operation in _ENDS


def compared(operation: Any, one: Range | None, other: Range | None) -> bool | None:
    """What a comparison comes to for all numbers of two ranges; None where it depends."""
    if one is None or other is None or operation not in _COMPARED:
        return None
    truth = _COMPARED[operation](one, other)
    # What is unknown is unlike anything, and neither more nor less.
    if (one.is_known and other.is_known) or truth is (operation is np.not_equal):
        return truth
    return None


def _of_choice(yes: Range | None, no: Range | None) -> Range | None:
    if yes is None or no is None:
        return None
    return Range(min(yes.low, no.low), max(yes.high, no.high), yes.is_known and no.is_known)


def _product(one: _Ends, other: _Ends) -> _Ends:
    low, high = one[0], one[1]
    if low >= 0.0 and other[0] >= 0.0:
        return low * other[0], high * other[1]
    ends = low * other[0], low * other[1], high * other[0], high * other[1]
    return min(ends), max(ends)


def _quotient(one: _Ends, other: _Ends) -> _Ends | None:
    if other[0] <= 0.0 <= other[1]:
        return None
    low, high = one[0], one[1]
    ends = low / other[0], low / other[1], high / other[0], high / other[1]
    return min(ends), max(ends)


def _of_rising(function: Callable[[float], float], above: float) -> Callable[[_Ends], _Ends | None]:
    """The ends of a rising function of numbers above one."""

    def found(of: _Ends) -> _Ends | None:
        if of[0] <= above or (function in _EXPONENTIAL and of[1] > _MOST_EXPONENT):
            return None
        low, high = function(of[0]), function(of[1])
        return low - abs(low) * _SLACK, high + abs(high) * _SLACK

    return found


def _root(of: _Ends) -> _Ends | None:
    return (math.sqrt(of[0]), math.sqrt(of[1])) if of[0] >= 0 else None


def _rounded(function: Callable[[float], int]) -> Callable[[_Ends], _Ends]:
    return lambda of: (float(function(of[0])), float(function(of[1])))


def _size(of: _Ends) -> tuple[float, float]:
    one, other = abs(of[0]), abs(of[1])
    return (0.0 if of[0] <= 0.0 <= of[1] else min(one, other)), max(one, other)


def _square(of: _Ends) -> _Ends:
    low, high = _size(of)
    return low * low, high * high


_ENDS: dict[Any, Callable[..., _Ends | None]] = {
    np.add: lambda one, other: (one[0] + other[0], one[1] + other[1]),
    np.subtract: lambda one, other: (one[0] - other[1], one[1] - other[0]),
    np.multiply: _product,
    np.divide: _quotient,
    np.minimum: lambda one, other: (min(one[0], other[0]), min(one[1], other[1])),
    np.maximum: lambda one, other: (max(one[0], other[0]), max(one[1], other[1])),
    np.remainder: lambda one, other: (0.0, other[1]) if other[0] > 0 else None,
    np.negative: lambda of: (-of[1], -of[0]),
    np.positive: lambda of: of,
    np.absolute: _size,
    np.square: _square,
    np.sqrt: _root,
    np.ceil: _rounded(math.ceil),
    np.floor: _rounded(math.floor),
    np.rint: _rounded(round),
    np.exp: _of_rising(math.exp, -math.inf),
    np.expm1: _of_rising(math.expm1, -math.inf),
    np.log: _of_rising(math.log, 0.0),
    np.log2: _of_rising(math.log2, 0.0),
    np.log1p: _of_rising(math.log1p, -1.0),
}


def _is_below(one: Range, other: Range) -> bool | None:
    return True if one[1] < other[0] else False if one[0] >= other[1] else None


def _is_at_most(one: Range, other: Range) -> bool | None:
    return True if one[1] <= other[0] else False if one[0] > other[1] else None


def _is_equal(one: Range, other: Range) -> bool | None:
    if one[1] < other[0] or other[1] < one[0]:
        return False
    return True if one[0] == one[1] == other[0] == other[1] else None


def _is_other(one: Range, other: Range) -> bool | None:
    equal = _is_equal(one, other)
    return None if equal is None else not equal


_COMPARED: dict[Any, Callable[[Range, Range], bool | None]] = {
    np.less: _is_below,
    np.less_equal: _is_at_most,
    np.greater: lambda one, other: _is_below(other, one),
    np.greater_equal: lambda one, other: _is_at_most(other, one),
    np.equal: _is_equal,
    np.not_equal: _is_other,
}
