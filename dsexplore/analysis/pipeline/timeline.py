"""Pipeline: what each stage does when, for a schedule of forward and backward passes.

A schedule is an order of work on each stage. Work starts once its stage is free and its input is
there: for a forward pass the output of the piece of the model before, for a backward pass the
gradient from the piece behind. All stages take equally long.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple

from dsexplore.analysis.pipeline.orders import ORDERS, Order, Pass, Work
from dsexplore.scenario.scenario import Scenario
from dsexplore.scenario.schedules import SCHEDULES

Kind = Literal["forward", "backward", "weight", "overlapped", "idle"]
KINDS: tuple[Kind, ...] = ("forward", "backward", "weight", "overlapped", "idle")

# The results that a pipeline is worked out from.
TIMES = ("forward_time", "backward_time", "weight_time", "overlapped_pair_time")
# The most passes to work out; a drawing is no place for more.
_MOST_PASSES = 20_000
# Micro-batches in a drawing: enough to fill the pipeline, few enough to be seen.
_FEWEST_DRAWN = 8
_TOLERANCE = 1e-9


class ScheduleError(ValueError):
    """A schedule that cannot run or is too long to work out; the message says why."""


class Block(NamedTuple):
    """Work of one stage from one time to another; a whole backward pass is two passes."""

    start: float
    end: float
    kind: Kind
    passes: tuple[Pass, ...] = ()


@dataclass(frozen=True, slots=True)
class PassTimes:
    """Times of one micro-batch on a whole stage: F, B for inputs alone, W, and F&B."""

    forward: float
    backward: float
    weight: float
    overlapped: float

    def of(self, passes: Sequence[Pass]) -> float:
        """Time of passes run as one on a whole stage."""
        if len(passes) > 2:
            return self.overlapped
        times = {"forward": self.forward, "backward": self.backward, "weight": self.weight}
        return sum([times[each.kind] for each in passes])


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
    return Timeline(_simulated(orders, times, pieces, micro_batches), micro_batches)


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


# Simulation


class _Done:
    """Times at which passes were done, by piece and micro-batch; nan until then."""

    def __init__(self, orders: Sequence[Order], micro_batches: int) -> None:
        pieces = max(each.piece for order in orders for work in order for each in work) + 1
        self._micro_batches = micro_batches
        self._last = pieces - 1
        self._forward = [math.nan] * (pieces * micro_batches)
        self._backward = [math.nan] * (pieces * micro_batches)

    def needed_by(self, work: Work) -> float:
        """The time at which the inputs of some work are there; nan where one is not done."""
        ready = 0.0
        for kind, piece, number in work:
            at = piece * self._micro_batches + number
            if kind == "forward":
                needed = self._forward[at - self._micro_batches] if piece else 0.0
            elif kind == "weight":
                continue  # its stage has run the backward pass before
            elif piece == self._last:
                needed = self._forward[at]
            else:
                needed = self._backward[at + self._micro_batches]
            if math.isnan(needed):
                return needed
            ready = max(ready, needed)
        return ready

    def note(self, work: Work, end: float) -> None:
        """Note the end of some work."""
        for kind, piece, number in work:
            if kind == "forward":
                self._forward[piece * self._micro_batches + number] = end
            elif kind == "backward":
                self._backward[piece * self._micro_batches + number] = end


def _simulated(
    orders: Sequence[Order], times: PassTimes, pieces: int, micro_batches: int
) -> tuple[tuple[Block, ...], ...]:
    """Run each stage's work in order, as soon as its inputs are there."""
    done = _Done(orders, micro_batches)
    blocks: list[list[Block]] = [[] for _ in orders]
    following = [0] * len(orders)
    free = [0.0] * len(orders)
    is_moving = True
    while is_moving:
        is_moving = False
        for stage, order in enumerate(orders):
            for work in order[following[stage] :]:
                needed = done.needed_by(work)
                if math.isnan(needed):
                    break
                start = max(free[stage], needed)
                end = start + times.of(work) / pieces
                _idle(blocks[stage], free[stage], start)
                blocks[stage].append(Block(start, end, _kind(work), work))
                done.note(work, end)
                free[stage] = end
                following[stage] += 1
                is_moving = True
    if any(at < len(order) for at, order in zip(following, orders, strict=True)):
        raise ScheduleError("This schedule waits for itself with these numbers.")
    for stage, until in enumerate(free):
        _idle(blocks[stage], until, max(free))
    return tuple(map(tuple, blocks))


def _idle(blocks: list[Block], start: float, end: float) -> None:
    if end - start > _TOLERANCE * end:
        blocks.append(Block(start, end, "idle"))


def _kind(work: Work) -> Kind:
    if len(work) > 1 and work[0].kind == "forward":
        return "overlapped"
    return work[0].kind
