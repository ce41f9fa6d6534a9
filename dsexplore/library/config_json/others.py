"""Types with rules of their own: GPT-2's first descendants, Falcon, DBRX, Llama 4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.shared_keys import (
    Fields,
    context,
    decoder,
    experts,
    head_dim,
    kv_heads,
    same_biases,
    windows,
)


def gpt2(config: Config) -> Fields:
    """GPT-2, and GPT-3 as its shape is published: learned positions, biases everywhere."""
    config = config.with_defaults(tie_word_embeddings=True)
    config.refuse_unless("add_cross_attention", False)
    hidden = config.count("n_embd", "hidden_size")
    heads = config.count("n_head", "num_attention_heads")
    positions = config.count("n_positions", "max_position_embeddings")
    return {
        "num_layers": config.layers("n_layer", "num_hidden_layers"),
        "hidden_size": hidden,
        "vocab_size": config.count("vocab_size"),
        "max_context_length": positions,
        "learned_positions": positions,
        "intermediate_size": config.count("n_inner") if config.has("n_inner") else 4 * hidden,
        **_heads(heads, head_dim(config, heads, "n_embd", "hidden_size")),
        **_plain(config, has_bias=True),
    }


def opt(config: Config) -> Fields:
    """OPT: two rows of positions more than it has positions; the 350M projects its embedding."""
    config = config.with_defaults(
        tie_word_embeddings=True,
        enable_bias=True,
        do_layer_norm_before=True,
        layer_norm_elementwise_affine=True,
    )
    hidden, heads = config.count("hidden_size"), config.count("num_attention_heads")
    positions = config.count("max_position_embeddings")
    embedding = config.count("word_embed_proj_dim") if config.has("word_embed_proj_dim") else hidden
    has_norms = config.flag("layer_norm_elementwise_affine")
    ends_with_norm = config.flag("do_layer_norm_before")
    return {
        "num_layers": config.layers(),
        "hidden_size": hidden,
        "vocab_size": config.count("vocab_size"),
        "embedding_size": 0 if embedding == hidden else embedding,
        "max_context_length": positions,
        "learned_positions": positions + 2,
        "intermediate_size": config.count("ffn_dim"),
        **_heads(heads, head_dim(config, heads)),
        **_plain(config, has_bias=config.flag("enable_bias")),
        "norms_per_layer": 2 if has_norms else 0,
        "final_norm": has_norms and ends_with_norm and not config.flag("_remove_final_layer_norm"),
    }


def bloom(config: Config) -> Fields:
    """BLOOM: a norm right after the embedding, no positions, biases everywhere."""
    config = config.with_defaults(tie_word_embeddings=True)
    hidden = config.count("hidden_size", "n_embed")
    heads = config.count("n_head", "num_attention_heads")
    return {
        "num_layers": config.layers("n_layer", "num_hidden_layers"),
        "hidden_size": hidden,
        "vocab_size": config.count("vocab_size"),
        "max_context_length": context(config, "seq_length"),
        "intermediate_size": 4 * hidden,
        **_heads(heads, head_dim(config, heads, "hidden_size", "n_embed")),
        **_plain(config, has_bias=True),
        "embedding_norm": True,
    }


def falcon(config: Config) -> Fields:
    """Falcon: attention and feed-forward side by side, behind one norm or a norm each."""
    config = config.with_defaults(
        tie_word_embeddings=True,
        max_position_embeddings=2048,
        multi_query=True,
        parallel_attn=True,
    )
    hidden = config.count("hidden_size")
    heads = config.count("num_attention_heads", "n_head")
    is_new = config.flag("new_decoder_architecture")
    has_bias = config.flag("bias")
    return {
        "num_layers": config.layers("num_hidden_layers", "n_layer"),
        "hidden_size": hidden,
        "vocab_size": config.count("vocab_size"),
        "max_context_length": context(config),
        "intermediate_size": (
            config.count("ffn_hidden_size") if config.has("ffn_hidden_size") else 4 * hidden
        ),
        **_heads(heads, head_dim(config, heads)),
        "num_kv_heads": _falcon_kv_heads(config, heads, is_new),
        **_plain(config, has_bias=has_bias),
        "norms_per_layer": _falcon_norms(config, is_new),
    }


def falcon_40b(config: Config) -> Fields:
    """Falcon-40B as first published, under another name and without its new keys."""
    return falcon(config.with_defaults(new_decoder_architecture=True))


def _falcon_kv_heads(config: Config, heads: int, is_new: bool) -> int:
    if not is_new:
        return 1 if config.flag("multi_query") else heads
    return kv_heads(config, heads, "num_kv_heads", "n_head_kv")


def _falcon_norms(config: Config, is_new: bool) -> int:
    if not config.flag("parallel_attn"):
        return 2
    if config.has("num_ln_in_parallel_attn"):
        return config.count("num_ln_in_parallel_attn", most=2)
    return 2 if is_new else 1


def _heads(heads: int, width: int) -> Fields:
    return {"num_attention_heads": heads, "num_kv_heads": heads, "head_dim": width}


def _plain(config: Config, *, has_bias: bool) -> Fields:
    return {
        "tie_embeddings": config.flag("tie_word_embeddings"),
        "ffn_matrices": 2,
        **same_biases(has_bias),
        "ffn_bias": has_bias,
        "norm_bias": True,
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


OTHERS: Final[dict[str, Callable[[Config], Fields]]] = {
    "bloom": bloom,
    "dbrx": dbrx,
    "falcon": falcon,
    "gpt2": gpt2,
    "llama4_text": llama4,
    "opt": opt,
    "RefinedWeb": falcon_40b,
    "RefinedWebModel": falcon,
}
