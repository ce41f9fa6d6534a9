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


def test_windows_leave_the_parameters_alone_and_cache_no_more_than_they_span():
    free, bounded = _flops({}), _flops({"attention_window": 128, "kv_length": 4096})
    for name in ("total_parameters", "six_nd_flops_per_token"):
        assert bounded[name] == free[name]
    # Llama 3 8B: 131,072 bytes per token, of which 4,096 tokens of context keep 128.
    assert bounded["kv_cache_bytes_per_token"] == 131_072 * 128 / 4096


def test_an_indexer_of_a_single_head_keeps_as_many_as_any():
    one = _flops({"sequence_length": 8192, "index_heads": 1, "index_top_k": 512}, "deepseek-v3")
    none = _flops({"sequence_length": 8192, "index_heads": 0, "index_top_k": 512}, "deepseek-v3")
    assert (one["attention_span"], none["attention_span"]) == (512, 8192)


def test_an_indexer_may_keep_a_single_token() -> None:
    assert _flops({"index_top_k": 1}, "deepseek-v3.2")["attention_span"] == 1


# Layers, indexer heads, their width and the weight of each in the sum of DeepSeek-V3.2.
SCORES = 2 * 61 * 64 * (128 + 1)


@pytest.mark.parametrize("length", [4096, 131_072])
def test_an_indexer_scores_every_token_before_it(length: int) -> None:
    """4.13 GFLOP more per token at 4,096, the whole square; half of that with causal scores."""
    assert pytest.approx(4.13e9, rel=2e-3) == SCORES * 4096
    found = _flops({"sequence_length": length}, "deepseek-v3.2")
    attended = found["attention_flops_per_attended_token"]
    for name, tokens, scored in (
        ("attention_flops_per_token", found["attended_tokens"], length / 2),
        ("attention_flops_per_token_full", found["attended_tokens_full"], length),
    ):
        assert found[name] - attended * tokens == pytest.approx(SCORES * scored)


def test_training_v3_2_at_131072_tokens() -> None:
    """255.3 GFLOP of the rest, three passes of 65.5 GFLOP of scores and 0.5 of their sums."""
    found = _flops({"sequence_length": 131_072}, "deepseek-v3.2")
    assert found["training_flops_per_token"] == pytest.approx(453.3e9, rel=2e-4)


def test_an_indexer_keeps_and_gathers_a_key_beside_the_latent() -> None:
    layout: dict[str, object] = {"sequence_length": 8192, "context_parallel": 2, "num_gpus": 2048}
    plain, indexed = (_flops(layout, name) for name in ("deepseek-v3", "deepseek-v3.2"))
    latent, key = 512 + 64, 128
    assert indexed["key_value_gather_bytes"] / plain["key_value_gather_bytes"] == pytest.approx(
        (latent + key) / latent
    )
    assert plain["indexer_activation_bytes"] == 0
    assert indexed["indexer_activation_bytes"] == 2 * (64 * 128 + 128 + 64)


def test_an_indexer_of_grouped_query_attention_is_none() -> None:
    index: dict[str, object] = {"index_heads": 64, "index_head_dim": 128, "index_top_k": 8}
    bare, stated = _flops({}), _flops(index)
    for name in ("training_flops_per_token", "kv_cache_bytes_per_token", "decode_step_time"):
        assert stated[name] == bare[name]


def test_windows_with_more_heads_of_another_width_are_counted_layer_by_layer():
    """A layer of 4 heads of 64 and one of 8 heads of 32 with a window; values 16 wide in both."""
    shape = {
        **{"num_layers": 2, "layer_pattern": "1 x window + 1 x full", "attention_window": 128},
        **{"num_attention_heads": 4, "num_kv_heads": 2, "head_dim": 64, "value_head_dim": 16},
        **{"window_heads": 8, "window_kv_heads": 4, "window_head_dim": 32, "hidden_size": 256},
        **{"query_key_norm": "head", "qkv_bias": False, "num_routed_experts": 0},
        **{"sequence_length": 1024},
    }
    found = _flops(shape)
    full = 256 * (4 * 64 + 2 * (64 + 16)) + 4 * 16 * 256 + 64 + 64
    window = 256 * (8 * 32 + 4 * (32 + 16)) + 8 * 16 * 256 + 32 + 32
    assert found["attention_parameters"] == full + window
    attended = 4 * (64 + 16) * 1024 + 8 * (32 + 16) * 128
    assert found["attention_flops_per_token_full"] == pytest.approx(2 * attended)
