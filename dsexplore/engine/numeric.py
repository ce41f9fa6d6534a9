"""What formulas need of numpy, for floats and arrays alike."""

from __future__ import annotations

from typing import Any

import numpy as np


def where(condition: Any, yes: Any, no: Any) -> Any:
    """`yes` where the condition holds, `no` elsewhere; a scalar for scalars."""
    return np.where(condition, yes, no)[()]


def ratio(part: Any, whole: Any) -> Any:
    """`part / whole`, and nan where there is nothing to divide by."""
    return np.divide(part, np.where(np.equal(whole, 0), np.nan, whole))


def smaller(one: Any, other: Any) -> Any:
    """The smaller of two, element by element; nan if either is."""
    return np.minimum(one, other)


def is_known(value: Any) -> Any:
    """Whether a number is not nan."""
    return np.logical_not(np.isnan(value))


def sentence(condition: Any, template: str, **values: Any) -> Any:
    """A template filled with values where the condition holds, and empty text elsewhere.

    Arrays give an array of sentences.
    """
    names = list(values)
    arrays = np.broadcast_arrays(condition, *values.values())
    if arrays[0].ndim == 0:
        filled = {name: value[()] for name, value in zip(names, arrays[1:], strict=True)}
        return template.format(**filled) if bool(arrays[0]) else ""
    # Of a million scenarios few have a problem.
    holds = arrays[0].astype(bool)
    rows = zip(*(array[holds] for array in arrays), strict=True)
    filled_at = [template.format(**dict(zip(names, row[1:], strict=True))) for row in rows]
    sentences = np.zeros(holds.shape, np.array(filled_at or "").dtype)
    sentences[holds] = filled_at
    return sentences
