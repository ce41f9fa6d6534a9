"""Small parts that only some types have, counted as other weights and other vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.shape import Flag, is_true
from dsexplore.library.config_json.shared_keys import Fields

Count = Callable[[Config, dict[str, Any]], int]


def weights(count: Count) -> Callable[[Config, Fields], Fields]:
    """Parameters in small matrices: of a configuration and the fields so far."""
    return lambda config, fields: _added("other_weights", config, fields, count)


def vectors(count: Count) -> Callable[[Config, Fields], Fields]:
    """Parameters in scales, norms, biases and tables: of a configuration and the fields so far."""
    return lambda config, fields: _added("other_vectors", config, fields, count)


def _added(name: str, config: Config, fields: dict[str, Any], count: Count) -> Fields:
    return {name: fields.get(name, 0) + count(config, fields)}


def layer_vectors(count: Callable[[dict[str, Any]], int]) -> Callable[[Config, Fields], Fields]:
    """Vectors in each layer, of the fields so far."""
    return vectors(lambda config, fields: fields["num_layers"] * count(fields))


def dense_biases(flag: Flag) -> Callable[[Config, Fields], Fields]:
    """Biases of dense and shared feed-forward blocks, where experts have none."""
    return vectors(
        lambda config, fields: _biases_beside_experts(fields) if is_true(config, flag) else 0
    )


def _biases_beside_experts(fields: dict[str, Any]) -> int:
    inner, hidden = fields["ffn_matrices"] - 1, fields["hidden_size"]
    layers = fields["num_layers"]
    dense = fields.get("num_dense_layers", 0) if fields.get("num_routed_experts") else layers
    shared = fields.get("num_shared_experts", 0) * (
        fields.get("shared_expert_intermediate_size") or fields.get("moe_intermediate_size", 0)
    )
    found = dense * (inner * fields["intermediate_size"] + hidden) if dense else 0
    return int(found + (layers - dense) * ((inner * shared + hidden) if shared else 0))


def query_width(fields: dict[str, Any]) -> int:
    """Width of all heads' queries."""
    return int(fields["num_attention_heads"] * fields["head_dim"])


def moe_layers(fields: dict[str, Any]) -> int:
    """Layers with experts."""
    if not fields.get("num_routed_experts"):
        return 0
    return int(fields["num_layers"] - fields.get("num_dense_layers", 0))
