"""Recording: formulas run once on symbols, which note every operation on what varies.

What does not vary is computed on the spot, and an operation met twice is noted once. The notes are
what `plan.py` makes a function of.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dsexplore.engine.ranges import (
    Range,
    compared,
    range_of,
    unknown_in_part,
    without_rest,
)
from dsexplore.engine.simplified import is_unknown, same_as, simplified
from dsexplore.engine.symbol import NUMBERS, OTHERS, TRUTHS, Operation, Symbol

# What has a range by itself.
_RANGED = (float, int, np.bool_)
# What truths are to arithmetic.
_OF_TRUTHS = Range(0.0, 1.0)
_TRUTH_OF = {
    *(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal),
    *(np.logical_not, np.logical_and, np.logical_or, np.isfinite, np.isnan, np.isinf),
}
# Of truths alone these make truths.
_JOINING = {np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.where}


class Recording:
    """Operations on symbols, each noted once, needs before what needs them."""

    def __init__(self) -> None:
        self.symbols: list[Symbol] = []
        self._known: dict[tuple[Any, ...], Any] = {}

    def input(self, axes: int, kind: str, within: Range | None) -> Symbol:
        """A new input, varying along the axes whose bits are set, within a range if known."""
        found = Symbol(self, None, (), axes, kind, within)
        self.symbols.append(found)
        return found

    def noted(self, operation: Operation, arguments: tuple[Any, ...]) -> Any:
        """The symbol of an operation, or what it is known to come to."""
        arguments = tuple(map(_plain, arguments))
        simple = simplified(operation, arguments)
        if simple is not None:
            return simple
        key = (operation, *map(_key, arguments))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._new(operation, arguments)
        return found

    def _new(self, operation: Operation, arguments: tuple[Any, ...]) -> Any:
        """A symbol, or the number or truth that it is everywhere."""
        kind = _kind(operation, arguments)
        ranges = tuple(map(_range, arguments))
        if kind == TRUTHS and len(ranges) == 2:
            truth = compared(operation, *ranges)
            if truth is not None:
                return np.bool_(truth)
        within = None if kind == TRUTHS else _within(operation, kind, arguments, ranges)
        if within is not None and within.is_known and within.low == within.high:
            return within.low
        if within is not None and (same := same_as(operation, arguments, ranges)) is not None:
            return same
        axes = 0
        for each in arguments:
            if type(each) is Symbol:
                axes |= each.axes
        found = Symbol(self, operation, arguments, axes, kind, within)
        self.symbols.append(found)
        return found

    def opaque(self, function: Operation, arguments: tuple[Any, ...]) -> Symbol:
        """The symbol of a function that runs as it is, on arrays."""
        axes = 0
        for each in arguments:
            if type(each) is Symbol:
                axes |= each.axes
        found = Symbol(self, function, arguments, axes, OTHERS, None)
        self.symbols.append(found)
        return found


def _plain(argument: Any) -> Any:
    """A number of numpy's as one of Python's: the same to an array, and it can be looked up."""
    if type(argument) is Symbol or type(argument) is float:
        return argument
    return argument.item() if getattr(argument, "ndim", None) == 0 else argument


def _key(argument: Any) -> Any:
    if type(argument) is Symbol or isinstance(argument, np.ndarray):
        return id(argument)
    if type(argument) is float:
        # 0 and -0 are equal, and not the same.
        return argument, math.copysign(1.0, argument)
    return type(argument), argument


def _range(argument: Any) -> Range | None:
    if type(argument) is Symbol:
        return _OF_TRUTHS if argument.kind == TRUTHS else argument.range
    if not isinstance(argument, _RANGED):
        return None
    return Range(float(argument), float(argument)) if math.isfinite(argument) else None


def _within(
    operation: Operation,
    kind: str,
    arguments: tuple[Any, ...],
    ranges: tuple[Range | None, ...],
) -> Range | None:
    """The range of an operation's results, where it can be told."""
    if operation is np.where:
        _, yes, no = arguments
        if is_unknown(no):
            return unknown_in_part(ranges[1])
        if is_unknown(yes):
            return unknown_in_part(ranges[2])
    elif kind == OTHERS and all(_kind_of(each) == TRUTHS for each in arguments):
        return None  # numpy's sum of truths is a truth
    within = range_of(operation, ranges)
    if operation is np.subtract and within is not None:
        one, other = arguments
        if type(other) is Symbol and other.operation is np.subtract and other.arguments[0] is one:
            return without_rest(within, _range(one), _range(other.arguments[1]))
    return within


def _kind(operation: Operation, arguments: tuple[Any, ...]) -> str:
    if operation in _TRUTH_OF:
        return TRUTHS
    kinds = [*map(_kind_of, arguments[1:] if operation is np.where else arguments)]
    if NUMBERS in kinds:
        return NUMBERS
    return OTHERS if OTHERS in kinds or operation not in _JOINING else TRUTHS


def _kind_of(argument: Any) -> str:
    if type(argument) is Symbol:
        return argument.kind
    if type(argument) is float:
        return NUMBERS
    if isinstance(argument, np.ndarray):
        return {"f": NUMBERS, "b": TRUTHS}.get(argument.dtype.kind, OTHERS)
    if isinstance(argument, bool | np.bool_):
        return TRUTHS
    return NUMBERS if isinstance(argument, float) else OTHERS
