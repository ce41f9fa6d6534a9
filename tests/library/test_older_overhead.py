"""Older files: a cost per step is none per layer, and a field that is gone is passed over."""

from __future__ import annotations

from dsexplore.library.presets import build
from dsexplore.library.renamed import renamed, renamed_values
from dsexplore.scenario.panels.parallelism import Parallelism


def test_a_cost_per_step_gives_way_to_the_usual_one_per_layer() -> None:
    default = Parallelism().layer_overhead
    assert renamed_values({"step_overhead": 0.1}) == {"layer_overhead": default}
    assert renamed_values({"step_overhead": 0.1, "layer_overhead": 2e-3})["layer_overhead"] == 2e-3


def test_a_field_that_nothing_reads_any_more_is_passed_over() -> None:
    older = {
        "schema": 1,
        "parallelism": {"exposed_operand_share": 0.3, "tensor_parallel": 2},
        "notes": {"exposed_operand_share": "Assumed."},
        "sources": {"a page": ["exposed_operand_share", "tensor_parallel"]},
    }
    found = build(renamed(older))
    assert found.parallelism.tensor_parallel == 2
    assert "exposed_operand_share" not in found.notes
