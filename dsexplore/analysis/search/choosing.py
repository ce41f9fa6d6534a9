"""Choosing: every combination of a space's values that can be, the best first.

Words make a scenario of their own, as formulas branch on them; numbers are evaluated as arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsexplore.analysis.search.clusters import Cluster
from dsexplore.analysis.search.judging import always
from dsexplore.analysis.search.limits import Limit
from dsexplore.analysis.search.spaces import Space
from dsexplore.engine import GRAPH, INTERVALS, QUANTITIES, evaluate, problems_forbidding
from dsexplore.engine.doubt import Ends, ends_of
from dsexplore.engine.names import check_result, unit_of
from dsexplore.engine.standing import Standing
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.format import format_value
from dsexplore.text.refusal import ScenarioError

Floats = NDArray[np.float64]

# Points evaluated together: more would leave the processor's cache.
_CHUNK = 4096
# Digits to which results of equal choices are equal.
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """One combination that can be: its place from 1 on, its fields, and what it comes to."""

    place: int
    fields: dict[str, Value]
    results: dict[str, float]
    interval: Ends | None


@dataclass(frozen=True, slots=True)
class Otherwise:
    """The best choice with a field as it is stated: its rank's result, or why it cannot be."""

    field: str
    value: Value
    result: float
    why_not: str


class Chosen:
    """All combinations of a space that can be and keep some limits, ranked.

    Of combinations that come to the same, the nearest to the stated one is kept: a field without
    effect is no choice. `is_predicted` says that the scenario was changed so that the ranking
    follows the choice. It ends early, with what it has found, once `goes_on` says no; `told` the
    share that is judged. Raises ScenarioError for an unknown result.
    """

    def __init__(
        self,
        scenario: Scenario,
        space: Space,
        limits: Sequence[Limit] = (),
        *,
        most: bool = False,
        goes_on: Callable[[], bool] = always,
        told: Callable[[float], None] | None = None,
    ) -> None:
        check_result(space.by)
        predicted = scenario.with_values({**space.predicted})
        self.is_predicted = predicted.differs_in(scenario) != []
        self.scenario = predicted
        self.space = space
        self.listed = 0
        self.stopped: dict[str, int] = {}
        self._limits, self._most = limits, most
        # What a limit is on must be had as well as what is ranked by.
        self._asked = [space.by, *(each.name for each in limits if each.name in QUANTITIES)]
        self._fields: list[dict[str, Value]] = []
        parts = [*self._parts(goes_on, told)]
        names = space.results
        self._results = {
            name: np.concatenate([np.empty(0), *(part[name] for part in parts)]) for name in names
        }
        by = self._results[space.by]
        if by.size and not by.any():
            raise ScenarioError(f"--by {space.by}", "0 whatever is chosen", "a result that is some")
        self._keep_distinct()

    @property
    def fitting(self) -> int:
        """How many different combinations can be."""
        return len(self._order)

    def best(self, count: int) -> list[Choice]:
        """So many, the best first."""
        return [self._choice(place) for place in range(min(count, self.fitting))]

    @cached_property
    def open(self) -> Standing:
        """The scenario as stated."""
        return Standing(self.scenario)

    @property
    def better_than_open(self) -> int:
        """How many are better than what is stated."""
        stated = self.open.values[self.space.by]
        found = self._results[self.space.by][self._order]
        # Closer than rounding, one is the stated one.
        margin = abs(stated) * 10.0**-_DIGITS
        return int(
            np.count_nonzero(found > stated + margin if self._most else found < stated - margin)
        )

    def scenario_of(self, choice: Choice) -> Scenario:
        """The scenario with a choice taken."""
        return self.scenario.with_values({**choice.fields})

    def differing(self, choice: Choice) -> dict[str, Value]:
        """The fields that are other than stated."""
        return {
            name: value
            for name, value in choice.fields.items()
            if value != self.scenario.value(name)
        }

    def otherwise(self, best: Choice) -> Iterator[Otherwise]:
        """The best with each field in which it differs as it is stated."""
        for name in self.differing(best):
            value = self.scenario.value(name)
            try:
                there = Standing(self.scenario_of(best).with_values({name: value}))
            except ScenarioError as error:
                yield Otherwise(name, value, float("nan"), str(error))
                continue
            yield Otherwise(name, value, float(there.values[self.space.by]), self.why_not(there))

    def why_not(self, there: Standing) -> str:
        """Why a scenario has no such result, in the first sentence about it; empty if it has."""
        problems = problems_forbidding(there.values, self._asked)
        return next((there.values[name] for name in problems if there.values[name]), "")

    def summary(self) -> str:
        """How many combinations can be, and where the stated one stands among them."""
        by, unit = self.space.by, unit_of(self.space.by)
        said = f"{self.fitting:,} different choices of {self.listed:,} can be."
        if self.is_predicted:
            set_ = ", ".join(f"{name}={value}" for name, value in self.space.predicted.items())
            said += f" Results are predicted ({set_})."
        if why := self.why_not(self.open):
            return f"{said} The stated one cannot be: {why}"
        stated = format_value(self.open.values[by], unit)
        return f"{said} The stated one, {by} {stated}, is number {self.better_than_open + 1:,}."

    def why_none(self) -> str:
        """Why nothing is left, in a sentence."""
        stopped = [
            f"{count:,} by {name} ({QUANTITIES[name].summary.rstrip('.')})"
            for name, count in self.stopped.items()
        ]
        if left := self.listed - sum(self.stopped.values()):
            stopped.append(f"{left:,} by a condition, or as {self.space.by} is not known")
        return f"None of {self.listed:,} choices is left: ruled out are {'; '.join(stopped)}."

    def _parts(
        self, goes_on: Callable[[], bool], told: Callable[[float], None] | None
    ) -> Iterator[dict[str, Floats]]:
        values = self.space.values
        words = [name for name in values if not FIELDS[name].is_numeric]
        every = [*product(*(values[name] for name in words))]
        for done, chosen in enumerate(every):
            if told:
                told(done / len(every))
            if not goes_on():
                return
            stated = dict(zip(words, chosen, strict=True))
            # One share of the generators: the rule between fields holds of it.
            start = {name: each[-1] for name, each in values.items() if name not in words}
            try:
                there = self.scenario.with_values({**stated, **start})
            except ScenarioError:
                continue
            numbers = {
                name: each if FIELDS[name].applies_where(there.value) else each[:1]
                for name, each in values.items()
                if name not in words
            }
            grids = np.meshgrid(
                *(np.array(each, dtype=np.float64) for each in numbers.values()), indexing="ij"
            )
            columns = dict(zip(numbers, (grid.ravel() for grid in grids), strict=True))
            yield from self._evaluated(there.inputs(), stated, columns)

    def _evaluated(
        self, inputs: Mapping[str, Any], stated: Mapping[str, Value], columns: Mapping[str, Floats]
    ) -> Iterator[dict[str, Floats]]:
        problems = problems_forbidding(inputs, self._asked)
        names = self.space.results
        asked = [*names, *problems, *(limit.name for limit in self._limits)]
        count = len(next(iter(columns.values())))
        self.listed += count
        for start in range(0, count, _CHUNK):
            chunk = {name: each[start : start + _CHUNK] for name, each in columns.items()}
            now: dict[str, Any] = {**inputs, **chunk}
            values = now | GRAPH.evaluate(now, asked, in_words=False)
            size = len(next(iter(chunk.values())))
            kept = np.ones(size, dtype=bool)
            for name in problems:
                before = int(kept.sum())
                kept &= np.equal(values[name], "")
                if stopped := before - int(kept.sum()):
                    self.stopped[name] = self.stopped.get(name, 0) + stopped
            kept &= np.isfinite(values[self.space.by])
            for limit in self._limits:
                kept &= limit.keeps(values[limit.name])
            for place in np.flatnonzero(kept):
                numbers = {name: _typed(name, each[place]) for name, each in chunk.items()}
                self._fields.append({**stated, **numbers})
            yield {name: np.broadcast_to(values[name], size)[kept] for name in names}

    def _keep_distinct(self) -> None:
        """Rank, of equals the fastest first; of the same results keep the nearest to the stated."""
        found, memory = self._results[self.space.by], self._results[self.space.memory]
        far = np.array([self._distance(fields) for fields in self._fields])
        step = self._results[self.space.step]
        order = np.lexsort((far, memory, step, -found if self._most else found))
        seen, kept = set(), []
        for place in order.tolist():
            key = tuple(f"{each[place]:.{_DIGITS}g}" for each in self._results.values())
            if key not in seen:
                seen.add(key)
                kept.append(place)
        self._order = kept

    def _distance(self, fields: Mapping[str, Value]) -> int:
        return sum(value != self.scenario.value(name) for name, value in fields.items())

    def _choice(self, place: int) -> Choice:
        row = self._order[place]
        fields = self._fields[row]
        by = self.space.by
        values = evaluate(
            self.scenario.with_values({**fields}).inputs(), [by, *INTERVALS.get(by, ())]
        )
        results = {name: float(each[row]) for name, each in self._results.items()}
        return Choice(place + 1, fields, results, ends_of(by, values))


@dataclass(frozen=True, slots=True)
class OnCluster:
    """The best choice on a cluster, and the scenario of both; or why there is none."""

    fields: dict[str, Value]
    choice: Choice | None
    scenario: Scenario
    why_none: str = ""


def on_each(
    found: Sequence[Cluster],
    space_of: Callable[[Scenario], Space],
    limits: Sequence[Limit],
    *,
    most: bool = False,
    goes_on: Callable[[], bool] = always,
    told: Callable[[float], None] | None = None,
) -> list[OnCluster]:
    """The best choice on each cluster, the best first; clusters without one come last.

    It ends early, with those it has, once `goes_on` says no. Raises ScenarioError.
    """
    every: list[tuple[tuple[bool, float], OnCluster]] = []
    for cluster in found:
        if not goes_on():
            break
        every.append(_on(cluster, space_of(cluster.scenario), limits, most))
        if told:
            told(len(every) / len(found))
    return [each for _, each in sorted(every, key=lambda pair: pair[0])]


def _on(
    cluster: Cluster, space: Space, limits: Sequence[Limit], most: bool
) -> tuple[tuple[bool, float], OnCluster]:
    chosen = Chosen(cluster.scenario, space, limits, most=most)
    if not chosen.fitting:
        none = OnCluster(cluster.fields, None, chosen.scenario, chosen.why_none())
        return (True, 0.0), none
    (choice,) = chosen.best(1)
    result = choice.results[space.by]
    fields = {**cluster.fields, **choice.fields}
    found = OnCluster(fields, choice, chosen.scenario_of(choice))
    return (False, -result if most else result), found


def _typed(name: str, value: Any) -> Value:
    return int(value) if FIELDS[name].kind == "integer" else float(value)
