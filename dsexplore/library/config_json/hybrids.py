"""Decoders whose layers differ: linear attention or Mamba beside attention; a row for each type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.dense import LLAMA
from dsexplore.library.config_json.kimi import kimi_gate, kimi_k3, kimi_kinds
from dsexplore.library.config_json.latent import LATENT_SHAPE
from dsexplore.library.config_json.mixtures import LOCAL, qwen_layers
from dsexplore.library.config_json.shape import (
    Experts,
    Kinds,
    Shape,
    after_first,
    full_gate,
)
from dsexplore.library.config_json.shared_keys import Fields
from dsexplore.library.config_json.states import (
    bamba2,
    convolution,
    falcon_h1,
    gated_delta,
    kda,
    kda_fields,
    lightning,
    mamba1,
    mamba2,
    olmo_delta,
)
from dsexplore.scenario.layer_pattern import UNIFORM, pattern_of

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


def listed_kinds(usual: Callable[[Config, int], Sequence[str]], state: str, *keys: str) -> Kinds:
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


def _kda_whole(config: Config, fields: dict[str, Any]) -> Fields:
    """The same without latents: both gates are projected whole."""
    heads = fields["num_attention_heads"]
    width = config.count("linear_head_dim", "head_dim")
    kinds = _BAILING_KINDS(config, fields["num_layers"])
    gates = 2 * fields["hidden_size"] * heads * width
    conv = config.count("short_conv_kernel_size", least=0)
    return kda_fields(heads, width, conv) | {
        "state_rank": 0,
        "other_weights": kinds.count("linear") * gates,
    }


def _never_tied(config: Config, fields: Fields) -> Fields:
    """The code ties no head, whatever a file says."""
    return {"tie_embeddings": False}


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
    number, stated = "num_hidden_layers", config.keys()
    if number in stated and config.given(number) != len(kinds):
        raise config.refusal(number, f"{len(kinds)}, as many as are listed one by one")
    has_experts = "moe" in kinds
    if config.has("attention_head_dim") and not config.has("head_dim"):
        config = config.with_values(head_dim=config.count("attention_head_dim"))
    shape = replace(
        _NEMOTRON,
        kinds=lambda config, layers: kinds,
        experts=_NEMOTRON_EXPERTS if has_experts else None,
    )
    fields: dict[str, Any] = shape(config.with_values(num_hidden_layers=len(kinds)))
    if has_experts and config.has("moe_latent_size"):
        fields["moe_latent_size"] = config.count("moe_latent_size")
    # Experts have no bias, and the head is never tied.
    hidden, biases = fields["hidden_size"], 0
    if config.flag("mlp_bias"):
        biases = kinds.count("ffn") * (fields["intermediate_size"] + hidden)
        shared = fields.get("shared_expert_intermediate_size", 0)
        biases += kinds.count("moe") * (shared + hidden if shared else 0)
        latent = fields.get("moe_latent_size", 0)
        biases += kinds.count("moe") * (latent + hidden if latent else 0)
    return fields | {"num_dense_layers": 0, "tie_embeddings": False, "other_vectors": biases}


_NEMOTRON = Shape(
    ffn_matrices=2,
    norms=1,
    states=mamba2(
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
    kinds=listed_kinds(_one_in("full_attention_interval", 4), "linear"),
    states=gated_delta,
    mtp="mtp_num_hidden_layers",
)
_SHARED = Experts(
    shared_width="shared_expert_intermediate_size", shared_gate=True, layers=qwen_layers
)
_BAILING_KINDS = listed_kinds(_one_in("layer_group_size", 6), "linear")
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


def listed_if_apart(fields: dict[str, Any], found: Fields) -> Fields:
    """Layers that look alike have a pattern too where keys serve as values or are shared."""
    if fields["layer_pattern"] != UNIFORM or not (
        found.get("keys_as_values") or found["kv_shared_layers"]
    ):
        return {}
    return {"layer_pattern": pattern_of(["full"] * fields["num_layers"])}


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
    found |= listed_if_apart(fields, found)
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


def per_layer_embedding(config: Config, fields: dict[str, Any]) -> Fields:
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
    kinds=listed_kinds(_gemma4_kinds, "linear"),
    defaults={"global_head_dim": 512, "num_global_key_value_heads": None},
    parts=(_gemma4, per_layer_embedding),
)

HYBRIDS: Final[dict[str, Callable[[Config], Fields]]] = {
    "qwen3_next": replace(_GATED, experts=_SHARED),
    "qwen3_5_text": _GATED,
    "qwen3_5_moe_text": replace(_GATED, experts=replace(_SHARED, layers=Experts.layers)),
    "olmo_hybrid": replace(
        LLAMA,
        ffn_bias=False,
        query_key_norm="full",
        kinds=listed_kinds(_one_in("full_attention_interval", 4), "linear"),
        states=olmo_delta,
    ),
    "lara_mini": replace(
        _GATED,
        gate=None,
        kinds=listed_kinds(_lara_kinds, "linear"),
        experts=Experts(shared_width="shared_expert_intermediate_size"),
    ),
    "minimax": replace(
        Shape(),
        experts=LOCAL,
        kinds=listed_kinds(
            lambda config, layers: ["linear" if n % 2 else "full" for n in range(layers)], "linear"
        ),
        states=lightning,
    ),
    "kimi_linear": replace(
        LATENT_SHAPE,
        context="model_max_length",
        kinds=listed_kinds(kimi_kinds, "linear"),
        gate=kimi_gate,
        states=kda,
        experts=_KIMI_EXPERTS,
        defaults={"first_k_dense_replace": 1},
        parts=(_never_tied, kimi_k3),
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
        states=mamba1,
        experts=Experts(width="intermediate_size", layers=_jamba_experts),
    ),
    "bamba": replace(
        LLAMA,
        kinds=listed_kinds(_bamba_kinds, "mamba", "layers_block_type"),
        states=bamba2(),
    ),
    "granitemoehybrid": replace(
        LLAMA,
        ffn_bias=False,
        kinds=listed_kinds(lambda config, layers: ["mamba"] * layers, "mamba"),
        states=bamba2(),
        experts=replace(LOCAL, shared_width="shared_intermediate_size"),
    ),
    "falcon_h1": replace(
        LLAMA,
        kinds=lambda config, layers: ["hybrid"] * layers,
        states=bamba2("mamba_d_ssm"),
        parts=(falcon_h1,),
    ),
    "nemotron_h": nemotron_h,
    "lfm2": replace(
        Shape(),
        query_key_norm="head",
        kinds=listed_kinds(_lfm2_kinds, "linear"),
        states=convolution,
        parts=(_lfm2,),
    ),
    "lfm2_moe": replace(
        Shape(),
        query_key_norm="head",
        kinds=listed_kinds(lambda config, layers: ["full"] * layers, "linear"),
        states=convolution,
        experts=Experts(bias="use_expert_bias", layers=after_first("num_dense_layers")),
    ),
    "lfm3": replace(
        LLAMA,
        ffn_bias=False,
        query_key_norm="head",
        gate=lambda config: "head" if config.flag("use_attention_gate") else "none",
        kinds=listed_kinds(_lfm3_kinds, "linear"),
        states=convolution,
        parts=(_lfm3,),
    ),
    "gemma4_text": _GEMMA4,
    "gemma4_unified_text": _GEMMA4,
}
