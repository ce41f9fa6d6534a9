"""Decoders with latent attention, DeepSeek's and those built like them: a row for each type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.parts import dense_biases, moe_layers, vectors, weights
from dsexplore.library.config_json.shape import Experts, Shape, after, after_first, full_gate
from dsexplore.library.config_json.shared_keys import Fields

_NO_KV_HEADS = "Unused by latent attention; the value taken if attention is switched to gqa."


@dataclass(frozen=True, kw_only=True)
class Latent(Shape):
    """A type whose keys and values come from a latent."""

    index: bool = False

    def _heads(self, config: Config) -> Fields:
        heads, value_dim = config.count(self.heads), config.count("v_head_dim")
        config.note("num_kv_heads", _NO_KV_HEADS)
        config.note("head_dim", _NO_KV_HEADS)
        fields: Fields = {
            "attention": "mla",
            "num_attention_heads": heads,
            "num_kv_heads": heads,
            "head_dim": value_dim,
            "q_lora_rank": config.count("q_lora_rank", least=0, null=0),
            "kv_lora_rank": config.count("kv_lora_rank"),
            "qk_nope_head_dim": config.count("qk_nope_head_dim"),
            "qk_rope_head_dim": config.count("qk_rope_head_dim", least=0),
            "v_head_dim": value_dim,
        }
        if self.index:
            fields |= {
                "index_heads": config.count("index_n_heads"),
                "index_head_dim": config.count("index_head_dim"),
                "index_top_k": config.count("index_topk"),
            }
        return fields


LATENT_SHAPE: Final = Latent(qkv_bias="attention_bias", output_bias="attention_bias")
_EXPERTS = Experts(
    number="n_routed_experts",
    shared="n_shared_experts",
    bias=True,
    layers=after_first("first_k_dense_replace", "moe_layer_freq"),
)
_MTP = "num_nextn_predict_layers"


def _balanced(config: Config, fields: Fields) -> Fields:
    """A bias balances the experts unless another method is stated."""
    config = config.with_defaults(topk_method="noaux_tc")
    has_bias = config.word("topk_method") == "noaux_tc" and moe_layers(fields) > 0
    return {"router_bias": has_bias}


def _indexers(config: Config, fields: dict[str, Any]) -> Fields:
    """Layers with an indexer of their own; others take over an earlier one's choice of tokens."""
    layers = fields["num_layers"]
    return _own_indexers(config, layers, lambda: _full_indexers(config, layers))


def _own_indexers(config: Config, layers: int, usual: Callable[[], int]) -> Fields:
    """As many as are listed, or as the type's rule has."""
    listed = config.words_by_layer("indexer_types", layers, ("full", "shared"))
    own = listed.count("full") if listed else usual()
    if not own or (listed and listed[0] != "full"):
        raise config.refusal("indexer_types", "an indexer in the first layer at least")
    return {"indexer_layers": own if own < layers else 0}


def _full_indexers(config: Config, layers: int) -> int:
    if config.has("index_topk_pattern"):
        return config.word("index_topk_pattern").count("F")
    every = config.count("index_topk_freq") if config.has("index_topk_freq") else 1
    key = "index_skip_topk_offset"
    offset = config.count(key, least=0) if config.has(key) else 2
    return sum(max(layer - offset + 1, 0) % every == 0 for layer in range(layers))


_V3 = replace(LATENT_SHAPE, experts=_EXPERTS, mtp=_MTP, parts=(_balanced,))
_V32 = replace(_V3, index=True)


def _hy(config: Config, fields: dict[str, Any]) -> Fields:
    """Independent streams, and an indexer in the first layer and every fourth after it."""
    layers = fields["num_layers"]
    usual = 1 + len(range(1, layers, 4))
    return {
        "residual_streams": config.count("hc_mult"),
        "stream_mixing": "independent",
        **_own_indexers(config, layers, lambda: usual),
    }


def _axk2(config: Config, fields: dict[str, Any]) -> int:
    """An output gate beside the queries, both of twice the latent; low-rank gates of norms."""
    heads, rank, hidden = (
        fields["num_attention_heads"],
        fields["q_lora_rank"],
        fields["hidden_size"],
    )
    query = fields["qk_nope_head_dim"] + fields["qk_rope_head_dim"]
    gates = 2 * rank * heads * (query + fields["v_head_dim"]) - rank * heads * query
    norms = fields["num_layers"] + moe_layers(fields)
    return int(fields["num_layers"] * gates + norms * 2 * config.count("gated_norm_rank") * hidden)


LATENT: Final[dict[str, Callable[[Config], Fields]]] = {
    "deepseek_v2": replace(
        LATENT_SHAPE, experts=replace(_EXPERTS, bias=False), parts=(dense_biases("mlp_bias"),)
    ),
    "deepseek_v3": _V3,
    "deepseek_v32": _V32,
    "kimi_k2": _V3,
    "sarvam_mla": _V3,
    "glm4_moe_lite": replace(_V3, defaults={"first_k_dense_replace": 1}),
    "glm_moe_dsa": replace(_V32, parts=(_balanced, _indexers)),
    "axk1": replace(
        _V3,
        experts=replace(_EXPERTS, layers=after_first("first_k_dense_replace", "moe_layer_freq")),
        parts=(
            _balanced,
            vectors(lambda config, of: moe_layers(of) * of["hidden_size"]),
        ),
    ),
    "axk2": replace(_V32, parts=(_balanced, weights(_axk2))),
    "hy_v4": replace(
        _V32,
        gate=full_gate,
        sinks=True,
        experts=replace(_EXPERTS, layers=after(1)),
        parts=(_hy,),
    ),
    "youtu": LATENT_SHAPE,
    "minicpm3": replace(LATENT_SHAPE, ffn_bias="mlp_bias"),
}
