"""Judging: which layouts may be, which of them fit, and what some results come to there.

What stands in the way of a step is declared by the problems themselves (`forbids`). Each is asked
as an array, without its sentence, in one function with the results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsexplore.analysis.search.layouts import ZERO, ZERO_STAGES, Block, Floats, blocks
from dsexplore.analysis.search.limits import Limit
from dsexplore.analysis.workers.work import Here, Workers
from dsexplore.engine import GRAPH, problems_forbidding
from dsexplore.engine.plan import Plan, Varying
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import Scenario

STEP = "step_time"
# A layout's place is one number, as millions are kept: its block, then its row there, its stage of
# ZeRO and its variant, each in so many bits.
_ROW_BITS, _STAGE_BITS, _VARIANT_BITS = 32, 8, 8
# All of it but the stage.
_BUT_STAGE = ~(((1 << _STAGE_BITS) - 1) << _VARIANT_BITS)
# Rows evaluated together: with every stage of ZeRO they stay in the processor's cache.
_ROWS = 2048
# Rows of a part of the work: what comes of them is held twice while it is joined.
_PART = 2 * _ROWS
# The axes along which a column and the row of ZeRO vary.
_EACH_ROW, _STAGES = 1, 2

Truths = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lead:
    """What comes first of all that fits: the least or the most of some results, one after another.

    Where only that is asked for, nothing else is kept.
    """

    least: tuple[str, ...]
    most: tuple[str, ...] = ()

    def places(self, results: Mapping[str, Floats]) -> NDArray[np.intp]:
        """Where layouts are that come to what the first comes to, in their order."""
        keys = [*(-results[name] for name in self.most), *(results[name] for name in self.least)]
        first = np.lexsort(keys[::-1])[:1]
        same = np.ones(len(keys[0]), dtype=bool)
        for found in results.values():
            same &= found == found[first]
        same[first] = True
        return np.flatnonzero(same)


@dataclass(slots=True)
class _Part:
    """What came of some rows of a block; arrays have an element for each layout that is kept."""

    rows: int
    listed: int
    fitting: int
    stopped: dict[str, int]
    results: dict[str, Floats]
    places: Places

    def keep(self, places: NDArray[Any]) -> None:
        """Keep some of the layouts alone."""
        self.places = self.places[places]
        self.results = {name: found[places] for name, found in self.results.items()}

    def keep_distinct(self) -> None:
        """Of layouts that differ in their stage of ZeRO alone, and in no result, keep one.

        So where there is nothing to shard over: with one copy of the model.
        """
        places, first = self.places, np.ones(len(self.places), dtype=bool)
        # The stages of one row follow each other.
        same = (places[1:] & _BUT_STAGE) == (places[:-1] & _BUT_STAGE)
        for found in self.results.values():
            same &= found[1:] == found[:-1]
        first[1:] = ~same
        self.keep(first)


@dataclass(slots=True)
class Judged:
    """The layouts that fit, an element of each array for each kept, and how many did not."""

    listed: int = 0
    # How many layouts fit, those that are not kept included.
    fitting: int = 0
    # How many layouts a problem stopped that no earlier one had.
    stopped: dict[str, int] = field(default_factory=dict)
    results: dict[str, Floats] = field(default_factory=dict)
    _blocks: list[Block] = field(default_factory=list)
    _places: Places = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @property
    def kept(self) -> int:
        """How many layouts are kept: all that fit, unless the first alone are asked for."""
        return len(self._places)

    def layout(self, element: int) -> dict[str, Value]:
        """The fields of one layout that fits."""
        left, variant = divmod(int(self._places[element]), 1 << _VARIANT_BITS)
        left, stage = divmod(left, 1 << _STAGE_BITS)
        block, row = divmod(left, 1 << _ROW_BITS)
        return self._blocks[block].layout(row, stage, variant)

    def let_go(self) -> None:
        """Keep the counts alone."""
        self.results.clear()
        self._blocks.clear()
        self._places = np.empty(0, dtype=np.int64)


def always() -> bool:
    """A search that nobody stops."""
    return True


def judged(
    scenario: Scenario,
    results: Sequence[str],
    limits: Sequence[Limit] = (),
    goes_on: Callable[[], bool] = always,
    told: Callable[[float], None] | None = None,
    workers: Workers | None = None,
    *,
    distinct: bool = False,
    lead: Lead | None = None,
) -> Judged:
    """Every layout of a scenario that fits and keeps some limits, with its step and some results.

    `distinct`: of those that differ in no result and their stage of ZeRO alone, one. With `lead`,
    those alone are kept that come first in it. It ends early, with what it has found, once
    `goes_on` says no; `told` the share that is judged. Raises ScenarioError if model, cluster or
    batch is not known.
    """
    names = list(dict.fromkeys((STEP, *results)))
    work = _Judging(scenario, names, limits, distinct, lead)
    found, parts = Judged(), [_nothing(names)]
    found._blocks += work.blocks
    rows, done = sum(block.rows for block in work.blocks), 0
    if goes_on():
        for part in (workers or Here()).results(work):
            parts.append(part)
            found.listed += part.listed
            found.fitting += part.fitting
            for name, count in part.stopped.items():
                found.stopped[name] = found.stopped.get(name, 0) + count
            done += part.rows
            if told:
                told(done / rows)
            if not goes_on():
                break
    for name in names:
        # A result leaves the parts as it is joined: millions of layouts are not held twice.
        found.results[name] = np.concatenate([part.results.pop(name) for part in parts])
    found._places = np.concatenate([part.places for part in parts])
    return found


def _nothing(names: Sequence[str]) -> _Part:
    nothing = np.empty(0, dtype=np.int64)
    return _Part(0, 0, 0, {}, {name: np.empty(0) for name in names}, nothing)


class _Judging:
    """One search as work in parts: some rows of a block each, under all of its variants."""

    def __init__(
        self,
        scenario: Scenario,
        results: list[str],
        limits: Sequence[Limit],
        distinct: bool,
        lead: Lead | None,
    ) -> None:
        self._scenario = scenario
        self._results = results
        self._limits = limits
        self._distinct = distinct
        self._lead = lead
        self._take_up()

    def _take_up(self) -> None:
        self._inputs = self._scenario.inputs()
        self.blocks = [*blocks(self._scenario)]
        self._starts = [
            (number, start)
            for number, block in enumerate(self.blocks)
            for start in range(0, block.rows, _PART)
        ]
        self._plans: dict[int, tuple[Plan, list[str]]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        # Listing layouts takes less time than passing them on.
        return _Judging, (self._scenario, self._results, self._limits, self._distinct, self._lead)

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return len(self._starts)

    def part(self, number: int) -> _Part:
        """What fits of one part."""
        place, first = self._starts[number]
        block = self.blocks[place]
        plan, problems = self._plan(place)
        end = min(first + _PART, block.rows)
        stopped: dict[str, int] = {}
        found: list[tuple[dict[str, Floats], Places]] = []
        for start in range(first, end, _ROWS):
            rows = min(_ROWS, end - start)
            each = plan.of_each(block.varying(slice(start, start + rows)))
            for variant, values in enumerate(each):
                kept, stages = self._kept(values, problems, rows, stopped)
                places = _placed(place, kept + start, stages, variant)
                results = {name: _of(values[name], kept, stages) for name in self._results}
                found.append((results, places))
        part = _Part(
            end - first,
            (end - first) * ZERO_STAGES.size * len(block.variants),
            0,
            stopped,
            {name: np.concatenate([each[name] for each, _ in found]) for name in self._results},
            np.concatenate([places for _, places in found]),
        )
        if self._distinct:
            part.keep_distinct()
        part.fitting = len(part.places)
        if self._lead:
            part.keep(self._lead.places(part.results))
        return part

    def _plan(self, place: int) -> tuple[Plan, list[str]]:
        """The function of a block's rows, and the problems that stand in the way there."""
        if place not in self._plans:
            block = self.blocks[place]
            inputs = block.inputs(self._inputs)
            problems = problems_forbidding(inputs, [STEP])
            asked = [*problems, *self._results, *(limit.name for limit in self._limits)]
            varying = {
                name: Varying.over(column, _STAGES if name == ZERO else _EACH_ROW)
                for name, column in block.varying().items()
            }
            self._plans[place] = Plan(GRAPH, inputs, varying, asked, block.variants), problems
        return self._plans[place]

    def _kept(
        self,
        values: Mapping[str, Any],
        problems: Sequence[str],
        rows: int,
        stopped: dict[str, int],
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The rows and stages of what no problem stops, has a step and keeps the limits."""
        left = np.ones((ZERO_STAGES.size, rows), dtype=bool)
        for name in problems:
            stops = values[name]
            if not np.any(stops):
                continue
            before = int(np.count_nonzero(left))
            left &= np.logical_not(stops)
            if now := before - int(np.count_nonzero(left)):
                stopped[name] = stopped.get(name, 0) + now
        left &= np.isfinite(values[STEP])
        for limit in self._limits:
            left &= limit.keeps(values[limit.name])
        kept, stages = np.nonzero(left.T)
        return kept, stages


def _placed(block: int, rows: NDArray[np.intp], stages: NDArray[np.intp], variant: int) -> Places:
    """The places of layouts, each as one number."""
    whole = (block << _ROW_BITS) + rows.astype(np.int64)
    return (((whole << _STAGE_BITS) + stages) << _VARIANT_BITS) + variant


def _of(result: Any, rows: NDArray[np.intp], stages: NDArray[np.intp]) -> Floats:
    """A result of some rows and stages, along whichever of the two it varies."""
    if not np.ndim(result):
        return np.full(len(rows), result)
    along_stages, along_rows = (size > 1 for size in np.atleast_2d(result).shape)
    taken: Floats = np.atleast_2d(result)[stages if along_stages else 0, rows if along_rows else 0]
    return np.broadcast_to(taken, rows.shape)
