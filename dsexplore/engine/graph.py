"""The graph of quantities: a function's name is a result, its parameters are what it needs."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any, Literal, TypeVar

from dsexplore.engine.elementwise import are_scalars

Values = dict[str, Any]
# A problem is a sentence about what cannot be, empty where nothing stands in the way.
Kind = Literal["number", "text", "problem"]
_Function = TypeVar("_Function", bound=Callable[..., Any])


class GraphError(Exception):
    """The formulas do not fit together; raised when the engine is imported."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One result: the function that computes it, what it needs, its unit and where it is from.

    `source` is the paper that holds the formula, `assumes` a modelling choice of this program; one
    of the two may be empty.
    """

    name: str
    function: Callable[..., Any]
    needs: tuple[str, ...]
    unit: str
    source: str
    assumes: str
    summary: str
    subject: str
    # What it needs under one choice alone: a need, the field of the choice, the choice.
    only_when: Mapping[str, tuple[str, str]]
    kind: Kind = "number"
    # Of a problem: the needs that cannot be as they are, nor what follows from one of them.
    forbids: tuple[str, ...] = ()
    # The quantity whose formula it is, at other inputs (engine/again.py).
    copy_of: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it is words and not a number."""
        return self.kind != "number"


@dataclass(frozen=True, slots=True)
class _Declaration:
    """What a function says of itself as a quantity."""

    unit: str | None
    kind: Kind
    source: str
    assumes: str
    only_when: Mapping[str, tuple[str, str]]
    forbids: tuple[str, ...]


def quantity(
    unit: str | None = None,
    *,
    kind: Kind = "number",
    source: str = "",
    assumes: str = "",
    only_when: Mapping[str, tuple[str, str]] | None = None,
    forbids: tuple[str, ...] = (),
) -> Callable[[_Function], _Function]:
    """Declare a function as a quantity: the unit of its result, and where its formula is from.

    `source` cites the paper that holds the formula, or says that it is a definition; `assumes`
    says in one sentence what this program chose itself. One of them is needed. A number needs a
    unit, if an empty one; a text or a problem has none. `only_when` maps a need to the field and
    choice under which alone the formula reads it. `forbids` are the needs of a problem of which it
    says that they cannot be together.
    """

    def declare(function: _Function) -> _Function:
        named = "text" if unit is None and kind != "number" else unit
        declared = _Declaration(named, kind, source, assumes, only_when or {}, forbids)
        function.__dict__["quantity"] = declared
        return function

    return declare


class _Known(dict[str, Any]):
    """Values by name. Left out is only what the choices in force make no use of: that is nan."""

    def __missing__(self, name: str) -> float:
        return math.nan


class Derived(ABC):
    """What a module may declare beside functions: quantities made of others in the graph."""

    __slots__ = ()

    @abstractmethod
    def quantities(self, name: str, subject: str, known: Mapping[str, Quantity]) -> list[Quantity]:
        """The quantities of what a module calls so, made of known ones; raises GraphError."""


class Graph:
    """Quantities in an order in which each follows what it needs. Immutable once checked."""

    def __init__(self, subjects: Mapping[str, Iterable[ModuleType]], fields: Iterable[str]) -> None:
        """Collect and check the quantities of the modules of each subject over names of fields.

        Raises GraphError for an unknown name, a circle, a name used twice, a missing unit or
        summary, and where there is neither a source nor an assumption.
        """
        self.fields = frozenset(fields)
        declared = [
            (name, subject, found)
            for subject, modules in subjects.items()
            for module in modules
            for name, found in _declared_in(module, subject)
        ]
        collected = _with_derived(declared)
        self._refuse_doubles(collected)
        self.quantities = self._ordered({found.name: found for found in collected})

    def evaluate(self, inputs: Mapping[str, Any], only: Iterable[str] | None = None) -> Values:
        """Values of all quantities, or of some names and no more than they need.

        `inputs` maps every field to a float, bool or string, or to arrays that broadcast together.
        Returns names to floats, strings or arrays. Raises KeyError for an unknown name.
        """
        names = self.quantities if only is None else self.needed(only, inputs)
        values = _Known(inputs)
        value_of = values.__getitem__
        with _arrays_at_peace(values):
            for name in names:
                found = self.quantities[name]
                values[name] = found.function(*map(value_of, found.needs))
        wanted = names if only is None else list(dict.fromkeys(only))
        return {name: _finite(values[name]) for name in wanted}

    def evaluate_changed(
        self, values: Mapping[str, Any], changes: Mapping[str, Any], names: Container[str]
    ) -> Values:
        """Values after some fields have changed: only what follows from those is computed anew.

        `values` holds the fields and the named quantities, with all that those need; the result
        holds those of them that were computed.
        """
        now = _Known(values)
        now.update(changes)
        value_of = now.__getitem__
        affected = [name for name in self._following(changes) if name in names]
        for name in affected:
            found = self.quantities[name]
            now[name] = found.function(*map(value_of, found.needs))
        return {name: _finite(now[name]) for name in affected}

    def _following(self, changes: Mapping[str, Any]) -> Iterable[str]:
        """The quantities that follow from changed fields, in order."""
        if len(changes) == 1:
            return self._followers.get(next(iter(changes)), ())
        following = {name for field in changes for name in self._followers.get(field, ())}
        return [name for name in self.quantities if name in following]

    @cached_property
    def _followers(self) -> dict[str, tuple[str, ...]]:
        """The quantities that follow from each field, however far away, in order."""
        fields: dict[str, frozenset[str]] = {name: frozenset({name}) for name in self.fields}
        followers: dict[str, list[str]] = {name: [] for name in self.fields}
        for name, found in self.quantities.items():
            fields[name] = frozenset().union(*(fields[need] for need in found.needs))
            for field in fields[name]:
                followers[field].append(name)
        return {field: tuple(names) for field, names in followers.items()}

    def needed(self, names: Iterable[str], inputs: Mapping[str, Any] | None = None) -> list[str]:
        """The quantities that the named ones need, themselves included, in order.

        With the fields' values, those that their choices make no use of are left out.
        """
        wanted: set[str] = set()
        pending = list(names)
        while pending:
            name = pending.pop()
            if name in wanted or name in self.fields:
                continue
            wanted.add(name)
            found = self.quantities[name]
            if inputs is None or not found.only_when:
                pending += found.needs
            else:
                pending += [need for need in found.needs if _is_read(found, need, inputs)]
        return [name for name in self.quantities if name in wanted]

    def dependencies(self, name: str) -> tuple[str, ...]:
        """The fields and quantities that a quantity's formula names; none for a field."""
        return () if name in self.fields else self.quantities[name].needs

    def dependants(self, name: str) -> tuple[str, ...]:
        """The quantities whose formulas name a field or quantity."""
        if name not in self.fields and name not in self.quantities:
            raise KeyError(name)
        return tuple(q.name for q in self.quantities.values() if name in q.needs)

    def subjects(self) -> dict[str, list[Quantity]]:
        """Quantities by subject, in the order that the subjects were given."""
        by_subject: dict[str, list[Quantity]] = {}
        for found in self._declared:
            by_subject.setdefault(found.subject, []).append(found)
        return by_subject

    def _refuse_doubles(self, collected: list[Quantity]) -> None:
        self._declared = tuple(collected)
        seen: dict[str, str] = dict.fromkeys(self.fields, "the fields")
        for found in collected:
            if found.name in seen:
                raise GraphError(f"{found.name}: in {seen[found.name]} and in {found.subject}")
            seen[found.name] = found.subject

    def _ordered(self, found: dict[str, Quantity]) -> dict[str, Quantity]:
        order: dict[str, Quantity] = {}

        def visit(name: str, path: tuple[str, ...]) -> None:
            if name in order or name in self.fields:
                return
            if name in path:
                raise GraphError(f"a circle: {' → '.join((*path[path.index(name) :], name))}")
            if name not in found:
                raise GraphError(f"{path[-1]}: needs {name}, which is no field or quantity")
            for need in found[name].needs:
                visit(need, (*path, name))
            order[name] = found[name]

        for name in found:
            visit(name, ())
        return order


def _with_derived(
    declared: list[tuple[str, str, Quantity | Derived]],
) -> list[Quantity]:
    """The quantities in the order of declaration, with those made of others in their places."""
    known = {found.name: found for _, _, found in declared if isinstance(found, Quantity)}
    collected: list[Quantity] = []
    for name, subject, found in declared:
        made = [found] if isinstance(found, Quantity) else found.quantities(name, subject, known)
        collected += made
        known |= {each.name: each for each in made}
    return collected


def _declared_in(module: ModuleType, subject: str) -> Iterator[tuple[str, Quantity | Derived]]:
    for name, found in vars(module).items():
        if isinstance(found, Derived):
            yield name, found
        elif "quantity" in getattr(found, "__dict__", {}) and found.__module__ == module.__name__:
            yield name, _declared(name, found, subject)


def _declared(name: str, function: Callable[..., Any], subject: str) -> Quantity:
    """A function as the quantity that it is declared to be."""
    declared: _Declaration = function.__dict__["quantity"]
    summary = (function.__doc__ or "").strip().partition("\n\n")[0]
    if name != function.__name__ or not summary or declared.unit is None:
        raise GraphError(f"{subject}.{name}: a quantity needs its name, unit and summary")
    if not declared.source and not declared.assumes:
        raise GraphError(f"{subject}.{name}: a quantity needs a source or an assumption")
    # As inspect.signature has it, which is slow for hundreds of functions.
    needs = function.__code__.co_varnames[: function.__code__.co_argcount]
    if not declared.only_when.keys() <= set(needs):
        raise GraphError(f"{subject}.{name}: only_when names what it does not need")
    if not set(declared.forbids) <= (set(needs) if declared.kind == "problem" else set()):
        raise GraphError(f"{subject}.{name}: only a problem forbids, and only what it needs")
    return Quantity(
        name,
        function,
        needs,
        declared.unit,
        declared.source,
        declared.assumes,
        " ".join(summary.split()),
        subject,
        declared.only_when,
        declared.kind,
        declared.forbids,
    )


def _is_read(found: Quantity, need: str, inputs: Mapping[str, Any]) -> bool:
    if need not in found.only_when:
        return True
    field, choice = found.only_when[need]
    return bool(inputs[field] == choice)


def _finite(value: Any) -> Any:
    """A result as others may rely on it: never infinite, and a float where it is a scalar."""
    if type(value) is float:
        return math.nan if math.isinf(value) else value
    if isinstance(value, str):
        return str(value)
    if getattr(value, "ndim", 0):
        return _finite_array(value)
    number = float(value)
    return math.nan if math.isinf(number) else number


def _finite_array(values: Any) -> Any:
    import numpy as np  # noqa: PLC0415 - scalars do without

    if values.dtype.kind in "US" or not (infinite := np.isinf(values)).any():
        return values
    return np.where(infinite, np.nan, values)


def _arrays_at_peace(inputs: Mapping[str, Any]) -> AbstractContextManager[object]:
    """Where inputs are arrays, an unknown among many is nan and no warning."""
    if are_scalars(*inputs.values()):
        return nullcontext()
    import numpy as np  # noqa: PLC0415 - scalars do without

    return np.errstate(divide="ignore", invalid="ignore", over="ignore")
