"""Axes: what NAME=VALUES means, and what is refused of it."""

from __future__ import annotations

import pytest

from dsexplore.analysis.sweep.axis import read_axis
from dsexplore.library.names import preset_names
from dsexplore.text.refusal import ScenarioError
from tests.points import holds_at


@holds_at(
    ("words", "values"),
    [
        ("assumed_mfu=30 %:50 %:3", (0.3, 0.4, 0.5)),
        ("price_per_gpu_hour=$1:$100:3:log", (1.0, pytest.approx(10), 100.0)),
        ("tensor_parallel=1:16:doubling", (1, 2, 4, 8, 16)),
        ("tensor_parallel=3:20:doubling", (3, 6, 12)),
        ("num_gpus=1024, 2*1024, 3k", (1024, 2048, 3000)),
        ("num_layers=1:3:9", (1, 2, 3)),
        ("num_gpus=512:512:1", (512,)),
        ("sequence_parallel=all", (True, False)),
        ("recompute=all", ("none", "selective", "full")),
        ("layers_per_stage=balanced; 7, 8*14, 7", ("balanced", "7, 8*14, 7")),
        ("hardware=h100-80gb-sxm, h800-80gb-sxm", ("h100-80gb-sxm", "h800-80gb-sxm")),
    ],
)
def test_what_an_axis_means(words: str, values: tuple[object, ...]) -> None:
    assert read_axis(words).values == values


def test_all_presets_of_a_panel() -> None:
    assert read_axis("hardware=all").values == tuple(preset_names("hardware"))
    assert read_axis("architecture=all").values == tuple(preset_names("architectures"))


@holds_at(
    ("words", "found", "allowed"),
    [
        ("num_gpus", "'num_gpus'", "NAME=LOW:HIGH:COUNT"),
        ("num_gpu=1,2", "unknown field or panel 'num_gpu'", "num_gpus"),
        ("hardwares=all", "unknown field or panel 'hardwares'", "hardware"),
        ("num_gpus=1:2", "'1:2'", "num_gpus=LOW:HIGH:COUNT"),
        ("num_gpus=1:2:3:cubic", "'1:2:3:cubic'", "num_gpus=LOW:HIGH:doubling"),
        ("num_gpus=2:1:3", "'2:1:3', which falls", "LOW below HIGH"),
        ("num_gpus=0:1:3", "'0'", "a whole number of GPUs from 1"),
        ("goodput=0.5:2:3", "'2'", "to 100 %"),
        ("node_limit=0:8:3:log", "'0:8:3:log', from 0", "LOW above 0"),
        ("num_gpus=1:2:0", "0 values", "from 1 to 1,000,000"),
        ("num_gpus=1:2:many", "'many' values", "from 1 to 1,000,000"),
        ("num_gpus=unknown", "unknown", "a whole number of GPUs"),
        ("recompute=some", "'some'", "none, selective, full"),
        ("hardware=h100", "'h100'", "all, "),
    ],
)
def test_a_bad_axis_is_refused_with_its_place(words: str, found: str, allowed: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        read_axis(words)
    assert refused.value.where.startswith("--over")
    assert refused.value.found.startswith(found)
    assert allowed in refused.value.allowed
