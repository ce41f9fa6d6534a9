"""Windows and indexers bound what attention looks back on; nothing else."""

from __future__ import annotations

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.presets import with_panel
from tests.strategies import shipped


def _flops(changes: dict[str, object], architecture: str = "llama-3-8b") -> dict[str, float]:
    scenario = with_panel(shipped("llama-3-70b"), "architecture", architecture)
    return evaluate(scenario.with_values(changes).inputs())


def test_a_window_as_long_as_the_sequence_changes_nothing():
    free = _flops({"sequence_length": 8192})
    bounded = _flops({"sequence_length": 8192, "attention_window": 8192})
    for name in ("training_flops_per_token", "training_flops_per_token_full"):
        assert bounded[name] == pytest.approx(free[name])


def test_a_token_in_a_long_sequence_looks_back_on_nearly_its_whole_window():
    values = _flops({"sequence_length": 2**20, "attention_window": 128})
    assert values["attended_tokens"] == pytest.approx(128, rel=1e-3)


def test_half_of_the_layers_windowed_lies_midway():
    free = _flops({"sequence_length": 65536})["training_flops_per_token"]
    every = _flops({"sequence_length": 65536, "attention_window": 512})
    half = _flops({"sequence_length": 65536, "attention_window": 512, "windowed_layers": 16})
    assert half["training_flops_per_token"] == pytest.approx(
        (free + every["training_flops_per_token"]) / 2
    )


def test_an_indexer_bounds_attention_and_its_weights_count():
    plain = _flops({"sequence_length": 131072}, "deepseek-v3")
    indexed = _flops(
        {"sequence_length": 131072, "index_heads": 64, "index_head_dim": 128, "index_top_k": 2048},
        "deepseek-v3",
    )
    # DeepSeek-V3.2's published checkpoint holds 851,524,864 parameters more than V3's.
    assert indexed["total_parameters"] - plain["total_parameters"] == 851_524_864
    assert indexed["training_flops_per_token"] < plain["training_flops_per_token"]


def test_windows_leave_the_kv_cache_and_the_parameters_alone():
    free, bounded = _flops({}), _flops({"attention_window": 128})
    for name in ("kv_cache_bytes_per_token", "total_parameters", "six_nd_flops_per_token"):
        assert bounded[name] == free[name]


def test_an_indexer_of_a_single_head_keeps_as_many_as_any():
    one = _flops({"sequence_length": 8192, "index_heads": 1, "index_top_k": 512}, "deepseek-v3")
    none = _flops({"sequence_length": 8192, "index_heads": 0, "index_top_k": 512}, "deepseek-v3")
    assert (one["attention_span"], none["attention_span"]) == (512, 8192)


def test_an_indexer_may_keep_a_single_token() -> None:
    assert _flops({"index_top_k": 1}, "deepseek-v3.2")["attention_span"] == 1
