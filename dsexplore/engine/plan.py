"""A plan: the formulas of some results made one function of the inputs that vary.

Formulas run once on symbols (`recording.py`); what came of it is a list of numpy's operations, each
computed once, in which whatever does not vary is a number already. A temporary's place is taken by
the next as soon as nothing needs it, so that a chunk stays in the processor's cache.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dsexplore.engine.finite import finite
from dsexplore.engine.graph import Graph, Values
from dsexplore.engine.ranges import Range
from dsexplore.engine.recording import Recording
from dsexplore.engine.symbol import NUMBERS, TRUTHS, Symbol, UnrecordableError

_IN_PLACE = {
    np.add: "+=",
    np.subtract: "-=",
    np.multiply: "*=",
    np.divide: "/=",
}
_SIGNS = {
    np.add: "+",
    np.subtract: "-",
    np.multiply: "*",
    np.divide: "/",
    np.less: "<",
    np.less_equal: "<=",
    np.greater: ">",
    np.greater_equal: ">=",
    np.bitwise_and: "&",
    np.bitwise_or: "|",
}


@dataclass(frozen=True, slots=True)
class Varying:
    """How an input varies: along which axes, a bit for each, and between which numbers."""

    axes: int = 1
    within: Range | None = None
    are_truths: bool = False

    @classmethod
    def over(cls, values: Any, axes: int = 1) -> Varying:
        """How some numbers or truths vary; they must not be none."""
        if values.dtype == bool:
            return cls(axes, None, are_truths=True)
        ends = Range(float(values.min()), float(values.max()))
        return cls(axes, ends if math.isfinite(ends.low) and math.isfinite(ends.high) else None)


class Plan:
    """Some results of a scenario as a function of the fields that vary.

    Of variants it gives the results of each; what these have in common is computed once. A problem
    is a truth: whether it is in force.
    """

    def __init__(
        self,
        graph: Graph,
        inputs: Mapping[str, Any],
        varying: Mapping[str, Varying],
        names: Iterable[str],
        variants: Sequence[Mapping[str, str]] = ({},),
    ) -> None:
        """`inputs` holds every field; `varying` those of its fields that vary, and how.

        A variant is a choice of some fields that do not. Raises KeyError for an unknown name.
        """
        names = tuple(dict.fromkeys(names))
        recording = Recording()
        fields = {
            name: recording.input(how.axes, TRUTHS if how.are_truths else NUMBERS, how.within)
            for name, how in varying.items()
        }
        recorded = _recorded(recording, graph, {**inputs, **fields}, names, variants)
        self._fields = tuple(varying)
        # By variant, what no varying field moves, and the places of what one does.
        self._fixed: list[Values] = []
        self._moving: list[dict[str, int]] = []
        results: dict[int, Symbol] = {}
        for values in recorded:
            found = {name: _result(graph, name, values[name]) for name in names}
            moving = {name: each for name, each in found.items() if type(each) is Symbol}
            results |= {id(each): each for each in moving.values()}
            places = {each: place for place, each in enumerate(results)}
            self._moving.append({name: places[id(each)] for name, each in moving.items()})
            self._fixed.append({name: found[name] for name in found if name not in moving})
        # What has a range is never infinite.
        self._may_be_infinite = [
            place
            for place, each in enumerate(results.values())
            if each.kind != TRUTHS and each.range is None
        ]
        self._function = _compiled(recording, list(fields.values()), list(results.values()))

    @property
    def fixed(self) -> Values:
        """The results of the first variant that no varying field moves."""
        return self._fixed[0]

    def __call__(self, changes: Mapping[str, Any]) -> Values:
        """The results of the first variant at arrays of the varying fields, which broadcast.

        A result has the axes along which it varies; what varies with none is a number.
        """
        return self.of_each(changes)[0]

    def of_each(self, changes: Mapping[str, Any]) -> list[Values]:
        """The results of each variant, as for one."""
        with np.errstate(all="ignore"):
            found = list(self._function(*(changes[name] for name in self._fields)))
            for place in self._may_be_infinite:
                found[place] = _finite(found[place])
        return [
            fixed | {name: found[place] for name, place in moving.items()}
            for fixed, moving in zip(self._fixed, self._moving, strict=True)
        ]


def _recorded(
    recording: Recording,
    graph: Graph,
    inputs: Values,
    names: Sequence[str],
    variants: Sequence[Mapping[str, str]],
) -> list[Values]:
    """The values behind some results of each variant, symbols where they vary."""
    found: list[Values] = []
    for variant in variants:
        # What the first variant has in common with this one stays.
        changed = {name for name, word in variant.items() if word != variants[0].get(name)}
        values = {**(found[0] if found else inputs), **variant}
        again = graph.following(changed) if found else set()
        with np.errstate(all="ignore"):
            for name in graph.needed(names, values):
                if name not in values or name in again:
                    values[name] = _noted(recording, *graph.marking(name, values))
        found.append(values)
    return found


def _result(graph: Graph, name: str, value: Any) -> Any:
    """A result in its final form, a problem as a truth."""
    if name in graph.quantities and graph.quantities[name].kind == "problem":
        value = value != ""
    if type(value) is Symbol:
        return value
    return bool(value) if isinstance(value, bool | np.bool_) else finite(value)


def _finite(values: Any) -> Any:
    """Results with what is infinite unknown; the same array where nothing is."""
    if not getattr(values, "ndim", 0):
        return finite(values)  # of a formula that runs as it is
    # A sum of zeros, unless something is infinite or unknown.
    if values.dtype.kind == "f" and math.isnan(np.dot(values.ravel(), np.zeros(values.size))):
        values[np.isinf(values)] = math.nan
    return values


def _noted(recording: Recording, function: Callable[..., Any], values: Sequence[Any]) -> Any:
    """A formula's result; a symbol if any of its needs is one."""
    if Symbol not in map(type, values):
        return function(*values)
    try:
        return function(*values)
    except UnrecordableError:
        return recording.opaque(function, tuple(values))


def _compiled(
    recording: Recording, inputs: Sequence[Symbol], results: Sequence[Symbol]
) -> Callable[..., tuple[Any, ...]]:
    """The function that gives the results from the inputs, as Python makes it of its text."""
    used = _used(recording, results)
    last = _last_uses(used, results)
    places = {id(each): f"i{number}" for number, each in enumerate(inputs)}
    constants: dict[str, Any] = {}
    lines = []
    free: list[str] = []
    highest = 0
    kept = {id(each) for each in (*inputs, *results)}
    for number, symbol in enumerate(used):
        if symbol.operation is None:
            continue
        dying = {
            id(each): each
            for each in symbol.arguments
            if type(each) is Symbol and last[id(each)] == number and id(each) not in kept
        }
        line, place = _line(symbol, places, dying, constants)
        if place is None:
            if not free:
                free.append(f"t{highest}")
                highest += 1
            place = free[-1]
            names = [places[each] for each in dying]
            # A temporary may take the place of one that it is made of.
            place = names.pop() if names else free.pop()
            free += names
        else:
            free += [places[each] for each in dying if places[each] != place]
        places[id(symbol)] = place
        lines.append(line.format(place=place))
    returned = ", ".join(places[id(each)] for each in results)
    parameters = ", ".join(f"i{number}" for number in range(len(inputs)))
    body = "\n ".join([*lines, f"return ({returned}{',' if results else ''})"])
    exec(compile(f"def computed({parameters}):\n {body}", "<plan>", "exec"), constants)
    function: Callable[..., tuple[Any, ...]] = constants["computed"]
    return function


def _used(recording: Recording, results: Sequence[Symbol]) -> list[Symbol]:
    """What the results are made of, in the order in which it was noted."""
    needed: set[int] = set()
    pending = list(results)
    while pending:
        each = pending.pop()
        if id(each) not in needed:
            needed.add(id(each))
            pending += [need for need in each.arguments if type(need) is Symbol]
    return [each for each in recording.symbols if id(each) in needed]


def _last_uses(used: Sequence[Symbol], results: Sequence[Symbol]) -> dict[int, int]:
    last = {id(each): number for number, each in enumerate(used)}
    for number, symbol in enumerate(used):
        for each in symbol.arguments:
            if type(each) is Symbol:
                last[id(each)] = number
    return last


def _line(
    symbol: Symbol,
    places: Mapping[int, str],
    dying: Mapping[int, Symbol],
    constants: dict[str, Any],
) -> tuple[str, str | None]:
    """The statement of an operation, and its place if it is that of what dies in it."""

    def word(argument: Any) -> str:
        if type(argument) is Symbol:
            return places[id(argument)]
        name = f"c{len(constants)}"
        constants[name] = argument
        return name

    operation, arguments = symbol.operation, symbol.arguments
    assert operation is not None
    if operation in _IN_PLACE:
        one, other = arguments
        if id(one) in dying and _is_alike(one, symbol):
            return f"{places[id(one)]} {_IN_PLACE[operation]} {word(other)}", places[id(one)]
        is_symmetric = operation in (np.add, np.multiply)
        if is_symmetric and id(other) in dying and _is_alike(other, symbol):
            return f"{places[id(other)]} {_IN_PLACE[operation]} {word(one)}", places[id(other)]
    if operation in _SIGNS:
        return f"{{place}} = {word(arguments[0])} {_SIGNS[operation]} {word(arguments[1])}", None
    name = f"f_{getattr(operation, '__name__', 'formula')}_{id(operation)}"
    constants[name] = operation
    return f"{{place}} = {name}({', '.join(map(word, arguments))})", None


def _is_alike(one: Any, other: Symbol) -> bool:
    """Whether a symbol's array can hold another's results."""
    return bool(one.axes == other.axes and one.kind == other.kind == NUMBERS)
