"""Replay: a schedule played event by event, with the times of each stage's own passes.

A schedule is an order of work on each stage. Work starts once its stage is free and its input is
there: for a forward pass the output of the piece of the model before, for a backward pass the
gradient from the piece behind. What goes from stage to stage takes a while.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from dsexplore.analysis.pipeline.orders import Order, Pass, Work

Kind = Literal["forward", "backward", "weight", "overlapped", "idle"]
KINDS: tuple[Kind, ...] = ("forward", "backward", "weight", "overlapped", "idle")

_TOLERANCE = 1e-9


class ScheduleError(ValueError):
    """A schedule that cannot run or is too long to work out; the message says why."""


class Block(NamedTuple):
    """Work of one stage from one time to another; a whole backward pass is two passes."""

    start: float
    end: float
    kind: Kind
    passes: tuple[Pass, ...] = ()


def is_overlapped(passes: Sequence[Pass]) -> bool:
    """Whether a forward pass is run into a backward pass of another micro-batch."""
    return len(passes) > 1 and passes[0].kind == "forward"


@dataclass(frozen=True, slots=True)
class PassTimes:
    """Times of one micro-batch on a whole stage: F, B for inputs alone, W, and F&B."""

    forward: float
    backward: float
    weight: float
    overlapped: float

    def of(self, passes: Sequence[Pass]) -> float:
        """Time of passes run as one on a whole stage."""
        if is_overlapped(passes):
            return self.overlapped
        times = {"forward": self.forward, "backward": self.backward, "weight": self.weight}
        return sum([times[each.kind] for each in passes])


class _Done:
    """Times at which passes were done, by piece and micro-batch; nan until then."""

    def __init__(self, orders: Sequence[Order], micro_batches: int, send: float) -> None:
        pieces = max(each.piece for order in orders for work in order for each in work) + 1
        self._micro_batches = micro_batches
        self._last = pieces - 1
        self._send = send
        self._forward = [math.nan] * (pieces * micro_batches)
        self._backward = [math.nan] * (pieces * micro_batches)
        # The stage of each piece and micro-batch: what stays there is not sent.
        self._stage = {
            each[1:]: stage for stage, order in enumerate(orders) for work in order for each in work
        }

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
        """Note the end of some work, and when its results are where they are needed.

        Passes run into each other send beside their arithmetic.
        """
        sent = end if is_overlapped(work) else end + self._send
        for kind, piece, number in work:
            if kind == "weight":
                continue
            done = self._forward if kind == "forward" else self._backward
            following = piece + 1 if kind == "forward" else piece - 1
            stays = self._stage.get((following, number)) == self._stage[piece, number]
            # The last piece turns round where it is.
            turns = kind == "forward" and piece == self._last
            done[piece * self._micro_batches + number] = end if stays or turns else sent


def played(
    orders: Sequence[Order],
    times: Sequence[PassTimes],
    pieces: int,
    micro_batches: int,
    send: float = 0.0,
) -> tuple[tuple[Block, ...], ...]:
    """Run each stage's work in order, as soon as its inputs are there.

    `times` are those of whole stages, `send` of a micro-batch between two. Raises ScheduleError.
    """
    done = _Done(orders, micro_batches, send)
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
                end = start + times[stage].of(work) / pieces
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
    return "overlapped" if is_overlapped(work) else work[0].kind


def summed_until(
    blocks: Sequence[Block], pieces: int, layers_per_piece: int, sum_time: float
) -> float:
    """When a stage's gradients are summed with its copies', a layer at a time, one after another.

    A layer's are whole once the last pass for weights of its piece has come to it, and its sum
    takes `sum_time`. Sums run beside passes.
    """
    last = {each.piece: block for block in blocks for each in block.passes if each.kind == "weight"}
    if len(last) != pieces:
        raise ScheduleError("A piece of this stage has no pass for weights.")
    free = 0.0
    for block in sorted(last.values(), key=lambda block: block.end):
        width = (block.end - block.start) / layers_per_piece
        for layer in range(1, layers_per_piece + 1):
            free = max(free, block.start + layer * width) + sum_time
    return free
