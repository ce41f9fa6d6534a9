"""What formulas need beyond arithmetic, for floats and arrays alike.

numpy is imported with the first array: floats, which are all that a key press needs, do without.
"""

from __future__ import annotations

import math
from typing import Any

# numpy's own float is a float; its bool is none of these, and goes the way of arrays.
_SCALARS = (float, int, bool, str)


def are_scalars(*values: Any) -> bool:
    """Whether all values are plain numbers, truths or words, and none is an array."""
    return all(isinstance(value, _SCALARS) for value in values)


def where(condition: Any, yes: Any, no: Any) -> Any:
    """`yes` where the condition holds, `no` elsewhere; a scalar for scalars."""
    if isinstance(condition, bool) and are_scalars(yes, no):
        return yes if condition else no
    import numpy as np  # noqa: PLC0415

    return np.where(condition, yes, no)[()]


def ratio(part: Any, whole: Any) -> Any:
    """`part / whole`, and nan where there is nothing to divide by."""
    if are_scalars(part, whole):
        return part / whole if whole else math.nan
    import numpy as np  # noqa: PLC0415

    return np.divide(part, np.where(np.equal(whole, 0), np.nan, whole))


def without_unknown(amount: Any, price: Any) -> Any:
    """`amount * price`, where none of a thing costs nothing whatever its price."""
    return where(amount == 0, 0.0, amount * price)


def smaller(one: Any, other: Any) -> Any:
    """The smaller of two, element by element; nan if either is."""
    if are_scalars(one, other):
        return one if one <= other or one != one else other  # noqa: PLR0124 - only nan differs
    import numpy as np  # noqa: PLC0415

    return np.minimum(one, other)


def is_known(value: Any) -> Any:
    """Whether a number is not nan."""
    return value == value  # noqa: PLR0124 - only nan differs from itself


def fails(condition: Any) -> Any:
    """Where a condition does not hold."""
    if isinstance(condition, bool):
        return not condition
    import numpy as np  # noqa: PLC0415

    return np.logical_not(condition)


def sentence(condition: Any, template: str, **values: Any) -> Any:
    """A template filled with values where the condition holds, and empty text elsewhere.

    Arrays give an array of sentences.
    """
    if are_scalars(condition, *values.values()):
        return template.format(**values) if condition else ""
    return _sentences(condition, template, values)


def _sentences(condition: Any, template: str, values: dict[str, Any]) -> Any:
    import numpy as np  # noqa: PLC0415

    arrays = np.broadcast_arrays(condition, *values.values())
    # Of a million scenarios few have a problem.
    holds = np.atleast_1d(arrays[0]).astype(bool)
    rows = zip(*(np.atleast_1d(array)[holds] for array in arrays), strict=True)
    filled_at = [template.format(**dict(zip(values, row[1:], strict=True))) for row in rows]
    found = np.zeros(holds.shape, np.array(filled_at or "").dtype)
    found[holds] = filled_at
    return found.reshape(arrays[0].shape)[()]
