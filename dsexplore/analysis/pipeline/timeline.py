"""Pipeline: what each stage does when, for a schedule of forward and backward passes.

All stages take equally long, and sends take no time: a drawing shows the order of passes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from dsexplore.analysis.pipeline.orders import ORDERS
from dsexplore.analysis.pipeline.replay import (
    KINDS,
    Block,
    Kind,
    PassTimes,
    ScheduleError,
    played,
)
from dsexplore.scenario.scenario import Scenario
from dsexplore.scenario.schedules import SCHEDULES

# The results that a pipeline is worked out from.
TIMES = ("forward_time", "backward_time", "weight_time", "overlapped_pair_time")

# The most passes to work out; a drawing is no place for more.
_MOST_PASSES = 20_000
# Micro-batches in a drawing: enough to fill the pipeline, few enough to be seen.
_FEWEST_DRAWN = 8


@dataclass(frozen=True)
class Timeline:
    """Work of each stage, from the first forward pass to the end of the step's passes."""

    stages: tuple[tuple[Block, ...], ...]
    micro_batches: int

    @cached_property
    def end(self) -> float:
        """The time at which all stages are done."""
        return max(blocks[-1].end for blocks in self.stages)

    @cached_property
    def parts(self) -> tuple[dict[Kind, float], ...]:
        """Time of each stage by kind of work; the kinds add up to the whole."""
        found = []
        for blocks in self.stages:
            spent = dict.fromkeys(KINDS, 0.0)
            for block in blocks:
                spent[block.kind] += block.end - block.start
            found.append(spent)
        return tuple(found)

    def idle_share_of(self, stage: int) -> float:
        """Share of the time in which a stage has nothing to do."""
        return self.parts[stage]["idle"] / self.end

    @property
    def idle_share(self) -> float:
        """Share of the time in which stages have nothing to do, on average."""
        return sum(map(self.idle_share_of, range(len(self.stages)))) / len(self.stages)

    def sampled(self, stage: int, columns: int) -> list[Kind]:
        """The main kind of work of a stage in each of so many equal stretches of time."""
        width = self.end / columns
        spent: list[dict[Kind, float]] = [{} for _ in range(columns)]
        for block in self.stages[stage]:
            column = min(columns - 1, int(block.start / width))
            start = block.start
            while start < block.end and column < columns:
                until = min(block.end, (column + 1) * width) if column < columns - 1 else block.end
                here = spent[column]
                here[block.kind] = here.get(block.kind, 0.0) + max(0.0, until - start)
                start, column = until, column + 1
        return [max(here, key=here.__getitem__, default="idle") for here in spent]


@lru_cache(maxsize=32)
def timeline(
    schedule: str, times: PassTimes, stages: int, virtual_stages: int, micro_batches: int
) -> Timeline:
    """Work of each stage by time. Raises ScheduleError."""
    _check(schedule, times, stages, virtual_stages, micro_batches)
    pieces = pieces_per_stage(schedule, virtual_stages)
    if stages * pieces * micro_batches * 2 > _MOST_PASSES:
        raise ScheduleError(
            f"{stages:,} stages × {pieces:,} pieces × {micro_batches:,} micro-batches are too many "
            "for a chart."
        )
    orders = [ORDERS[schedule](stage, stages, pieces, micro_batches) for stage in range(stages)]
    return Timeline(played(orders, [times] * stages, pieces, micro_batches), micro_batches)


def pieces_per_stage(schedule: str, virtual_stages: int) -> int:
    """Pieces of the model on one stage, apart from each other."""
    found = SCHEDULES[schedule]
    return virtual_stages if found.has_virtual_stages else found.pieces


def drawn_micro_batches(schedule: str, stages: int, micro_batches: int) -> int:
    """Micro-batches in a drawing, out of all of a step."""
    found = SCHEDULES[schedule]
    wanted = max(stages, _FEWEST_DRAWN)
    if found.must_fill:
        wanted = found.fewest_micro_batches * stages
    elif found.in_groups:
        wanted = stages * -(-_FEWEST_DRAWN // stages)
    return min(wanted, micro_batches)


def chosen_stages(stages: int, most: int) -> list[int]:
    """Stages to show, at most so many, with the first and the last among them."""
    if stages <= most:
        return list(range(stages))
    return [round(row * (stages - 1) / (most - 1)) for row in range(most)]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The pipeline of a step: a drawing of some micro-batches, and the times of all of them."""

    drawn: Timeline
    micro_batches: int
    # Time of each stage in the whole step by kind of work; every stage adds up to the same.
    parts: tuple[dict[Kind, float], ...]

    @property
    def kinds(self) -> list[Kind]:
        """Kinds of work in this pipeline, in their fixed order."""
        return [kind for kind in KINDS if any(parts[kind] > 0 for parts in self.parts)]

    @property
    def idle_share(self) -> float:
        """Share of the whole step's passes in which stages have nothing to do, on average."""
        whole = sum(self.parts[0].values())
        return sum(parts["idle"] for parts in self.parts) / len(self.parts) / whole


def pipeline(
    schedule: str, times: PassTimes, stages: int, virtual_stages: int, micro_batches: int
) -> Pipeline:
    """The pipeline of a step. Raises ScheduleError.

    Once a pipeline is full, each further micro-batch adds only its own work.
    """
    _check(schedule, times, stages, virtual_stages, micro_batches)
    number = drawn_micro_batches(schedule, stages, micro_batches)
    drawn = timeline(schedule, times, stages, virtual_stages, number)
    more = micro_batches - number
    each = _each_more(schedule, times, stages)
    parts = tuple(
        {kind: spent + more * each.get(kind, 0.0) for kind, spent in of_stage.items()}
        for of_stage in drawn.parts
    )
    return Pipeline(drawn, micro_batches, parts)


def pipeline_of(values: Mapping[str, Any], scenario: Scenario) -> Pipeline:
    """The pipeline of an evaluated scenario. Raises ScheduleError."""
    numbers = [float(values[name]) for name in TIMES]
    micro_batches = float(values["micro_batches"])
    if not all(map(math.isfinite, [*numbers, micro_batches])):
        raise ScheduleError("The time of a micro-batch on a stage is not known.")
    if micro_batches < 1 or micro_batches % 1:
        raise ScheduleError(f"{micro_batches:,.6g} micro-batches cannot be drawn.")
    layout = scenario.parallelism
    return pipeline(
        layout.pipeline_schedule,
        PassTimes(*numbers),
        layout.pipeline_parallel,
        layout.virtual_stages,
        round(micro_batches),
    )


def _each_more(schedule: str, times: PassTimes, stages: int) -> dict[Kind, float]:
    """Time one more micro-batch adds to each stage of a full pipeline."""
    found = SCHEDULES[schedule]
    # A single stage is no pipeline with two ends.
    if found.overlaps and stages >= found.copies:
        return {"overlapped": times.overlapped}
    if found.separates_weights and not found.overlaps:
        return {"forward": times.forward, "backward": times.backward, "weight": times.weight}
    return {"forward": times.forward, "backward": times.backward + times.weight}


def _check(
    schedule: str, times: PassTimes, stages: int, virtual_stages: int, micro_batches: int
) -> None:
    if schedule not in SCHEDULES:
        raise ScheduleError(f"No schedule is called {schedule}.")
    found = SCHEDULES[schedule]
    if min(times.forward, times.backward, times.weight, times.overlapped) < 0 or (
        times.forward + times.backward + times.weight <= 0
    ):
        raise ScheduleError("The passes take no time.")
    if stages < 1 or micro_batches < 1:
        raise ScheduleError("There is nothing to run.")
    fewest = found.fewest_micro_batches * stages
    if stages > 1 and micro_batches < fewest:
        raise ScheduleError(
            f"{micro_batches:,} micro-batches are fewer than the {fewest:,} that "
            f"{stages:,} stages need to fill from both ends."
        )
    if found.in_groups and virtual_stages > 1 and micro_batches % stages:
        raise ScheduleError(
            f"{micro_batches:,} micro-batches are no multiple of {stages:,} stages, as "
            "interleaving needs."
        )
    if found.in_halves and stages > 1 and (stages % 2 or micro_batches % 2):
        raise ScheduleError(f"{found.title} pairs stages and micro-batches: both must be even.")
