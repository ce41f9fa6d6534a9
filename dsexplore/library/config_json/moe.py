"""Mixtures of experts with grouped-query attention."""

from __future__ import annotations

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.llama_like import qwen_windows
from dsexplore.library.config_json.shared_keys import (
    Fields,
    context,
    decoder,
    dense_decoder,
    experts,
    head_dim,
    kv_heads,
    same_biases,
    windows,
)


def mixtral(config: Config) -> Fields:
    """Mixtral: experts in every layer, each as wide as a dense layer."""
    config = config.with_defaults(num_key_value_heads=8)
    return {
        **decoder(config),
        **windows(config),
        **experts(config, key="num_local_experts", width="intermediate_size"),
    }


def qwen2_moe(config: Config) -> Fields:
    """Qwen 1.5 and 2 MoE: shared experts of their own width behind a gate."""
    config = config.with_defaults(num_key_value_heads=16, qkv_bias=True)
    return {
        **dense_decoder(config),
        **qwen_windows(config),
        **_qwen_experts(config),
        "num_shared_experts": 1,
        "shared_expert_intermediate_size": config.count("shared_expert_intermediate_size"),
        "shared_expert_gate": True,
        "qkv_bias": config.flag("qkv_bias"),
    }


def qwen3_moe(config: Config) -> Fields:
    """Qwen 3 MoE: no shared experts; norms on queries and keys."""
    config = config.with_defaults(num_key_value_heads=4)
    return {
        **dense_decoder(config),
        **qwen_windows(config),
        **_qwen_experts(config),
        **same_biases(config.flag("attention_bias")),
        "query_key_norm": "head",
    }


def _qwen_experts(config: Config) -> Fields:
    """Experts in every so many layers, those listed as plain left out."""
    config = config.with_defaults(decoder_sparse_step=1)
    step = config.count("decoder_sparse_step")
    plain = config.layer_numbers("mlp_only_layers", config.layers()) or set()
    key = "num_experts" if config.has("num_experts") else "num_local_experts"
    return experts(
        config,
        key=key,
        width="moe_intermediate_size",
        is_moe=lambda layer: layer not in plain and (layer + 1) % step == 0,
    )


def olmoe(config: Config) -> Fields:
    """OLMoE: norms over the full width of queries and keys."""
    return {
        **decoder(config),
        **experts(config, key="num_experts", width="intermediate_size"),
        **same_biases(config.flag("attention_bias")),
        "query_key_norm": "full",
    }


def phimoe(config: Config) -> Fields:
    """Phi 3.5 MoE: LayerNorm, biases on all of attention and on the output head."""
    config = config.with_defaults(num_key_value_heads=8)
    return {
        **decoder(config),
        **windows(config),
        **experts(config, key="num_local_experts", width="intermediate_size"),
        **same_biases(config.flag("attention_bias")),
        "norm_bias": True,
        "head_bias": config.flag("lm_head_bias"),
    }


def dbrx(config: Config) -> Fields:
    """DBRX: its own names, attention and experts each in a part of their own."""
    attention, ffn = config.part("attn_config"), config.part("ffn_config")
    heads = config.count("n_heads")
    return {
        "num_layers": config.layers("n_layers"),
        "hidden_size": config.count("d_model"),
        "vocab_size": config.count("vocab_size"),
        "max_context_length": context(config, "max_seq_len"),
        "tie_embeddings": config.flag("tie_word_embeddings"),
        "num_attention_heads": heads,
        "num_kv_heads": kv_heads(attention.with_defaults(kv_n_heads=1), heads, "kv_n_heads"),
        "head_dim": head_dim(config, heads, "d_model"),
        **experts(
            ffn,
            key="moe_num_experts",
            chosen=("moe_top_k",),
            width="ffn_hidden_size",
        ),
    }


def gpt_oss(config: Config) -> Fields:
    """gpt-oss: biases everywhere, a sink logit per head, a window on every other layer."""
    config = config.with_defaults(
        num_key_value_heads=8, head_dim=64, sliding_window=128, attention_bias=True
    )
    return {
        **decoder(config),
        **windows(config, has_window=lambda layer: layer % 2 == 0),
        **experts(
            config,
            key="num_local_experts",
            chosen=("num_experts_per_tok", "experts_per_token"),
            width="intermediate_size",
        ),
        **same_biases(config.flag("attention_bias")),
        "attention_sinks": True,
        "ffn_bias": True,
        "router_bias": True,
    }


def llama4(config: Config) -> Fields:
    """Llama 4: one shared expert beside the routed; dense layers between, of a width of their own.

    Norms on queries and keys have no weights.
    """
    config = config.with_defaults(
        num_key_value_heads=8, head_dim=128, interleave_moe_layer_step=1, no_rope_layer_interval=4
    )
    layers = config.layers()
    step = config.count("interleave_moe_layer_step")
    listed = config.layer_numbers("moe_layers", layers)
    has_experts = set(range(step - 1, layers, step)) if listed is None else listed
    return {
        **decoder(config),
        "intermediate_size": config.count("intermediate_size_mlp"),
        **experts(
            config,
            key="num_local_experts",
            width="intermediate_size",
            is_moe=lambda layer: layer in has_experts,
        ),
        "num_shared_experts": 1,
        **same_biases(config.flag("attention_bias")),
        **_chunks(config),
    }


def _chunks(config: Config) -> Fields:
    """Chunks of attention in the layers with rotary positions, three in four."""
    config = config.with_defaults(attention_chunk_size=8192)
    every = config.count("no_rope_layer_interval")
    fields = windows(
        config, key="attention_chunk_size", has_window=lambda layer: (layer + 1) % every != 0
    )
    if fields["attention_window"]:
        config.note(
            "attention_window",
            "The published model attends within chunks of this many tokens, half a chunk on "
            "average; counted here as a window of that width.",
        )
    return fields


def minimax_m2(config: Config) -> Fields:
    """MiniMax-M2: norms over the full width of queries and keys, a balancing bias per expert."""
    config = config.with_defaults(
        num_key_value_heads=8, head_dim=128, use_qk_norm=True, use_routing_bias=True
    )
    config.refuse_unless("shared_intermediate_size", 0)
    config.refuse_unless("qk_norm_type", "per_layer")
    config.refuse_unless("mtp_transformer_layers", 1)
    has_modules = config.flag("use_mtp") and config.has("num_mtp_modules")
    return {
        **decoder(config),
        **experts(config, key="num_local_experts", width="intermediate_size"),
        "query_key_norm": "full" if config.flag("use_qk_norm") else "none",
        "router_bias": config.flag("use_routing_bias"),
        "mtp_layers": config.count("num_mtp_modules", least=0) if has_modules else 0,
    }
