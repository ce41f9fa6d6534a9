"""A gap of a sweep says why its own point has no result."""

from __future__ import annotations

from dsexplore.analysis.sweep.axis import read_axis
from dsexplore.analysis.sweep.grid import sweep
from dsexplore.analysis.sweep.point import why_gap
from dsexplore.library.open import load


def test_each_gap_has_its_own_reason() -> None:
    scenario = load("deepseek-v3")
    found = sweep(scenario, [read_axis("num_gpus=2048,2049,2050")], ["step_time"])
    assert "2049 GPUs do not divide by" in why_gap(scenario, found, 1, "step_time")
    assert "2050 GPUs do not divide by" in why_gap(scenario, found, 2, "step_time")
    unpriced = sweep(scenario, [read_axis("hardware=gaudi-3")], ["cluster_cost"])
    assert "gpu_price" in why_gap(scenario, unpriced, 0, "cluster_cost")
    memory = sweep(scenario, [read_axis("memory_capacity=10 GB")], ["step_time"])
    assert "GB" in why_gap(scenario, memory, 0, "step_time")
    rule = sweep(scenario, [read_axis("experts_per_token=8, 300")], ["step_time"])
    assert "300" in why_gap(scenario, rule, 1, "step_time")
