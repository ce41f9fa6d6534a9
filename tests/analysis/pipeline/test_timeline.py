"""Pipeline: schedules run as they were published, and idle as long as their formulas say."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.analysis.pipeline.orders import Pass
from dsexplore.analysis.pipeline.replay import Block, Kind, PassTimes, ScheduleError
from dsexplore.analysis.pipeline.timeline import (
    Timeline,
    chosen_stages,
    drawn_micro_batches,
    pieces_per_stage,
    pipeline,
    pipeline_of,
    timeline,
)
from dsexplore.engine import evaluate
from dsexplore.engine.formulas.step.schedule import bubble_zb1p
from dsexplore.scenario.schedules import SCHEDULES
from tests.examples import examples
from tests.points import holds_at
from tests.strategies import shipped

EVEN = PassTimes(1.0, 1.0, 1.0, 3.0)
REAL = PassTimes(0.060, 0.076, 0.028, 0.120)


def published_bubble(schedule: str, times: PassTimes, stages: int, virtual: int) -> float:
    whole = times.forward + times.backward + times.weight
    pair = times.overlapped + times.backward - 2 * times.weight
    return {
        "gpipe": (stages - 1) * whole,
        "1f1b": (stages - 1) * whole,
        "interleaved": (stages - 1) * whole / virtual,
        "zb1p": (stages - 1) * (times.forward + times.backward - times.weight),
        "dualpipe": (stages / 2 - 1) * pair,
        "dualpipev": (stages - 1) * pair / 2,
    }[schedule]


def all_blocks(found: Timeline) -> list[Block]:
    return [block for blocks in found.stages for block in blocks]


def when(found: Timeline) -> dict[Pass, Block]:
    return {each: block for block in all_blocks(found) for each in block.passes}


@st.composite
def runs(draw: st.DrawFn) -> tuple[str, PassTimes, int, int, int]:
    """A schedule, times, stages, virtual stages and micro-batches that go together."""
    schedule = draw(st.sampled_from(list(SCHEDULES)))
    stages = draw(st.integers(1, 9))
    virtual = draw(st.integers(1, 4))
    micro_batches = draw(st.integers(1, 24))
    if schedule == "interleaved":
        micro_batches = stages * draw(st.integers(1, 3))
    if schedule == "dualpipe":
        stages += stages % 2
    if schedule in ("dualpipe", "dualpipev"):
        micro_batches = 2 * (stages + draw(st.integers(0, 5)))
    times = PassTimes(*(draw(st.floats(0.1, 10)) for _ in range(4)))
    return schedule, times, stages, virtual, micro_batches


@given(runs())
def test_a_stage_does_one_thing_at_a_time_from_beginning_to_end(
    run: tuple[str, PassTimes, int, int, int],
) -> None:
    found = timeline(*run)
    for blocks in found.stages:
        assert blocks[0].start == 0
        assert math.isclose(blocks[-1].end, found.end)
        assert all(block.start < block.end for block in blocks)
        # Nothing overlaps, and what is between two blocks is a block that says idle.
        assert all(math.isclose(one.end, other.start) for one, other in pairwise(blocks))
    for parts in found.parts:
        assert math.isclose(sum(parts.values()), found.end)


@given(runs())
def test_every_micro_batch_passes_every_piece_once(
    run: tuple[str, PassTimes, int, int, int],
) -> None:
    schedule, _, stages, virtual, micro_batches = run
    done = Counter(each for block in all_blocks(timeline(*run)) for each in block.passes)
    pieces = stages * pieces_per_stage(schedule, virtual)
    assert set(done.values()) == {1}
    assert set(done) == {
        Pass(kind, piece, number)
        for kind in ("forward", "backward", "weight")
        for piece in range(pieces)
        for number in range(micro_batches)
    }


@given(runs())
def test_nothing_runs_before_what_it_needs(run: tuple[str, PassTimes, int, int, int]) -> None:
    schedule, _, stages, virtual, _ = run
    found = when(timeline(*run))
    last = stages * pieces_per_stage(schedule, virtual) - 1
    for (kind, piece, number), block in found.items():
        if kind == "forward":
            needed = [Pass("forward", piece - 1, number)] if piece else []
        elif kind == "weight":
            needed = []
            assert found[Pass("backward", piece, number)].start <= block.start
        else:
            needed = [Pass("forward", piece, number)]
            needed += [Pass("backward", piece + 1, number)] if piece < last else []
        assert all(found[each].end <= block.start + 1e-9 for each in needed)


@holds_at("schedule", SCHEDULES)
@holds_at("stages", [2, 4, 8, 16])
def test_idle_time_is_the_published_bubble(schedule: str, stages: int) -> None:
    found = timeline(schedule, EVEN, stages, 4, 2 * stages)
    expected = published_bubble(schedule, EVEN, stages, 4)
    for stage in range(stages):
        assert found.parts[stage]["idle"] == pytest.approx(expected, abs=1e-9)
    assert found.idle_share == pytest.approx(expected / found.end)


@pytest.mark.parametrize("schedule", ["gpipe", "1f1b", "interleaved", "zb1p"])
def test_with_uneven_passes_the_bubble_of_one_way_schedules_is_still_exact(schedule: str) -> None:
    found = timeline(schedule, REAL, 8, 2, 24)
    expected = published_bubble(schedule, REAL, 8, 2)
    assert found.parts[0]["idle"] == pytest.approx(expected)
    assert found.parts[7]["idle"] == pytest.approx(expected)


@pytest.mark.parametrize("schedule", ["dualpipe", "dualpipev"])
def test_where_pairs_gain_by_overlap_two_ended_schedules_idle_less_than_published(
    schedule: str,
) -> None:
    found = timeline(schedule, REAL, 16, 1, 120)
    expected = published_bubble(schedule, REAL, 16, 1)
    for stage in range(16):
        assert 0.6 * expected < found.parts[stage]["idle"] < expected


KNOWN = {
    "gpipe": (2, 2, "FF...BBBB .FFBBBB.."),
    "1f1b": (3, 3, "FFF....BB.BB.BB .FF..BBFBB.BB.. ..FBBFBBFBB...."),
    # Qi et al. 2024, figure 2: weights come later on later stages.
    "zb1p": (
        4,
        8,
        "FFFF...BWFBWFBWFBWFBWBWBWBW .FFF..BFBWFBWFBWFBWFBWBWBWW "
        "..FF.BFBFBWFBWFBWFBWFBWBWWW ...FBFBFBFBWFBWFBWFBWFBWWWW",
    ),
    # The two halves mirror each other: half of the micro-batches enter at each end.
    "dualpipe": (
        4,
        8,
        "FFFFBWFOOO.OOOBB.OOOBBBWBW .FFFFFBBOOOOOOOOOBBBB.BBWW "
        ".FFFFFBBOOOOOOOOOBBBB.BBWW FFFFBWFOOO.OOOBB.OOOBBBWBW",
    ),
}


@pytest.mark.parametrize("schedule", KNOWN)
def test_the_order_of_known_schedules(schedule: str) -> None:
    marks = {"forward": "F", "backward": "B", "weight": "W", "overlapped": "O", "idle": "."}
    stages, micro_batches, expected = KNOWN[schedule]
    found = timeline(schedule, EVEN, stages, 1, micro_batches)
    rows = [found.sampled(stage, round(found.end)) for stage in range(stages)]
    assert ["".join(marks[kind] for kind in row) for row in rows] == expected.split()


@given(st.sampled_from(list(SCHEDULES)), st.sampled_from([2, 4, 8]), st.integers(2, 5))
def test_more_micro_batches_idle_a_smaller_share(schedule: str, stages: int, turns: int) -> None:
    few = timeline(schedule, EVEN, stages, 2, turns * stages)
    many = timeline(schedule, EVEN, stages, 2, (turns + 1) * stages)
    assert many.idle_share < few.idle_share or few.idle_share == 0


@examples(60)
@given(runs())
def test_what_is_drawn_leads_to_the_whole_step(run: tuple[str, PassTimes, int, int, int]) -> None:
    schedule, times, stages, virtual, micro_batches = run
    times = PassTimes(times.forward, times.forward, times.forward, 3 * times.forward)
    found = pipeline(schedule, times, stages, virtual, 2 * micro_batches)
    whole = timeline(schedule, times, stages, virtual, 2 * micro_batches)
    assert found.drawn.micro_batches <= 2 * micro_batches
    for parts, expected in zip(found.parts, whole.parts, strict=True):
        assert parts == pytest.approx(expected, abs=1e-6)
    assert found.idle_share == pytest.approx(whole.idle_share, abs=1e-9)


def test_the_whole_step_of_uneven_passes() -> None:
    for schedule in SCHEDULES:
        found = pipeline(schedule, REAL, 16, 2, 128)
        whole = timeline(schedule, REAL, 16, 2, 128)
        for parts, expected in zip(found.parts, whole.parts, strict=True):
            assert parts == pytest.approx(expected, abs=1e-9)


@given(runs(), st.integers(1, 200))
def test_samples_fill_every_column(run: tuple[str, PassTimes, int, int, int], columns: int) -> None:
    found = timeline(*run)
    for stage in range(len(found.stages)):
        sampled = found.sampled(stage, columns)
        assert len(sampled) == columns
        kinds: set[Kind] = {block.kind for block in found.stages[stage]}
        assert set(sampled) <= kinds


@holds_at(
    ("schedule", "stages", "micro_batches", "says"),
    [
        ("dualpipe", 4, 7, "fewer than the 8"),
        ("dualpipe", 4, 9, "even"),
        ("dualpipe", 3, 8, "even"),
        ("dualpipev", 4, 7, "fewer than the 8"),
        ("interleaved", 4, 6, "no multiple of 4"),
        ("1f1b", 10_000, 10_000, "too many for a chart"),
        ("1f1b", 4, 0, "nothing to run"),
        ("no such", 4, 4, "no such"),
    ],
)
def test_what_cannot_be_is_said(schedule: str, stages: int, micro_batches: int, says: str) -> None:
    with pytest.raises(ScheduleError, match=says):
        pipeline(schedule, EVEN, stages, 2, micro_batches)


def test_passes_without_time_are_refused() -> None:
    with pytest.raises(ScheduleError, match="no time"):
        pipeline("1f1b", PassTimes(0, 0, 0, 0), 4, 1, 8)


def test_a_drawing_has_few_micro_batches_and_few_stages() -> None:
    assert drawn_micro_batches("1f1b", 4, 1000) == 8
    assert drawn_micro_batches("1f1b", 16, 1000) == 16
    assert drawn_micro_batches("dualpipe", 16, 120) == 32
    assert drawn_micro_batches("interleaved", 3, 120) == 9
    assert drawn_micro_batches("gpipe", 4, 2) == 2
    assert chosen_stages(3, 16) == [0, 1, 2]
    chosen = chosen_stages(100, 16)
    assert (len(set(chosen)), chosen[0], chosen[-1]) == (16, 0, 99)


def test_shipped_scenarios_have_the_pipeline_that_their_step_is_predicted_with() -> None:
    for name in ("deepseek-v3", "llama-3.1-405b"):
        scenario = shipped(name)
        values = evaluate(scenario.inputs())
        found = pipeline_of(values, scenario)
        assert len(found.drawn.stages) == scenario.parallelism.pipeline_parallel
        assert found.micro_batches == values["micro_batches"]
        busy = values["passes_time"]
        assert sum(found.parts[0].values()) == pytest.approx(
            busy + values["schedule_bubble"], rel=0.05
        )


def test_unknown_times_are_said() -> None:
    scenario = shipped("gpt-4-reported")
    with pytest.raises(ScheduleError, match="not known"):
        pipeline_of(evaluate(scenario.inputs()), scenario)


@holds_at("stages", [1, 2, 5, 8])
@holds_at("micro_batches", [1, 2, 4, 7, 8, 20])
def test_few_micro_batches_leave_more_of_a_zero_bubble_pipeline_empty(
    stages: int, micro_batches: int
) -> None:
    """With fewer micro-batches than stages there are fewer passes for weights to fill it with."""
    forward, backward, weight = 1.0, 1.3, 0.8
    played = timeline("zb1p", PassTimes(forward, backward, weight, 3.0), stages, 1, micro_batches)
    idle = played.end - micro_batches * (forward + backward + weight)
    computed = bubble_zb1p(stages, micro_batches, forward, backward, weight)
    assert computed == pytest.approx(idle, abs=1e-9)
