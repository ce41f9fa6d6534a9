"""Functions for formulas beyond arithmetic, for floats and arrays alike.

numpy is imported with the first array: a key press needs only floats and does without it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

# numpy's own float is a float; its bool is none of these and is treated like an array.
_SCALARS: Any = (float, int, bool, str)
# A condition without arrays: a comparison, or a field or quantity of 0 or 1.
_TRUTHS: Any = (bool, float, int)


def are_scalars(*values: Any) -> bool:
    """Whether all values are plain numbers, truths or words, none an array."""
    return all(isinstance(value, _SCALARS) for value in values)


def where(condition: Any, yes: Any, no: Any) -> Any:
    """`yes` where the condition holds, `no` elsewhere; a plain truth returns one unchanged."""
    if condition is True:
        return yes
    if condition is False:
        return no
    if isinstance(condition, _TRUTHS):
        return yes if condition else no
    import numpy as np  # noqa: PLC0415 - scalars do without

    return np.where(condition, yes, no)[()]


def ratio(part: Any, whole: Any) -> Any:
    """`part / whole`; nan where the whole is 0."""
    if isinstance(whole, _SCALARS):
        return part / (whole or math.nan)
    import numpy as np  # noqa: PLC0415 - scalars do without

    if (nothing := np.equal(whole, 0)).any():
        whole = np.where(nothing, np.nan, whole)
    return np.divide(part, whole)


def without_unknown(amount: Any, price: Any) -> Any:
    """`amount * price`; 0 for an amount of 0, even at an unknown price."""
    return where(amount == 0, 0.0, amount * price)


def smaller(one: Any, other: Any) -> Any:
    """The smaller of two, element by element; nan if either is."""
    if isinstance(one, _SCALARS) and isinstance(other, _SCALARS):
        return one if one <= other or one != one else other  # noqa: PLR0124 - only nan differs
    import numpy as np  # noqa: PLC0415 - scalars do without

    return np.minimum(one, other)


def larger(one: Any, other: Any) -> Any:
    """The larger of two, element by element; nan if either is."""
    if isinstance(one, _SCALARS) and isinstance(other, _SCALARS):
        return one if one >= other or one != one else other  # noqa: PLR0124 - only nan differs
    import numpy as np  # noqa: PLC0415 - scalars do without

    return np.maximum(one, other)


def _element_by_element(name: str, of_float: Callable[[float], float]) -> Callable[[Any], Any]:
    """A function for floats without numpy, and for arrays with it; nan where undefined."""

    def applied(value: Any) -> Any:
        if not isinstance(value, _SCALARS):
            import numpy as np  # noqa: PLC0415 - scalars do without

            return getattr(np, name)(value)
        try:
            return float(of_float(value))
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    return applied


ceil = _element_by_element("ceil", math.ceil)
floor = _element_by_element("floor", math.floor)
nearest_whole = _element_by_element("rint", round)
sqrt = _element_by_element("sqrt", math.sqrt)
exp = _element_by_element("exp", math.exp)
expm1 = _element_by_element("expm1", math.expm1)
log = _element_by_element("log", math.log)
log1p = _element_by_element("log1p", math.log1p)
log2 = _element_by_element("log2", math.log2)

# A quotient is whole where it is not further from it than a few roundings of its parts.
_WHOLE = 1e-12


def _unless_whole(rounded: Callable[[Any], Any], part: Any, size: Any) -> Any:
    """`part / size` as a whole number: itself where only rounding keeps it from one."""
    times = ratio(part, size)
    whole = nearest_whole(times)
    return where(abs(times - whole) <= _WHOLE * whole, whole, rounded(times))


def times_to_hold(part: Any, size: Any) -> Any:
    """How many of a size hold the part: `part / size` rounded up, but for rounding's own sake.

    512 in groups of 1024 / 6 are 3, whichever way that third was rounded; nan where the size is 0.
    """
    return _unless_whole(ceil, part, size)


def times_within(room: Any, size: Any) -> Any:
    """How many of a size there is room for: `room / size` rounded down, as `times_to_hold`."""
    return _unless_whole(floor, room, size)


def side_by_side(one: Any, other: Any) -> Any:
    """Time of two works that run side by side: the longer, and up to a fifth more where alike.

    The fourth root of the sum of their fourth powers.
    """
    first, second = one * one, other * other
    both = first * first + second * second
    return math.sqrt(math.sqrt(both)) if isinstance(both, float) else sqrt(sqrt(both))


def is_known(value: Any) -> Any:
    """Whether a number is not nan."""
    return value == value  # noqa: PLR0124 - only nan differs from itself


def fails(condition: Any) -> Any:
    """Where a condition does not hold."""
    if isinstance(condition, bool):
        return not condition
    import numpy as np  # noqa: PLC0415 - scalars do without

    return np.logical_not(condition)


def is_from_zero(value: Any) -> Any:
    """1 for a number from 0 on, 0 for a negative one, nan for nan."""
    return where(is_known(value), where(value >= 0, 1.0, 0.0), math.nan)
