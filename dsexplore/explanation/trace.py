"""Reading: the function of a quantity as a formula, along the branches that run."""

from __future__ import annotations

import ast
import builtins
import inspect
import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from types import ModuleType
from typing import Any

from dsexplore.explanation.signs import NOTATION, WRITTEN_OUT, as_factor, declared, looked_up
from dsexplore.explanation.source import (
    UnreadableError,
    bound,
    by_value,
    definition,
    given,
    keys_of,
    summary_of,
)
from dsexplore.explanation.term import Kind, Term, settled
from dsexplore.explanation.units import unit_of

_OPERATORS: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("−", operator.sub),
    ast.Mult: ("×", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.Mod: ("mod", operator.mod),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}
# A helper with more arguments is written out in place of its call.
_MOST_ARGUMENTS = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """A function as it ran: its intermediate results, in order, and its result.

    `helpers` are the functions it calls by name, each read with its arguments.
    """

    name: str
    summary: str
    arguments: tuple[Term, ...]
    steps: tuple[Term, ...]
    result: Term
    helpers: tuple[Reading, ...]


def read(function: Callable[..., Any], arguments: Mapping[str, Term]) -> Reading:
    """A function as a formula of its arguments, each by its parameter's name.

    Raises UnreadableError, and OSError if the source is not installed.
    """
    return _Reader().reading(function, dict(arguments))


class _Reader:
    """One reading, helpers included: it numbers results in the order of the lines."""

    def __init__(self) -> None:
        self.places = count()
        self._helpers: dict[int, Reading] = {}

    def reading(self, function: Callable[..., Any], arguments: dict[str, Term]) -> Reading:
        inside = tuple(arguments.values())
        steps, result = settled(_Lines(self, function, arguments).result())
        called = {term.place for term in result.walk() if term.kind == "call"}
        helpers = tuple(self._helpers[place] for place in sorted(called) if place in self._helpers)
        name, summary = function.__name__, summary_of(function)
        return Reading(name, summary, inside, tuple(steps), result, helpers)

    def called(
        self, function: Callable[..., Any], arguments: list[Term], named: dict[str, Term]
    ) -> Term:
        """A call of a function without a notation of its own."""
        # A function written in Python is ours and is read; a built-in one is only called.
        is_ours = inspect.isfunction(function)
        parts = (*arguments, *named.values())
        is_private = function.__name__.startswith("_") or function in WRITTEN_OUT
        if is_ours and (is_private or len(parts) > _MOST_ARGUMENTS):
            try:
                return _Lines(self, function, bound(function, arguments, named)).result()
            except UnreadableError:
                if any(term.kind in ("sequence", "table") for term in parts):
                    raise
        values = [argument.value for argument in arguments]
        value = function(*values, **{name: term.value for name, term in named.items()})
        place = self._explained(function, arguments, named) if is_ours else -1
        return Term("call", value, function.__name__.strip("_"), parts, place=place)

    def _explained(
        self, function: Callable[..., Any], arguments: list[Term], named: dict[str, Term]
    ) -> int:
        inside = {
            name: Term("name", term.value, name, unit=unit_of(term))
            for name, term in bound(function, arguments, named).items()
        }
        try:
            reading = self.reading(function, inside)
        except (UnreadableError, OSError):
            return -1
        place = next(self.places)
        self._helpers[place] = reading
        return place


class _Lines:
    """The lines of one function, read with the values of its names."""

    def __init__(
        self, reader: _Reader, function: Callable[..., Any], arguments: dict[str, Term]
    ) -> None:
        self._reader = reader
        self._function = function
        self._names = arguments
        self._conditions: list[Term] = []

    def result(self) -> Term:
        """The returned term."""
        found = self._run(definition(self._function).body)
        if found is None:
            raise self._unreadable()
        return found.because(*self._conditions)

    def _unreadable(self) -> UnreadableError:
        return UnreadableError(self._function.__name__)

    def _run(self, lines: list[ast.stmt]) -> Term | None:
        for line in lines:
            match line:
                case ast.Expr(value=ast.Constant(value=str())):
                    continue
                case ast.Return(value=ast.expr() as value):
                    return self._term(value)
                case ast.Assign(targets=[target], value=value):
                    self._assign(target, self._term(value))
                case ast.If(test=test, body=body, orelse=otherwise):
                    condition = self._term(test)
                    self._conditions.append(condition)
                    found = self._run(body if condition.value else otherwise)
                    if found is not None:
                        return found
                case ast.For(target=target, iter=rows, body=body, orelse=[]):
                    self._sum(target, self._plain(rows).parts, body)
                case _:
                    raise self._unreadable()
        return None

    def _sum(self, target: ast.expr, rows: tuple[Term, ...], body: list[ast.stmt]) -> None:
        """A loop whose last line adds to a sum."""
        match body[-1]:
            case ast.Assign(
                targets=[ast.Name(id=name) as total],
                value=ast.BinOp(left=ast.Name(id=added), op=ast.Add(), right=addend),
            ) if name == added and name in self._names and rows:
                terms = []
            case _:
                raise self._unreadable()
        start = self._plain(total)
        value = start.value
        for row in rows:
            self._name_row(target, row)
            if self._run(body[:-1]) is not None:
                raise self._unreadable()
            terms.append(self._term(addend))
            value = value + terms[-1].value
        parts = (*map(by_value, terms[:-1]), terms[-1])
        found = Term("sum", value, parts=parts)
        if start.value != 0:
            found = Term("operation", value, "+", (start, found))
        self._assign(total, found)

    def _name_row(self, target: ast.expr, row: Term) -> None:
        """Names for a row of a table, which differ from row to row."""
        match target:
            case ast.Name(id=name):
                self._names[name] = Term("name", row.value, name)
            case ast.Tuple(elts=targets) if row.kind == "sequence":
                for each, part in zip(targets, row.parts, strict=True):
                    self._name_row(each, part)
            case _:
                raise self._unreadable()

    def _assign(self, target: ast.expr, term: Term) -> None:
        match target:
            case ast.Name(id=name):
                self._names[name] = self._local(name, term)
            case ast.Tuple(elts=targets) if term.kind == "sequence":
                for each, part in zip(targets, term.parts, strict=True):
                    self._assign(each, part)
            case _:
                raise self._unreadable()

    def _local(self, name: str, term: Term) -> Term:
        return Term("local", term.value, name, (term,), place=next(self._reader.places))

    def _term(self, node: ast.expr) -> Term:  # noqa: PLR0911 - a line for each kind
        match node:
            case ast.Constant(value=str() as value):
                return Term("text", value)
            case ast.Constant(value=value):
                return Term("number", value)
            case ast.Name(id=name) if name in self._names:
                return self._names[name]
            case ast.Name(id=name):
                return self._constant(name)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                parts = tuple(self._items(items))
                return Term("sequence", tuple(part.value for part in parts), parts=parts)
            case ast.Dict():
                return self._table(node)
            case ast.JoinedStr(values=pieces):
                return self._sentence(pieces)
            case ast.Call():
                return self._call(node)
            case ast.Attribute(value=ast.Name(), attr=name):
                value = self._attribute(node)
                return given(value) if math.isinf(value) else Term("constant", value, name)
            case ast.Attribute(value=ast.Subscript(value=ast.Name(id=table), slice=key), attr=name):
                return declared(self._found(table), self._term(key), name)
            case ast.Subscript(value=table, slice=key):
                return looked_up(self._plain(table), self._term(key))
            case ast.IfExp(test=test, body=yes, orelse=no):
                condition = self._term(test)
                return self._term(yes if condition.value else no).because(condition)
        return self._operation(node)

    def _operation(self, node: ast.expr) -> Term:  # noqa: PLR0911 - a line for each kind
        match node:
            case ast.BinOp(op=ast.BitAnd(), left=left, right=right):
                return self._together("all", [left, right])
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return self._together("any", [left, right])
            case ast.BoolOp(op=ast.And(), values=values):
                return self._together("all", values)
            case ast.BoolOp(values=values):
                return self._together("any", values)
            case ast.BinOp(op=ast.Pow(), left=left, right=right):
                base, exponent = as_factor(self._term(left)), as_factor(self._term(right))
                return Term("power", base.value**exponent.value, parts=(base, exponent))
            case ast.BinOp(op=sign, left=left, right=right) if type(sign) in _OPERATORS:
                label, apply = _OPERATORS[type(sign)]
                parts = as_factor(self._term(left)), as_factor(self._term(right))
                return Term("operation", apply(parts[0].value, parts[1].value), label, parts)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=float() | int() as value)):
                return Term("number", -value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = as_factor(self._term(operand))
                return Term("negative", -inner.value, parts=(inner,))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self._term(operand)
                return Term("not", not inner.value, parts=(inner,))
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return self._comparison(self._term(left), sign, self._term(right))
        raise self._unreadable()

    def _together(self, kind: Kind, nodes: list[ast.expr]) -> Term:
        """Joined conditions, flattened where the same word joins them."""
        rows = [term.parts if term.kind == kind else (term,) for term in map(self._term, nodes)]
        parts = tuple(part for row in rows for part in row)
        holds = all(p.value for p in parts) if kind == "all" else any(p.value for p in parts)
        return Term(kind, holds, parts=parts)

    def _comparison(self, left: Term, sign: ast.cmpop, right: Term) -> Term:
        if isinstance(sign, ast.In | ast.NotIn) and right.kind in ("sequence", "table"):
            among = right.parts if right.kind == "sequence" else keys_of(right)
            found = Term("choice", left.value in right.value, parts=(left, *among))
            is_in = isinstance(sign, ast.In)
            return found if is_in else Term("not", not found.value, parts=(found,))
        if type(sign) not in _COMPARISONS:
            raise self._unreadable()
        label, compare = _COMPARISONS[type(sign)]
        return Term("compare", bool(compare(left.value, right.value)), label, (left, right))

    def _constant(self, name: str) -> Term:
        value = self._found(name)
        if isinstance(value, str):
            return Term("text", value)
        if isinstance(value, int | float):
            return Term("constant", value, name.strip("_"))
        if isinstance(value, tuple | list):
            return given(value)
        if isinstance(value, dict):
            return Term("table", value, parts=tuple(map(given, value.values())))
        raise self._unreadable()

    def _found(self, name: str) -> Any:
        known = self._function.__globals__
        if name not in known and not hasattr(builtins, name):
            raise self._unreadable()
        return known[name] if name in known else getattr(builtins, name)

    def _table(self, node: ast.Dict) -> Term:
        keys = [self._term(key).value for key in node.keys if key is not None]
        parts = tuple(map(self._term, node.values))
        if len(keys) != len(parts):
            raise self._unreadable()
        values = {key: part.value for key, part in zip(keys, parts, strict=True)}
        return Term("table", values, parts=parts)

    def _sentence(self, pieces: list[ast.expr]) -> Term:
        parts = []
        for piece in pieces:
            match piece:
                case ast.Constant(value=str() as words):
                    parts.append(Term("text", words))
                case ast.FormattedValue(value=value, format_spec=None):
                    parts.append(Term("spot", "", parts=(self._term(value),)))
                case _:
                    raise self._unreadable()
        text = "".join(
            f"{part.parts[0].value}" if part.kind == "spot" else part.value for part in parts
        )
        return Term("template", text, parts=tuple(parts))

    def _items(self, nodes: list[ast.expr]) -> Iterable[Term]:
        for node in nodes:
            if isinstance(node, ast.Starred):
                yield from self._plain(node.value).parts
            else:
                yield self._term(node)

    def _plain(self, node: ast.expr) -> Term:
        """A term for its parts, without the name it was assigned to."""
        term = self._term(node)
        return term.parts[0] if term.kind == "local" else term

    def _call(self, node: ast.Call) -> Term:
        arguments = list(self._items(node.args))
        match node.func:
            case ast.Attribute(value=table, attr="get"):
                return looked_up(self._plain(table), *arguments)
            case ast.Attribute(value=ast.Name(id=name), attr="upper") if name in self._names:
                return replace(self._names[name], value=self._names[name].value.upper())
        named = {word.arg: self._term(word.value) for word in node.keywords if word.arg}
        if len(named) != len(node.keywords):
            raise self._unreadable()
        function = self._function_of(node.func)
        if function in NOTATION:
            # A sentence names its values.
            told = {name: self._local(name, term) for name, term in named.items()}
            return NOTATION[function](*arguments, **told)
        return self._reader.called(function, arguments, named)

    def _attribute(self, node: ast.Attribute) -> Any:
        """An attribute of a module."""
        module = self._found(node.value.id) if isinstance(node.value, ast.Name) else None
        if not isinstance(module, ModuleType) or not hasattr(module, node.attr):
            raise self._unreadable()
        return getattr(module, node.attr)

    def _function_of(self, node: ast.expr) -> Callable[..., Any]:
        found = None
        if isinstance(node, ast.Name) and node.id not in self._names:
            found = self._found(node.id)
        if isinstance(node, ast.Attribute):
            found = self._attribute(node)
        if not callable(found):
            raise self._unreadable()
        function: Callable[..., Any] = found
        return function
