"""The measured run among the quantities: formulas at its premises, and whether these changed.

What the fields were in the run comes as one input (`MeasuredRun`). A copy made from it is one
quantity, however much lies between the fields and its result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from operator import is_not
from typing import Any

from dsexplore.engine.elementwise import where
from dsexplore.engine.quantity import Derived, GraphError, Quantity
from dsexplore.scenario.fields import FIELDS
from dsexplore.scenario.measured_run import (
    DETAILS,
    EXTENTS,
    MEASURED_RUN,
    PREMISES,
    RL_SIZES,
    SFT_SIZES,
    SIZES,
    MeasuredRun,
)


def in_measured_run(original: str, summary: str) -> Derived:
    """Declare a quantity once more, named by what the module calls it, as it was in the run."""
    return _InRun(original, summary)


def rl_sizes_changed(summary: str, assumes: str) -> Derived:
    """Declare whether a scenario's RL differs in size from the one whose hours are stated."""
    return _Changed(summary, assumes, RL_SIZES)


def at_rl_sizes_of_run(original: str, summary: str) -> Derived:
    """Declare a quantity once more, at the sizes of the RL whose hours are stated, else as now."""
    return _InRun(original, summary, frozenset(RL_SIZES))


def at_sft_sizes_of_run(original: str, summary: str) -> Derived:
    """Declare a quantity once more, at the sizes of the fine-tuning whose hours are stated."""
    return _InRun(original, summary, frozenset(SFT_SIZES))


def extent_of_run(field: str, summary: str, assumes: str) -> Derived:
    """Declare a field with which hours grow once more, as it was in the run."""
    return _Stated(field, summary, assumes)


def detail_of_run(field: str, summary: str, assumes: str) -> Derived:
    """Declare a detail of a premise once more, as it was in the run."""
    return _Stated(field, summary, assumes)


def premises_changed(summary: str, assumes: str, premises: tuple[str, ...] = PREMISES) -> Derived:
    """Declare whether a scenario differs from the run in any of these premises: 1 or 0."""
    return _Changed(summary, assumes, premises)


def acting_on(change: str, summary: str, assumes: str) -> Derived:
    """Declare once more whether any premise changed, for a formula that the change itself moves."""
    return _Acting(change, summary, assumes)


def carried_over(measured_run: Any, field: str, hours: Any, factor: Any) -> Any:
    """Stated hours of a later stage, changed as the run's unless stated since its premises were."""
    return where(_is_restated(measured_run, field), hours, hours * factor)


def unless_restated(measured_run: Any, field: str, spread: Any) -> Any:
    """The spread of a later stage's hours; 0 if stated since the run's premises changed."""
    return where(_is_restated(measured_run, field), 0.0, spread)


def _is_restated(measured_run: Any, field: str) -> Any:
    restated = measured_run.restated if isinstance(measured_run, MeasuredRun) else {}
    return restated.get(field, False)


def fields_in_run(run: Any, now: Mapping[str, Any]) -> dict[str, Any]:
    """Those of some fields that differ in the run, with their values there; `now` are the present.

    A detail is the run's own only where a premise that it is about differs.
    """
    if not isinstance(run, MeasuredRun):
        return {}
    there = run.values
    found = {
        name: there[name]
        for name in now
        if name in _KNOWN_OF_RUN and name in there and _differs(now[name], there[name])
    }
    for name in [name for name in found if name in DETAILS]:
        about = [premise for premise in DETAILS[name] if premise in found]
        if not about:
            del found[name]
            continue
        moved: Any = False
        for premise in about:
            moved = moved | _elements_differ(now[premise], there[premise])
        found[name] = where(moved, there[name], now[name])
    return found


def _are_as_in_run(run: Any, names: tuple[str, ...], values: tuple[Any, ...]) -> bool:
    """Whether no field is another object than in the run, which is seen at once."""
    if not isinstance(run, MeasuredRun):
        return True
    return not any(map(is_not, values, map(run.values.get, names, values)))


# What fields of one scenario are.
_PLAIN = frozenset((float, int, bool, str))
_KNOWN_OF_RUN = {*PREMISES, *DETAILS, *EXTENTS, *SIZES}


def _differs(now: Any, then: Any) -> bool:
    """Whether two values differ anywhere; two unknown ones do not."""
    if now is then:
        return False
    differs = _elements_differ(now, then)
    return differs if isinstance(differs, bool) else bool(differs.any())


def _elements_differ(now: Any, then: Any) -> Any:
    unknown = (now != now) & (then != then)  # noqa: PLR0124 - only nan differs from itself
    differs = now != then
    return differs & (unknown ^ True)


@dataclass(frozen=True, slots=True)
class _InRun(Derived):
    original: str
    summary: str
    # The fields that are taken from the run.
    taken: frozenset[str] = frozenset({*PREMISES, *DETAILS, *EXTENTS})

    def quantities(self, name: str, subject: str, known: Mapping[str, Quantity]) -> list[Quantity]:
        if self.original not in known:
            raise GraphError(f"{name}: {self.original} is no quantity")
        fields = _fields_beneath(self.original, known)
        fields |= {premise for field in fields for premise in DETAILS.get(field, ())}
        ordered = tuple(field for field in FIELDS if field in fields)
        if self.taken.isdisjoint(ordered):
            raise GraphError(f"{name}: {self.original} depends on nothing that the run has")
        reads_run = MEASURED_RUN in fields
        function = _at_its_premises(self.original, ordered, known, self.taken, reads_run)
        return [_derived(known[self.original], name, subject, self.summary, ordered, function)]


def _at_its_premises(
    result: str,
    fields: tuple[str, ...],
    known: Mapping[str, Quantity],
    taken: frozenset[str],
    reads_run: bool,
) -> Callable[..., Any]:
    """A result's formulas from the fields on, as one function of run, present result and fields."""

    @cache
    def formulas() -> list[tuple[str, Callable[..., Any], tuple[str, ...]]]:
        # Not at once: of few runs is anything asked that has changed since.
        return [(each.name, each.function, each.needs) for each in _between(result, known)]

    def formula(run: Any, present: Any, *values: Any) -> Any:
        if _are_as_in_run(run, fields, values):
            return present
        now = dict(zip(fields, values, strict=True))
        then = fields_in_run(run, {name: now[name] for name in fields if name in taken})
        if not then:
            return present
        now.update(then)
        behind = tuple(now.values())
        is_plain = _PLAIN.issuperset(map(type, behind)) and not reads_run
        if is_plain and (known_then := run.known.get(result)) and known_then[0] == behind:
            return known_then[1]
        now[MEASURED_RUN] = run
        value_of = now.__getitem__
        for name, function, needs in formulas():
            now[name] = function(*map(value_of, needs))
        if is_plain:
            run.known[result] = behind, now[result]
        return now[result]

    return formula


def _derived(
    original: Quantity,
    name: str,
    subject: str,
    summary: str,
    fields: tuple[str, ...],
    function: Callable[..., Any],
) -> Quantity:
    return Quantity(
        name,
        function,
        (MEASURED_RUN, original.name, *fields),
        original.unit,
        original.source,
        original.assumes,
        summary,
        subject,
        {},
        copy_of=original.name,
        is_of_run=True,
    )


def _fields_beneath(name: str, known: Mapping[str, Quantity]) -> set[str]:
    """The fields that a result follows from, at any distance."""
    reached, pending = {name}, [name]
    while pending:
        if (found := known.get(pending.pop())) is not None:
            new = {need for need in found.needs if need not in reached}
            reached |= new
            pending += new
    return {each for each in reached if each not in known}


def _between(name: str, known: Mapping[str, Quantity]) -> list[Quantity]:
    """The quantities from the fields to a result, needs first."""
    between: dict[str, Quantity] = {}

    def visit(each: str) -> None:
        if each in known and each not in between:
            for need in known[each].needs:
                visit(need)
            between[each] = known[each]

    visit(name)
    return list(between.values())


@dataclass(frozen=True, slots=True)
class _Stated(Derived):
    field: str
    summary: str
    assumes: str

    def quantities(self, name: str, subject: str, known: Mapping[str, Quantity]) -> list[Quantity]:
        spec, field = FIELDS[self.field], self.field
        about = DETAILS.get(field, ())

        def function(run: Any, present: Any, *premises: Any) -> Any:
            now = {field: present, **dict(zip(about, premises, strict=True))}
            return fields_in_run(run, now).get(field, present)

        needs = (MEASURED_RUN, field, *about)
        return [
            Quantity(
                *(name, function, needs, spec.unit, "", self.assumes, self.summary, subject, {}),
                is_of_run=True,
            )
        ]


@dataclass(frozen=True, slots=True)
class _Changed(Derived):
    summary: str
    assumes: str
    names: tuple[str, ...]

    def quantities(self, name: str, subject: str, known: Mapping[str, Quantity]) -> list[Quantity]:
        needs, formula = (MEASURED_RUN, *self.names), _any_changed(self.names)
        return [
            Quantity(
                *(
                    name,
                    formula,
                    needs,
                    "",
                    "",
                    self.assumes,
                    self.summary,
                    subject,
                    {},
                ),
                watches=True,
                is_of_run=True,
            )
        ]


@dataclass(frozen=True, slots=True)
class _Acting(Derived):
    change: str
    summary: str
    assumes: str

    def quantities(self, name: str, subject: str, known: Mapping[str, Quantity]) -> list[Quantity]:
        def function(run: Any, changed: Any, *premises: Any) -> Any:
            return changed

        needs = (MEASURED_RUN, self.change, *known[self.change].needs[1:])
        return [
            Quantity(
                *(name, function, needs, "", "", self.assumes, self.summary, subject, {}),
                is_of_run=True,
            )
        ]


def _any_changed(names: tuple[str, ...]) -> Callable[..., Any]:
    """Of some fields: 1 where any differs from the run's, else 0."""

    def changed(run: Any, *values: Any) -> Any:
        if _are_as_in_run(run, names, values):
            return 0.0
        moved: Any = False
        for name, now in zip(names, values, strict=True):
            then = run.values[name]
            if now is not then:
                moved = moved | _elements_differ(now, then)
        return where(moved, 1.0, 0.0)

    return changed
