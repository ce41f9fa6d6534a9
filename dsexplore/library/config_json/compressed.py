"""Decoders with compressed caches, DeepSeek-V4's and those built like it: a row for each type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.parts import dense_biases
from dsexplore.library.config_json.shape import Experts, Shape
from dsexplore.library.config_json.shared_keys import Fields

_WORDS = {
    "sliding_attention": "window",
    "compressed_sparse_attention": "csa",
    "heavily_compressed_attention": "hca",
}
# A type's own tokens per entry, by which older files name a layer's kind.
_SPARSE, _HEAVY = 4, 128
_RATIOS = {0: "window", _SPARSE: "csa", _HEAVY: "hca"}
_HASHED = "hash_moe"
_UNUSED_KV_HEADS = "Unused where a lone key serves all heads; taken if attention becomes gqa."


@dataclass(frozen=True, kw_only=True)
class SharedKey(Shape):
    """A type with one key for all heads, which is their value too."""

    def _heads(self, config: Config) -> Fields:
        heads, groups = config.count(self.heads), config.count("o_groups")
        if heads % groups:
            raise config.refusal("o_groups", f"a divisor of the {heads} attention heads")
        config.note("num_kv_heads", _UNUSED_KV_HEADS)
        config.refuse_unless(self.kv_heads, 1)
        return {
            "attention": "shared_kv",
            "num_attention_heads": heads,
            "num_kv_heads": 1,
            "head_dim": config.count(self.head_dim),
            "q_lora_rank": config.count("q_lora_rank"),
            "output_groups": groups,
            "output_rank": config.count("o_lora_rank"),
            "index_heads": config.count("index_n_heads"),
            "index_head_dim": config.count("index_head_dim"),
            "index_top_k": config.count("index_topk"),
            "residual_streams": config.count("hc_mult"),
        }


def _kinds(config: Config, layers: int) -> Sequence[str]:
    words = config.words_by_layer("layer_types", layers, tuple(_WORDS))
    if words:
        return [_WORDS[word] for word in words]
    key = "compress_ratios"
    ratios = config.given(key)
    if ratios is None:
        return [*["hca"] * min(layers, 2), *("csa" if n % 2 else "hca" for n in range(layers - 2))]
    allowed = f"0, {_SPARSE} or {_HEAVY} for each of {layers} layers"
    # Further ones are of prediction modules.
    if not isinstance(ratios, list) or len(ratios) < layers:
        raise config.refusal(key, allowed)
    for ratio in ratios:
        if type(ratio) is not int or ratio not in _RATIOS:
            raise config.refusal(key, allowed)
    return [_RATIOS[ratio] for ratio in ratios[:layers]]


def _compression(config: Config, fields: dict[str, Any]) -> Fields:
    """Tokens per entry, by kind of layer, and the window beside them."""
    rates = config.part("compress_rates") if config.has("compress_rates") else None
    found: Fields = {"attention_window": config.count("sliding_window")}
    for field, word, older, usual in (
        ("sparse_compression", "compressed_sparse_attention", "compress_rate_csa", _SPARSE),
        ("heavy_compression", "heavily_compressed_attention", "compress_rate_hca", _HEAVY),
    ):
        tokens = rates.count(word) if rates is not None and rates.has(word) else usual
        found[field] = config.count(older) if config.has(older) else tokens
    return found


def _hashed(config: Config, fields: dict[str, Any]) -> Fields:
    """Layers that look up the experts of a token."""
    layers = fields["num_layers"]
    words = config.words_by_layer("mlp_layer_types", layers, (_HASHED, "moe"))
    if words:
        return {"hash_layers": words.count(_HASHED)}
    key = "num_hash_layers"
    return {"hash_layers": min(layers, config.count(key, least=0) if config.has(key) else 3)}


COMPRESSED: Final[dict[str, Callable[[Config], Fields]]] = {
    "deepseek_v4": SharedKey(
        sinks=True,
        experts=Experts(number="n_routed_experts", shared=1, bias=True),
        kinds=_kinds,
        mtp="num_nextn_predict_layers",
        parts=(_compression, _hashed, dense_biases("mlp_bias")),
    ),
}
