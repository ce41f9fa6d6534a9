"""Exact arithmetic, in which a formula can be run as it stands and loses nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any


class Exact(Fraction):
    """A fraction that stays one beside the floats of a formula, each of which is a fraction."""


def _exactly(name: str) -> Callable[[Exact, Any], Any]:
    of_fractions = getattr(Fraction, name)

    def apply(self: Exact, other: Any) -> Any:
        result = of_fractions(self, exact(other))
        return Exact(result) if isinstance(result, Fraction) else result

    return apply


for _operation in ("add", "sub", "mul", "truediv", "mod"):
    for _side in ("", "r"):
        setattr(Exact, f"__{_side}{_operation}__", _exactly(f"__{_side}{_operation}__"))


def exact(value: Any) -> Any:
    """A number as it is, without rounding; words and truths are left alone."""
    if isinstance(value, float | int) and not isinstance(value, bool) and math.isfinite(value):
        return Exact(value)
    return value
