"""Stated fields without effect: no asked-for result depends on them as things are, and why."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache
from typing import Any

from dsexplore.engine import GRAPH, QUANTITIES, evaluate, problems_about, unknowns_in
from dsexplore.engine.quantity import is_read
from dsexplore.scenario.field import FieldSpec, value_text
from dsexplore.scenario.measured_run import MEASURED_RUN, MeasuredRun
from dsexplore.scenario.panel import SHEET
from dsexplore.scenario.scenario import FIELDS, Input, Scenario

_NAMED = 3
# The fields whose values decide which needs of a formula are read.
_CHOICES = tuple(
    dict.fromkeys(choice for each in QUANTITIES.values() for choice, *_ in each.only_when.values())
)
# After so many fields with no other in their way, what is asked for follows from none of them.
_IN_VAIN = 3
# Closer than this, relative, two results differ by the rounding of floats.
_ROUNDING = 1e-12


def without_effect(
    scenario: Scenario,
    stated: Iterable[str],
    asked: Sequence[str] | None = None,
    *,
    is_tried: bool = True,
) -> list[str]:
    """A sentence on each stated field that changes none of the asked-for results, and why.

    `asked` names fields and quantities (None: every result). It goes by the declared choices of the
    field and of the formulas, then by trial: no other value of it, small or large, moves anything.
    What stands in its way is a field of 0 or unknown, where one does. Trials take about a
    millisecond for each field and can be left out.
    """
    names = [*dict.fromkeys(stated)]
    if not names:
        return []
    trial = _Trial(scenario, asked)
    by_any = _behind_any(tuple(trial.inputs[name] for name in _CHOICES))
    used = by_any if asked is None else GRAPH.behind(asked, trial.inputs)
    said = []
    for name in names:
        choice = _choice_against(name, scenario, trial.inputs, by_any)
        if FIELDS[name].picks:
            if all(FIELDS[other].comes_with != name for other in names):
                said.append(f"{name} is a name alone: {_figures(scenario, name)}")
        elif choice:
            said.append(f"{name} has no effect: {choice} is {_value(scenario, choice)}")
        elif name not in used:
            said.append(f"{name} has no effect on {_listed(asked or ())}")
        elif is_tried and name not in (asked or ()) and not trial.moves(name):
            why = trial.why_idle(name)
            on = f" on {_listed(asked)}" if asked else " as things are"
            said.append(f"{name} has no effect{f': {why}' if why else on}")
    return said


class _Trial:
    """Other values of a field, and whether any asked-for result moves with them."""

    def __init__(self, scenario: Scenario, asked: Sequence[str] | None) -> None:
        self._scenario = scenario
        self._open: dict[str, dict[str, Any]] = {}
        self._changed: dict[str, frozenset[str]] = {}
        self._in_vain = 0
        self.inputs = scenario.inputs()
        names = QUANTITIES if asked is None else asked
        # What is said beside a result is a part of the answer.
        self.asked = frozenset([*names, *problems_about(self.inputs, names)])
        # Whether something differs from the measured run is not what that does.
        self._told = frozenset(name for name in self.asked if not _watches(name))

    @cached_property
    def _values(self) -> dict[str, Any]:
        return self.inputs | evaluate(self.inputs, self._needed)

    @cached_property
    def _needed(self) -> frozenset[str]:
        return frozenset(GRAPH.needed(self.asked, self.inputs))

    def moves(self, name: str) -> bool:
        """Whether another value of a field changes a result, a sentence included."""
        if FIELDS[name].kind not in ("integer", "number", "boolean", "choice"):
            return True  # nobody can say what other words it might have
        return self._moves_in(name, self._values)

    def why_idle(self, name: str) -> str:
        """What stands in the way of a field, in a clause: one of 0, or what is not known."""
        return self._gate(name) or self._unknown(name)

    def _gate(self, name: str) -> str:
        """The field of 0 or unknown beside which a field changes nothing, and else something."""
        table = FIELDS[name].table
        if self._in_vain == _IN_VAIN:
            return ""
        read = self._read_beside(name)
        for other in sorted(self._closed, key=lambda each: FIELDS[each].table != table):
            if other == name or read.isdisjoint(self._changed_by(other)):
                continue
            if self._moves_in(name, self._opened(other)):
                return f"{other} is {value_text(FIELDS[other], self._scenario.value(other))}"
        self._in_vain += 1
        return ""

    @cached_property
    def _closed(self) -> list[str]:
        """The numbers of 0, and those that are unknown."""
        return [
            name
            for name, spec in FIELDS.items()
            if spec.is_numeric and (self.inputs[name] == 0 or math.isnan(self.inputs[name]))
        ]

    def _opened(self, name: str) -> dict[str, Any]:
        """The values where there is some of that field, in the measured run as well."""
        if name not in self._open:
            some = float(FIELDS[name].least or FIELDS[name].minimum or 1)
            run = self.inputs[MEASURED_RUN]
            then = {**run.values, name: some} if run.values else {}
            inputs = {**self.inputs, name: some, MEASURED_RUN: MeasuredRun(then, run.restated)}
            self._open[name] = inputs | evaluate(inputs, self._needed)
        return self._open[name]

    def _changed_by(self, name: str) -> frozenset[str]:
        """The fields and quantities that differ where there is some of a field."""
        if name not in self._changed:
            before, after = self._values, self._opened(name)
            self._changed[name] = frozenset(
                each for each, now in after.items() if _is_other(before[each], now)
            )
        return self._changed[name]

    def _read_beside(self, name: str) -> frozenset[str]:
        """What is read by all formulas that other values of a field reach."""
        moved = {name}
        for other in self._others(name):
            moved.update(each for each, _ in GRAPH.moved(self._values, {name: other}, self._needed))
        reached = (QUANTITIES[each].needs for each in self._needed)
        return frozenset(need for needs in reached if not moved.isdisjoint(needs) for need in needs)

    def _unknown(self, name: str) -> str:
        """Why a result that is computed from a field is not known; empty where all are."""
        following = (
            each for each in GRAPH.dependants(name)
            if each in self._needed and _same(self._values[each], math.nan)
        )  # fmt: skip
        first = next(following, None)
        if first is None:
            return ""
        values = self.inputs | evaluate(self.inputs)
        reasons = [why for why in unknowns_in(values).reasons(first) if why != f"{name} is unknown"]
        return "; ".join(reasons)

    def _moves_in(self, name: str, values: Mapping[str, Any]) -> bool:
        return any(self._differs(values, name, other) for other in self._others(name))

    def _differs(self, values: Mapping[str, Any], name: str, other: Any) -> bool:
        try:
            return any(
                each in self._told and not _same(values[each], now)
                for each, now in GRAPH.moved(values, {name: other}, self._needed)
            )
        except (ArithmeticError, KeyError):
            return True  # it does what cannot be said

    def _others(self, name: str) -> Iterator[Any]:
        """Other values of a field: near ones, and both ends of its range."""
        spec, value = FIELDS[name], self.inputs[name]
        if spec.kind == "boolean":
            yield not value
        elif spec.kind == "choice":
            yield from (each for each in spec.choices if each != value)
        else:
            yield from (each for each in _sizes(spec, float(value)) if each != value)


def _watches(name: str) -> bool:
    return name in QUANTITIES and QUANTITIES[name].watches


def _sizes(spec: FieldSpec, value: float) -> Iterator[float]:
    start = value if value and not math.isnan(value) else max(spec.least, spec.minimum or 1.0)
    lowest = None if spec.above is None else spec.above + 1
    sizes = (start, 2 * start, start / 2, spec.minimum, lowest, spec.least, spec.maximum)
    for size in sizes:
        if size is None:
            continue
        whole = float(math.ceil(size)) if spec.kind == "integer" else size
        if spec.contains(whole):
            yield whole


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return bool(one == other)
    is_unknown = one != one, other != other  # noqa: PLR0124 - only nan differs from itself
    return all(is_unknown) or math.isclose(one, other, rel_tol=_ROUNDING)


def _is_other(one: Any, other: Any) -> bool:
    return bool(one != other and (one == one or other == other))  # noqa: PLR0124 - only nan differs


@lru_cache(maxsize=128)
def _behind_any(choices: tuple[Input, ...]) -> frozenset[str]:
    """The fields and quantities behind any result under these values of `_CHOICES`."""
    return frozenset(GRAPH.behind(QUANTITIES, dict(zip(_CHOICES, choices, strict=True))))


def _choice_against(
    name: str, scenario: Scenario, inputs: dict[str, Input], used: AbstractSet[str]
) -> str | None:
    """The field whose choice rules a field out; None where its own kind or nothing does."""
    ruled_out = FIELDS[name].ruled_out_by(scenario.value)
    if ruled_out:
        return ruled_out[0]
    if name in used:
        return None
    reached = {name}
    for each in QUANTITIES.values():
        for need in each.needs:
            if need in reached and not is_read(each, need, inputs):
                return each.only_when[need][0]
        if not reached.isdisjoint(each.needs):
            reached.add(each.name)
    return None


def _figures(scenario: Scenario, name: str) -> str:
    preset = scenario.panel(FIELDS[name].table).preset if name == SHEET else ""
    return f"figures stay those of {preset}" if preset else "it changes no figure"


def _value(scenario: Scenario, name: str) -> str:
    return value_text(FIELDS[name], scenario.value(name))


def _listed(asked: Sequence[str]) -> str:
    first = ", ".join(asked[:_NAMED])
    return first if len(asked) <= _NAMED else f"{first}, or any other asked for"
