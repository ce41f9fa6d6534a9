"""What formulas need beyond arithmetic, for floats and arrays alike.

numpy is imported with the first array: floats, which are all that a key press needs, do without.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

# numpy's own float is a float; its bool is none of these, and goes the way of arrays.
_SCALARS: Any = (float, int, bool, str)
# Stirling's series is taken from here on, and of these terms, from the last but one to the first.
_SHIFT = 8
_STIRLING = (691 / 360360, 1 / 1188, 1 / 1680, 1 / 1260, 1 / 360, 1 / 12)


def are_scalars(*values: Any) -> bool:
    """Whether all values are plain numbers, truths or words, and none is an array."""
    return all(isinstance(value, _SCALARS) for value in values)


def where(condition: Any, yes: Any, no: Any) -> Any:
    """`yes` where the condition holds, `no` elsewhere; one of them as it is for a plain truth."""
    if isinstance(condition, bool):
        return yes if condition else no
    import numpy as np  # noqa: PLC0415

    return np.where(condition, yes, no)[()]


def ratio(part: Any, whole: Any) -> Any:
    """`part / whole`, and nan where there is nothing to divide by."""
    if isinstance(part, _SCALARS) and isinstance(whole, _SCALARS):
        return part / whole if whole else math.nan
    import numpy as np  # noqa: PLC0415

    if (nothing := np.equal(whole, 0)).any():
        whole = np.where(nothing, np.nan, whole)
    return np.divide(part, whole)


def without_unknown(amount: Any, price: Any) -> Any:
    """`amount * price`, where none of a thing costs nothing whatever its price."""
    return where(amount == 0, 0.0, amount * price)


def smaller(one: Any, other: Any) -> Any:
    """The smaller of two, element by element; nan if either is."""
    if isinstance(one, _SCALARS) and isinstance(other, _SCALARS):
        return one if one <= other or one != one else other  # noqa: PLR0124 - only nan differs
    import numpy as np  # noqa: PLC0415

    return np.minimum(one, other)


def larger(one: Any, other: Any) -> Any:
    """The larger of two, element by element; nan if either is."""
    if isinstance(one, _SCALARS) and isinstance(other, _SCALARS):
        return one if one >= other or one != one else other  # noqa: PLR0124 - only nan differs
    import numpy as np  # noqa: PLC0415

    return np.maximum(one, other)


def _element_by_element(name: str, of_float: Callable[[float], float]) -> Callable[[Any], Any]:
    """A function of numpy's that floats reach without it; nan where it has no value."""

    def applied(value: Any) -> Any:
        if not isinstance(value, _SCALARS):
            import numpy as np  # noqa: PLC0415

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


def is_known(value: Any) -> Any:
    """Whether a number is not nan."""
    return value == value  # noqa: PLR0124 - only nan differs from itself


def fails(condition: Any) -> Any:
    """Where a condition does not hold."""
    if isinstance(condition, bool):
        return not condition
    import numpy as np  # noqa: PLC0415

    return np.logical_not(condition)


def is_from_zero(value: Any) -> Any:
    """1 for a number from 0 on, 0 for a negative one, nan for nan."""
    return where(is_known(value), where(value >= 0, 1.0, 0.0), math.nan)


def _stirling_rest(number: Any) -> Any:
    """What ln Γ(x) is beyond (x - 1/2) ln x - x and a constant; to 1e-15 from 8 on."""
    square = 1.0 / (number * number)
    series = 1.0 / 156.0
    for coefficient in _STIRLING:
        series = coefficient - series * square
    return series / number


def touching_share(members: Any, everyone: Any, chosen: Any) -> Any:
    """Share of the choices among everyone that touch a group of so many members.

    1 - C(n - m, k) / C(n, k); m is whole, n need not be. The logarithm of that quotient is a second
    difference of ln Γ, and every part of it is a difference already, so that no digits cancel:
    relative error below 1e-14.
    """
    others = everyone - members
    left = others - chosen + 1.0
    is_missed = left > 0
    # ln Γ at left, at left + chosen, at left + members and at everyone + 1.
    low = where(is_missed, left, 1.0)
    high = low + members + chosen
    both = members * chosen
    missed = 0.0
    for _ in range(_SHIFT):
        missed = missed - log1p(both / (low * high))
        low, high = low + 1.0, high + 1.0
    missed = missed + (low - 0.5) * log1p(both / (low * high))
    missed = missed + members * log1p(-chosen / high) + chosen * log1p(-members / high)
    missed = missed + _stirling_rest(low + chosen) - _stirling_rest(low)
    missed = missed + _stirling_rest(low + members) - _stirling_rest(high)
    return where(is_missed, -expm1(missed), 1.0)


def distinct_groups(groups: Any, members: Any, chosen: Any) -> Any:
    """Groups that a random choice among the members of them all touches, on average.

    Members are whole: where they do not divide, some groups have one more than others.
    """
    everyone = groups * members
    fewest = floor(members)
    one_more = members - fewest
    touched = touching_share(fewest, everyone, chosen)
    touched_with_more = touching_share(fewest + 1, everyone, chosen)
    average = (1 - one_more) * touched + one_more * touched_with_more
    return smaller(groups * where(one_more == 0, touched, average), chosen)


def sentence(condition: Any, template: str, **values: Any) -> Any:
    """A template filled with values where the condition holds, and empty text elsewhere.

    Arrays give an array of sentences.
    """
    return first_sentence([(condition, template)], **values)


def first_sentence(cases: Sequence[tuple[Any, str]], **values: Any) -> Any:
    """The template of the first condition that holds, filled; empty text where none does.

    `cases` are pairs of a condition and its template. Arrays give an array of sentences.
    """
    if are_scalars(*(condition for condition, _ in cases), *values.values()):
        found = next((template for condition, template in cases if condition), "")
        return found.format(**values)
    return _sentences(cases, values)


def _sentences(cases: Sequence[tuple[Any, str]], values: dict[str, Any]) -> Any:
    import numpy as np  # noqa: PLC0415

    parts = [*(condition for condition, _ in cases), *values.values()]
    shape = np.broadcast_shapes(*map(np.shape, parts))
    chosen = np.full(shape, -1)
    for position, (condition, _) in reversed(list(enumerate(cases))):
        chosen = np.where(condition, position, chosen)
    flat = {name: np.broadcast_to(value, shape).ravel() for name, value in values.items()}
    texts = [""] * chosen.size
    # Of a million scenarios few have a problem.
    for row in np.flatnonzero(chosen >= 0):
        template = cases[chosen.ravel()[row]][1]
        texts[row] = template.format(**{name: value[row] for name, value in flat.items()})
    return np.array(texts, dtype=str).reshape(shape)[()]
