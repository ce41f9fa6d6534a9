"""A cost per step of an older file is no cost per layer."""

from __future__ import annotations

from dsexplore.library.renamed import renamed_values
from dsexplore.scenario.panels.parallelism import Parallelism


def test_a_cost_per_step_gives_way_to_the_usual_one_per_layer() -> None:
    default = Parallelism().layer_overhead
    assert renamed_values({"step_overhead": 0.1}) == {"layer_overhead": default}
    assert renamed_values({"step_overhead": 0.1, "layer_overhead": 2e-3})["layer_overhead"] == 2e-3
