"""Orders of passes on each stage, by schedule."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple


class Pass(NamedTuple):
    """One micro-batch's pass through one piece of the model: forward, backward or for weights."""

    kind: Literal["forward", "backward", "weight"]
    piece: int
    micro_batch: int


Work = tuple[Pass, ...]
Order = list[Work]


def _forward(piece: int, micro_batch: int) -> Work:
    return (Pass("forward", piece, micro_batch),)


def _backward(piece: int, micro_batch: int) -> Work:
    """The whole backward pass, for inputs and weights."""
    return Pass("backward", piece, micro_batch), Pass("weight", piece, micro_batch)


def _for_inputs(piece: int, micro_batch: int) -> Work:
    return (Pass("backward", piece, micro_batch),)


def _for_weights(piece: int, micro_batch: int) -> Work:
    return (Pass("weight", piece, micro_batch),)


def _gpipe(stage: int, stages: int, pieces: int, micro_batches: int) -> Order:
    """All forward, then all backward, the last micro-batch first (Huang et al. 2018, figure 2)."""
    forward = [_forward(stage, each) for each in range(micro_batches)]
    return forward + [_backward(stage, each) for each in reversed(range(micro_batches))]


def _alternating(forward: Sequence[Work], backward: Sequence[Work], warm_up: int) -> Order:
    """Warm-up forward passes, then one forward and one backward in turn, then the rest."""
    warm_up = min(warm_up, len(forward))
    order = list(forward[:warm_up])
    for one, other in zip(forward[warm_up:], backward, strict=False):
        order += [one, other]
    return order + list(backward[len(forward) - warm_up :])


def _one_forward_one_backward(stage: int, stages: int, pieces: int, micro_batches: int) -> Order:
    """1F1B (Narayanan et al. 2021, figure 4 above)."""
    return _alternating(
        [_forward(stage, each) for each in range(micro_batches)],
        [_backward(stage, each) for each in range(micro_batches)],
        stages - stage - 1,
    )


def _interleaved(stage: int, stages: int, pieces: int, micro_batches: int) -> Order:
    """1F1B with several pieces of the model per stage (Narayanan et al. 2021, figure 4 below).

    Micro-batches go round in groups of as many as there are stages, piece after piece.
    """
    forward: Order = []
    backward: Order = []
    for first in range(0, micro_batches, stages):
        group = range(first, min(first + stages, micro_batches))
        for own in range(pieces):
            forward += [_forward(own * stages + stage, each) for each in group]
        for own in reversed(range(pieces)):
            backward += [_backward(own * stages + stage, each) for each in group]
    if pieces == 1:
        return _alternating(forward, backward, stages - stage - 1)
    return _alternating(forward, backward, 2 * (stages - stage - 1) + (pieces - 1) * stages)


def _zero_bubble(stage: int, stages: int, pieces: int, micro_batches: int) -> Order:
    """ZB-H1, called ZB1P (Qi et al. 2024, arXiv:2401.10241, figure 2 above).

    1F1B with its backward passes for weights put off, the more the later the stage.
    """
    order: Order = []
    plain = _alternating(
        [_forward(stage, each) for each in range(micro_batches)],
        [_for_inputs(stage, each) for each in range(micro_batches)],
        stages - stage - 1,
    )
    for work in plain:
        order.append(work)
        if work[0].kind == "backward" and work[0].micro_batch >= stage:
            order.append(_for_weights(stage, work[0].micro_batch - stage))
    left = range(max(0, micro_batches - stage), micro_batches)
    return order + [_for_weights(stage, each) for each in left]


class _Two:
    """The work of a stage on two streams of micro-batches, one piece of the model for each."""

    def __init__(self, pieces: tuple[int, int], numbers: tuple[range, range]) -> None:
        self.order: Order = []
        self._pieces = pieces
        self._forward: tuple[Iterator[int], Iterator[int]] = iter(numbers[0]), iter(numbers[1])
        self._backward: tuple[Iterator[int], Iterator[int]] = iter(numbers[0]), iter(numbers[1])
        self._weights: deque[Work] = deque()

    def forward(self, stream: int) -> None:
        self.order.append(_forward(self._pieces[stream], next(self._forward[stream])))

    def backward(self, stream: int) -> None:
        self.order.append(_backward(self._pieces[stream], next(self._backward[stream])))

    def for_inputs(self, stream: int) -> None:
        """Run a backward pass for inputs; its weights wait."""
        each = next(self._backward[stream])
        self.order.append(_for_inputs(self._pieces[stream], each))
        self._weights.append(_for_weights(self._pieces[stream], each))

    def for_weights(self) -> None:
        """Run the backward pass for weights that has waited longest."""
        self.order.append(self._weights.popleft())

    def both(self, stream: int, other: int) -> None:
        """Run a forward pass of one stream into a backward pass of the other."""
        self.forward(stream)
        self.backward(other)
        backward, forward = self.order.pop(), self.order.pop()
        self.order.append(forward + backward)


def _two_ended(work: _Two, place: int, half: int, each_stream: int) -> Order:
    """The eight steps of DualPipe on accelerator `place` of the `half` from an end to the middle.

    Counts as published: github.com/deepseek-ai/DualPipe, dualpipe.py and dualpipev.py.
    """
    behind = half - place - 1
    for _ in range(2 * behind):
        work.forward(0)
    for _ in range(place + 1):
        work.forward(0)
        work.forward(1)
    for _ in range(behind):
        work.for_inputs(1)
        work.for_weights()
        work.forward(1)
    for turn in range(each_stream - 2 * half + place + 1):
        if turn == 0 and behind == 0:
            # Where the streams meet, the first pair is not overlapped, for a smaller bubble.
            work.forward(0)
            work.backward(1)
        else:
            work.both(0, 1)
        work.both(1, 0)
    for _ in range(behind):
        work.backward(1)
        work.both(1, 0)
    _cool_down(work, place)
    for _ in range(behind):
        work.for_weights()
        work.for_inputs(0)
    for _ in range(place + 1):
        work.for_weights()
    return work.order


def _cool_down(work: _Two, place: int) -> None:
    """Backward passes of both streams in turn; in the second half, weights wait."""
    turns = place + 1
    for turn in range(2 * turns):
        run = work.for_inputs if turn >= turns else work.backward
        run(1 - turn % 2)


def _dual_pipe(stage: int, stages: int, pieces: int, micro_batches: int) -> Order:
    """DualPipe: half of the micro-batches enter at each end (DeepSeek-V3 report, figure 5)."""
    if stages == 1:
        return _gpipe_of_one(micro_batches)
    far = stages - 1 - stage
    half = micro_batches // 2
    halves = range(half), range(half, micro_batches)
    # A stage's first stream is the one from the nearer end.
    streams = halves if stage < far else (halves[1], halves[0])
    pieces_here = (stage, far) if stage < far else (far, stage)
    work = _Two(pieces_here, streams)
    return _two_ended(work, min(stage, far), stages // 2, half)


def _dual_pipe_v(stage: int, stages: int, pieces: int, micro_batches: int) -> Order:
    """DualPipeV: one stream, which turns round at the last stage and comes back."""
    numbers = range(micro_batches)
    work = _Two((stage, 2 * stages - 1 - stage), (numbers, numbers))
    return _two_ended(work, stage, stages, micro_batches)


def _gpipe_of_one(micro_batches: int) -> Order:
    order: Order = []
    for each in range(micro_batches):
        order += [_forward(0, each), _backward(0, each)]
    return order


ORDERS: Mapping[str, Callable[[int, int, int, int], Order]] = {
    "gpipe": _gpipe,
    "1f1b": _one_forward_one_backward,
    "interleaved": _interleaved,
    "zb1p": _zero_bubble,
    "dualpipe": _dual_pipe,
    "dualpipev": _dual_pipe_v,
}
