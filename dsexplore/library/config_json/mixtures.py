"""Mixtures of experts with grouped-query attention: a row for each type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.dense import LLAMA, QWEN2
from dsexplore.library.config_json.parts import dense_biases, layer_vectors, vectors
from dsexplore.library.config_json.shape import (
    Experts,
    Shape,
    Window,
    after,
    after_first,
    all_but_one_in,
    every_layer,
    full_gate,
)
from dsexplore.library.config_json.shared_keys import Fields
from dsexplore.library.config_json.windows import windows_by_letters

_ATTENTION_BIAS = replace(LLAMA, ffn_bias=False)
_PLAIN = Shape()
# As wide as a dense layer, in every layer.
LOCAL = Experts(number="num_local_experts", width="intermediate_size")
AS_DEEPSEEK = Experts(
    number="n_routed_experts",
    shared="n_shared_experts",
    bias=True,
    layers=after_first("first_k_dense_replace", "moe_layer_freq"),
)


def qwen_layers(config: Config, layers: int) -> Sequence[bool]:
    """Every so many layers, those listed as plain left out."""
    step = config.count("decoder_sparse_step")
    plain = config.layer_numbers("mlp_only_layers", layers) or set()
    return [layer not in plain and (layer + 1) % step == 0 for layer in range(layers)]


def _ernie_layers(config: Config, layers: int) -> Sequence[bool]:
    start = config.count("moe_layer_start_index", least=0)
    end = config.count("moe_layer_end_index", least=-1)
    step = config.count("moe_layer_interval")
    last = layers - 1 if end == -1 else end
    return [(layer + 1) % step == 0 and start <= layer <= last for layer in range(layers)]


def _flint_windows(config: Config, layers: int) -> Sequence[bool]:
    return [not (n < 2 or n % 4 == 1 or n == layers - 1) for n in range(layers)]


def _beam_windows(config: Config, layers: int) -> Sequence[bool]:
    """All but every sixth layer, and not the last."""
    return [(layer + 1) % 6 != 0 and layer < layers - 1 for layer in range(layers)]


def _minimax_modules(config: Config, fields: Fields) -> Fields:
    """Prediction modules, where they are switched on."""
    has_modules = config.flag("use_mtp") and config.has("num_mtp_modules")
    return {"mtp_layers": config.count("num_mtp_modules", least=0)} if has_modules else {}


def _m3_layers(config: Config, layers: int) -> Sequence[bool]:
    """The layers with experts, by a number each where they are listed."""
    return _numbered(config, "moe_layer_freq", layers) or [True] * layers


def _numbered(config: Config, key: str, layers: int) -> list[bool]:
    """A truth for each layer, from a list of 0 and 1; empty where it is not given."""
    value = config.given(key)
    if value is None:
        return []
    if (
        not isinstance(value, list)
        or len(value) != layers
        or not set(map(str, value)) <= {"0", "1"}
    ):
        raise config.refusal(key, f"a list of {layers} numbers, 0 or 1 for each layer")
    return [number == 1 for number in value]


def _minimax_m3(config: Config, fields: dict[str, Any]) -> Fields:
    """Dense layers of a width of their own; an indexer in each layer of sparse attention."""
    found: Fields = {}
    if fields.get("num_dense_layers"):
        found["intermediate_size"] = config.count("dense_intermediate_size")
    layers = fields["num_layers"]
    config.refuse_unless("moe_intermediate_size", fields.get("moe_intermediate_size"))
    kinds = config.words_by_layer("layer_types", layers, ("full_attention", _M3_SPARSE))
    sparse = kinds.count(_M3_SPARSE)
    if config.has("sparse_attention_config"):
        config = config.part("sparse_attention_config")
        if not kinds:
            sparse = sum(_numbered(config, "sparse_attention_freq", layers))
        if not config.has("sparse_num_index_heads", "sparse_index_dim"):
            return found
        heads, width = config.count("sparse_num_index_heads"), config.count("sparse_index_dim")
    else:
        heads, width = config.count("index_n_heads"), config.count("index_head_dim")
    if sparse:
        config.note("attention", "Counted over all tokens; sparse layers choose blocks of them.")
    return found | {
        "other_weights": sparse * fields["hidden_size"] * (heads + 1) * width,
        "other_vectors": sparse * 2 * width,
    }


_M3_SPARSE = "minimax_m3_sparse"
_BITS = {"0", "1"}


def _dots1_windows(config: Config, layers: int) -> Sequence[bool]:
    first = config.count("max_window_layers", least=0)
    return [layer >= first for layer in range(layers)]


def _cohere2_moe(config: Config, fields: Fields) -> Fields:
    key = "prefix_dense_intermediate_size"
    has = fields.get("num_dense_layers") and config.has(key)
    return {"intermediate_size": config.count(key)} if has else {}


def _jetmoe(config: Config, fields: dict[str, Any]) -> Fields:
    """Experts of attention too: each has its own queries and outputs, chosen by a router."""
    hidden, width, layers = fields["hidden_size"], fields["head_dim"], fields["num_layers"]
    number, chosen = fields["num_routed_experts"], fields["experts_per_token"]
    each = 2 * hidden * fields["num_kv_heads"] * width
    return {"other_weights": layers * ((number - chosen) * each + number * hidden)}


MIXTURES: Final[dict[str, Callable[[Config], Fields]]] = {
    "mixtral": replace(_PLAIN, window=Window(), experts=LOCAL),
    "qwen2_moe": replace(
        QWEN2,
        qkv_bias="qkv_bias",
        experts=Experts(
            layers=qwen_layers, shared_width="shared_expert_intermediate_size", shared_gate=True
        ),
    ),
    "qwen3_moe": replace(
        QWEN2,
        qkv_bias="attention_bias",
        output_bias="attention_bias",
        query_key_norm="head",
        defaults={"max_window_layers": 28},
        experts=Experts(number="num_local_experts", layers=qwen_layers),
    ),
    "flint": replace(
        _ATTENTION_BIAS,
        query_key_norm="head",
        sinks=True,
        window=Window(layers=_flint_windows),
        experts=Experts(layers=qwen_layers, shared_width="shared_expert_intermediate_size"),
    ),
    "mellum": replace(
        _ATTENTION_BIAS,
        query_key_norm="head",
        window=Window(layers=lambda config, layers: [False] * layers),
        experts=Experts(number="num_local_experts"),
    ),
    "kolibri1": replace(
        _PLAIN,
        query_key_norm="head",
        norms=4,
        window=Window(layers=all_but_one_in(5)),
        experts=Experts(
            number="num_local_experts", shared_width="shared_expert_intermediate_size", bias=True
        ),
    ),
    "olmoe": replace(
        _ATTENTION_BIAS, query_key_norm="full", experts=Experts(width="intermediate_size")
    ),
    "flex_olmo": replace(
        _ATTENTION_BIAS, query_key_norm="full", experts=Experts(width="intermediate_size")
    ),
    "phimoe": replace(
        _ATTENTION_BIAS,
        norm_bias=True,
        head_bias="lm_head_bias",
        head_dim="",
        window=Window(),
        experts=LOCAL,
    ),
    "granitemoe": replace(_ATTENTION_BIAS, head_dim="", experts=LOCAL),
    "granitemoeshared": replace(
        _ATTENTION_BIAS,
        head_dim="",
        experts=replace(LOCAL, shared_width="shared_intermediate_size"),
    ),
    "granitemoe_swa": replace(
        _ATTENTION_BIAS,
        head_dim="",
        sinks=True,
        window=Window(layers=all_but_one_in(4, offset=0)),
        experts=replace(LOCAL, shared_width="shared_intermediate_size"),
    ),
    "aria_text": replace(
        _ATTENTION_BIAS,
        experts=Experts(
            number="moe_num_experts",
            chosen="moe_topk",
            width="intermediate_size",
            shared="moe_num_shared_experts",
        ),
        parts=(dense_biases("mlp_bias"),),
    ),
    "gpt_oss": replace(
        _ATTENTION_BIAS,
        ffn_bias=True,
        sinks=True,
        window=Window(layers=all_but_one_in(2)),
        experts=replace(LOCAL, bias=True),
    ),
    "minimax_m2": replace(
        _PLAIN,
        query_key_norm="full",
        query_key_norm_if="use_qk_norm",
        experts=replace(LOCAL, bias="use_routing_bias"),
        defaults={"use_qk_norm": True, "use_routing_bias": True},
        only={
            "shared_intermediate_size": (0,),
            "qk_norm_type": ("per_layer",),
            "mtp_transformer_layers": (1,),
        },
        parts=(_minimax_modules,),
    ),
    "minimax_m3_vl_text": replace(
        _PLAIN,
        query_key_norm="head",
        width="dense_intermediate_size",
        only={"n_shared_experts": (0, 1), "attention_output_gate": (False,)},
        experts=replace(
            LOCAL, bias=True, shared_width="shared_intermediate_size", layers=_m3_layers
        ),
        parts=(_minimax_m3,),
    ),
    "afmoe": replace(
        _ATTENTION_BIAS,
        query_key_norm="head",
        gate=full_gate,
        norms=4,
        window=Window(layers=all_but_one_in("global_attn_every_n_layers")),
        experts=Experts(
            shared="num_shared_experts", bias=True, layers=after_first("num_dense_layers")
        ),
    ),
    "beam": replace(
        _ATTENTION_BIAS,
        query_key_norm="head",
        gate=full_gate,
        norms=4,
        window=Window(layers=_beam_windows),
        experts=Experts(bias=True, layers=after(3)),
        parts=(layer_vectors(lambda of: of["num_attention_heads"]),),
    ),
    "exaone_moe": replace(
        _PLAIN,
        query_key_norm="head",
        window=Window(layers=windows_by_letters),
        experts=Experts(
            shared="num_shared_experts", bias=True, layers=after_first("first_k_dense_replace")
        ),
    ),
    "hy_v3": replace(
        _ATTENTION_BIAS,
        query_key_norm="head",
        experts=Experts(shared="num_shared_experts", bias=True, layers=after(1)),
        parts=(dense_biases("mlp_bias"),),
    ),
    "ernie4_5_moe": replace(
        _PLAIN,
        qkv_bias="use_bias",
        output_bias="use_bias",
        head_bias="use_bias",
        experts=Experts(
            number="moe_num_experts",
            chosen="moe_k",
            shared="moe_num_shared_experts",
            bias=True,
            layers=_ernie_layers,
        ),
        parts=(dense_biases("use_bias"),),
    ),
    "cohere2_moe": replace(
        _ATTENTION_BIAS,
        norms=1,
        window=Window(layers=all_but_one_in("sliding_window_pattern")),
        experts=Experts(
            width="intermediate_size",
            shared="num_shared_experts",
            layers=lambda config, layers: after_first("first_k_dense_replace")(
                config.with_defaults(first_k_dense_replace=0), layers
            ),
        ),
        parts=(_cohere2_moe,),
    ),
    "hunyuan_v1_moe": replace(
        _ATTENTION_BIAS,
        query_key_norm="head",
        experts=Experts(chosen="moe_topk", width="intermediate_size", shared=1),
    ),
    "glm4_moe": replace(
        _PLAIN,
        qkv_bias="attention_bias",
        query_key_norm="head",
        query_key_norm_if="use_qk_norm",
        uneven_heads=True,
        experts=AS_DEEPSEEK,
        mtp="num_nextn_predict_layers",
    ),
    "solar_open": replace(
        _PLAIN, qkv_bias="attention_bias", experts=replace(AS_DEEPSEEK, layers=every_layer)
    ),
    "dots1": replace(
        _ATTENTION_BIAS,
        query_key_norm="head",
        window=Window(layers=_dots1_windows),
        experts=AS_DEEPSEEK,
    ),
    "jetmoe": Shape(
        kv_heads="num_key_value_heads",
        head_dim="kv_channels",
        experts=LOCAL,
        parts=(_jetmoe, vectors(lambda config, of: 2 * of["num_layers"] * of["hidden_size"])),
    ),
}
MIXTURES["sarvam_moe"] = MIXTURES["glm4_moe"]
