"""Symbols: values that vary, whose operations are noted and not computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from dsexplore.engine.ranges import Range

# What a symbol stands for: floats, truths, or words, whole numbers and whatever else there is.
NUMBERS, TRUTHS, OTHERS = "numbers", "truths", "others"

Operation = Callable[..., Any]


class Notes(Protocol):
    """Where operations on symbols are noted."""

    def noted(self, operation: Operation, arguments: tuple[Any, ...]) -> Any:
        """The symbol of an operation, or what it is known to come to."""

    def opaque(self, function: Operation, arguments: tuple[Any, ...]) -> Symbol:
        """The symbol of a function that runs as it is, on arrays."""


class UnrecordableError(Exception):
    """A formula asks of a symbol what only its values could tell."""


class Symbol:
    """A value that varies: an input, or an operation on symbols and constants."""

    __slots__ = ("arguments", "axes", "kind", "operation", "range", "recording")

    def __init__(
        self,
        recording: Notes,
        operation: Operation | None,
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

    def __array_ufunc__(self, ufunc: Operation, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            raise UnrecordableError(f"{ufunc} by {method}")
        return self.recording.noted(ufunc, inputs)

    def __array_function__(
        self, function: Operation, _types: Any, arguments: Any, options: Any
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


def _operator(operation: Operation) -> Callable[[Symbol, Any], Any]:
    return lambda self, other: self.recording.noted(operation, (self, other))


def _from_the_right(operation: Operation) -> Callable[[Symbol, Any], Any]:
    return lambda self, other: self.recording.noted(operation, (other, self))


def _of_one(operation: Operation) -> Callable[[Symbol], Any]:
    return lambda self: self.recording.noted(operation, (self,))


_OPERATORS: dict[str, Operation] = {
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
_COMPARISONS: dict[str, Operation] = {
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}
_OF_ONE: dict[str, Operation] = {
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
