"""Sweeps: each point is what the scenario with its values set gives, or a gap that says why."""

from __future__ import annotations

import math

import pytest

from dsexplore.analysis.sweep.axis import read_axis
from dsexplore.analysis.sweep.grid import Sweep, sweep
from dsexplore.engine import INTERVALS, evaluate, impossible_in
from dsexplore.library.open import load
from dsexplore.library.presets import with_changes
from dsexplore.text.refusal import ScenarioError

NAMES = ("step_time", "total_cost", "memory_per_gpu", "mfu")


def swept(name: str, *axes: str, of: tuple[str, ...] = NAMES) -> Sweep:
    return sweep(load(name), [read_axis(words) for words in axes], of)


@pytest.mark.parametrize(
    ("name", "axes"),
    [
        # A layout that cannot be, one that does not fit, and others.
        ("deepseek-v3", ("tensor_parallel=1:16:doubling", "pipeline_parallel=1:32:doubling")),
        # More than one chunk.
        ("llama-3.1-405b", ("price_per_gpu_hour=1:4:600", "num_gpus=8192:16384:9")),
        ("deepseek-v3", ("hardware=h100-80gb-sxm,a100-40gb-sxm", "price_per_gpu_hour=2,3")),
        # Fields that a rule ties to others, and such as bring others along.
        ("deepseek-v3", ("experts_per_token=4,8,300", "num_gpus=1024,2048")),
        ("llama-3-70b", ("virtual_stages=1,2", "recompute=all")),
        # Measured hours: stated anew, and carried over with a detail changed as well.
        ("deepseek-v3", ("gpu_hours_per_trillion_tokens=100k,180k", "num_gpus=2048,4096")),
        ("deepseek-v3", ("gemm_efficiency=0.5,0.9", "num_gpus=1024,2048")),
        ("deepseek-v3", ("utilization=all", "assumed_mfu=0.3,0.5", "goodput=0.8,0.9")),
    ],
)
def test_a_point_is_what_the_scenario_gives_with_its_values_set(
    name: str, axes: tuple[str, ...]
) -> None:
    found = swept(name, *axes)
    for place in range(0, found.size, max(1, found.size // 24)):
        changes = {a.name: v for a, v in zip(found.axes, found.point(place), strict=True)}
        try:
            inputs = with_changes(load(name), changes).inputs()
        except ScenarioError:
            assert all(math.isnan(found.results[each][place]) for each in NAMES)
            continue
        values = inputs | evaluate(inputs)
        gone = impossible_in(values)
        for each in NAMES:
            expected = math.nan if each in gone else values[each]
            assert found.results[each][place] == pytest.approx(expected, rel=1e-12, nan_ok=True)
            low = float(found.ends[each][0][place])
            if not math.isnan(low):
                assert low == pytest.approx(values[INTERVALS[each][0]], rel=1e-12)


def test_a_gap_says_what_is_in_the_way() -> None:
    found = swept("deepseek-v3", "num_gpus=2048,3000", "micro_batch_size=1,64", of=("step_time",))
    assert not math.isnan(found.results["step_time"][0])
    assert found.reasons.tolist() == [-1, 0, 0, 0]
    [gap] = found.gaps
    assert (gap.problem, gap.points, gap.first) == ("layout_problem", 3, 1)
    assert gap.sentence.startswith("Batch: 15360 sequences do not divide"), "of the first"


def test_measured_hours_stand_whatever_a_predicted_step_says() -> None:
    found = swept("deepseek-v3", "memory_capacity=10 GB,80 GB", of=("step_time", "total_cost"))
    assert math.isnan(found.results["step_time"][0])
    assert found.results["total_cost"].tolist() == pytest.approx([5.576e6, 5.576e6])


def test_a_field_of_the_price_moves_a_cost_in_proportion() -> None:
    costs = swept("deepseek-v3", "price_per_gpu_hour=1:4:4", of=("total_cost",)).results
    assert costs["total_cost"] / costs["total_cost"][0] == pytest.approx([1, 2, 3, 4])


@pytest.mark.parametrize(
    ("axes", "found", "allowed"),
    [
        (["num_gpus=1:1k:1000", "goodput=0.1:1:1001"], "1,001,000 points", "1,000,000"),
        (["num_gpus=1,2", "num_gpus=1,2"], "num_gpus twice", "once"),
        (["num_layers=1:10k:10000", "recompute=all"], "30,000 values of num_layers", "10,000"),
    ],
)
def test_too_large_a_grid_is_refused(axes: list[str], found: str, allowed: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        swept("deepseek-v3", *axes)
    assert refused.value.found.startswith(found)
    assert allowed in refused.value.allowed


def test_a_sweep_that_is_stopped_keeps_the_points_it_has() -> None:
    axes = [read_axis("price_per_gpu_hour=1:4:600"), read_axis("num_gpus=1024,2048,4096")]
    axes = [read_axis("recompute=all"), *axes]
    assert not sweep(load("deepseek-v3"), axes, ["total_cost"]).is_partial
    found = sweep(load("deepseek-v3"), axes, ["total_cost"], goes_on=lambda: False)
    assert found.is_partial
    known = [not math.isnan(value) for value in found.results["total_cost"]]
    assert known == [place < found.done for place in range(found.size)]
    assert found.gaps == []
