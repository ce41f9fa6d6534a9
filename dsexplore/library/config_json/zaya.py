"""ZAYA1: attention behind convolutions, and experts behind a router of several layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.shape import Experts, Shape
from dsexplore.library.config_json.shared_keys import Fields

_WORDS = {"hybrid": "full", "hybrid_sliding": "window"}


def _kinds(config: Config, layers: int) -> Sequence[str]:
    words = config.words_by_layer("layer_types", layers, tuple(_WORDS))
    return [_WORDS[word] for word in words] or ["full"] * layers


_ZAYA = Shape(
    width="",
    qkv_bias="attention_bias",
    output_bias="attention_bias",
    head_bias="lm_head_bias",
    kinds=_kinds,
    experts=Experts(),
)


def zaya(config: Config) -> Fields:
    """A convolution by channel and one by head over queries and keys; a router that may skip."""
    fields: dict[str, Any] = _ZAYA(config)
    layers, hidden, experts = (
        fields[name] for name in ("num_layers", "hidden_size", "num_routed_experts")
    )
    channels = (fields["num_attention_heads"] + fields["num_kv_heads"]) * fields["head_dim"]
    taps = config.count("cca_time0"), config.count("cca_time1")
    convolved = channels * (taps[0] + taps[1] * fields["head_dim"])
    width, outputs = config.count("router_hidden_size", least=experts), experts + 1
    # A router's matrix straight to the experts is counted elsewhere; here it has four in a row.
    routed = hidden * (width - experts) + 2 * width * width + outputs * width
    vectors = 2 * channels + fields["num_kv_heads"] + 5 * width + outputs + 8 * hidden
    config.note(
        "other_weights",
        "Convolutions over queries and keys, and the router's inner layers. What the convolutions "
        "keep of the last tokens is left out of the cache.",
    )
    return fields | {
        "ffn_matrices": 3,
        "other_weights": layers * (convolved + routed),
        # The first layer has no router before it whose scores it could scale.
        "other_vectors": layers * vectors - width + 2 * hidden,
    }
