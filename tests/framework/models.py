"""Models that transformers makes of a configuration, without memory, and what they hold."""

from __future__ import annotations

import math
import os
import random
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
warnings.filterwarnings("ignore")

# Parts of a model that sees or hears which are no part of its text model.
_NOT_TEXT = ("vision", "visual", "image", "audio", "embed_tokens_extend", "multi_modal", "talker")
# Biases that balance experts lie in buffers, or in parameters: they count as parameters here.
_BALANCE = ("e_score_correction_bias", "expert_bias", "balancing_bias")

# What a class does not set by itself, without which it makes no model.
_NEEDED: dict[str, dict[str, Any]] = {
    "cohere_compass_text": {
        "rope_parameters": {
            "full_attention": {"rope_type": "default", "rope_theta": 10000.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
        }
    },
    "dbrx": {"attn_config": {"rope_theta": 10000.0}},
    "deepseek_v2": {"num_experts_per_tok": 6},
    "dots1": {"n_routed_experts": 128, "n_shared_experts": 2, "num_experts_per_tok": 6},
    "hunyuan_v1_dense": {"head_dim": 128},
    "hunyuan_v1_moe": {"head_dim": 128},
    "lfm2_moe": {"layer_types": ["conv", "conv", "full_attention", "conv"] * 8},
    "ministral": {"head_dim": 128},
    "nemotron": {"num_key_value_heads": 8},
}


def types() -> list[str]:
    """The types of decoders that transformers makes a causal language model of."""
    from transformers.models.auto import modeling_auto as auto

    others = {
        *auto.MODEL_FOR_MASKED_LM_MAPPING_NAMES,
        *auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
        *_PARTS_OF_OTHERS,
    }
    return [name for name in auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES if name not in others]


# Decoders that work only beside another model's encoder, or read both ways.
_PARTS_OF_OTHERS = ("trocr", "whisper", "musicgen", "musicgen_melody", "git", "xlnet")


def made(name: str, changes: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """A configuration of a type as its file has it, and the parameters of its text model."""
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    whole = CONFIG_MAPPING[name](**{**_NEEDED.get(name, {}), **changes})
    stated = whole.to_dict()
    text = whole.get_text_config()
    config = whole if type(text) is type(whole) or type(text) not in _mapped() else text
    if config is text and config is not whole and hasattr(whole, "tie_word_embeddings"):
        config.tie_word_embeddings = whole.tie_word_embeddings
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    held = [_held(n, p, config) for n, p in model.named_parameters() if _is_text(n)]
    held += [b.numel() for n, b in model.named_buffers() if any(word in n for word in _BALANCE)]
    return stated, sum(held)


def _held(name: str, parameter: Any, config: Any) -> int:
    """Parameters of a tensor, without rows made for experts that compute nothing.

    No published file holds any: only the framework's class makes them.
    """
    whole = int(parameter.numel())
    if name.endswith("experts.gate_up_proj") and getattr(config, "zero_expert_num", None):
        return whole // parameter.shape[0] * int(config.n_routed_experts)
    return whole


class Work(NamedTuple):
    """What a forward pass of a small model takes and leaves: FLOP, and cached bytes per token."""

    flops: float
    cached: float | None


# As many as an indexer picks or a chunk of a state takes in, whole entries, and within a window.
TOKENS, WINDOW = 256, 512


def worked(name: str, changes: dict[str, Any], tokens: int = TOKENS) -> tuple[dict[str, Any], Work]:
    """A configuration, and what torch counts in a pass of its model over some tokens."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode
    from transformers import AutoModelForCausalLM
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    whole = CONFIG_MAPPING[name](**{**_NEEDED.get(name, {}), **changes})
    stated = whole.to_dict()
    config = whole.get_text_config() if "text_config" in changes else whole
    # Products that torch counts: of attention apart from a fused kernel, of each token's experts.
    config._attn_implementation = "eager"
    config._experts_implementation = "batched_mm"
    with torch.device("meta"), torch.no_grad():
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16).eval()
        ids = torch.zeros(1, tokens, dtype=torch.long)
        seen = {torch.ops.aten.linalg_solve_triangular: _solved, torch.ops.aten.sum: _summed}
        with FlopCounterMode(display=False, custom_mapping=seen) as counter:
            cache = model(input_ids=ids, use_cache=True).past_key_values
    return stated, Work(float(counter.get_total_flops()), _cached(cache, tokens, config))


def _solved(matrix: Any, right: Any, *args: Any, **options: Any) -> int:
    """FLOP of a triangular system as of the product that it stands for, the whole square."""
    return int(2 * math.prod(matrix) * right[-1])


def _summed(terms: Any, over: Any = None, *args: Any, **options: Any) -> int:
    """FLOP of a sum that a kernel makes as a product: of a chunk's tokens with each other (KDA).

    Tokens by tokens of a chunk, weighted by a decay for each value of a key; no other sum.
    """
    is_of_chunk = over == [-1] and len(terms) >= _RANK_OF_CHUNKS and terms[-2] == terms[-3]
    return int(2 * math.prod(terms)) if is_of_chunk else 0


# Sequences, heads, a chunk's tokens twice, and a key's values.
_RANK_OF_CHUNKS = 5


def _cached(cache: Any, tokens: int, config: Any) -> float | None:
    """Bytes per token in BF16 of keys and values, entries and indexers' keys; None if of others."""
    try:
        # A lone key is its value too, which plain layers with a window keep twice.
        is_lone = hasattr(config, "compress_rates")
        held = sum(_values_in(layer, is_lone) for layer in cache.layers)
    except (AttributeError, TypeError):
        return None
    return float(2 * held / tokens)


def _values_in(layer: Any, is_lone: bool) -> int:
    if getattr(layer, "keys", None) is None:
        return 0  # a layer with a fixed state
    held = layer.keys.numel() + (0 if is_lone else layer.values.numel())
    entries = getattr(layer, "compressed_kv", {}).values()
    others = [getattr(layer, "indexer_keys", None), *entries]
    return int(held + sum(other.numel() for other in others if other is not None))


def _mapped() -> Any:
    from transformers import MODEL_FOR_CAUSAL_LM_MAPPING

    return MODEL_FOR_CAUSAL_LM_MAPPING


def _is_text(name: str) -> bool:
    return not any(word in name for word in _NOT_TEXT)


def changed(name: str, seed: int) -> dict[str, Any]:
    """A small model of a type: sizes, flags and lists of layers drawn by a seed."""
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    draw = random.Random(f"{name} {seed}")
    made_by = CONFIG_MAPPING[name]
    text = getattr(made_by, "sub_configs", {}).get("text_config")
    if text is not None and not hasattr(text, "__dataclass_fields__"):
        inner = type(made_by().get_text_config())
        keys = _changed_keys(inner, draw)
        return _in_part({"model_type": inner.model_type, **keys})
    if text is not None:
        return _in_part(_changed_keys(text, draw))
    changes = _changed_keys(made_by, draw)
    if "compress_rates" in made_by.__dataclass_fields__:
        changes |= _compressed(changes["num_hidden_layers"], changes["num_attention_heads"], draw)
    return changes


def _in_part(keys: dict[str, Any]) -> dict[str, Any]:
    """Keys of a text part; whether the head is tied is said of the whole as well."""
    tied = keys.get("tie_word_embeddings")
    return {"text_config": keys} | ({} if tied is None else {"tie_word_embeddings": tied})


def _compressed(layers: int, heads: int, draw: random.Random) -> dict[str, Any]:
    """What a model with compressed caches has more: kinds of layers and their entries, or less."""
    attention = ("sliding_attention", "compressed_sparse_attention", "heavily_compressed_attention")
    some: dict[str, Any] = {
        "num_key_value_heads": 1,
        "mlp_layer_types": None,
        "o_groups": draw.choice([one for one in (1, 2, 4) if heads % one == 0]),
        "o_lora_rank": 16 * draw.randint(1, 9),
        "q_lora_rank": 16 * draw.randint(1, 9),
        "hc_mult": draw.choice((1, 2, 4)),
        "sliding_window": WINDOW,
    }
    if draw.random() < 0.5:
        some["layer_types"] = [draw.choice(attention) for _ in range(layers)]
    elif draw.random() < 0.5:
        some["compress_ratios"] = [draw.choice((0, 4, 128)) for _ in range(layers + 1)]
    if draw.random() < 0.5:
        some["mlp_layer_types"] = [draw.choice(("hash_moe", "moe")) for _ in range(layers)]
    elif draw.random() < 0.5:
        some["num_hash_layers"] = draw.randint(0, 4)
    if draw.random() < 0.5:
        some["compress_rates"] = {kind: draw.choice((2, 4, 8)) for kind in attention[1:]}
    return some


def _changed_keys(made_by: Any, draw: random.Random) -> dict[str, Any]:
    keys = {f.name: f.default for f in made_by.__dataclass_fields__.values()}
    real = {v: k for k, v in (made_by.attribute_map or {}).items() if k in keys}
    layers, heads = draw.randint(2, 9), draw.choice((2, 4, 8))
    width = draw.choice((8, 16, 32))
    hidden = heads * draw.choice((8, 16, 24)) * 2
    sizes: dict[str, Any] = {}

    def put(value: object, *names: str) -> None:
        for name in names:
            if name in keys:
                sizes[name] = value

    put(layers, "num_hidden_layers", "n_layer", "n_layers", "num_layers")
    put(hidden, "hidden_size", "n_embd", "d_model")
    put(heads, "num_attention_heads", "n_head", "n_heads", "num_heads", "attention_heads")
    put(draw.choice([one for one in (1, 2, 4, 8) if heads % one == 0]), "num_key_value_heads")
    put(draw.choice([one for one in (1, 2, 4, 8) if heads % one == 0]), "num_kv_heads")
    put(width, "head_dim", "dim_head", "kv_channels")
    put(draw.randint(100, 999), "vocab_size")
    for name, default in keys.items():
        if name in sizes or name in _LEFT:
            continue
        if type(default) is bool and draw.random() < 0.4:
            sizes[name] = not default
        elif name in _SMALL:
            sizes[name] = draw.choice(_SMALL[name])
        elif type(default) is int and name in _WIDTHS:
            sizes[name] = 16 * draw.randint(1, 9)
        elif name in _NULLABLE and draw.random() < 0.3:
            sizes[name] = None
    if "layer_types" in keys and draw.random() < 0.3 and "sliding_window" in keys:
        kinds = ("full_attention", "sliding_attention")
        sizes["layer_types"] = [draw.choice(kinds) for _ in range(layers)]
        sizes["sliding_window"] = WINDOW
    if "conv_L_cache" in keys:
        kinds = ("conv", "full_attention")
        sizes["layer_types"] = [draw.choice(kinds) for _ in range(layers)]
    if "mlp_layer_types" in keys and draw.random() < 0.5:
        sizes["mlp_layer_types"] = [draw.choice(("dense", "sparse")) for _ in range(layers)]
    for name in ("pad_token_id", "bos_token_id", "eos_token_id"):
        if name in keys:
            sizes[name] = 1
    sizes |= _lists_of_layers(keys, layers, draw)
    sizes |= _OF_TYPE.get(made_by.model_type, _nothing)(heads, hidden, layers)
    return {real.get(name, name): value for name, value in sizes.items()}


def _nothing(heads: int, hidden: int, layers: int) -> dict[str, Any]:
    return {}


# What must fit each other by type: Mamba 2's heads make up its whole inner width, and blocks that
# Zamba shares lie in two layers at least.
_OF_TYPE: dict[str, Callable[[int, int, int], dict[str, Any]]] = {
    "mamba2": lambda heads, hidden, layers: {
        "num_heads": 2 * heads,
        "head_dim": hidden // heads,
        "n_groups": 2,
    },
    "zaya": lambda heads, hidden, layers: {"num_experts_per_tok": 1},
    "zamba": lambda heads, hidden, layers: {
        "num_hidden_layers": layers + 2,
        "layers_block_type": ["linear_attention", "hybrid"] * 2
        + ["linear_attention"] * (layers - 2),
    },
    "zamba2": lambda heads, hidden, layers: {
        "num_hidden_layers": layers + 4,
        "layers_block_type": ["linear_attention", "hybrid"] * 3
        + ["linear_attention"] * (layers - 2),
        "num_mem_blocks": 1 + heads % 4 // 2,
        "n_mamba_heads": heads,
    },
}


def _lists_of_layers(keys: dict[str, Any], layers: int, draw: random.Random) -> dict[str, Any]:
    """Lists of layers that some types need whole."""
    if "attention_types" in keys:
        return {"attention_types": [[["global", "local"], layers // 2], [["global"], layers % 2]]}
    if "altup_num_inputs" not in keys:
        return {}
    # Layers that share keys and values come behind one of each kind that makes them.
    kinds = ["sliding_attention", "full_attention"]
    return {
        "layer_types": kinds + draw.choices(kinds, k=layers - 2),
        "num_kv_shared_layers": draw.randint(0, layers - 2),
    }


_LEFT = (
    "use_cache",
    "output_router_logits",
    "return_dict",
    "is_encoder_decoder",
    "is_decoder",
    "add_cross_attention",
    "output_hidden_states",
    "use_bidirectional_attention",
    "init_device",
)
_NULLABLE = ("q_lora_rank", "n_inner")
_WIDTHS = (
    "intermediate_size",
    "moe_intermediate_size",
    "shared_expert_intermediate_size",
    "ffn_dim",
    "dff",
    "dim_ff",
    "ffn_hidden_size",
    "kv_lora_rank",
    "q_lora_rank",
    "qk_nope_head_dim",
    "qk_rope_head_dim",
    "v_head_dim",
    "index_head_dim",
    "shared_intermediate_size",
    "dense_intermediate_size",
    "intermediate_size_mlp",
    "max_position_embeddings",
    "n_positions",
    "max_seq_len",
)
_SMALL: dict[str, tuple[object, ...]] = {
    "altup_num_inputs": (2, 3, 4),
    "laurel_rank": (8, 16),
    "hidden_size_per_layer_input": (8, 16),
    "vocab_size_per_layer_input": (96, 128),
    "num_experts": (4, 8, 12),
    "num_local_experts": (4, 8, 12),
    "n_routed_experts": (4, 8, 12),
    "moe_num_experts": (4, 8, 12),
    "num_experts_per_tok": (1, 2, 3),
    "moe_topk": (1, 2),
    "moe_k": (1, 2),
    "n_shared_experts": (1, 2, 3),
    "num_shared_experts": (1, 2, 3),
    "moe_num_shared_experts": (1, 2),
    "first_k_dense_replace": (0, 1, 2),
    "decoder_sparse_step": (1, 2, 3),
    "num_dense_layers": (0, 1, 2),
    "n_group": (1,),
    "topk_group": (1,),
    "num_expert_group": (1,),
    "mlp_only_layers": ([], [0], [1]),
    "index_n_heads": (2, 4),
    "index_topk": (TOKENS,),
    "sliding_window_pattern": (2, 3, 4),
    "max_window_layers": (0, 1, 5),
    "moe_layer_start_index": (0, 1),
    "moe_layer_end_index": (-1, 3),
    "cross_attention_layers": ([1], [0, 1]),
    "n_inner": (None, 96),
    "expansion_ratio": (2, 3, 4),
    "rotary_dim": (4,),
    "global_attn_every_n_layers": (2, 3),
    "sliding_window": (WINDOW,),
    "local_attention": (2 * WINDOW,),
    "interleave_moe_layer_step": (1, 2),
    "prompt_length": (4, 8),
    "segment_types": (3, 8),
}
