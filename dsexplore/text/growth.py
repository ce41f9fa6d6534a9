"""How far a number moved as a share of itself, in the few characters of a list of movers."""

from __future__ import annotations

import math

# From this factor on a share of itself says less than the factor.
_FACTOR = 2.0
_DIGITS = 2


def growth(before: float, after: float) -> float:
    """How far a number moved, whichever way: 0 for not at all, infinite from or to 0 or unknown.

    >>> growth(100.0, 106.0) == growth(106.0, 100.0), growth(0.0, 1.0), growth(3.0, 3.0)
    (True, inf, 0.0)
    """
    if before == after or (math.isnan(before) and math.isnan(after)):
        return 0.0
    if not (before > 0 and after > 0) or math.isinf(before) or math.isinf(after):
        return math.inf
    return abs(math.log(after / before))


def growth_text(before: float, after: float) -> str:
    """An arrow and by how much of itself: a share, or a factor where it is large.

    >>> growth_text(5.576, 5.9), growth_text(100, 94), growth_text(1, 12.6), growth_text(12, 1)
    ('▲5.8 %', '▼6 %', '▲×13', '▼÷12')
    >>> growth_text(0, 3), growth_text(3, math.nan), growth_text(3, 0)
    ('▲', '*', '▼')
    """
    if math.isnan(before) or math.isnan(after):
        return "*"
    arrow = "▲" if after > before else "▼"
    if not (before > 0 and after > 0) or math.isinf(before) or math.isinf(after):
        return arrow
    factor = max(after / before, before / after)
    if factor >= _FACTOR:
        sign = "×" if after > before else "÷"
        return f"{arrow}{sign}{_short(factor)}"
    return f"{arrow}{_short(abs(after / before - 1) * 100)} %"


def _short(number: float) -> str:
    """Two digits, and those of a whole number; next to nothing says so."""
    if number < 0.01:
        return "<0.01"
    return f"{number:,.0f}" if number >= 10 else f"{number:.{_DIGITS}g}"
