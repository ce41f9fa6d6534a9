"""Lognormal distribution cut off at a cap: shares, means and medians of floats and arrays."""

from __future__ import annotations

from typing import Any

from dsexplore.engine.elementwise import exp, larger, log, ratio, smaller, where
from dsexplore.engine.normal import normal_tail

# Rounds in which the median of lengths is found, and the least slope that they count on: where all
# but a few answers are cut, their mean says little of the median.
_ROUNDS = 6
_FLATTEST = 0.02

# Spreads beyond the cap, farther than which a median is not looked for: all answers are cut.
_FARTHEST = 8.0


def beyond(cap: Any, at: Any, spread: Any) -> Any:
    """Share of lognormal lengths beyond a cap, by the logarithm of their median."""
    share = normal_tail((log(cap) - at) / where(spread > 0, spread, 1.0))
    return where(spread > 0, share, 0.0)


def mean_below(cap: Any, at: Any, spread: Any) -> Any:
    """Mean of lognormal lengths with those beyond a cap counted as 0."""
    far = (log(cap) - at) / where(spread > 0, spread, 1.0) - spread
    return exp(at + spread * spread / 2) * where(spread > 0, normal_tail(-far), 1.0)


def median_before_cap(mean: Any, spread: Any, cap: Any) -> Any:
    """The median of lognormal lengths of which those cut off at a cap have this mean.

    Newton's method in the median's logarithm. The mean of cut lengths rises ever slower with it, so
    each round comes closer from below.
    """
    at = log(mean) - spread * spread / 2
    farthest = log(cap) + _FARTHEST * spread
    for _ in range(_ROUNDS):
        below = mean_below(cap, at, spread)
        share = below + cap * beyond(cap, at, spread)
        slope = larger(ratio(below, share), _FLATTEST)
        at = smaller(at - log(ratio(share, mean)) / slope, farthest)
    return exp(at)
