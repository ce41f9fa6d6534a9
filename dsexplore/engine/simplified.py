"""What an operation on symbols comes to, where that is known without computing it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from dsexplore.engine.ranges import Range, passes_unknown
from dsexplore.engine.symbol import NUMBERS, TRUTHS, Operation, Symbol


def simplified(operation: Operation, arguments: tuple[Any, ...]) -> Any:
    """What an operation comes to without computing it, if it is one of a few; else None."""
    if passes_unknown(operation) and any(map(is_unknown, arguments)):
        return math.nan
    simpler = _SIMPLER.get(operation)
    return simpler(operation, arguments) if simpler else None


def _of_sum(operation: Operation, arguments: tuple[Any, ...]) -> Any:
    """A sum with 0, or a difference from it."""
    one, other = arguments
    if _is_zero(other) and are_numbers(one):
        return one
    return other if operation is np.add and _is_zero(one) and are_numbers(other) else None


def _of_product(operation: Operation, arguments: tuple[Any, ...]) -> Any:
    """A product or a quotient by 1."""
    one, other = arguments
    if _is_one(other):
        return one
    return other if operation is np.multiply and _is_one(one) else None


def _of_where(_operation: Operation, arguments: tuple[Any, ...]) -> Any:
    """A choice by a truth that is known, or between the same."""
    condition, yes, no = arguments
    if yes is no:
        return yes
    if type(condition) is Symbol or np.ndim(condition):
        return None
    return yes if condition else no


def _of_words(operation: Operation, arguments: tuple[Any, ...]) -> Any:
    """Whether words chosen among some are these: by the conditions of the choice, without words."""
    one, other = arguments
    word, symbol = (one, other) if isinstance(one, str) else (other, one)
    if not isinstance(word, str) or type(symbol) is not Symbol or symbol.operation is not np.where:
        return None
    held = _is_word(symbol, word)
    return held if operation is np.equal else _not(held)


def _of_truths(operation: Operation, arguments: tuple[Any, ...]) -> Any:
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


def same_as(
    operation: Operation, arguments: tuple[Any, ...], ranges: tuple[Range | None, ...]
) -> Any:
    """That of its arguments which an operation gives everywhere, by their ranges."""
    if operation is np.absolute:
        (one,), (within,) = arguments, ranges
        return one if within and within.low >= 0 and are_numbers(one) else None
    if operation not in (np.maximum, np.minimum):
        return None
    for (this, own), (_, rest) in zip(
        pairs := list(zip(arguments, ranges, strict=True)), reversed(pairs), strict=True
    ):
        if own and rest and rest.is_known and are_numbers(this):
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


_SIMPLER: dict[Operation, Callable[[Operation, tuple[Any, ...]], Any]] = {
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


def is_unknown(argument: Any) -> bool:
    """Whether an argument is nan itself, everywhere."""
    return type(argument) is float and math.isnan(argument)


def are_numbers(argument: Any) -> bool:
    """Whether an argument stands for floats that vary."""
    return type(argument) is Symbol and argument.kind == NUMBERS
