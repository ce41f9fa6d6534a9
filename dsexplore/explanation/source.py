"""The source of a function and its arguments, to be read as a formula."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from dsexplore.explanation.term import Term
from dsexplore.explanation.units import unit_of


class UnreadableError(Exception):
    """A function cannot be written as a formula; its name is the message."""


@cache
def definition(function: Callable[..., Any]) -> ast.FunctionDef:
    """The syntax tree of a function.

    Raises UnreadableError for anything but a plain function, OSError if its file is not installed.
    """
    if not inspect.isfunction(function):
        raise UnreadableError(str(function))
    found = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(found, ast.FunctionDef):
        raise UnreadableError(function.__name__)
    return found


@cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)


def parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names that a function has for its arguments, in order."""
    return tuple(_signature(function).parameters)


def summary_of(function: Callable[..., Any]) -> str:
    """The first paragraph of its docstring, on one line."""
    return " ".join((inspect.getdoc(function) or "").partition("\n\n")[0].split())


def bound(
    function: Callable[..., Any], arguments: list[Term], named: dict[str, Term]
) -> dict[str, Term]:
    """Arguments by parameter name, defaults included."""
    found = _signature(function).bind(*arguments, **named)
    found.apply_defaults()
    return {
        name: term if isinstance(term, Term) else given(term)
        for name, term in found.arguments.items()
    }


def given(value: Any) -> Term:
    """A literal value of the code as a term."""
    if isinstance(value, tuple | list):
        return Term("sequence", tuple(value), parts=tuple(map(given, value)))
    return Term("text" if isinstance(value, str) else "number", value)


def keys_of(table: Term) -> tuple[Term, ...]:
    """The keys of a table as terms."""
    return tuple(map(given, table.value))


def by_value(term: Term) -> Term:
    """A term with its intermediate results as values alone."""
    if term.kind == "local":
        return Term("name", term.value, term.label, unit=unit_of(term))
    return replace(term, parts=tuple(map(by_value, term.parts)))
