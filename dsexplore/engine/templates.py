"""Sentences as results: a template filled where a condition holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from types import FunctionType
from typing import Any

from dsexplore.engine.elementwise import are_scalars, where

# In place of a sentence, where it is only asked whether there is one.
MARK = "✗"


def sentence(condition: Any, template: str, **values: Any) -> Any:
    """A template filled with values where the condition holds, and empty text elsewhere.

    Arrays give an array of sentences.
    """
    return "" if condition is False else first_sentence([(condition, template)], **values)


def first_sentence(cases: Sequence[tuple[Any, str]], **values: Any) -> Any:
    """The template of the first condition that holds, filled; empty text where none does.

    `cases` are pairs of a condition and its template. Arrays give an array of sentences.
    """
    if all(condition is False for condition, _ in cases):
        return ""
    if are_scalars(*(condition for condition, _ in cases), *values.values()):
        found = next((template for condition, template in cases if condition), "")
        return found.format(**values)
    return _sentences(cases, values)


def _sentences(cases: Sequence[tuple[Any, str]], values: dict[str, Any]) -> Any:
    import numpy as np  # noqa: PLC0415 - scalars do without

    parts = [*(condition for condition, _ in cases), *values.values()]
    shape = np.broadcast_shapes(*map(np.shape, parts))
    chosen = np.full(shape, -1)
    for position, (condition, _) in reversed(list(enumerate(cases))):
        chosen = np.where(condition, position, chosen)
    if (chosen < 0).all():
        return np.zeros(shape, dtype="U1")[()]
    flat = {name: np.broadcast_to(value, shape).ravel() for name, value in values.items()}
    texts = [""] * chosen.size
    # Of a million scenarios few have a problem.
    for row in np.flatnonzero(chosen >= 0):
        template = cases[chosen.ravel()[row]][1]
        texts[row] = template.format(**{name: value[row] for name, value in flat.items()})
    return np.array(texts, dtype=str).reshape(shape)[()]


def unworded(function: Callable[..., Any]) -> Callable[..., Any]:
    """A formula that only marks where it would say a sentence: the same rules, without words.

    It gives `MARK` or empty text, which costs arrays no loop over their elements.
    """
    if not isinstance(function, FunctionType):
        return function
    marking = {sentence: _marked, first_sentence: _first_marked}
    said = {}
    for name in function.__code__.co_names:
        found = function.__globals__.get(name)
        if found in (sentence, first_sentence):
            said[name] = marking[found]
        elif isinstance(found, FunctionType) and found.__module__ == function.__module__:
            # A sentence may be said by another function of the module.
            said |= {name: marks} if (marks := unworded(found)) is not found else {}
    if not said:
        return function
    return FunctionType(function.__code__, {**function.__globals__, **said}, function.__name__)


def _marked(condition: Any, _template: str, **_values: Any) -> Any:
    return where(condition, MARK, "")


def _first_marked(cases: Sequence[tuple[Any, str]], **_values: Any) -> Any:
    return where(reduce(or_, (condition for condition, _ in cases)), MARK, "")
