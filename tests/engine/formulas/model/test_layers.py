"""Layers that differ: parameters, FLOP, caches and states, as frameworks count small models."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.open import load
from dsexplore.scenario.scenario import Scenario
from tests.points import holds_at

TINY = {"hidden_size": 128, "vocab_size": 512, "num_attention_heads": 4, "intermediate_size": 384}
GATED_DELTA = TINY | {
    **{"num_layers": 8, "layer_pattern": "3 x linear + 1 x full", "num_kv_heads": 2},
    **{"head_dim": 64, "attention_gate": "full", "query_key_norm": "head", "state_conv": 4},
    **{"state_key_heads": 2, "state_value_heads": 4, "state_key_dim": 32, "state_value_dim": 32},
}
KIMI_DELTA = TINY | {
    **{"num_layers": 8, "layer_pattern": "3 x linear + 1 x full", "linear_attention": "kda"},
    **{"attention": "mla", "q_lora_rank": 0, "kv_lora_rank": 32, "qk_nope_head_dim": 32},
    **{"qk_rope_head_dim": 16, "v_head_dim": 32, "state_rank": 32, "state_conv": 4},
    **{"state_key_heads": 4, "state_value_heads": 4, "state_key_dim": 32, "state_value_dim": 32},
}
LIGHTNING = TINY | {
    **{"num_layers": 8, "layer_pattern": "3 x linear + 1 x full", "num_kv_heads": 2},
    **{"head_dim": 32, "linear_attention": "lightning", "num_routed_experts": 2},
    **{"experts_per_token": 2, "moe_intermediate_size": 96},
    **{"state_key_heads": 4, "state_value_heads": 4, "state_key_dim": 32, "state_value_dim": 32},
}
SIDE_BY_SIDE = TINY | {
    **{"num_layers": 8, "layer_pattern": "1 x hybrid", "num_kv_heads": 2, "head_dim": 32},
    **{"state_key_heads": 2, "state_value_heads": 4, "state_key_dim": 16, "state_value_dim": 32},
    **{"state_conv": 4, "state_conv_bias": True, "state_norm": False},
}
SINGLE_BLOCKS = TINY | {
    **{"num_layers": 4, "layer_pattern": "1 x mamba + 1 x ffn + 1 x full + 1 x ffn"},
    **{"num_kv_heads": 2, "head_dim": 32, "ffn_matrices": 2, "norms_per_layer": 1},
    **{"state_key_heads": 2, "state_value_heads": 4, "state_key_dim": 16, "state_value_dim": 32},
    **{"state_conv": 4, "state_conv_bias": True},
}
MAMBA_1 = TINY | {
    **{"num_layers": 8, "layer_pattern": "4 x mamba + 1 x full + 3 x mamba", "mamba": "mamba1"},
    **{"num_kv_heads": 2, "head_dim": 32, "state_conv": 4, "state_conv_bias": True},
    **{"state_key_heads": 1, "state_value_heads": 256, "state_key_dim": 16, "state_value_dim": 1},
    **{"state_rank": 8},
}
TWO_HEADS = TINY | {
    **{"num_layers": 6, "layer_pattern": "5 x window + 1 x full", "tie_embeddings": True},
    **{"num_kv_heads": 2, "head_dim": 64, "keys_as_values": True, "attention_window": 64},
    **{"window_kv_heads": 4, "window_head_dim": 32, "query_key_norm": "head", "norms_per_layer": 4},
}
CONVOLUTIONS = TINY | {
    **{"num_layers": 6, "layer_pattern": "2 x conv + 1 x full", "tie_embeddings": True},
    **{"num_kv_heads": 2, "head_dim": 32, "query_key_norm": "head", "state_conv": 3},
    **{"state_conv_bias": True, "state_bias": True},
}

# Of a model of transformers 5.24 with this shape: its parameters, and as torch counts them over 256
# tokens, the FLOP per token in products with weights, a convolution's padding among them.
COUNTED = {
    "Qwen3.5": (GATED_DELTA, 1_981_040, 3_825_808),
    "Kimi Linear": (KIMI_DELTA, 1_928_344, 3_719_384),
    "Falcon-H1": (SIDE_BY_SIDE, 2_176_736, 4_214_928),
    "Nemotron-H": (SINGLE_BLOCKS, 436_428, 739_858),
    "LFM2": (CONVOLUTIONS, 1_316_608, 2_624_536),
    "Jamba": (MAMBA_1, 2_177_688, 4_151_464),
    "Gemma 4": (TWO_HEADS, 1_363_520, 2_719_744),
    # The counter passes over products in groups: 8 layers with two experts of 3 x 128 x 96 weights.
    "MiniMax": (LIGHTNING, 1_315_712, 1_314_816 + 8 * 2 * 2 * 3 * 128 * 96),
}


def of(shape: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return evaluate(Scenario().with_values({**shape, **changes}).inputs())


@holds_at("name", COUNTED)
def test_parameters_and_products_are_what_a_framework_counts(name: str) -> None:
    shape, parameters, flops = COUNTED[name]
    found = of(shape)
    assert found["total_parameters"] == parameters
    assert found["matmul_flops_per_token"] == pytest.approx(flops, rel=1e-4)


# Without attention, most of them without feed-forward blocks: RWKV's state is a numerator, a
# denominator and an exponent for each channel, beside the token before for either block of a layer.
ALONE = {"hidden_size": 128, "vocab_size": 512, "num_layers": 8, "layer_pattern": "1 x mamba"}
MAMBA_2_ALONE = ALONE | {
    **{"intermediate_size": 0, "norms_per_layer": 1, "state_conv": 4, "state_conv_bias": True},
    **{"state_key_heads": 2, "state_value_heads": 8, "state_key_dim": 16, "state_value_dim": 32},
}
RWKV = ALONE | {
    **{"layer_pattern": "1 x linear", "linear_attention": "wkv", "intermediate_size": 512},
    **{"ffn_matrices": 2, "norm_bias": True, "embedding_norm": True},
    **{"state_key_heads": 128, "state_value_heads": 128, "state_key_dim": 1, "state_value_dim": 1},
    **{"other_weights": 8 * 128 * 128, "other_vectors": 8 * 2 * 128},
}
XLSTM = ALONE | {
    **{"layer_pattern": "1 x linear", "linear_attention": "mlstm", "intermediate_size": 384},
    **{"state_key_heads": 4, "state_value_heads": 4, "state_key_dim": 16, "state_value_dim": 32},
}
GRIFFIN = TINY | {
    **{"num_layers": 6, "layer_pattern": "2 x linear + 1 x window", "linear_attention": "rg_lru"},
    **{"num_kv_heads": 2, "head_dim": 32, "attention_window": 64, "output_bias": True},
    **{"ffn_bias": True, "state_conv": 4, "state_conv_bias": True, "state_bias": True},
    **{"state_key_heads": 4, "state_value_heads": 4, "state_key_dim": 1, "state_value_dim": 32},
}
STATES = {
    "Mamba 2": (MAMBA_2_ALONE, 8 * (4 * 8 * 16 * 32 + 2 * 3 * (256 + 2 * 2 * 16))),
    "RWKV": (RWKV, 8 * (4 * 3 * 128 + 2 * 2 * 128)),
    "xLSTM": (XLSTM, 8 * 4 * 4 * (16 * 32 + 16 + 1)),
    "Griffin": (GRIFFIN, 4 * (4 * 128 + 2 * 3 * 128)),
}


@pytest.mark.parametrize("name", STATES)
def test_a_request_holds_the_tensors_that_a_frameworks_cache_has(name: str) -> None:
    shape, held = STATES[name]
    found = of(shape, kv_length=1000)
    assert found["state_bytes_per_request"] == held
    assert found["held_cache_per_request"] == held + found["kv_cache_per_request"]


def test_a_model_without_attention_is_trained_and_served() -> None:
    """Nothing of it grows with the context, its step is predicted, and no head is asked for."""
    found = evaluate(load("mamba-2-2.7b").with_values({"kv_length": 1000}).inputs())
    for name in ("step_time", "memory_per_gpu", "decode_step_time", "prefill_time_per_token"):
        assert found[name] > 0
    longer = evaluate(load("mamba-2-2.7b").with_values({"kv_length": 100_000}).inputs())
    assert longer["decode_step_time"] == found["decode_step_time"]
    assert found["dense_layers"] == found["attention_layers"] == 0
    assert found["blocks_per_layer"] == 1


def test_decoding_reads_weights_without_fields_of_their_own() -> None:
    """As many weights as one more model's take as much longer to read."""
    model = load("llama-3-8b")
    without = evaluate(model.inputs())
    with_more = evaluate(model.with_values({"other_weights": 10**10}).inputs())
    read = 10**10 * without["dense_weight_bytes"] / without["weight_read_rate"]
    more = with_more["decode_dense_time"] - without["decode_dense_time"]
    assert more > 0.95 * read


def test_windows_count_at_their_own_width() -> None:
    """Four heads: one layer of 2 x 64 over 256 tokens, five of 2 x 32 over 64; 2 FLOP each."""
    found = of(TWO_HEADS, sequence_length=256)
    counted = 4 * 2 * (128 * 256 + 5 * 64 * 64)
    assert found["attention_flops_per_token_full"] == pytest.approx(counted, rel=1e-12)


def test_a_cache_holds_the_layers_that_look_back() -> None:
    """Gated delta: two of eight layers keep 2 x 2 heads of 64; six keep a state, in FP32.

    A state has four heads of 32 x 32, and a convolution over 2 x 64 + 128 channels three tokens.
    """
    found = of(GATED_DELTA, kv_length=1000)
    assert found["kv_cache_per_request"] == 1000 * 2 * 2 * (2 * 2 * 64)
    assert found["state_bytes_per_request"] == 6 * (4 * 4 * 32 * 32 + 2 * 3 * 256)
    longer = of(GATED_DELTA, kv_length=4000)
    assert longer["kv_cache_per_request"] == 4 * found["kv_cache_per_request"]
    assert longer["state_bytes_per_request"] == found["state_bytes_per_request"]


def test_windows_with_heads_of_their_own_are_cached_so() -> None:
    """Gemma 4: five layers keep 64 tokens of 2 x 4 x 32, the sixth all of 2 x 2 x 64."""
    found = of(TWO_HEADS, kv_length=1000)
    assert found["kv_cache_per_request"] == pytest.approx(2 * (5 * 64 * 256 + 1000 * 256))


def test_layers_that_share_keys_and_values_make_and_keep_none() -> None:
    """Of six layers the last three, two with a window and one without, take earlier ones'."""
    alone = of(TWO_HEADS, keys_as_values=False)
    short = of(TWO_HEADS, kv_shared_layers=3, kv_length=64)
    assert short["kv_cache_bytes_per_token"] == 2 * 3 * 256
    made = of(TWO_HEADS, keys_as_values=False, kv_shared_layers=3)
    # Projections of 2 x 128 values and a norm of 32 in two windows, of 64 in the other layer.
    saved = 3 * 128 * 256 + 2 * 32 + 64
    assert alone["total_parameters"] - made["total_parameters"] == saved


def test_a_chunk_is_looked_back_on_by_half() -> None:
    """Llama 4: three of four layers see 4,096 of 8,192 tokens on average, one half of 65,536."""
    llama = {"num_layers": 48, "layer_pattern": "3 x chunk + 1 x full", "attention_window": 8192}
    shape = TINY | llama | {"head_dim": 32, "num_kv_heads": 4}
    found = of(shape, sequence_length=65_536, kv_length=65_536)
    assert found["attended_tokens"] == (3 * 4096 + 32_768) / 4
    assert found["decode_attended_tokens"] == (3 * 4096 + 65_536) / 4


def test_a_pattern_goes_on_where_layers_are_added() -> None:
    """Each further repeat adds three states and one layer that looks back."""
    few, more = of(GATED_DELTA, num_layers=8), of(GATED_DELTA, num_layers=48)
    assert (few["state_layers"], few["attention_layers"]) == (6, 2)
    assert (more["state_layers"], more["attention_layers"]) == (36, 12)


def test_a_pattern_of_everything_is_the_uniform_model() -> None:
    plain = load("llama-3.1-405b")
    one = evaluate(plain.inputs())
    other = evaluate(plain.with_values({"layer_pattern": "1 x full"}).inputs())
    for name in (
        *("total_parameters", "training_flops_per_token", "memory_per_gpu", "step_time"),
        *("decode_step_time", "prefill_time_per_token", "kv_cache_per_request", "mfu"),
    ):
        assert other[name] == one[name] > 0, name


def test_an_indexer_and_its_cache_are_what_a_framework_counts() -> None:
    """DeepSeek-V3.2, small: the whole square of 256 tokens, and a cache of 32, 16 and 32 values."""
    found = of(
        TINY,
        **{"num_layers": 4, "attention": "mla", "q_lora_rank": 48, "kv_lora_rank": 32},
        **{"qk_nope_head_dim": 32, "qk_rope_head_dim": 16, "v_head_dim": 32, "index_heads": 4},
        **{"index_head_dim": 32, "index_top_k": 256, "sequence_length": 256},
    )
    assert found["total_parameters"] == 949_952
    assert found["matmul_flops_per_token"] == 1_765_376
    assert found["attention_flops_per_token_full"] == 925_696
    assert found["kv_cache_bytes_per_token"] == 4 * 2 * (32 + 16 + 32)
