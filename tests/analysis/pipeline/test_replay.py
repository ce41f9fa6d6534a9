"""The laws of a step against its schedule played event by event, over every schedule."""

from __future__ import annotations

import random

import pytest

from dsexplore.analysis.pipeline.orders import ORDERS
from dsexplore.analysis.pipeline.replay import PassTimes, played, summed_until
from dsexplore.analysis.pipeline.timeline import pieces_per_stage
from dsexplore.engine.formulas.step import schedule as laws
from dsexplore.engine.formulas.step import windows
from dsexplore.scenario.layers_per_stage import joined
from dsexplore.scenario.schedules import SCHEDULES

CASES = 8
# A layer's F, B and W, and F&B with as much work: what is run into each other gains nothing here.
LAYER = PassTimes(1.0, 1.1, 0.8, 2.9)
# How far a law may be from the replay, over stages of unequal layers: share of the step's passes,
# on average and at worst. Exact: the pipeline that works through all forward passes first.
UNEVEN = {
    "gpipe": (0.0, 0.0),
    "1f1b": (0.005, 0.03),
    "interleaved": (0.015, 0.06),
    "zb1p": (0.01, 0.04),
    "dualpipe": (0.02, 0.08),
    "dualpipev": (0.02, 0.07),
}


def times_of(layers: float) -> PassTimes:
    return PassTimes(*(layers * each for each in (1.0, 1.1, 0.8, 2.9)))


def replayed(
    schedule: str, layers: list[float], virtual: int, micro_batches: int, send: float = 0.0
) -> float:
    stages, pieces = len(layers), pieces_per_stage(schedule, virtual)
    orders = [ORDERS[schedule](stage, stages, pieces, micro_batches) for stage in range(stages)]
    times = [times_of(each) for each in layers]
    return max(row[-1].end for row in played(orders, times, pieces, micro_batches, send))


def by_law(
    schedule: str, layers: list[float], virtual: int, micro_batches: int, send: float = 0.0
) -> float:
    """The passes of a step, their bubble and the sends they wait for, as the engine's laws say."""
    stages, pieces = len(layers), pieces_per_stage(schedule, virtual)
    slowest = max(layers)
    each = times_of(slowest)
    forward, backward, weight, pair = each.forward, each.backward, each.weight, each.overlapped
    whole_1f1b = laws.bubble_1f1b(stages, forward, backward, weight)
    bubble = laws.schedule_bubble(
        schedule,
        whole_1f1b,
        laws.bubble_interleaved(
            whole_1f1b, pieces, micro_batches, stages, forward, backward, weight
        ),
        laws.bubble_zb1p(stages, micro_batches, forward, backward, weight),
        laws.bubble_dualpipe(stages, pair, backward, weight),
        laws.bubble_dualpipev(stages, pair, backward, weight),
    )
    share = sum(layers) / stages / slowest
    listed = joined([round(each) for each in layers])
    is_last = float(layers[-1] >= max(layers[:-1], default=0))
    behind = laws.gap_behind_slowest(schedule, slowest, is_last, layers[-1], 0, listed, 1.0)
    gap = laws.stage_gap_time(schedule, stages, pieces, share, behind, forward, backward, weight)
    slack = windows.send_slack_time(share, forward, backward, weight)
    waited = windows.waited_send_time(
        send,
        windows.sends_in_turn(schedule, stages, pieces),
        windows.sends_in_fill(schedule, stages, pieces),
        slack,
        micro_batches,
    )
    passes = micro_batches * (forward + backward + weight)
    return passes + laws.bubble_time(bubble, gap) + waited


def cases(schedule: str, *, fewest: int = 2) -> list[tuple[int, int, int, random.Random]]:
    """Stages, virtual stages and micro-batches of a schedule: the same ones each time."""
    drawn = random.Random(schedule)
    found = []
    for _ in range(CASES):
        stages = drawn.choice([2, 4, 6, 8, 12, 16])
        virtual = drawn.choice([2, 3, 4]) if SCHEDULES[schedule].has_virtual_stages else 1
        found.append((stages, virtual, stages * drawn.randrange(fewest, 7), drawn))
    return found


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_bubble_of_equal_stages_is_the_replayed_one(schedule: str) -> None:
    for stages, virtual, micro_batches, _ in cases(schedule):
        layers = [3.0] * stages
        expected = replayed(schedule, layers, virtual, micro_batches)
        assert by_law(schedule, layers, virtual, micro_batches) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_stages_of_unequal_layers_take_what_the_replay_takes(schedule: str) -> None:
    """Of whole layers: fewer on the last or on both ends, a head on the last, or any list."""
    errors = []
    for stages, virtual, micro_batches, drawn in cases(schedule):
        layers = [8.0] * stages
        shape = drawn.choice(["fewer last", "fewer at ends", "head last", "any"])
        if shape.startswith("fewer"):
            layers[-1] = drawn.choice([4.0, 5.0, 6.0, 7.0])
        if shape == "any":
            layers = [drawn.choice([3.0, 4.0, 5.0]) for _ in layers]
        if shape == "fewer at ends":
            layers[0] = drawn.choice([6.0, 7.0])
        if shape == "head last":
            layers[-1] = drawn.choice([9.0, 10.0])
        if SCHEDULES[schedule].ends == "crossed":
            layers = [(one + other) / 2 for one, other in zip(layers, layers[::-1], strict=True)]
        expected = replayed(schedule, layers, virtual, micro_batches)
        errors.append(by_law(schedule, layers, virtual, micro_batches) / expected - 1)
    mean, worst = UNEVEN[schedule]
    assert sum(map(abs, errors)) / len(errors) <= mean + 1e-9
    assert max(map(abs, errors)) <= worst + 1e-9


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_stages_wait_for_the_sends_that_the_replay_waits_for(schedule: str) -> None:
    for stages, virtual, micro_batches, drawn in cases(schedule):
        layers, send = [3.0] * stages, drawn.choice([0.01, 0.02, 0.05])
        waited = replayed(schedule, layers, virtual, micro_batches, send)
        waited -= replayed(schedule, layers, virtual, micro_batches)
        expected = by_law(schedule, layers, virtual, micro_batches, send)
        expected -= by_law(schedule, layers, virtual, micro_batches)
        # To within two sends; a folded pipeline's law is a rougher one.
        near = 1.0 if SCHEDULES[schedule].is_folded else 0.02
        assert waited == pytest.approx(expected, rel=near, abs=3 * send), (stages, virtual)


def test_unequal_stages_hide_sends_in_what_they_wait_for_anyway() -> None:
    layers = [4.0] * 7 + [5.0]
    free = replayed("1f1b", layers, 1, 64)
    assert replayed("1f1b", layers, 1, 64, 0.1) - free < 3 * 7 * 0.1
    assert by_law("1f1b", layers, 1, 64, 0.1) - by_law("1f1b", layers, 1, 64) < 3 * 7 * 0.1


@pytest.mark.parametrize("schedule", ["gpipe", "1f1b", "interleaved", "zb1p", "dualpipe"])
def test_the_backward_pass_hides_the_gradients_that_the_replay_hides(schedule: str) -> None:
    """Of the first stage, whose last pass ends the step; with all hidden that can be."""
    for stages, virtual, micro_batches, drawn in cases(schedule):
        pieces = pieces_per_stage(schedule, virtual)
        copies = SCHEDULES[schedule].copies
        layers = 4 * copies
        each = drawn.choice([0.02, 0.1, 0.5, 1.5, 4.0])
        orders = [ORDERS[schedule](stage, stages, pieces, micro_batches) for stage in range(stages)]
        times = [times_of(4.0)] * stages
        row = played(orders, times, pieces, micro_batches)[0]
        held = pieces * copies
        last = summed_until(row, held, layers // held, each) - row[-1].end
        passes = windows.passes_of_last_pieces(schedule, pieces, micro_batches, stages)
        window = windows.gradient_window_time(schedule, passes, times[0].backward, times[0].weight)
        exposed = windows.exposed_gradient_time(
            schedule, layers * each, window, layers / copies, 1.0
        )
        # A layer's passes lie between the first of its gradients and the last.
        of_layer = times[0].backward + times[0].weight
        assert last == pytest.approx(exposed, rel=0.05, abs=of_layer / 2 + each), (stages, virtual)
