"""Decoders whose layers differ: linear attention or Mamba beside attention; a row for each type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.dense import LLAMA
from dsexplore.library.config_json.latent import LATENT_SHAPE
from dsexplore.library.config_json.mixtures import LOCAL, qwen_layers
from dsexplore.library.config_json.shape import (
    Experts,
    Kinds,
    Parts,
    Shape,
    after_first,
    full_gate,
)
from dsexplore.library.config_json.shared_keys import Fields

# The words of published files for kinds of layer, and ours.
_WORDS = {
    "linear_attention": "linear",
    "linear": "linear",
    "full_attention": "full",
    "attention": "full",
    "sliding_attention": "window",
    "mamba": "mamba",
    "moe": "moe",
    "mlp": "ffn",
    "hybrid": "hybrid",
    "conv": "conv",
}


def _listed(usual: Callable[[Config, int], Sequence[str]], state: str, *keys: str) -> Kinds:
    """Kinds as a list under a key says, or by a type's rule; `state` is the kind with a state."""

    def kinds(config: Config, layers: int) -> Sequence[str]:
        for key in keys or ("layer_types",):
            words = config.words_by_layer(key, layers, tuple(_WORDS))
            if words:
                return [state if _WORDS[word] == "linear" else _WORDS[word] for word in words]
        return usual(config, layers)

    return kinds


def _one_in(key: str, usual: int) -> Callable[[Config, int], Sequence[str]]:
    """Linear attention but in the last of each so many layers."""

    def kinds(config: Config, layers: int) -> Sequence[str]:
        every = config.count(key) if config.has(key) else usual
        return ["linear" if (layer + 1) % every else "full" for layer in range(layers)]

    return kinds


def _gated_delta(config: Config, fields: Fields) -> Fields:
    """A gated delta network, by the keys of Qwen3-Next."""
    return {
        "linear_attention": "gated_delta",
        "state_key_heads": config.count("linear_num_key_heads"),
        "state_value_heads": config.count("linear_num_value_heads"),
        "state_key_dim": config.count("linear_key_head_dim"),
        "state_value_dim": config.count("linear_value_head_dim"),
        "state_conv": config.count("linear_conv_kernel_dim", least=0),
    }


def _olmo_delta(config: Config, fields: dict[str, Any]) -> Fields:
    """The same; what is null follows from the heads of attention."""
    heads = fields["num_attention_heads"]
    key_heads = config.count("linear_num_key_heads", null=heads)
    key_dim = config.count(
        "linear_key_head_dim", null=int(0.75 * fields["hidden_size"] / key_heads)
    )
    return _gated_delta(
        config.with_values(
            linear_num_key_heads=key_heads,
            linear_num_value_heads=config.count("linear_num_value_heads", null=heads),
            linear_key_head_dim=key_dim,
            linear_value_head_dim=config.count("linear_value_head_dim", null=2 * key_dim),
        ),
        fields,
    )


def _lightning(config: Config, fields: Fields) -> Fields:
    """Lightning attention: as many heads as attention has, and no convolution."""
    heads, width = fields["num_attention_heads"], fields["head_dim"]
    return {
        "linear_attention": "lightning",
        "state_key_heads": heads,
        "state_value_heads": heads,
        "state_key_dim": width,
        "state_value_dim": width,
        "state_chunk": config.count("block_size") if config.has("block_size") else 256,
    }


def _kda(config: Config, fields: Fields) -> Fields:
    """Kimi's delta attention: gates of latents as wide as a head."""
    if config.has("linear_attn_config"):
        part = config.part("linear_attn_config")
        heads, width = part.count("num_heads"), part.count("head_dim")
        conv = part.count("short_conv_kernel_size", least=0)
    else:
        heads, width = config.count("linear_num_heads"), config.count("linear_head_dim")
        conv = config.count("linear_conv_kernel_dim", least=0)
    return _kda_fields(heads, width, conv) | {"state_rank": width}


def _kda_fields(heads: int, width: int, conv: int) -> Fields:
    return {
        "linear_attention": "kda",
        "state_key_heads": heads,
        "state_value_heads": heads,
        "state_key_dim": width,
        "state_value_dim": width,
        "state_conv": conv,
    }


def _kda_whole(config: Config, fields: dict[str, Any]) -> Fields:
    """The same without latents: both gates are projected whole."""
    heads = fields["num_attention_heads"]
    width = config.count("linear_head_dim", "head_dim")
    kinds = _BAILING_KINDS(config, fields["num_layers"])
    gates = 2 * fields["hidden_size"] * heads * width
    conv = config.count("short_conv_kernel_size", least=0)
    return _kda_fields(heads, width, conv) | {
        "state_rank": 0,
        "other_weights": kinds.count("linear") * gates,
    }


def _never_tied(config: Config, fields: Fields) -> Fields:
    """The code ties no head, whatever a file says."""
    return {"tie_embeddings": False}


def _kimi_kinds(config: Config, layers: int) -> Sequence[str]:
    if config.has("linear_attn_config"):
        part = config.part("linear_attn_config")
        full = part.numbers("full_attn_layers", 1, layers) or set()
        return ["full" if layer + 1 in full else "linear" for layer in range(layers)]
    return ["full" if layer and layer % 4 == 0 else "linear" for layer in range(layers)]


def _mamba2(
    heads: str, width: str, groups: str, state: str, conv: str, conv_bias: str, bias: str
) -> Parts:
    """Mamba 2 by the names of its keys."""

    def states(config: Config, fields: Fields) -> Fields:
        return {
            "mamba": "mamba2",
            "state_key_heads": config.count(groups),
            "state_value_heads": config.count(heads),
            "state_key_dim": config.count(state),
            "state_value_dim": config.count(width),
            "state_conv": config.count(conv, least=0),
            "state_conv_bias": config.flag(conv_bias),
            "state_bias": config.flag(bias),
        }

    return states


def _bamba2(inner: str = "") -> Parts:
    """Mamba 2 by the keys of Bamba; a head is as wide as the inner width has room for."""
    usual = _mamba2(
        "mamba_n_heads",
        "mamba_d_head",
        "mamba_n_groups",
        "mamba_d_state",
        "mamba_d_conv",
        "mamba_conv_bias",
        "mamba_proj_bias",
    )

    def states(config: Config, fields: Fields) -> Fields:
        if inner and config.has(inner):
            whole = config.count(inner)
        else:
            whole = config.count("mamba_expand") * config.count("hidden_size")
        return usual(
            config.with_values(mamba_d_head=whole // config.count("mamba_n_heads")), fields
        )

    return states


def _falcon_h1(config: Config, fields: dict[str, Any]) -> Fields:
    """Both projections of Mamba have a bias by a key each."""
    into, out = config.flag("mamba_proj_bias"), config.flag("projectors_bias")
    layers, heads = fields["num_layers"], fields["state_value_heads"]
    inner = heads * fields["state_value_dim"]
    width = 2 * inner + 2 * fields["state_key_heads"] * fields["state_key_dim"] + heads
    alone = (width if into else 0) + (fields["hidden_size"] if out else 0)
    return {
        "state_norm": config.flag("mamba_rms_norm"),
        "state_bias": into and out,
        "other_vectors": 0 if into and out else layers * alone,
    }


def _mamba1(config: Config, fields: dict[str, Any]) -> Fields:
    """Mamba 1 by the keys of Jamba: a head for each channel."""
    hidden = fields["hidden_size"]
    rank = config.given("mamba_dt_rank")
    return {
        "mamba": "mamba1",
        "state_key_heads": 1,
        "state_value_heads": config.count("mamba_expand") * hidden,
        "state_key_dim": config.count("mamba_d_state"),
        "state_value_dim": 1,
        "state_rank": -(-hidden // 16) if rank == "auto" else config.count("mamba_dt_rank"),
        "state_conv": config.count("mamba_d_conv", least=0),
        "state_conv_bias": config.flag("mamba_conv_bias"),
        "state_bias": config.flag("mamba_proj_bias"),
    }


def _jamba_kinds(config: Config, layers: int) -> Sequence[str]:
    period, offset = config.count("attn_layer_period"), config.count("attn_layer_offset", least=0)
    return ["full" if layer % period == offset else "mamba" for layer in range(layers)]


def _jamba_experts(config: Config, layers: int) -> Sequence[bool]:
    period = config.count("expert_layer_period")
    offset = config.count("expert_layer_offset", least=0)
    return [layer % period == offset for layer in range(layers)]


def _bamba_kinds(config: Config, layers: int) -> Sequence[str]:
    full = config.layer_numbers("attn_layer_indices", layers) or set()
    return ["full" if layer in full else "mamba" for layer in range(layers)]


_NEMOTRON_LETTERS = {"M": "mamba", "*": "full", "-": "ffn", "E": "moe"}


def nemotron_h(config: Config) -> Fields:
    """Nemotron-H and Nemotron 3: each layer a block of its own, listed by letters or words."""
    key = "hybrid_override_pattern"
    if config.has(key):
        letters = config.word(key)
        if not set(letters) <= _NEMOTRON_LETTERS.keys():
            raise config.refusal(key, "a word of M, E, - and *")
        kinds = [_NEMOTRON_LETTERS[letter] for letter in letters]
    else:
        words = config.words("layers_block_type", tuple(_WORDS))
        kinds = ["mamba" if _WORDS[word] == "linear" else _WORDS[word] for word in words]
    has_experts = "moe" in kinds
    shape = replace(
        _NEMOTRON,
        kinds=lambda config, layers: kinds,
        experts=_NEMOTRON_EXPERTS if has_experts else None,
    )
    fields: dict[str, Any] = shape(config.with_values(num_hidden_layers=len(kinds)))
    # Experts have no bias, and the head is never tied.
    hidden, biases = fields["hidden_size"], 0
    if config.flag("mlp_bias"):
        biases = kinds.count("ffn") * (fields["intermediate_size"] + hidden)
        shared = fields.get("shared_expert_intermediate_size", 0)
        biases += kinds.count("moe") * (shared + hidden if shared else 0)
    return fields | {"num_dense_layers": 0, "tie_embeddings": False, "other_vectors": biases}


_NEMOTRON = Shape(
    ffn_matrices=2,
    norms=1,
    only={"moe_latent_size": (None,)},
    states=_mamba2(
        "mamba_num_heads",
        "mamba_head_dim",
        "n_groups",
        "ssm_state_size",
        "conv_kernel",
        "use_conv_bias",
        "use_bias",
    ),
)
_NEMOTRON_EXPERTS = Experts(
    number="n_routed_experts",
    shared_width="moe_shared_expert_intermediate_size",
    bias=True,
)

_GATED = replace(
    LLAMA,
    ffn_bias=False,
    query_key_norm="head",
    gate=full_gate,
    gate_has_bias=True,
    kinds=_listed(_one_in("full_attention_interval", 4), "linear"),
    states=_gated_delta,
)
_SHARED = Experts(
    shared_width="shared_expert_intermediate_size", shared_gate=True, layers=qwen_layers
)
_BAILING_KINDS = _listed(_one_in("layer_group_size", 6), "linear")
_KIMI_EXPERTS = Experts(
    chosen="num_experts_per_token",
    shared="num_shared_experts",
    bias=True,
    layers=after_first("first_k_dense_replace", "moe_layer_freq"),
)


def _lara_kinds(config: Config, layers: int) -> Sequence[str]:
    pattern = ("linear", "window", "linear", "full", "window")
    return [pattern[layer % len(pattern)] for layer in range(layers)]


def _gemma4_kinds(config: Config, layers: int) -> Sequence[str]:
    kinds = ["window" if (layer + 1) % 6 else "full" for layer in range(layers)]
    return [*kinds[:-1], "full"]


def _gemma4(config: Config, fields: dict[str, Any]) -> Fields:
    """Layers without a window have heads of a width of their own; experts beside a dense block."""
    if config.flag("use_double_wide_mlp"):
        # Only layers that share keys and values have it.
        config.refuse_unless("num_kv_shared_layers", 0)
    found: Fields = {
        "head_dim": config.count("global_head_dim"),
        "window_head_dim": fields["head_dim"],
        "keys_as_values": config.flag("attention_k_eq_v"),
        "kv_shared_layers": config.count("num_kv_shared_layers", least=0, null=0),
    }
    if config.has("num_global_key_value_heads") and config.flag("attention_k_eq_v"):
        found["num_kv_heads"] = config.count("num_global_key_value_heads")
        found["window_kv_heads"] = fields["num_kv_heads"]
    if config.flag("enable_moe_block"):
        found |= {
            "num_routed_experts": config.count("num_experts"),
            "experts_per_token": config.count("top_k_experts"),
            "moe_intermediate_size": config.count("moe_intermediate_size"),
            "num_shared_experts": 1,
            "shared_expert_intermediate_size": fields["intermediate_size"],
            "router_bias": True,
            "norms_per_layer": 8,
        }
    return found


def _per_layer_embedding(config: Config, fields: dict[str, Any]) -> Fields:
    """An embedding for each layer, looked up, projected and gated."""
    key = "hidden_size_per_layer_input"
    width = config.count(key, least=0) if config.has(key) else 0
    if not width:
        return {}
    layers, hidden = fields["num_layers"], fields["hidden_size"]
    rows = config.count("vocab_size_per_layer_input")
    return {
        "other_weights": 3 * layers * width * hidden,
        "other_vectors": rows * layers * width + width + layers * hidden,
    }


def _convolution(config: Config, fields: Fields) -> Fields:
    """A gated short convolution in place of attention."""
    has_bias = config.flag("conv_bias")
    return {
        "state_conv": config.count("conv_L_cache"),
        "state_conv_bias": has_bias,
        "state_bias": has_bias,
    }


def _lfm2_kinds(config: Config, layers: int) -> Sequence[str]:
    full = config.layer_numbers("full_attn_idxs", layers)
    return ["conv" if full is not None and n not in full else "full" for n in range(layers)]


def _lfm3_kinds(config: Config, layers: int) -> Sequence[str]:
    kinds = ("window", "conv", "full", "conv")
    return ["conv" if n == 0 else kinds[n % 4] for n in range(layers)]


def _lfm2(config: Config, fields: dict[str, Any]) -> Fields:
    """A width that is adjusted: two thirds, times a factor, up to a multiple."""
    tied = config.given("tie_embedding")
    found: Fields = {} if tied is None else {"tie_embeddings": bool(tied)}
    width = config.count("block_ff_dim", "intermediate_size")
    if config.flag("block_auto_adjust_ff_dim"):
        width = 2 * width // 3
        if config.has("block_ffn_dim_multiplier"):
            multiple = config.count("block_multiple_of")
            width = int(config.factor("block_ffn_dim_multiplier") * width)
            width = multiple * -(-width // multiple)
    return found | {"intermediate_size": width}


def _lfm3(config: Config, fields: Fields) -> Fields:
    return {
        "norms_per_layer": 4 if config.flag("use_sandwich_norm") else 2,
    }


_GEMMA4 = Shape(
    qkv_bias="attention_bias",
    output_bias="attention_bias",
    query_key_norm="head",
    norms=4,
    kinds=_listed(_gemma4_kinds, "linear"),
    defaults={"global_head_dim": 512, "num_global_key_value_heads": None},
    parts=(_gemma4, _per_layer_embedding),
)

HYBRIDS: Final[dict[str, Callable[[Config], Fields]]] = {
    "qwen3_next": replace(_GATED, experts=_SHARED),
    "qwen3_5_text": _GATED,
    "qwen3_5_moe_text": replace(_GATED, experts=replace(_SHARED, layers=Experts.layers)),
    "olmo_hybrid": replace(
        LLAMA,
        ffn_bias=False,
        query_key_norm="full",
        kinds=_listed(_one_in("full_attention_interval", 4), "linear"),
        states=_olmo_delta,
    ),
    "lara_mini": replace(
        _GATED,
        gate=None,
        kinds=_listed(_lara_kinds, "linear"),
        experts=Experts(shared_width="shared_expert_intermediate_size"),
    ),
    "minimax": replace(
        Shape(),
        experts=LOCAL,
        kinds=_listed(
            lambda config, layers: ["linear" if n % 2 else "full" for n in range(layers)], "linear"
        ),
        states=_lightning,
    ),
    "kimi_linear": replace(
        LATENT_SHAPE,
        context="model_max_length",
        kinds=_listed(_kimi_kinds, "linear"),
        states=_kda,
        experts=_KIMI_EXPERTS,
        defaults={"first_k_dense_replace": 1},
        parts=(_never_tied,),
    ),
    "bailing_hybrid": replace(
        LATENT_SHAPE,
        context="model_max_length",
        gate=lambda config: "head",
        gate_has_bias=True,
        kinds=_BAILING_KINDS,
        states=_kda_whole,
        experts=_KIMI_EXPERTS,
        mtp="num_nextn_predict_layers",
        parts=(_never_tied,),
    ),
    "jamba": replace(
        Shape(),
        kinds=_jamba_kinds,
        states=_mamba1,
        experts=Experts(width="intermediate_size", layers=_jamba_experts),
    ),
    "bamba": replace(
        LLAMA,
        kinds=_listed(_bamba_kinds, "mamba", "layers_block_type"),
        states=_bamba2(),
    ),
    "granitemoehybrid": replace(
        LLAMA,
        ffn_bias=False,
        kinds=_listed(lambda config, layers: ["mamba"] * layers, "mamba"),
        states=_bamba2(),
        experts=replace(LOCAL, shared_width="shared_intermediate_size"),
    ),
    "falcon_h1": replace(
        LLAMA,
        kinds=lambda config, layers: ["hybrid"] * layers,
        states=_bamba2("mamba_d_ssm"),
        parts=(_falcon_h1,),
    ),
    "nemotron_h": nemotron_h,
    "lfm2": replace(
        Shape(),
        query_key_norm="head",
        kinds=_listed(_lfm2_kinds, "linear"),
        states=_convolution,
        parts=(_lfm2,),
    ),
    "lfm2_moe": replace(
        Shape(),
        query_key_norm="head",
        kinds=_listed(lambda config, layers: ["full"] * layers, "linear"),
        states=_convolution,
        experts=Experts(bias="use_expert_bias", layers=after_first("num_dense_layers")),
    ),
    "lfm3": replace(
        LLAMA,
        ffn_bias=False,
        query_key_norm="head",
        gate=lambda config: "head" if config.flag("use_attention_gate") else "none",
        kinds=_listed(_lfm3_kinds, "linear"),
        states=_convolution,
        parts=(_lfm3,),
    ),
    "gemma4_text": _GEMMA4,
    "gemma4_unified_text": _GEMMA4,
}
