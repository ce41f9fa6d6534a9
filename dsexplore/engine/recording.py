"""Recording: formulas run once on symbols, which note every operation on what varies.

What does not vary is computed on the spot, and an operation met twice is noted once. The notes are
what `plan.py` makes a function of.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from dsexplore.engine.ranges import (
    Range,
    compared,
    passes_unknown,
    range_of,
    unknown_in_part,
    without_rest,
)

# What a symbol stands for: floats, truths, or words, whole numbers and whatever else there is.
NUMBERS, TRUTHS, OTHERS = "numbers", "truths", "others"

_Operation = Callable[..., Any]
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


class UnrecordableError(Exception):
    """A formula asks of a symbol what only its values could tell."""


class Symbol:
    """A value that varies: an input, or an operation on symbols and constants."""

    __slots__ = ("arguments", "axes", "kind", "operation", "range", "recording")

    def __init__(
        self,
        recording: Recording,
        operation: _Operation | None,
        arguments: tuple[Any, ...],
        axes: int,
        kind: str,
        within: Range | None,
    ) -> None:
        self.recording = recording
        self.operation = operation
        self.arguments = arguments
        # A bit for each axis along which it varies.
        self.axes = axes
        self.kind = kind
        # Between which numbers all of it lies that is known, where that can be told.
        self.range = within

    def __array_ufunc__(self, ufunc: _Operation, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            raise UnrecordableError(f"{ufunc} by {method}")
        return self.recording.noted(ufunc, inputs)

    def __array_function__(
        self, function: _Operation, _types: Any, arguments: Any, options: Any
    ) -> Any:
        if function is not np.where or options:
            raise UnrecordableError(str(function))
        found = self.recording.noted(function, arguments)
        # As an array without axes, which is what numpy gives.
        return found if type(found) is Symbol else np.asarray(found)

    def __getitem__(self, key: Any) -> Symbol:
        if key != ():
            raise UnrecordableError("an element")
        return self

    def any(self) -> bool:
        """Whether it holds anywhere: it may, so formulas must be right where it does not."""
        return True

    def __bool__(self) -> bool:
        raise UnrecordableError("a truth of each element")

    def __float__(self) -> float:
        raise UnrecordableError("a number of each element")

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> Any:
        return self.recording.noted(np.equal, (self, other))

    def __ne__(self, other: object) -> Any:
        return self.recording.noted(np.not_equal, (self, other))


def _operator(operation: _Operation) -> Callable[[Symbol, Any], Any]:
    return lambda self, other: self.recording.noted(operation, (self, other))


def _from_the_right(operation: _Operation) -> Callable[[Symbol, Any], Any]:
    return lambda self, other: self.recording.noted(operation, (other, self))


def _of_one(operation: _Operation) -> Callable[[Symbol], Any]:
    return lambda self: self.recording.noted(operation, (self,))


_OPERATORS: dict[str, _Operation] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "truediv": np.divide,
    "floordiv": np.floor_divide,
    "mod": np.remainder,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
}
_COMPARISONS: dict[str, _Operation] = {
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}
_OF_ONE: dict[str, _Operation] = {
    "neg": np.negative,
    "pos": np.positive,
    "abs": np.absolute,
    "invert": np.invert,
}
for _name, _ufunc in _OPERATORS.items():
    setattr(Symbol, f"__{_name}__", _operator(_ufunc))
    setattr(Symbol, f"__r{_name}__", _from_the_right(_ufunc))
for _name, _ufunc in _COMPARISONS.items():
    setattr(Symbol, f"__{_name}__", _operator(_ufunc))
for _name, _ufunc in _OF_ONE.items():
    setattr(Symbol, f"__{_name}__", _of_one(_ufunc))


def _power(self: Symbol, exponent: Any) -> Any:
    """As numpy raises an array: squares and roots have operations of their own."""
    special = {2: np.square, 0.5: np.sqrt, 1: np.positive, -1: np.reciprocal}
    if not isinstance(exponent, Symbol) and exponent in special:
        return self.recording.noted(special[exponent], (self,))
    return self.recording.noted(np.power, (self, exponent))


def _power_of(self: Symbol, base: Any) -> Any:
    return self.recording.noted(np.power, (base, self))


setattr(Symbol, "__pow__", _power)  # noqa: B010 - as the other operators above
setattr(Symbol, "__rpow__", _power_of)  # noqa: B010


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

    def noted(self, operation: _Operation, arguments: tuple[Any, ...]) -> Any:
        """The symbol of an operation, or what it is known to come to."""
        arguments = tuple(map(_plain, arguments))
        simple = _simplified(operation, arguments)
        if simple is not None:
            return simple
        key = (operation, *map(_key, arguments))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._new(operation, arguments)
        return found

    def _new(self, operation: _Operation, arguments: tuple[Any, ...]) -> Any:
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
        if within is not None and (same := _same_as(operation, arguments, ranges)) is not None:
            return same
        axes = 0
        for each in arguments:
            if type(each) is Symbol:
                axes |= each.axes
        found = Symbol(self, operation, arguments, axes, kind, within)
        self.symbols.append(found)
        return found

    def opaque(self, function: _Operation, arguments: tuple[Any, ...]) -> Symbol:
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


def _simplified(operation: _Operation, arguments: tuple[Any, ...]) -> Any:
    """What an operation comes to without computing it, if it is one of a few; else None."""
    if passes_unknown(operation) and any(map(_is_unknown, arguments)):
        return math.nan
    simpler = _SIMPLER.get(operation)
    return simpler(operation, arguments) if simpler else None


def _of_sum(operation: _Operation, arguments: tuple[Any, ...]) -> Any:
    """A sum with 0, or a difference from it."""
    one, other = arguments
    if _is_zero(other) and _are_numbers(one):
        return one
    return other if operation is np.add and _is_zero(one) and _are_numbers(other) else None


def _of_product(operation: _Operation, arguments: tuple[Any, ...]) -> Any:
    """A product or a quotient by 1."""
    one, other = arguments
    if _is_one(other):
        return one
    return other if operation is np.multiply and _is_one(one) else None


def _of_where(_operation: _Operation, arguments: tuple[Any, ...]) -> Any:
    """A choice by a truth that is known, or between the same."""
    condition, yes, no = arguments
    if yes is no:
        return yes
    if type(condition) is Symbol or np.ndim(condition):
        return None
    return yes if condition else no


def _of_words(operation: _Operation, arguments: tuple[Any, ...]) -> Any:
    """Whether words chosen among some are these: by the conditions of the choice, without words."""
    one, other = arguments
    word, symbol = (one, other) if isinstance(one, str) else (other, one)
    if not isinstance(word, str) or type(symbol) is not Symbol or symbol.operation is not np.where:
        return None
    held = _is_word(symbol, word)
    return held if operation is np.equal else _not(held)


def _of_truths(operation: _Operation, arguments: tuple[Any, ...]) -> Any:
    """Truths joined, where one of them is known."""
    if operation is np.logical_not:
        (one,) = arguments
        return None if type(one) is Symbol else np.bool_(not one)
    known = [each for each in arguments if isinstance(each, bool | np.bool_)]
    if not known:
        return None
    one, other = arguments
    rest = other if known[0] is one else one
    if type(rest) is Symbol and rest.kind != TRUTHS:
        return None
    if operation is np.bitwise_and:
        return rest if known[0] else np.False_
    return np.True_ if known[0] else rest


def _range(argument: Any) -> Range | None:
    if type(argument) is Symbol:
        return _OF_TRUTHS if argument.kind == TRUTHS else argument.range
    if not isinstance(argument, _RANGED):
        return None
    return Range(float(argument), float(argument)) if math.isfinite(argument) else None


def _within(
    operation: _Operation,
    kind: str,
    arguments: tuple[Any, ...],
    ranges: tuple[Range | None, ...],
) -> Range | None:
    """The range of an operation's results, where it can be told."""
    if operation is np.where:
        _, yes, no = arguments
        if _is_unknown(no):
            return unknown_in_part(ranges[1])
        if _is_unknown(yes):
            return unknown_in_part(ranges[2])
    elif kind == OTHERS and all(_kind_of(each) == TRUTHS for each in arguments):
        return None  # numpy's sum of truths is a truth
    within = range_of(operation, ranges)
    if operation is np.subtract and within is not None:
        one, other = arguments
        if type(other) is Symbol and other.operation is np.subtract and other.arguments[0] is one:
            return without_rest(within, _range(one), _range(other.arguments[1]))
    return within


def _same_as(
    operation: _Operation, arguments: tuple[Any, ...], ranges: tuple[Range | None, ...]
) -> Any:
    """That of its arguments which an operation gives everywhere, by their ranges."""
    if operation is np.absolute:
        (one,), (within,) = arguments, ranges
        return one if within and within.low >= 0 and _are_numbers(one) else None
    if operation not in (np.maximum, np.minimum):
        return None
    for (this, own), (_, rest) in zip(
        pairs := list(zip(arguments, ranges, strict=True)), reversed(pairs), strict=True
    ):
        if own and rest and rest.is_known and _are_numbers(this):
            wins = own.low >= rest.high if operation is np.maximum else own.high <= rest.low
            if wins:
                return this
    return None


def _is_word(argument: Any, word: str) -> Any:
    """Where words are this one, by the conditions under which they were chosen."""
    if isinstance(argument, str):
        return argument == word
    if type(argument) is not Symbol or argument.operation is not np.where:
        return argument == word
    condition, yes, no = argument.arguments
    yes, no = _is_word(yes, word), _is_word(no, word)
    if isinstance(no, bool):
        if isinstance(yes, bool):
            return yes if yes == no else condition if yes else _not(condition)
        return _not(condition) | yes if no else condition & yes
    if isinstance(yes, bool):
        return condition | no if yes else _not(condition) & no
    return (condition & yes) | (_not(condition) & no)


def _not(truth: Any) -> Any:
    return np.logical_not(truth) if type(truth) is Symbol else not truth


_SIMPLER: dict[_Operation, Callable[[_Operation, tuple[Any, ...]], Any]] = {
    np.add: _of_sum,
    np.subtract: _of_sum,
    np.multiply: _of_product,
    np.divide: _of_product,
    np.where: _of_where,
    np.equal: _of_words,
    np.not_equal: _of_words,
    np.bitwise_and: _of_truths,
    np.bitwise_or: _of_truths,
    np.logical_not: _of_truths,
}


def _is_one(argument: Any) -> bool:
    return type(argument) in (float, int, bool) and argument == 1


def _is_zero(argument: Any) -> bool:
    return type(argument) in (float, int) and argument == 0


def _is_unknown(argument: Any) -> bool:
    return type(argument) is float and math.isnan(argument)


def _are_numbers(argument: Any) -> bool:
    return type(argument) is Symbol and argument.kind == NUMBERS


def _kind(operation: _Operation, arguments: tuple[Any, ...]) -> str:
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
