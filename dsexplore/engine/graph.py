"""The graph of quantities: a function's name is a result, its parameters are its needs."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from operator import itemgetter
from types import ModuleType
from typing import Any, TypeVar

from dsexplore.engine.finite import finite
from dsexplore.engine.quantity import (
    GraphError,
    Quantity,
    computing,
    declared_in,
    is_read,
    with_derived,
)
from dsexplore.engine.templates import unworded
from dsexplore.scenario.measured_run import MeasuredRun

# So many askings are remembered: a fit or a sweep asks for the same over and over.
_REMEMBERED = 256

# What the inputs of a single scenario are.
_WITHOUT_ARRAYS = frozenset((float, int, bool, str, MeasuredRun, type(None)))

Values = dict[str, Any]
_Key = TypeVar("_Key")
_Found = TypeVar("_Found")


class _Known(dict[str, Any]):
    """Values by name; nan for names unused under the choices in force."""

    def __missing__(self, name: str) -> float:
        return math.nan


# A quantity's name, its function, and what finds the function's arguments among known values.
_Step = tuple[str, Callable[..., Any], Callable[[Values], tuple[Any, ...]]]


def _values_of(needs: tuple[str, ...]) -> Callable[[Values], tuple[Any, ...]]:
    if len(needs) > 1:
        return itemgetter(*needs)
    if not needs:
        return lambda _: ()
    (need,) = needs
    return lambda values: (values[need],)


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
            for name, found in declared_in(module, subject)
        ]
        collected = with_derived(declared)
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
        # Of everything nothing is left out, and a plain dictionary is faster.
        values = dict(inputs) if only is None else _Known(inputs)
        with _arrays_at_peace(inputs):
            for name, computed, needs in steps:
                values[name] = computed(*needs(values))
        wanted = self.quantities if only is None else dict.fromkeys(only)
        return _finite(values, wanted)

    def workings(self, inputs: Mapping[str, Any], near: Values | None = None) -> Values:
        """Every field and quantity of one scenario, as formulas hand them on to each other.

        `near` are those of another scenario: then only what follows from fields that differ is
        computed again. What is infinite here is unknown as a result (`results_in`).
        """
        if near is None:
            steps: Iterable[_Step] = self._all_steps
            values = dict(inputs)
        else:
            changes = _differing(inputs, near)
            steps = [self._steps[name] for name in self.following(changes)]
            # A run that is the same stays the very one, of which something is known already.
            values = {**near, **{name: inputs[name] for name in changes}}
        for name, computed, needs in steps:
            values[name] = computed(*needs(values))
        return values

    def results_in(self, workings: Values) -> Values:
        """Every quantity by name, as `evaluate` gives it."""
        return _finite(workings, self.quantities)

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
    def problems(self) -> tuple[Quantity, ...]:
        """The quantities that say what is the matter, in order."""
        return tuple(found for found in self.quantities.values() if found.kind == "problem")

    @cached_property
    def _readers(self) -> dict[str, list[int]]:
        """The places in order of the quantities that need each field or quantity themselves."""
        readers: dict[str, list[int]] = {}
        for place, found in enumerate(self.quantities.values()):
            for need in found.needs:
                readers.setdefault(need, []).append(place)
        return readers

    def following(self, changes: Collection[str]) -> Sequence[str]:
        """The quantities following from changed fields, in order."""
        of, behind = self._fields_behind
        changed = sum(of.get(field, 0) for field in {*changes})
        return _remembered(
            self._following_before,
            changed,
            lambda: tuple(name for name, fields in behind.items() if fields & changed),
        )

    @cached_property
    def _following_before(self) -> dict[int, tuple[str, ...]]:
        """What was found to follow from fields, by their bits."""
        return {}

    @cached_property
    def _fields_behind(self) -> tuple[dict[str, int], dict[str, int]]:
        """Each field's bit, and the bits of the fields behind each quantity at any distance."""
        of = {name: 1 << place for place, name in enumerate(sorted(self.fields))}
        behind: dict[str, int] = {}
        for name, found in self.quantities.items():
            fields = 0
            for need in found.needs:
                fields |= of.get(need) or behind[need]
            behind[name] = fields
        return of, behind

    def needed(self, names: Iterable[str], inputs: Mapping[str, Any] | None = None) -> list[str]:
        """The quantities needed for the named ones, themselves included, in order.

        Given the fields' values, quantities unused under their choices are left out.
        """
        if inputs is None:
            return self._needed(names, None)
        asked = tuple(names)
        choices = {field: inputs.get(field) for field in self._deciding}
        key = (asked, *choices.values())
        return [*_remembered(self._needed_before, key, lambda: self._needed(asked, choices))]

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

    @cached_property
    def _behind_before(self) -> dict[tuple[Any, ...], frozenset[str]]:
        """What was found behind names asked for, as in `_needed_before`."""
        return {}

    def marking(self, name: str, values: Mapping[str, Any]) -> tuple[Callable[..., Any], Any]:
        """What computes a quantity, with a mark for a sentence, and its arguments among values.

        A value that is missing, as nothing reads it under the choices in force, is nan.
        """
        _, computed, _ = self._marking_steps[name]
        nothing = math.nan
        return computed, [values.get(need, nothing) for need in self.quantities[name].needs]

    def behind(self, names: Iterable[str], inputs: Mapping[str, Any]) -> frozenset[str]:
        """The fields and quantities that the named ones are computed from, themselves included.

        `inputs` holds the fields' values: what is unused under their choices is left out.
        """
        asked = tuple(names)
        choices = {field: inputs.get(field) for field in self._deciding}
        key = (asked, *choices.values())
        return _remembered(self._behind_before, key, lambda: self._behind(asked, choices))

    def _behind(self, asked: tuple[str, ...], choices: Mapping[str, Any]) -> frozenset[str]:
        found = {*asked, *self._needed(asked, choices)}
        return frozenset(found).union(
            need
            for each in map(self.quantities.get, found)
            if each is not None
            for need in each.needs
            if is_read(each, need, choices)
        )

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
        return tuple(self._all_steps[place][0] for place in self._readers.get(name, ()))

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


def _remembered(known: dict[_Key, _Found], key: _Key, find: Callable[[], _Found]) -> _Found:
    """What was found for a key before, or is now; of too much all is forgotten."""
    found = known.get(key)
    if found is None:
        if len(known) >= _REMEMBERED:
            known.clear()
        found = known[key] = find()
    return found


def _finite(values: Values, names: Iterable[str]) -> Values:
    """Some of the values in their final form (`finite`); most are floats already."""
    return {
        name: value
        if type(value := values[name]) is float and value - value == 0.0
        else finite(value)
        for name in names
    }


def _differing(inputs: Mapping[str, Any], others: Mapping[str, Any]) -> list[str]:
    """The names with another value; two unknown ones are the same."""
    return [
        name
        for name, now in inputs.items()
        if now is not (then := others[name]) and now != then and (now == now or then == then)  # noqa: PLR0124 - nan
    ]


def _arrays_at_peace(inputs: Mapping[str, Any]) -> AbstractContextManager[object]:
    """For arrays of inputs: an unknown among them is nan, without numpy's warnings."""
    if _WITHOUT_ARRAYS.issuperset(map(type, inputs.values())):
        return nullcontext()
    import numpy as np  # noqa: PLC0415 - scalars do without

    return np.errstate(divide="ignore", invalid="ignore", over="ignore")
