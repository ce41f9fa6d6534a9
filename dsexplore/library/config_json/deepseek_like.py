"""DeepSeek's mixtures, with experts after the first few layers, and those built like them."""

from __future__ import annotations

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.shared_keys import (
    Fields,
    context,
    dense_decoder,
    experts,
    same_biases,
)

_NO_KV_HEADS = "Unused by latent attention; the value taken if attention is switched to gqa."


def deepseek_v2(config: Config) -> Fields:
    """DeepSeek-V2 and V2-Lite: latent attention; no bias balances the experts."""
    return {**_latent_attention(config), **_experts(config)}


def deepseek_v3(config: Config) -> Fields:
    """DeepSeek-V3 and R1, Kimi K2: a balancing bias per expert, and prediction modules."""
    config = config.with_defaults(topk_method="noaux_tc", num_nextn_predict_layers=1)
    return {
        **_latent_attention(config),
        **_experts(config),
        "router_bias": config.word("topk_method") == "noaux_tc",
        "mtp_layers": config.count("num_nextn_predict_layers", least=0, null=0),
    }


def deepseek_v32(config: Config) -> Fields:
    """DeepSeek-V3.2: V3 with an indexer to choose the tokens to attend to."""
    config = config.with_defaults(index_n_heads=64, index_head_dim=128, index_topk=2048)
    return {
        **deepseek_v3(config),
        "index_heads": config.count("index_n_heads"),
        "index_head_dim": config.count("index_head_dim"),
        "index_top_k": config.count("index_topk"),
    }


def glm4_moe(config: Config) -> Fields:
    """GLM-4.5 and 4.6: DeepSeek-V3's experts with grouped-query attention."""
    config = config.with_defaults(num_key_value_heads=8, num_nextn_predict_layers=1)
    return {
        **dense_decoder(config),
        **_experts(config),
        "qkv_bias": config.flag("attention_bias"),
        "query_key_norm": "head" if config.flag("use_qk_norm") else "none",
        "router_bias": True,
        "mtp_layers": config.count("num_nextn_predict_layers", least=0, null=0),
    }


def _latent_attention(config: Config) -> Fields:
    config = config.with_defaults(
        q_lora_rank=1536,
        kv_lora_rank=512,
        qk_nope_head_dim=128,
        qk_rope_head_dim=64,
        v_head_dim=128,
    )
    heads, value_dim = config.count("num_attention_heads"), config.count("v_head_dim")
    config.note("num_kv_heads", _NO_KV_HEADS)
    config.note("head_dim", _NO_KV_HEADS)
    return {
        "num_layers": config.layers(),
        "hidden_size": config.count("hidden_size"),
        "vocab_size": config.count("vocab_size"),
        "max_context_length": context(config),
        "tie_embeddings": config.flag("tie_word_embeddings"),
        "intermediate_size": config.count("intermediate_size"),
        "attention": "mla",
        "num_attention_heads": heads,
        "num_kv_heads": heads,
        "head_dim": value_dim,
        "q_lora_rank": config.count("q_lora_rank", least=0, null=0),
        "kv_lora_rank": config.count("kv_lora_rank"),
        "qk_nope_head_dim": config.count("qk_nope_head_dim"),
        "qk_rope_head_dim": config.count("qk_rope_head_dim", least=0),
        "v_head_dim": value_dim,
        **same_biases(config.flag("attention_bias")),
    }


def _experts(config: Config) -> Fields:
    """Routed and shared experts of one width, in all layers but the first few."""
    config = config.with_defaults(first_k_dense_replace=0, moe_layer_freq=1)
    first = config.count("first_k_dense_replace", least=0)
    every = config.count("moe_layer_freq")
    return {
        **experts(
            config,
            key="n_routed_experts",
            width="moe_intermediate_size",
            is_moe=lambda layer: layer >= first and layer % every == 0,
        ),
        "num_shared_experts": config.count("n_shared_experts", least=0, null=0),
    }
