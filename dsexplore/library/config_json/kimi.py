"""What Kimi Linear and Kimi K3 have beside Kimi's delta attention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.parts import moe_layers
from dsexplore.library.config_json.shared_keys import Fields


def kimi_kinds(config: Config, layers: int) -> Sequence[str]:
    """Full attention in the layers listed, or after each three of delta attention."""
    if config.has("linear_attn_config"):
        part = config.part("linear_attn_config")
        full = part.numbers("full_attn_layers", 1, layers) or set()
        linear = part.numbers("kda_layers", 1, layers)
        if linear is not None and linear != {*range(1, layers + 1)} - full:
            allowed = "the layers that full_attn_layers leaves"
            raise part.refusal("kda_layers", allowed, f"{len(linear)} of {layers} layers")
        return ["full" if layer + 1 in full else "linear" for layer in range(layers)]
    return ["full" if layer and layer % 4 == 0 else "linear" for layer in range(layers)]


def kimi_gate(config: Config) -> str:
    """A gate of attention as wide as its values, where a file has it."""
    return "full" if config.flag("mla_use_output_gate") else "none"


def kimi_k3(config: Config, fields: dict[str, Any]) -> Fields:
    """Kimi K3: experts of a latent, an output gate projected whole, residuals of earlier blocks."""
    found: Fields = {}
    hidden, layers = fields["hidden_size"], fields["num_layers"]
    vectors = weights = 0
    if config.has("routed_expert_hidden_size"):
        latent = config.count("routed_expert_hidden_size")
        found["moe_latent_size"] = latent
        vectors += moe_layers(fields) * latent * config.flag("latent_moe_use_norm")
    if config.has("attn_res_block_size"):
        # A norm and a vector of scores before each attention, each block and the head.
        vectors += (4 * layers + 2) * hidden
    if config.has("linear_attn_config"):
        part = config.part("linear_attn_config")
        if part.flag("use_full_rank_gate"):
            rank = fields["state_rank"]
            width = fields["state_value_heads"] * fields["state_value_dim"]
            linear = kimi_kinds(config, layers).count("linear")
            weights = linear * (hidden * width - rank * (hidden + width))
    return found | {"other_vectors": vectors, "other_weights": weights}
