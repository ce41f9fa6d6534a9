"""Gemma 3n: AltUp's streams, LAuReL beside attention, and an embedding for each layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.hybrids import (
    listed_if_apart,
    listed_kinds,
    per_layer_embedding,
)
from dsexplore.library.config_json.parts import layer_vectors, weights
from dsexplore.library.config_json.shape import Shape
from dsexplore.library.config_json.shared_keys import Fields


def gemma3n(config: Config) -> Fields:
    """One width of all feed-forward blocks, though a file may list it for each layer."""
    key = "intermediate_size"
    widths = config.given(key)
    if isinstance(widths, list):
        layers = config.layers()
        if len(widths) != layers or len({*map(str, widths)}) != 1:
            raise config.refusal(key, f"a list of {layers} equal widths, one per layer")
        config = config.with_values(intermediate_size=widths[0])
    return _GEMMA3N(config)


def _kinds(config: Config, layers: int) -> Sequence[str]:
    return ["window" if (layer + 1) % 5 else "full" for layer in range(layers)]


def _streams(config: Config, fields: Fields) -> Fields:
    found: Fields = {
        "residual_streams": config.count("altup_num_inputs"),
        "stream_mixing": "altup",
        "kv_shared_layers": config.count("num_kv_shared_layers", least=0, null=0),
    }
    return found | listed_if_apart(fields, found)


def _laurel(config: Config, fields: dict[str, Any]) -> int:
    """A low-rank path beside attention in each layer."""
    return int(2 * fields["num_layers"] * fields["hidden_size"] * config.count("laurel_rank"))


_GEMMA3N: Final = Shape(
    qkv_bias="attention_bias",
    output_bias="attention_bias",
    query_key_norm="head",
    norms=4,
    kinds=listed_kinds(_kinds, "linear"),
    parts=(
        per_layer_embedding,
        _streams,
        weights(_laurel),
        layer_vectors(lambda of: of["hidden_size"]),
    ),
)

GEMMA3N: Final[dict[str, Callable[[Config], Fields]]] = {"gemma3n_text": gemma3n}
