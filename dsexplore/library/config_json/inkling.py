"""Inkling: short convolutions on keys, values and both blocks, and learned relative positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.dense import LLAMA
from dsexplore.library.config_json.parts import moe_layers, vectors, weights
from dsexplore.library.config_json.shape import Experts, after_first
from dsexplore.library.config_json.shared_keys import Fields
from dsexplore.library.config_json.window_heads import same_is_unstated

_FULL, _WINDOW = "hybrid", "hybrid_sliding"


def inkling(config: Config) -> Fields:
    """The fields of a configuration. Raises ScenarioError."""
    dense = "dense_intermediate_size"
    if config.has(dense):
        # Then the other width is that of an expert.
        config = config.with_values(
            moe_intermediate_size=config.count("intermediate_size"),
            intermediate_size=config.count(dense),
        )
    window = config.count("sliding_window_size")
    fields = _SHAPE(config.with_values(sliding_window=window, tie_word_embeddings=False))
    config.note(
        "other_vectors",
        "Positions of attention: their products, 2 FLOP for each head, width and distance, are "
        "not counted, 0.1 % of a pass.",
    )
    return fields


def _kinds(config: Config, layers: int) -> Sequence[str]:
    """As listed, by words or by numbers of layers with a window; else all but every sixth."""
    words = config.words_by_layer("layer_types", layers, (_FULL, _WINDOW))
    if words:
        return ["window" if word == _WINDOW else "full" for word in words]
    numbers = config.layer_numbers("local_layer_ids", layers)
    if numbers is None:
        numbers = {layer for layer in range(layers) if (layer + 1) % 6}
    return ["window" if layer in numbers else "full" for layer in range(layers)]


def _windows(config: Config, fields: dict[str, Any]) -> Fields:
    return {
        "window_heads": config.count("swa_num_attention_heads"),
        "window_kv_heads": config.count("swa_num_key_value_heads"),
        "window_head_dim": config.count("swa_head_dim"),
    }


def _counts(config: Config, fields: dict[str, Any]) -> tuple[int, int]:
    """Layers with a window, and all others."""
    windows = _kinds(config, fields["num_layers"]).count("window")
    return windows, fields["num_layers"] - windows


def _products(config: Config, fields: dict[str, Any]) -> int:
    """What makes relative positions, four convolutions, and the shared experts' scores."""
    windows, others = _counts(config, fields)
    hidden, kernel = fields["hidden_size"], config.count("conv_kernel_size")
    heads = windows * fields["window_heads"] + others * fields["num_attention_heads"]
    keys = windows * fields["window_kv_heads"] * fields["window_head_dim"]
    keys += others * fields["num_kv_heads"] * fields["head_dim"]
    convolutions = 2 * kernel * (keys + (windows + others) * hidden)
    scores = moe_layers(fields) * fields.get("num_shared_experts", 0) * hidden
    return int(hidden * heads * config.count("d_rel") + convolutions + scores)


def _tables(config: Config, fields: dict[str, Any]) -> int:
    """A position's profile over distances in each layer, and the scale of each second block."""
    windows, others = _counts(config, fields)
    distances = windows * config.count("sliding_window_size") + others * config.count("rel_extent")
    return int(config.count("d_rel") * distances + fields["num_layers"])


_SHAPE: Final = replace(
    LLAMA,
    qkv_bias=False,
    output_bias=False,
    ffn_bias=False,
    query_key_norm="head",
    embedding_norm=True,
    kinds=_kinds,
    experts=Experts(
        number="n_routed_experts",
        shared="n_shared_experts",
        bias=True,
        layers=after_first("dense_mlp_idx"),
    ),
    defaults={"dense_mlp_idx": 0},
    parts=(_windows, weights(_products), vectors(_tables), same_is_unstated),
)
