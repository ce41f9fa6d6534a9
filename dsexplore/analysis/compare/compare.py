"""Compare: the fields and the results in which scenarios differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dsexplore.engine import GRAPH, evaluate, warnings_in
from dsexplore.engine.doubt import Ends
from dsexplore.engine.standing import Standing
from dsexplore.scenario.field import FieldSpec, Value
from dsexplore.scenario.scenario import FIELDS, Scenario

# The results a reader asks for first, in that order.
HEADLINES = (
    "total_cost",
    "pretraining_cost",
    "context_extension_cost",
    "post_training_cost",
    "sft_cost",
    "rl_cost",
    "total_gpu_hours",
    "pretraining_gpu_hours",
    "rl_gpu_hours",
    "total_days",
    "pretraining_days",
    "rl_days",
    "pretraining_flops",
    "rl_flops",
    "mfu",
    "mfu_basis",
    "step_time",
    "memory_per_gpu",
    "total_parameters",
    "active_parameters",
    "training_flops_per_token",
    "kv_cache_bytes_per_token",
    "cost_per_million_output_tokens",
    "revenue_per_day",
    "margin",
)
# What is said where a difference is smaller than an interval.
WITHIN = (
    "Marked ~: the difference is smaller than the 80 % interval; errors that both scenarios share "
    "may cancel in it."
)
# A smaller relative difference comes from the order of summation alone.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field, its value in each scenario (None: unknown), and whether it applies there."""

    name: str
    values: tuple[Value, ...]
    applies: tuple[bool, ...]

    @property
    def one(self) -> Value:
        """The first scenario's value."""
        return self.values[0]

    @property
    def other(self) -> Value:
        """The second scenario's value."""
        return self.values[1]


@dataclass(frozen=True, slots=True)
class ResultDifference:
    """A result and its value in each scenario, in base units; nan if not known."""

    name: str
    values: tuple[float | str, ...]

    @property
    def one(self) -> float | str:
        """The first scenario's value."""
        return self.values[0]

    @property
    def other(self) -> float | str:
        """The second scenario's value."""
        return self.values[1]

    @property
    def ratio(self) -> float:
        """The second scenario's value over the first's."""
        return self.ratios[0]

    @property
    def ratios(self) -> tuple[float, ...]:
        """Each further value over the first; nan for words, for unknown values and over 0."""
        return tuple(_ratio(self.values[0], value) for value in self.values[1:])


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences between scenarios: fields in a file's order, results in the engine's.

    `standings` say of each scenario what belongs beside its results.
    """

    fields: list[FieldDifference]
    results: list[ResultDifference]
    standings: list[Standing]

    def warnings(self, names: Sequence[str]) -> list[list[str]]:
        """Sentences on the problems of each scenario that concern some results."""
        return [warnings_in(found.values, names) for found in self.standings]

    def assumptions(self, names: Sequence[str]) -> list[list[str]]:
        """Sentences on the defaults nobody published that some results of each scenario rest on."""
        return [found.assumptions(names) for found in self.standings]

    def marked(self, name: str, texts: Sequence[str], places: Sequence[int]) -> list[str]:
        """A result's texts in the scenarios at some places, marked: bounds, what cannot be had."""
        return [
            self.standings[place].marked(name, text)
            for place, text in zip(places, texts, strict=True)
        ]

    def impossible(self, name: str) -> list[bool]:
        """In which scenarios a result cannot be had."""
        return [name in found.impossible for found in self.standings]

    def ends(self, name: str) -> list[Ends | None]:
        """The interval of a result in each scenario; None where nothing of it is predicted."""
        return [found.ends(name) for found in self.standings]

    def within(self, found: ResultDifference) -> list[bool]:
        """Of each further scenario: whether its value or the first's is in the other's interval."""
        first, *others = zip(found.values, self.ends(found.name), strict=True)
        return [_is_in(value, first[1]) or _is_in(first[0], ends) for value, ends in others]

    def at_least_without(self, name: str) -> list[list[str]]:
        """The unknown parts that are left out of a result in each scenario."""
        return [found.at_least.get(name, []) for found in self.standings]

    @property
    def headlines(self) -> list[ResultDifference]:
        """The few results to show first."""
        by_name = {found.name: found for found in self.results}
        return [by_name[name] for name in HEADLINES if name in by_name]


def compare(one: Scenario, *others: Scenario) -> Comparison:
    """All fields and results that differ between any of the scenarios.

    A field that applies to none of them is left out.
    """
    scenarios = (one, *others)
    fields = [_field_of(spec, scenarios) for spec in FIELDS.values()]
    standings = [Standing(scenario) for scenario in scenarios]
    names = [
        found.name
        for quantities in GRAPH.subjects().values()
        for found in quantities
        if found.kind != "problem"
    ]
    results = [
        ResultDifference(name, tuple(found.values[name] for found in standings)) for name in names
    ]
    return Comparison(
        [found for found in fields if any(found.applies) and not _all_same(found.values)],
        [found for found in results if not _all_same(found.values)],
        standings,
    )


def default_result(one: Scenario, other: Scenario) -> str | None:
    """The differing result of greatest interest; None if none is known to differ.

    It is the total cost, unless RL alone makes the difference.
    """
    inputs = (one.inputs(), other.inputs())
    names = [name for name in HEADLINES if not GRAPH.quantities[name].is_text]
    before, after = (evaluate(values, names) for values in inputs)
    moved = {
        name: not same(before[name], after[name])
        for name in names
        if not math.isnan(before[name] - after[name])
    }
    if moved.get("rl_cost") and not moved.get("pretraining_cost", True):
        return "rl_cost"
    return next((name for name, differs in moved.items() if differs), None)


def _field_of(spec: FieldSpec, scenarios: Sequence[Scenario]) -> FieldDifference:
    return FieldDifference(
        spec.name,
        tuple(scenario.value(spec.name) for scenario in scenarios),
        tuple(spec.applies_where(scenario.value) for scenario in scenarios),
    )


def _all_same(values: Sequence[Value]) -> bool:
    return all(same(values[0], value) for value in values[1:])


def same(one: Value, other: Value) -> bool:
    """Whether two values differ by no more than rounding, or neither is known."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=ROUNDING) or (math.isnan(one) and math.isnan(other))
    return one == other


def _is_in(value: float | str, ends: Ends | None) -> bool:
    return ends is not None and not isinstance(value, str) and ends[0] <= value <= ends[1]


def _ratio(one: float | str, other: float | str) -> float:
    if isinstance(one, str) or isinstance(other, str) or not one:
        return math.nan
    return other / one
