"""The graph of quantities: a function's name is a result, its parameters are its needs."""

from __future__ import annotations

import heapq
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from types import ModuleType
from typing import Any, Literal, TypeVar

from dsexplore.engine.elementwise import is_known, where
from dsexplore.engine.finite import finite
from dsexplore.engine.templates import unworded
from dsexplore.scenario.measured_run import MeasuredRun

# So many askings are remembered: a fit or a sweep asks for the same over and over.
_REMEMBERED = 256

# What the inputs of a single scenario are.
_WITHOUT_ARRAYS = frozenset((float, int, bool, str, MeasuredRun, type(None)))

Values = dict[str, Any]
# A problem is a sentence about something impossible, empty where nothing is.
Kind = Literal["number", "text", "problem"]
Better = Literal["less", "more", ""]
_Function = TypeVar("_Function", bound=Callable[..., Any])


class GraphError(Exception):
    """The formulas do not fit together; raised when the engine is imported."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One result: its function, needs and unit, and the source of its formula.

    `source` is the paper holding the formula, `assumes` a modelling choice of this program; one of
    the two may be empty.
    """

    name: str
    function: Callable[..., Any]
    needs: tuple[str, ...]
    unit: str
    source: str
    assumes: str
    summary: str
    subject: str
    # Needs read under some choices alone: the need, the field of the choice, those choices.
    only_when: Mapping[str, tuple[str, ...]]
    kind: Kind = "number"
    # Of a problem: fields and quantities that cannot be had, nor results that follow from them.
    forbids: tuple[str, ...] = ()
    # Of a problem: what it is said beside as well, though that can be had.
    concerns: tuple[str, ...] = ()
    # Needs that are left out of a sum where they are unknown: the sum is then at least what it is.
    at_least_without: tuple[str, ...] = ()
    # The quantity with the same formula, here at other inputs (engine/again.py).
    copy_of: str = ""
    # Where the formula has no result though all that it needs is known, in a clause.
    undefined: str = ""
    # Whether it only notices that a need has changed: other quantities say what that does.
    watches: bool = False
    # Whether it takes what its other needs were in the measured run, of which its first need tells.
    is_of_run: bool = False
    # What of it serves the user; empty where that is a matter of purpose.
    better: Better = ""

    @property
    def is_contradiction(self) -> bool:
        """Whether it is a problem of needs that cannot be together."""
        return not set(self.forbids).isdisjoint(self.needs)

    @property
    def is_text(self) -> bool:
        """Whether the result is words, not a number."""
        return self.kind != "number"


@dataclass(frozen=True, slots=True)
class _Declaration:
    """A function's declaration as a quantity."""

    unit: str | None
    kind: Kind
    source: str
    assumes: str
    only_when: Mapping[str, tuple[str, ...]]
    forbids: tuple[str, ...]
    concerns: tuple[str, ...]
    at_least_without: tuple[str, ...]
    undefined: str
    better: Better


def quantity(
    unit: str | None = None,
    *,
    kind: Kind = "number",
    source: str = "",
    assumes: str = "",
    only_when: Mapping[str, tuple[str, ...]] | None = None,
    forbids: tuple[str, ...] = (),
    concerns: tuple[str, ...] = (),
    at_least_without: tuple[str, ...] = (),
    undefined: str = "",
    better: Better = "",
) -> Callable[[_Function], _Function]:
    """Declare a function as a quantity: the unit of its result, and the source of its formula.

    `source` cites the paper holding the formula, or says it is a definition; `assumes` states a
    modelling choice of our own in one sentence. One of them is required. A number has a unit, if an
    empty one; a text or a problem has none. `only_when` maps a
    need to a field and the only choices of it under which the formula reads the need. `forbids`
    lists what cannot be had where a problem is in force: results that follow from it cannot either.
    `concerns` lists what the problem is said beside as well. `at_least_without` lists needs left
    out of a sum where they are unknown: the result, and all that rises with it, is then a bound.
    `undefined` says, in a clause, when there is no result though all needs are known; a quotient by
    a need that is 0 speaks for itself. `better` says which way it serves the user to move it.
    """

    def declare(function: _Function) -> _Function:
        named = "text" if unit is None and kind != "number" else unit
        declared = _Declaration(
            named,
            kind,
            source,
            assumes,
            only_when or {},
            forbids,
            concerns,
            at_least_without,
            undefined,
            better,
        )
        function.__dict__["quantity"] = declared
        return function

    return declare


class _Known(dict[str, Any]):
    """Values by name; nan for names unused under the choices in force."""

    def __missing__(self, name: str) -> float:
        return math.nan


# A quantity's name, its function, and what finds the function's arguments among known values.
_Step = tuple[str, Callable[..., Any], Callable[[Values], tuple[Any, ...]]]


def _values_of(needs: tuple[str, ...]) -> Callable[[Values], tuple[Any, ...]]:
    if len(needs) > 1:
        return itemgetter(*needs)
    return lambda values: tuple(values[need] for need in needs)


class Derived(ABC):
    """A module's declaration of quantities derived from others in the graph."""

    __slots__ = ()

    @abstractmethod
    def quantities(self, name: str, subject: str, known: Mapping[str, Quantity]) -> list[Quantity]:
        """The quantities declared here, derived from known ones; raises GraphError."""


class Graph:
    """Quantities, each after its needs. Immutable once checked."""

    def __init__(self, subjects: Mapping[str, Iterable[ModuleType]], fields: Iterable[str]) -> None:
        """Collect and check the quantities of the modules of each subject over names of fields.

        Raises GraphError for an unknown name, a circle, a name used twice, a missing unit or
        summary, and a quantity with neither source nor assumption.
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
        self._refuse_unknown_forbidden()
        self._steps = {
            name: (name, computing(found), _values_of(found.needs))
            for name, found in self.quantities.items()
        }
        self._all_steps = tuple(self._steps.values())

    def evaluate(
        self,
        inputs: Mapping[str, Any],
        only: Iterable[str] | None = None,
        *,
        in_words: bool = True,
    ) -> Values:
        """Values of all quantities, or of some names, computing no more than these need.

        `inputs` maps every field to a float, bool or string, or to arrays broadcasting together.
        Returns names to floats, strings or arrays; not in words, a sentence is but a mark where it
        would be said (`templates.MARK`). Raises KeyError for an unknown name.
        """
        steps: Iterable[_Step] = self._all_steps if in_words else self._marking_steps.values()
        if only is not None:
            of_each = self._steps if in_words else self._marking_steps
            steps = [of_each[name] for name in self.needed(only, inputs)]
        values = _Known(inputs)
        with _arrays_at_peace(inputs):
            for name, computed, needs in steps:
                values[name] = computed(*needs(values))
        wanted = self.quantities if only is None else dict.fromkeys(only)
        return _finite(values, wanted)

    def evaluate_changed(
        self,
        values: Mapping[str, Any],
        changes: Mapping[str, Any],
        names: Container[str],
        *,
        in_words: bool = True,
    ) -> Values:
        """Values after some fields have changed, computing only their followers again.

        `values` holds the fields, the named quantities and all their needs; the result holds the
        named quantities computed again; not in words as in `evaluate`.
        """
        steps = self._steps if in_words else self._marking_steps
        now = _Known(values)
        now.update(changes)
        affected = [name for name in self.following(changes) if name in names]
        with _arrays_at_peace(changes):
            for name in affected:
                _, computed, needs = steps[name]
                now[name] = computed(*needs(now))
        return _finite(now, affected)

    def moved(
        self, values: Mapping[str, Any], changes: Mapping[str, Any], names: Container[str]
    ) -> Iterator[tuple[str, Any]]:
        """The named quantities that other values of some fields change, with what each becomes.

        `values` as for `evaluate_changed`. In order, and no further than they are asked for: what
        follows from an unchanged result alone is not computed.
        """
        now = _Known(values)
        now.update(changes)
        waiting = [place for field in changes for place in self._readers.get(field, ())]
        heapq.heapify(waiting)
        done = -1
        while waiting:
            place = heapq.heappop(waiting)
            name, computed, needs = self._all_steps[place]
            if place == done or name not in names:
                continue
            done, before = place, now[name]
            after = now[name] = computed(*needs(now))
            # An infinite result is unknown by itself, and not for what follows from it.
            if after != before and (after == after or before == before):  # noqa: PLR0124 - nan
                for reader in self._readers.get(name, ()):
                    heapq.heappush(waiting, reader)
                yield name, finite(after)

    @cached_property
    def _readers(self) -> dict[str, list[int]]:
        """The places in order of the quantities that need each field or quantity themselves."""
        readers: dict[str, list[int]] = {}
        for place, found in enumerate(self.quantities.values()):
            for need in found.needs:
                readers.setdefault(need, []).append(place)
        return readers

    def following(self, changes: Collection[str]) -> Collection[str]:
        """The quantities following from changed fields, in order."""
        if len(changes) == 1:
            return self._followers.get(next(iter(changes)), ())
        following = {name for field in changes for name in self._followers.get(field, ())}
        return [name for name in self.quantities if name in following]

    @cached_property
    def _followers(self) -> dict[str, tuple[str, ...]]:
        """The quantities following from each field, at any distance, in order."""
        fields: dict[str, frozenset[str]] = {name: frozenset({name}) for name in self.fields}
        followers: dict[str, list[str]] = {name: [] for name in self.fields}
        for name, found in self.quantities.items():
            fields[name] = frozenset().union(*(fields[need] for need in found.needs))
            for field in fields[name]:
                followers[field].append(name)
        return {field: tuple(names) for field, names in followers.items()}

    def needed(self, names: Iterable[str], inputs: Mapping[str, Any] | None = None) -> list[str]:
        """The quantities needed for the named ones, themselves included, in order.

        Given the fields' values, quantities unused under their choices are left out.
        """
        if inputs is None:
            return self._needed(names, None)
        asked = tuple(names)
        choices = {field: inputs.get(field) for field in self._deciding}
        key = (asked, *choices.values())
        found = self._needed_before.get(key)
        if found is None:
            if len(self._needed_before) >= _REMEMBERED:
                self._needed_before.clear()
            found = self._needed_before[key] = self._needed(asked, choices)
        return list(found)

    def _needed(self, names: Iterable[str], choices: Mapping[str, Any] | None) -> list[str]:
        wanted: set[str] = set()
        pending = list(names)
        while pending:
            name = pending.pop()
            if name in wanted or name in self.fields:
                continue
            wanted.add(name)
            found = self.quantities[name]
            if choices is None or not found.only_when:
                pending += found.needs
            else:
                pending += [need for need in found.needs if is_read(found, need, choices)]
        return [name for name in self.quantities if name in wanted]

    @cached_property
    def _deciding(self) -> tuple[str, ...]:
        """The fields whose values decide which needs of a formula are read."""
        return tuple(
            dict.fromkeys(
                field
                for found in self.quantities.values()
                for field, *_ in found.only_when.values()
            )
        )

    @cached_property
    def _marking_steps(self) -> dict[str, _Step]:
        """What computes each quantity, with a mark for a sentence."""
        return self._steps | {
            name: (name, unworded(found.function), _values_of(found.needs))
            for name, found in self.quantities.items()
            if found.is_text
        }

    @cached_property
    def _needed_before(self) -> dict[tuple[Any, ...], list[str]]:
        """What was needed for names asked for, by them and the values of the deciding fields."""
        return {}

    def marking(self, name: str, values: Mapping[str, Any]) -> tuple[Callable[..., Any], Any]:
        """What computes a quantity, with a mark for a sentence, and its arguments among values.

        A value that is missing, as nothing reads it under the choices in force, is nan.
        """
        _, computed, _ = self._marking_steps[name]
        nothing = math.nan
        return computed, [values.get(need, nothing) for need in self.quantities[name].needs]

    def behind(self, names: Iterable[str], inputs: Mapping[str, Any]) -> set[str]:
        """The fields and quantities that the named ones are computed from, themselves included.

        `inputs` holds the fields' values: what is unused under their choices is left out.
        """
        asked = list(names)
        found = {*asked, *self.needed(asked, inputs)}
        return found | {
            need
            for each in map(self.quantities.get, list(found))
            if each is not None
            for need in each.needs
            if is_read(each, need, inputs)
        }

    def dependencies(self, name: str) -> tuple[str, ...]:
        """The fields and quantities named in a quantity's formula; none for a field."""
        return () if name in self.fields else self.quantities[name].needs

    def reads(self, names: Iterable[str]) -> set[str]:
        """The fields and quantities that the formulas of these read, and do not only watch."""
        found = (self.quantities[name] for name in names)
        return {need for each in found if not each.watches for need in each.needs}

    def dependants(self, name: str) -> tuple[str, ...]:
        """The quantities with a field or quantity in their formulas."""
        if name not in self.fields and name not in self.quantities:
            raise KeyError(name)
        return tuple(q.name for q in self.quantities.values() if name in q.needs)

    def subjects(self) -> dict[str, list[Quantity]]:
        """Quantities by subject, in the given order of subjects."""
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

    def _refuse_unknown_forbidden(self) -> None:
        for found in self.quantities.values():
            for name in (*found.forbids, *found.concerns):
                if name not in self.quantities and name not in self.fields:
                    raise GraphError(f"{found.name}: names {name}, neither field nor quantity")

    def _ordered(self, found: dict[str, Quantity]) -> dict[str, Quantity]:
        order: dict[str, Quantity] = {}

        def visit(name: str, path: tuple[str, ...]) -> None:
            if name in order or name in self.fields:
                return
            if name in path:
                raise GraphError(f"a circle: {' → '.join((*path[path.index(name) :], name))}")
            if name not in found:
                raise GraphError(f"{path[-1]}: needs {name}, which is neither field nor quantity")
            for need in found[name].needs:
                visit(need, (*path, name))
            order[name] = found[name]

        for name in found:
            visit(name, ())
        return order


def _with_derived(
    declared: list[tuple[str, str, Quantity | Derived]],
) -> list[Quantity]:
    """The quantities in the order of declaration, derived ones in their places."""
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
    """A function as its declared quantity."""
    declared: _Declaration = function.__dict__["quantity"]
    summary = (function.__doc__ or "").strip().partition("\n\n")[0]
    if name != function.__name__ or not summary or declared.unit is None:
        raise GraphError(f"{subject}.{name}: a quantity needs its name, unit and summary")
    if not declared.source and not declared.assumes:
        raise GraphError(f"{subject}.{name}: a quantity needs a source or an assumption")
    # The same as by inspect.signature, which is slow for hundreds of functions.
    needs = function.__code__.co_varnames[: function.__code__.co_argcount]
    if not declared.only_when.keys() <= set(needs):
        raise GraphError(f"{subject}.{name}: only_when names something it does not need")
    if (declared.forbids or declared.concerns) and declared.kind != "problem":
        raise GraphError(f"{subject}.{name}: only a problem forbids")
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
        declared.concerns,
        declared.at_least_without,
        undefined=declared.undefined,
        better=declared.better,
    )


def computing(found: Quantity) -> Callable[..., Any]:
    """What computes a quantity: its formula, without those unknown parts that it may lack."""
    if not found.at_least_without:
        return found.function
    may_lack = [need in found.at_least_without for need in found.needs]

    def computed(*values: Any) -> Any:
        whole = found.function(*values)
        if isinstance(whole, float) and not math.isnan(whole):
            return whole
        parts = [
            where(is_known(value), value, 0.0) if lacks else value
            for value, lacks in zip(values, may_lack, strict=True)
        ]
        known = found.function(*parts)
        return where(is_known(whole), whole, where(known > 0, known, math.nan))

    return computed


def is_read(found: Quantity, need: str, inputs: Mapping[str, Any]) -> bool:
    """Whether a formula reads one of its needs under the choices in force."""
    if need not in found.only_when:
        return True
    field, *choices = found.only_when[need]
    return inputs[field] in choices


def _finite(values: Values, names: Iterable[str]) -> Values:
    """Some of the values in their final form (`finite`); most are floats already."""
    return {
        name: value
        if type(value := values[name]) is float and value - value == 0.0
        else finite(value)
        for name in names
    }


def _arrays_at_peace(inputs: Mapping[str, Any]) -> AbstractContextManager[object]:
    """For arrays of inputs: an unknown among them is nan, without numpy's warnings."""
    if _WITHOUT_ARRAYS.issuperset(map(type, inputs.values())):
        return nullcontext()
    import numpy as np  # noqa: PLC0415 - scalars do without

    return np.errstate(divide="ignore", invalid="ignore", over="ignore")
