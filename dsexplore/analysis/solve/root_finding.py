"""Roots: where a function of one number changes its sign; it may be nan in places."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

Function = Callable[[float], float]

# A range from 0 has no first decade: the search begins at these.
_SMALLEST_SHARE = 1e-9
_BELOW_PRESENT = 1e-4
_SMALLEST = 1e-30
_POINTS = 60
_DENSE = 15
_EVERY_WHOLE = 200
_NEAR = 2**10
_ENOUGH_STEPS = 200


def grid(low: float, high: float, present: float) -> list[float]:
    """Numbers to try first, from `low` to `high`: evenly spaced, or by decades in a wide range.

    They are denser around `present`, which is one of them if it is in range; it may be nan.
    """
    points = {low, high}
    start = low or min(high, 1.0) * _SMALLEST_SHARE
    if present > 0:
        start = max(low, min(start, present * _BELOW_PRESENT))
    start = max(start, _SMALLEST)
    if high <= 10 * start:
        points |= {low + (high - low) * k / _POINTS for k in range(_POINTS)}
    else:
        decades = math.log10(high / start)
        count = math.ceil(max(_POINTS, 4 * decades))
        points |= {start * 10 ** (decades * k / count) for k in range(count)}
    if not math.isnan(present):
        points |= {present * 10 ** (k / 10) for k in range(-_DENSE, _DENSE + 1)}
    return sorted(point for point in points if low <= point <= high)


def whole_grid(low: int, high: int, present: float) -> list[int]:
    """Whole numbers to try first, from `low` to `high`: all, or the ones with many divisors.

    A number of GPUs, say, must divide other numbers, and few others do.
    """
    if high - low <= _EVERY_WHOLE:
        return list(range(low, high + 1))
    points = {low, high, *range(low, low + 16)}
    for power in range(high.bit_length()):
        for eighths in range(8, 16):
            is_near = math.isnan(present) or present / _NEAR <= 2**power <= present * _NEAR
            if is_near or eighths == 8:
                points.add((eighths << power) // 8)
    if not math.isnan(present):
        points |= set(_multiples(int(present)))
    return sorted(point for point in points if low <= point <= high)


def _multiples(present: int) -> Iterator[int]:
    """A whole number, and its simple fractions that are whole."""
    yield present
    for power in range(-10, 11):
        for eighths in range(8, 16):
            times, over = (eighths << max(power, 0)), 8 << max(-power, 0)
            if present * times % over == 0:
                yield present * times // over


def last_where(
    holds: Callable[[float], bool], inside: float, outside: float, *, whole: bool
) -> float:
    """The last number from `inside` towards `outside` at which a condition holds.

    It holds inside and not outside, and changes once between them.
    """
    for _ in range(_ENOUGH_STEPS):
        middle = (inside + outside) // 2 if whole else (inside + outside) / 2
        if middle in (inside, outside):
            break
        if holds(middle):
            inside = middle
        else:
            outside = middle
    return inside


def crossing(function: Function, low: float, high: float) -> float:
    """The number between two of opposite sign at which a function is 0, or jumps across 0.

    nan if it is nan on the way. Chandrupatla 1997, Advances in Engineering Software 28, 145:
    bisection, and an inverse parabola through three points wherever that is safe.
    """
    a, b = low, high
    at_a, at_b = function(a), function(b)
    c, at_c = a, at_a
    share = 0.5
    for _ in range(_ENOUGH_STEPS):
        middle = a + share * (b - a)
        if middle in (a, b):
            middle = a + (b - a) / 2
        found = function(middle)
        if math.isnan(found):
            return math.nan
        if (found > 0) == (at_a > 0):
            c, at_c = a, at_a
        else:
            c, at_c, b, at_b = b, at_b, a, at_a
        a, at_a = middle, found
        tightest = 2 * math.ulp(max(abs(a), abs(b)))
        if at_a == 0 or abs(b - a) <= tightest:
            break
        share = _next_share((a, b, c), (at_a, at_b, at_c), tightest)
    return a if abs(at_a) <= abs(at_b) else b


def _next_share(
    points: tuple[float, float, float], values: tuple[float, float, float], tightest: float
) -> float:
    """The next point to try between the first two, as a share of the way."""
    (a, b, c), (at_a, at_b, at_c) = points, values
    share = 0.5
    if c != b and at_c not in (at_a, at_b):
        across, up = (a - b) / (c - b), (at_a - at_b) / (at_c - at_b)
        if up**2 < across and (1 - up) ** 2 < 1 - across:
            share = at_a / (at_b - at_a) * at_c / (at_b - at_c)
            share += (c - a) / (b - a) * at_a / (at_c - at_a) * at_b / (at_c - at_b)
    least = min(0.5, tightest / abs(b - a))
    return min(max(share, least), 1 - least)


def tidied(function: Function, root: float) -> float:
    """The shortest decimal beside a root at which the function is no further from 0."""
    remains = abs(function(root))
    for digits in range(6, 16):
        shorter = float(f"{root:.{digits}g}")
        if abs(function(shorter)) <= remains:
            return shorter
    return root
