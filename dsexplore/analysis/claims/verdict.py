"""Verdicts: how far a computed figure is from the printed one, and whether it contradicts it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal

from dsexplore.analysis.claims.expression import Value

Verdict = Literal["reproduced", "rough", "contradicted", "disclosed", "undecided"]
Bound = Literal["", "above", "below", "strictly above", "strictly below"]

VERDICTS: Final[dict[str, str]] = {
    "reproduced": "the recipe gives the printed figure within its own rounding, or within 5 %",
    "rough": "same conclusion, more than 5 % and less than 25 % away",
    "contradicted": "the document's own inputs give something else",
    "disclosed": "a stated fact, not derived",
    "undecided": "the recipe needs a value that is not known, or divides by one that is zero",
}
# A larger share of the larger figure is more than rounding.
CLOSE: Final = 0.05
_ROUGH = 0.25
# The binary of a decimal: 0.95 / 1 - 1 is a hair more than 5 % away.
_HAIR = 1e-9


def deviation(states: Value, gives: Value) -> float:
    """The signed distance of the computed figure, as a share of the larger of the two.

    So 7.78 for 10 is as far off as 10 for 7.78.

    Two printed figures are a range for one result, which is off from the nearer end; of several
    results the furthest off counts. nan if that has no meaning.
    """
    if isinstance(gives, tuple):
        if not isinstance(states, tuple) or len(states) != len(gives):
            return math.nan
        return _furthest([_share(one, other) for one, other in zip(states, gives, strict=True)])
    if isinstance(states, tuple):
        low, high = min(states), max(states)
        inside = low <= gives <= high
        return 0.0 if inside else _share(low if gives < low else high, gives)
    return _share(states, gives)


def verdict(states: Value, gives: Value, figures: int = 0, bound: Bound = "") -> Verdict:
    """The verdict on a printed figure with a recipe.

    `figures` is the number of significant figures printed, if rounding to them decides, else 0. A
    bound is kept or not: "more than 100" is as true of 101 as of 200, and of a figure that misses
    it by 5 %, as any figure may. A strict bound denies that the two are equal: it has no tolerance.
    """
    if any(math.isnan(value) for value in _numbers(gives)):
        return "undecided"
    if bound and isinstance(states, float) and isinstance(gives, float):
        kept = gives > states if is_above(bound) else gives < states
        near = not bound.startswith("strictly") and abs(deviation(states, gives)) <= CLOSE + _HAIR
        return "reproduced" if kept or near else "contradicted"
    off = abs(deviation(states, gives))
    if math.isnan(off):
        return "contradicted"
    if off <= CLOSE + _HAIR or (figures and _round_alike(states, gives, figures)):
        return "reproduced"
    return "rough" if off < _ROUGH - _HAIR else "contradicted"


def is_above(bound: Bound) -> bool:
    """Whether a bound is on the least that a figure may be."""
    return bound.endswith("above")


def _numbers(value: Value) -> Sequence[float]:
    return value if isinstance(value, tuple) else (value,)


def _share(states: float, gives: float) -> float:
    if states == 0:
        return 0.0 if gives == 0 else math.nan
    apart, larger = gives - states, max(abs(states), abs(gives))
    # The difference of two numbers may leave the range of numbers.
    return apart / larger if math.isfinite(apart) else gives / larger - states / larger


def _furthest(shares: list[float]) -> float:
    return math.nan if any(map(math.isnan, shares)) else max(shares, key=abs)


def _round_alike(states: Value, gives: Value, figures: int) -> bool:
    pairs = zip(_numbers(states), _numbers(gives), strict=False)
    return len(_numbers(states)) == len(_numbers(gives)) and all(
        f"{one:.{figures - 1}e}" == f"{other:.{figures - 1}e}" for one, other in pairs
    )
