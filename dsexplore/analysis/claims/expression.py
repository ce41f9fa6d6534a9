"""Expressions: arithmetic over names in a file, parsed here and never run as code."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from dsexplore.text.quantities import UnitError
from dsexplore.text.refusal import ScenarioError, shown
from dsexplore.text.units import Unit, quantity_with_unit

_LONGEST = 500
_DEEPEST = 30
_ALLOWED = 'arithmetic over names, such as "a.total_cost / b.total_cost"'
_TOKEN = re.compile(
    r"(?P<number>(?:[0-9][0-9_]*\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*|[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<sign>\*\*|[-+*/(),\[\]])"
    r"|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL,
)
_OPERATORS: dict[str, Callable[[float, float], object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}
Value = float | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A field or quantity, with its scenario before a dot if there are several."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function of texts."""

    function: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """Two parts and the sign between them."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, in quotes: `'54 days'`."""

    value: float
    unit: Unit


Node = float | Name | Call | Quantity | Operation


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: its names and calls, and one result or a list of them."""

    text: str
    items: tuple[Node, ...]
    is_list: bool
    names: tuple[str, ...]
    calls: tuple[Call, ...]

    def evaluate(
        self, value_of: Callable[[str], float], result_of: Callable[[Call], float]
    ) -> Value:
        """Its value, nan if a name is unknown or it divides by zero."""
        values = tuple(_value(item, value_of, result_of) for item in self.items)
        return values if self.is_list else values[0]

    def written_with(self, text_of: Callable[[str], str]) -> str:
        """Its text with other text in place of every name."""
        found = [*_TOKEN.finditer(self.text)]
        return "".join(
            text_of(match[0]) if match.lastgroup == "name" and match[0] in self.names else match[0]
            for match in found
        )


def parse_expression(text: str) -> Expression:
    """An expression of numbers, names, `+ - * / **`, brackets, function calls, or a list of them.

    Raises ScenarioError without a place.

    >>> parse_expression("1 - 2 * b.mfu").evaluate({"b.mfu": 0.25}.__getitem__, lambda call: 0)
    0.5
    """
    if len(text) > _LONGEST:
        raise ScenarioError("", f"{len(text)} characters", f"at most {_LONGEST}")
    parser = _Parser(text)
    items, is_list = parser.parse()
    return Expression(
        " ".join(text.split()), items, is_list, tuple(parser.names), tuple(parser.calls)
    )


def check_numbers(expression: Expression) -> None:
    """Raise ScenarioError without a place for arithmetic of numbers alone that has no result."""
    for item in expression.items:
        _constant(item, expression.text)


def _value(
    node: Node, value_of: Callable[[str], float], result_of: Callable[[Call], float]
) -> float:
    if isinstance(node, Name):
        return value_of(node.text)
    if isinstance(node, Call):
        return result_of(node)
    if isinstance(node, Quantity):
        return node.value
    if isinstance(node, Operation):
        left = _value(node.left, value_of, result_of)
        return applied(node.sign, left, _value(node.right, value_of, result_of))
    return node


def _constant(node: Node, text: str) -> float | None:
    """The value of arithmetic of numbers alone, else None. Raises ScenarioError for no result."""
    if isinstance(node, Quantity):
        return node.value
    if not isinstance(node, Operation):
        return node if isinstance(node, float) else None
    left, right = _constant(node.left, text), _constant(node.right, text)
    if left is None or right is None:
        return None
    value = applied(node.sign, left, right)
    if math.isnan(value):
        found = f"{shown(text)}, which divides by zero or leaves the range of numbers"
        raise ScenarioError("", found, _ALLOWED)
    return value


def applied(sign: str, left: float, right: float) -> float:
    """The result of a sign between two numbers; nan if it has none."""
    try:
        result: object = _OPERATORS[sign](left, right)
    except (ZeroDivisionError, OverflowError):
        return math.nan
    # A root of a negative number is complex.
    return result if isinstance(result, float) and math.isfinite(result) else math.nan


class _Parser:
    """Recursive descent: sum, product, signed, power, atom."""

    def __init__(self, text: str) -> None:
        self._tokens = [
            (str(match.lastgroup), match[0])
            for match in _TOKEN.finditer(text)
            if match.lastgroup != "space"
        ]
        self._at = 0
        self._depth = 0
        self._text = text
        self.names: dict[str, None] = {}
        self.calls: list[Call] = []

    def parse(self) -> tuple[tuple[Node, ...], bool]:
        is_list = self._take("[") != ""
        items = [self._sum()]
        while is_list and self._take(","):
            items.append(self._sum())
        if is_list:
            self._must("]")
        if self._at < len(self._tokens):
            raise self._refusal()
        return tuple(items), is_list

    def _sum(self) -> Node:
        node = self._product()
        while sign := self._take("+", "-"):
            node = Operation(sign, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._signed()
        while sign := self._take("*", "/"):
            node = Operation(sign, node, self._signed())
        return node

    def _signed(self) -> Node:
        self._depth += 1  # every kind of nesting passes here
        if self._depth > _DEEPEST:
            raise ScenarioError("", "brackets or signs nested too deep", _ALLOWED)
        sign = self._take("-", "+")
        node = self._signed() if sign else self._power()
        self._depth -= 1
        return Operation("-", 0.0, node) if sign == "-" else node

    def _power(self) -> Node:
        base = self._atom()
        return Operation("**", base, self._signed()) if self._take("**") else base

    def _atom(self) -> Node:
        if self._take("("):
            node = self._sum()
            self._must(")")
            return node
        kind, text = self._next()
        if kind == "number":
            self._at += 1
            return _number(text)
        if kind == "text":
            self._at += 1
            return _quantity(text[1:-1])
        if kind != "name":
            raise self._refusal()
        self._at += 1
        return self._call(text) if self._take("(") else self._name(text)

    def _name(self, text: str) -> Name:
        self.names[text] = None
        return Name(text)

    def _call(self, function: str) -> Call:
        arguments: list[str] = []
        while True:
            kind, text = self._next()
            if kind != "text":
                raise self._refusal()
            arguments.append(text[1:-1])
            self._at += 1
            if not self._take(","):
                break
        self._must(")")
        call = Call(function, tuple(arguments))
        self.calls.append(call)
        return call

    def _next(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _take(self, *texts: str) -> str:
        """Take the next token if it is one of these; empty if it is not."""
        found = self._next()[1]
        if not found or found not in texts:
            return ""
        self._at += 1
        return found

    def _must(self, text: str) -> None:
        if not self._take(text):
            raise self._refusal()

    def _refusal(self) -> ScenarioError:
        kind, text = self._next()
        what = "ends too early" if kind == "end" else f"has {shown(text)} in the wrong place"
        return ScenarioError("", f"{shown(self._text)}, which {what}", _ALLOWED)


def _quantity(text: str) -> Quantity:
    try:
        return Quantity(*quantity_with_unit(text))
    except UnitError as error:
        raise ScenarioError("", str(error), "a number with its unit, such as '54 days'") from None


def _number(text: str) -> float:
    digits = text.replace("_", "")
    value = float(digits)
    if not math.isfinite(value):
        raise ScenarioError("", f"a number beyond 1e308, {shown(text)}", _ALLOWED)
    return value
