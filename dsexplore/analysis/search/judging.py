"""Judging: which layouts may be, which of them fit, and what some results come to there.

What stands in the way of a step is declared by the problems themselves (`forbids`). Each is asked
as an array, without its sentence; those of memory only of layouts that break no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsexplore.analysis.search.layouts import (
    RECOMPUTE,
    ZERO_STAGES,
    Block,
    Floats,
    Inputs,
    blocks,
)
from dsexplore.analysis.search.limits import Limit
from dsexplore.engine import GRAPH, problems_forbidding
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import FIELDS, Scenario

STEP = "step_time"
# Of a layout's place all but its stage of ZeRO.
_BUT_STAGE = [0, 1, 3]
# Rows evaluated together: most results ask nothing of ZeRO, and a column of them stays in cache.
_ROWS = 4096
_KINDS = FIELDS[RECOMPUTE].choices

Truths = NDArray[np.bool_]
# Results of some layouts, and of each its row, its stage of ZeRO and its kind of recomputation.
_Part = tuple[dict[str, Floats], NDArray[np.int32]]


@dataclass(slots=True)
class Judged:
    """The layouts that fit, an element of each array for each, and how many did not."""

    listed: int = 0
    # How many layouts a problem stopped that no earlier one had.
    stopped: dict[str, int] = field(default_factory=dict)
    results: dict[str, Floats] = field(default_factory=dict)
    _blocks: list[Block] = field(default_factory=list)
    # Of each layout its block, its row there, its stage of ZeRO and its kind of recomputation.
    _places: NDArray[np.int32] = field(default_factory=lambda: np.empty((0, 4), dtype=np.int32))

    @property
    def fitting(self) -> int:
        """How many layouts fit."""
        return len(self._places)

    def distinct(self) -> None:
        """Of layouts that differ in their stage of ZeRO alone, and in no result, keep one.

        So where there is nothing to shard over: with one copy of the model.
        """
        places, first = self._places, np.zeros(self.fitting, dtype=bool)
        if not self.fitting:
            return
        # The stages of one row follow each other.
        same = np.all(places[1:, _BUT_STAGE] == places[:-1, _BUT_STAGE], axis=1)
        for found in self.results.values():
            same &= found[1:] == found[:-1]
        first[0] = True
        first[1:] = ~same
        self._places = places[first]
        self.results = {name: found[first] for name, found in self.results.items()}

    def layout(self, element: int) -> dict[str, Value]:
        """The fields of one layout that fits."""
        block, row, stage, kind = map(int, self._places[element])
        return self._blocks[block].layout(row, stage, _KINDS[kind])


def always() -> bool:
    """A search that nobody stops."""
    return True


def judged(
    scenario: Scenario,
    results: Sequence[str],
    limits: Sequence[Limit] = (),
    goes_on: Callable[[], bool] = always,
    told: Callable[[float], None] | None = None,
) -> Judged:
    """Every layout of a scenario that fits and keeps some limits, with its step and some results.

    It ends early, with what it has found, once `goes_on` says no; `told` the share that is judged.
    Raises ScenarioError if model,
    cluster or batch is not known.
    """
    names = list(dict.fromkeys((STEP, *results)))
    judging = _Judging(scenario.inputs(), names, limits)
    found, parts, places = judging.found, [], [Judged()._places]
    every = [*blocks(scenario)]
    rows = sum(block.rows for block in every)
    done = 0
    for number, block in enumerate(every):
        if not goes_on():
            break
        found._blocks.append(block)
        for values, at in judging.fitting(block):
            parts.append(values)
            places.append(np.column_stack([np.full(len(at), number, dtype=np.int32), at]))
            if told and len(at):
                told((done + int(at[-1, 0])) / rows)
            if not goes_on():
                break
        done += block.rows
    for name in names:
        found.results[name] = np.concatenate([np.empty(0), *(part[name] for part in parts)])
    found._places = np.concatenate(places)
    return found


class _Judging:
    """One search: what is asked, and what was found so far."""

    def __init__(self, inputs: Inputs, results: list[str], limits: Sequence[Limit]) -> None:
        self.found = Judged()
        self._inputs = inputs
        self._results = results
        self._limits = limits

    def fitting(self, block: Block) -> Iterator[_Part]:
        """The layouts of a block that fit, with every kind of recomputation, by chunks."""
        self.found.listed += block.rows * ZERO_STAGES.size * len(_KINDS)
        of_all, of_each = self._problems(block)
        for start in range(0, block.rows, _ROWS):
            chunk = block.taken(slice(start, start + _ROWS))
            every = np.ones((chunk.rows, ZERO_STAGES.size), dtype=bool)
            chunk, legal = self._left(chunk.recomputing(_KINDS[0]), every, of_all, len(_KINDS))
            for number, kind in enumerate(_KINDS):
                rest, fits = self._left(chunk.recomputing(kind), legal, of_each)
                if rest.rows:
                    yield self._evaluated(rest, fits, number)

    def _problems(self, block: Block) -> tuple[list[str], list[str]]:
        """The problems in the way of a step: those that ask nothing of recomputation, and others.

        The former are asked once for all kinds of it.
        """
        inputs = block.recomputing(_KINDS[0]).inputs(self._inputs)
        problems = problems_forbidding(inputs, [STEP])
        of_each = [name for name in problems if RECOMPUTE in GRAPH.behind([name], inputs)]
        return [name for name in problems if name not in of_each], of_each

    def _left(
        self, chunk: Block, may_be: Truths, problems: Sequence[str], times: int = 1
    ) -> tuple[Block, Truths]:
        """The rows of a chunk with a layout left that no problem stops, and which these are."""
        if not chunk.rows:
            return chunk, may_be
        marks = GRAPH.evaluate(chunk.inputs(self._inputs), problems, in_words=False)
        left = may_be
        for name in problems:
            before = int(left.sum())
            left = left & np.equal(marks[name], "")
            stopped = times * (before - int(left.sum()))
            if stopped:
                self.found.stopped[name] = self.found.stopped.get(name, 0) + stopped
        rows: Truths = np.any(left, axis=1)
        return (chunk, left) if rows.all() else (chunk.taken(rows), left[rows])

    def _evaluated(self, chunk: Block, fits: Truths, kind: int) -> _Part:
        """The results of what fits of a chunk, has a step and keeps the limits, and its places."""
        inputs = chunk.inputs(self._inputs)
        limited = [limit.name for limit in self._limits]
        values = inputs | GRAPH.evaluate(inputs, [*self._results, *limited], in_words=False)
        kept = fits & np.isfinite(values[STEP])
        for limit in self._limits:
            kept &= limit.keeps(values[limit.name])
        rows, stages = np.nonzero(kept)
        kinds = np.full(len(rows), kind)
        places = np.column_stack([chunk.places[rows], stages, kinds]).astype(np.int32)
        results = self._results
        return {name: np.broadcast_to(values[name], kept.shape)[kept] for name in results}, places
