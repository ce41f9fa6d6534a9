"""Schedules against their published bubbles, and a pipeline played through pass by pass."""

from __future__ import annotations

import pytest

from dsexplore.engine import evaluate
from dsexplore.engine.formulas.step import schedule
from dsexplore.scenario.schedules import SCHEDULES
from tests.strategies import shipped

V3 = shipped("deepseek-v3")
F, B, W = 3.0, 4.0, 2.0
PAIR = 8.0


def results(**changes: object) -> dict:
    return evaluate(V3.with_values(changes).inputs())


def play(stages: int, micro_batches: int) -> float:
    """Time of 1F1B, each pass started as soon as its input and its stage are free."""
    orders = []
    for stage in range(stages):
        ahead = min(stages - stage - 1, micro_batches)
        order = [("F", i) for i in range(ahead)]
        for i in range(micro_batches - ahead):
            order += [("F", ahead + i), ("B", i)]
        order += [("B", i) for i in range(micro_batches - ahead, micro_batches)]
        orders.append(order)
    done: dict[tuple[str, int, int], float] = {}
    free = [0.0] * stages
    while any(orders):
        for stage, order in enumerate(orders):
            if not order:
                continue
            kind, index = order[0]
            if kind == "F":
                needs = ("F", stage - 1, index) if stage else None
            else:
                last = stage == stages - 1
                needs = ("F", stage, index) if last else ("B", stage + 1, index)
            if needs is not None and needs not in done:
                continue
            start = max(free[stage], done[needs] if needs else 0.0)
            free[stage] = start + (F if kind == "F" else B + W)
            done[kind, stage, index] = free[stage]
            order.pop(0)
    return max(free)


@pytest.mark.parametrize(("stages", "micro_batches"), [(1, 3), (2, 5), (4, 4), (4, 9), (8, 32)])
def test_the_bubble_of_1f1b_is_what_playing_it_shows(stages: int, micro_batches: int) -> None:
    whole = play(stages, micro_batches)
    bubble = schedule.bubble_1f1b(stages, F, B, W)
    assert whole == pytest.approx(micro_batches * (F + B + W) + bubble)


def test_the_published_bubbles() -> None:
    """DeepSeek-V3 report, table 2, where B is the whole backward pass."""
    whole_backward = B + W
    assert schedule.bubble_1f1b(16, F, B, W) == 15 * (F + whole_backward)
    assert schedule.bubble_zb1p(16, 32, F, B, W) == 15 * (F + whole_backward - 2 * W)
    assert schedule.bubble_dualpipe(16, PAIR, B, W) == 7 * (PAIR + whole_backward - 3 * W)


def test_interleaving_divides_the_bubble_by_the_pieces() -> None:
    bubble = schedule.bubble_1f1b(8, F, B, W)
    assert schedule.bubble_interleaved(bubble, 4, 16, 8, F, B, W) == bubble / 4
    assert schedule.bubble_interleaved(bubble, 1, 17, 8, F, B, W) == bubble
    assert schedule.bubble_interleaved(bubble, 4, 17, 8, F, B, W) > bubble / 4


@pytest.mark.parametrize("stages", [2, 4, 8, 16, 32])
def test_dualpipe_has_the_passes_of_its_published_code(stages: int) -> None:
    """Chunks of each accelerator as dualpipe.py counts its steps, averaged over accelerators."""
    half, micro_batches = stages // 2, 4 * stages
    alone, overlapped, weights = [], [], []
    for i in range(half):
        alone.append(2 * (half - i - 1) + 2 * (i + 1) + (half - i - 1))
        overlapped.append(2 * (micro_batches // 2 - stages + i + 1) + (half - i - 1))
        weights.append(2 * (half - i - 1) + (i + 1))
    found = schedule.passes_alone("dualpipe", stages, 1, micro_batches)
    assert found == pytest.approx(sum(alone) / half)
    rest = schedule.passes_overlapped(micro_batches, found)
    assert rest == pytest.approx(sum(overlapped) / half)
    separate = schedule.weight_passes_alone("dualpipe", stages, 1, found)
    assert separate == pytest.approx(sum(weights) / half)


def scheduled(name: str, stages: int, micro_batches: int) -> dict:
    """V3 on so many stages, with so many micro-batches for each of its 128 copies."""
    gpus, batch = 128 * stages, 128 * micro_batches
    layout = {"pipeline_parallel": stages, "num_gpus": gpus, "global_batch_size": batch}
    return results(pipeline_schedule=name, **layout)


@pytest.mark.parametrize("accelerators", [1, 2, 5, 8, 16])
def test_dualpipev_has_the_passes_of_its_published_code(accelerators: int) -> None:
    """Chunks of each accelerator as dualpipev.py counts its steps; two make a micro-batch."""
    alone, weights = [], []
    for rank in range(accelerators):
        behind = accelerators - rank - 1
        # Steps 1 to 3 run forward passes; 3 and 7 take weights apart behind, and 8 those left.
        alone.append(2 * behind + 2 * (rank + 1) + behind)
        weights.append(behind + behind + rank + 1)
    found = scheduled("dualpipev", accelerators, 10 * accelerators)
    assert found["passes_alone"] == pytest.approx(sum(alone) / accelerators / 2)
    assert found["weight_passes_alone"] == pytest.approx(sum(weights) / accelerators / 2)


def test_dualpipev_waits_half_as_long_for_each_of_twice_as_many_stages() -> None:
    """DualPipe's README: (p - 1) (F&B + B - 3W) / 2 with p accelerators, B the whole backward."""
    assert schedule.bubble_dualpipev(8, PAIR, B, W) == 7 * (PAIR + (B + W) - 3 * W) / 2


def test_weights_come_apart_in_zero_bubble_schedules_alone() -> None:
    assert scheduled("zb1p", 8, 32)["weight_passes_alone"] == 32
    for name in ("gpipe", "1f1b", "interleaved"):
        assert scheduled(name, 8, 32)["weight_passes_alone"] == 0


def test_few_micro_batches_have_no_more_passes_than_there_are() -> None:
    for name in ("dualpipe", "dualpipev"):
        assert scheduled(name, 16, 4)["passes_alone"] == 4
        assert scheduled(name, 16, 4)["weight_passes_alone"] == 4


def test_a_group_that_lacks_micro_batches_waits_as_if_it_had_them() -> None:
    """Seven lacking of a group of eight, each of four pieces but the first worked through."""
    bubble = schedule.bubble_1f1b(8, F, B, W)
    found = schedule.bubble_interleaved(bubble, 4, 17, 8, F, B, W)
    assert found == bubble / 4 + 7 * 3 / 4 * (F + B + W)


def test_v3_runs_100_of_120_micro_batches_into_each_other() -> None:
    found = results()
    assert found["micro_batches"] == 120
    assert found["passes_overlapped"] == pytest.approx(100.5)


@pytest.mark.parametrize("name", [name for name in SCHEDULES if not SCHEDULES[name].overlaps])
def test_other_schedules_overlap_nothing(name: str) -> None:
    found = results(pipeline_schedule=name, virtual_stages=1)
    assert found["passes_overlapped"] == 0
    assert found["overlapped_1f1b_time"] == 0


@pytest.mark.parametrize("name", SCHEDULES)
def test_without_a_pipeline_there_is_no_bubble(name: str) -> None:
    one = {"pipeline_parallel": 1, "num_gpus": 128, "pipeline_schedule": name}
    assert results(**one)["bubble_time"] == 0


def test_schedules_stand_in_their_published_order() -> None:
    names = ("1f1b", "zb1p", "dualpipe")
    bubbles = (
        schedule.bubble_1f1b(16, F, B, W),
        schedule.bubble_zb1p(16, 32, F, B, W),
        schedule.bubble_dualpipe(16, PAIR, B, W),
    )
    assert sorted(bubbles, reverse=True) == list(bubbles)
    steps = [results(pipeline_schedule=name)["step_time"] for name in names]
    assert steps == sorted(steps, reverse=True)


def test_a_pipeline_fills_at_the_pace_of_each_of_its_stages() -> None:
    """Ten layers on four stages of three at most, and a head of no weight: 2.5 of 3 on average.

    The last has two layers less, on the way there and on the way back.
    """
    uneven = {"num_layers": 10, "mtp_layers": 0, "vocab_size": 1, "num_dense_layers": 0}
    found = results(
        **uneven,
        pipeline_parallel=4,
        num_gpus=512,
        pipeline_schedule="1f1b",
        layers_per_stage="balanced",
    )
    assert found["slowest_stage_layers"] == 3
    assert found["mean_stage_share"] == pytest.approx(2.5 / 3, rel=1e-3)
    assert found["bubble_time"] == pytest.approx(found["schedule_bubble"] * 5 / 9, rel=1e-3)


def test_a_heavy_head_makes_the_last_stage_the_slowest() -> None:
    """Ten layers on four stages leave one for the last, beside a head of very many words."""
    heavy = {"num_layers": 10, "mtp_layers": 0, "vocab_size": 10**7, "num_dense_layers": 0}
    layout = {"pipeline_parallel": 4, "num_gpus": 512, "pipeline_schedule": "1f1b"}
    found = results(**heavy, **layout, layers_per_stage="balanced")
    assert found["layers_beside_head"] == 1
    assert (found["slowest_stage_layers"], found["slowest_stage_heads"]) == (1, 1)
    light = results(**heavy | {"vocab_size": 1}, **layout, layers_per_stage="balanced")
    assert (light["slowest_stage_layers"], light["slowest_stage_heads"]) == (3, 0)


def test_more_micro_batches_make_the_bubble_a_smaller_share() -> None:
    shares = [results(global_batch_size=128 * m)["bubble_share"] for m in (32, 64, 120, 480)]
    assert shares == sorted(shares, reverse=True)


def test_interleaving_a_single_piece_is_1f1b() -> None:
    """Not only its bubble: nothing of a run tells the two apart."""
    llama = shipped("llama-3.1-405b").with_values({"virtual_stages": 1, "utilization": "predicted"})
    plain, interleaved = (
        evaluate(llama.with_values({"pipeline_schedule": name}).inputs())
        for name in ("1f1b", "interleaved")
    )
    assert {name: str(value) for name, value in interleaved.items()} == {
        name: str(value) for name, value in plain.items()
    }
