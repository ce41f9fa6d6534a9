"""Tornado bars: two changes of a figure around a line in the middle, readable without colour."""

from __future__ import annotations

import math

# What the lower value of an input does, and the higher one.
LOWER, HIGHER = "░", "█"
LEGEND = f"{LOWER} lower value, {HIGHER} higher value or another choice; ◀ ▶ beyond the scale"
_MIDDLE = "│"


def tornado(low: float, high: float, most: float, half: int) -> str:
    """A bar of 2 `half` + 1 cells for the changes at a lower and a higher value; nan is none.

    `most` is the change as long as a half. On the same side, the shorter is drawn over the longer.

    >>> tornado(-0.1, 0.2, 0.2, 4)
    '  ░░│████'
    >>> tornado(0.2, -0.3, 0.2, 4)
    '◀███│░░░░'
    """
    cells = [" "] * (2 * half + 1)
    parts = [(change, mark) for change, mark in ((low, LOWER), (high, HIGHER)) if change == change]  # noqa: PLR0124 - only nan differs from itself
    for change, mark in sorted(parts, key=lambda part: -abs(part[0])):
        side = math.copysign(1, change)
        share = abs(change) / most if most else 0.0
        length = min(half, round(share * half))
        for step in range(1, length + 1):
            cells[half + int(side) * step] = mark
        if share > 1 + 1e-9:
            cells[half + int(side) * half] = "▶" if side > 0 else "◀"
    cells[half] = _MIDDLE
    return "".join(cells)
