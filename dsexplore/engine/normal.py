"""Normal distribution: tails and quantiles of floats and arrays by published formulas."""

from __future__ import annotations

import math
from typing import Any

from dsexplore.engine.elementwise import exp, log, smaller, sqrt, where

# Both formulas are from Abramowitz and Stegun 1964, section 26.2.


def normal_quantile(tail: Any) -> Any:
    """The number exceeded by a standard normal one with this probability, between 0 and 1.

    Formula 26.2.23, with an error below 4.5e-4.
    """
    x = sqrt(-2.0 * log(smaller(tail, 1.0 - tail)))
    above = 2.515517 + x * (0.802853 + x * 0.010328)
    far = x - above / (1.0 + x * (1.432788 + x * (0.189269 + x * 0.001308)))
    return where(tail < 0.5, far, -far)


def normal_tail(number: Any) -> Any:
    """The probability of a standard normal number above this one.

    Formula 26.2.17, with an error below 7.5e-8.
    """
    size = abs(number)
    x = 1.0 / (1.0 + 0.2316419 * size)
    high = 1.781477937 + x * (-1.821255978 + x * 1.330274429)
    series = x * (0.319381530 + x * (-0.356563782 + x * high))
    beyond = exp(-0.5 * size * size) / math.sqrt(2.0 * math.pi) * series
    return where(number > 0, beyond, 1.0 - beyond)
