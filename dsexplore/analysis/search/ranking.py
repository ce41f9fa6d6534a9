"""Ranking: the layouts that fit, best first, those that nothing beats, and why the best is best."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dsexplore.analysis.search.judging import STEP, Judged, Lead, always, judged
from dsexplore.analysis.search.layouts import STAGES
from dsexplore.analysis.search.limits import Limit
from dsexplore.analysis.workers.work import Workers
from dsexplore.engine import GRAPH, INTERVALS, QUANTITIES, evaluate, problems_forbidding
from dsexplore.engine.doubt import Ends, ends_of
from dsexplore.engine.names import check_result
from dsexplore.engine.standing import Standing
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import Scenario

MEMORY = "memory_per_gpu"
# The parts that a step is the sum of.
PARTS = QUANTITIES[STEP].needs
COPIES = "data_parallel"
# So many layouts that come to the same are compared with each other.
_EQUALS = 200
_UTILIZATION, _PREDICTED = "utilization", "predicted"


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout that fits: its place from 1 on, its fields, and what it comes to."""

    place: int
    fields: dict[str, Value]
    # Step, its parts, memory, copies of the model, and what layouts are ranked by.
    results: dict[str, float]
    interval: Ends | None


@dataclass(frozen=True, slots=True)
class Instead:
    """The best layout with the open one's value of a field: its step, or why it cannot be."""

    field: str
    value: Value
    step_time: float
    why_not: str


class Search:
    """The layouts of a scenario that fit, ranked by a result, the lowest or the highest first.

    Costs and days follow from the predicted step, as measured ones are of one layout alone:
    `is_predicted` says that the scenario was changed so. Raises ScenarioError for an unknown
    result, or if model, cluster or batch is not known.
    """

    def __init__(
        self,
        scenario: Scenario,
        by: str = STEP,
        limits: Sequence[Limit] = (),
        *,
        most: bool = False,
        also: Sequence[str] = (),
        only_best: bool = False,
        goes_on: Callable[[], bool] = always,
        told: Callable[[float], None] | None = None,
        workers: Workers | None = None,
    ) -> None:
        """`also`: further results of the layouts that are asked for.

        With `only_best` no other layout can be asked for, and what is kept is small.
        """
        check_result(by)
        predicted = scenario.with_values({_UTILIZATION: _PREDICTED})
        self.is_predicted = any(
            not _follows_step(scenario, name) and _follows_step(predicted, name)
            for name in (by, *(limit.name for limit in limits if limit.name in QUANTITIES))
        )
        self.scenario = predicted if self.is_predicted else scenario
        self.by = by
        self._most = most
        self._also = also
        self._results = tuple(dict.fromkeys((STEP, MEMORY, by)))
        lead = Lead((STEP, MEMORY), (by,)) if most else Lead((by, STEP, MEMORY))
        self.judged: Judged = judged(
            self.scenario,
            self._results,
            limits,
            goes_on,
            told,
            workers,
            distinct=True,
            lead=lead if only_best else None,
        )

    @property
    def fitting(self) -> int:
        """How many layouts fit."""
        return self.judged.fitting

    def best(self, count: int) -> list[Layout]:
        """So many layouts, the best first.

        Of layouts that come to the same and differ in one field alone, which then has no effect,
        the one nearest to the stated layout stands for all.
        """
        places: list[int] = []
        start = 0
        while len(places) < count and start < self.judged.kept:
            end = self._end_of_equals(start)
            places += [start] if end == start + 1 else self._distinct(range(start, end))
            start = end
        return self.at(place + 1 for place in places[:count])

    def _end_of_equals(self, start: int) -> int:
        """Where layouts end that come to the same as one: no more than so many are looked at."""
        results = [self.judged.results[name] for name in self._results]
        first = self._order[start]
        end = start + 1
        while end < min(self.judged.kept, start + _EQUALS) and all(
            found[self._order[end]] == found[first] for found in results
        ):
            end += 1
        return end

    def _distinct(self, places: Sequence[int]) -> list[int]:
        """Places of layouts of which none differs from another in one field alone."""
        fields = {place: self.judged.layout(int(self._order[place])) for place in places}
        kept: list[int] = []
        for place in sorted(places, key=lambda each: len(self._changed(fields[each]))):
            if not any(_differ(fields[place], fields[other]) == 1 for other in kept):
                kept.append(place)
        return sorted(kept)

    def at(self, places: Iterable[int]) -> list[Layout]:
        """The layouts at some places of the ranking, from 1 on."""
        return [self._layout(place - 1) for place in places]

    def frontier(self, slowest: float = math.inf) -> list[int]:
        """The places of layouts that no other beats in both rank and memory, the best first.

        Those with a step of more than `slowest` seconds are left out.
        """
        memory = self.judged.results[MEMORY][self._order]
        least = np.minimum.accumulate(memory)
        is_least = self.judged.results[STEP][self._order] <= slowest
        is_least[1:] &= memory[1:] < least[:-1]
        return [int(place) + 1 for place in np.flatnonzero(is_least)]

    def trade(self, places: Sequence[int]) -> list[tuple[float, float]]:
        """The memory and the step of layouts at some places of the ranking."""
        rows = self._order[[place - 1 for place in places]]
        memory, step = (self.judged.results[name][rows].tolist() for name in (MEMORY, STEP))
        return list(zip(memory, step, strict=True))

    @cached_property
    def open(self) -> Standing:
        """The scenario with the layout that it states."""
        return Standing(self.scenario)

    @cached_property
    def better_than_open(self) -> int:
        """How many layouts that fit are better than the one stated."""
        found, stated = self.judged.results[self.by], self.open.values[self.by]
        return int(np.count_nonzero(found > stated if self._most else found < stated))

    def keep_counts(self) -> None:
        """Let the layouts go, millions at times: none can be asked for any more."""
        _ = self.better_than_open
        self.judged.let_go()
        self.__dict__.pop("_order", None)

    def scenario_of(self, layout: Layout) -> Scenario:
        """The scenario with a layout taken."""
        return self.scenario.with_values({**layout.fields})

    def differing(self, layout: Layout) -> dict[str, Value]:
        """The fields of a layout that are other than the scenario's, with their values.

        A list of stages that is set aside is no difference to balanced ones.
        """
        return self._changed(layout.fields)

    def _changed(self, fields: Mapping[str, Value]) -> dict[str, Value]:
        return {
            name: value
            for name, value in fields.items()
            if value != self.scenario.value(name) and not (name == STAGES and self._sets_aside)
        }

    def instead(self, best: Layout) -> Iterator[Instead]:
        """The best layout with each field in which it differs as the open one has it."""
        for name in self.differing(best):
            value = self.scenario.value(name)
            there = Standing(self.scenario_of(best).with_values({name: value}))
            yield Instead(name, value, float(there.values[STEP]), why_not(there))

    @property
    def _sets_aside(self) -> bool:
        return not self.open.values["stage_list_holds"]

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        """The best first; of equals, as all are where nothing costs, the fastest."""
        found = self.judged.results[self.by]
        memory, step = self.judged.results[MEMORY], self.judged.results[STEP]
        return np.lexsort((memory, step, -found if self._most else found))

    def _layout(self, place: int) -> Layout:
        row = self._order[place]
        fields = self.judged.layout(int(row))
        inputs = self.scenario.with_values({**fields}).inputs()
        names = dict.fromkeys((*self._results, *PARTS, COPIES, *self._also))
        values = evaluate(inputs, [*names, *INTERVALS.get(STEP, ())])
        results = {name: float(values[name]) for name in names}
        return Layout(place + 1, fields, results, ends_of(STEP, values))


def _differ(one: Mapping[str, Value], other: Mapping[str, Value]) -> int:
    """In how many fields two layouts differ."""
    return sum(one[name] != other[name] for name in one)


def why_not(there: Standing) -> str:
    """Why a scenario has no step, in the first sentence about it; empty where it has one."""
    problems = problems_forbidding(there.values, [STEP])
    return next((there.values[name] for name in problems if there.values[name]), "")


def _follows_step(scenario: Scenario, by: str) -> bool:
    return STEP in GRAPH.behind([by], scenario.inputs())
