"""Results in their final form: what is infinite is unknown."""

from __future__ import annotations

import math
from typing import Any


def finite(value: Any) -> Any:
    """A result in its final form: never infinite, and a float if it is a scalar."""
    if type(value) is float:
        # Infinite less itself is nan, and so is nan.
        return value if value - value == 0.0 else math.nan
    if isinstance(value, str):
        return str(value)
    if getattr(value, "ndim", 0):
        return _finite_array(value)
    number = float(value)
    return math.nan if math.isinf(number) else number


def _finite_array(values: Any) -> Any:
    import numpy as np  # noqa: PLC0415 - scalars do without

    if values.dtype.kind in "US" or not (infinite := np.isinf(values)).any():
        return values
    return np.where(infinite, np.nan, values)
