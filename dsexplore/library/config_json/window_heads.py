"""Decoders whose layers with a window have heads of their own: MiMo-V2-Flash, Step and Laguna."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.dense import LLAMA
from dsexplore.library.config_json.parts import vectors
from dsexplore.library.config_json.shape import Experts, Shape, after
from dsexplore.library.config_json.shared_keys import Fields

_FULL, _WINDOW = "full_attention", "sliding_attention"


def _mimo_kinds(config: Config, layers: int) -> Sequence[str]:
    """As listed, by words or by 1 for a window; else the first and every sixth look back on all."""
    words = config.words_by_layer("layer_types", layers, (_FULL, _WINDOW))
    if words:
        return ["window" if word == _WINDOW else "full" for word in words]
    listed = _by_layer(config, "hybrid_layer_pattern", layers)
    if listed:
        return ["window" if one else "full" for one in listed]
    return ["full" if n == 0 or (n + 1) % 6 == 0 else "window" for n in range(layers)]


def _mimo_experts(config: Config, layers: int) -> Sequence[bool]:
    listed = _by_layer(config, "moe_layer_freq", layers)
    return [bool(one) for one in listed] or after(1)(config, layers)


def _by_layer(config: Config, key: str, layers: int) -> list[int]:
    """A list of 0 and 1, one per layer; empty where it is not given."""
    value = config.given(key)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) != layers or any(n not in (0, 1) for n in value):
        raise config.refusal(key, f"a list of {layers} numbers 0 or 1, one per layer")
    return value


def _mimo(config: Config, fields: dict[str, Any]) -> Fields:
    """Values narrower than keys; layers with a window have more KV heads, and sinks."""
    value = config.count("v_head_dim")
    config.refuse_unless("swa_v_head_dim", value)
    found: Fields = {
        "value_head_dim": 0 if value == fields["head_dim"] else value,
        "window_kv_heads": 2 * fields["num_kv_heads"],
    }
    for field, key in _OF_WINDOWS.items():
        if config.has(key):
            found[field] = config.count(key)
    return found


_OF_WINDOWS = {
    "window_heads": "swa_num_attention_heads",
    "window_kv_heads": "swa_num_key_value_heads",
    "window_head_dim": "swa_head_dim",
}


def _mimo_sinks(config: Config, fields: dict[str, Any]) -> int:
    """Sinks of the kinds of layer that have them."""
    kinds = _mimo_kinds(config, fields["num_layers"])
    heads = fields["num_attention_heads"]
    of_windows = fields.get("window_heads") or heads
    sinks = kinds.count("window") * of_windows * config.flag("add_swa_attention_sink_bias")
    return int(sinks + kinds.count("full") * heads * config.flag("add_full_attention_sink_bias"))


def step(config: Config) -> Fields:
    """Step 3.5 and 3.7: lists of layers that go on into prediction modules, as published."""
    layers = config.layers()
    config = config.with_values(
        **{
            key: listed[:layers]
            for key in ("layer_types", "mlp_layer_types")
            if isinstance(listed := config.given(key), list)
        }
    )
    config = config.renamed(_STEP_NAMES)
    return _STEP(config)


_STEP_NAMES = {
    "num_attention_groups": "num_key_value_heads",
    "moe_num_experts": "n_routed_experts",
    "num_experts": "n_routed_experts",
    "moe_top_k": "num_experts_per_tok",
    "share_expert_dims": "share_expert_dim",
}


def _step_kinds(config: Config, layers: int) -> Sequence[str]:
    words = config.words_by_layer("layer_types", layers, (_FULL, _WINDOW))
    return ["window" if word == _WINDOW else "full" for word in words or [_FULL] * layers]


def _step_experts(config: Config, layers: int) -> Sequence[bool]:
    """As listed by numbers, in a text or a list; else all but the first three."""
    key = "moe_layers_enum"
    listed = config.given(key)
    if isinstance(listed, str):
        numbers = [number.strip() for number in listed.split(",") if number.strip()]
        if not all(number.isdecimal() and len(number) < 6 for number in numbers):
            raise config.refusal(key, "numbers of layers with commas between them")
        config = config.with_values(moe_layers_enum=[int(number) for number in numbers])
    elif listed is None:
        first = "first_k_dense_replace"
        return after(config.count(first, least=0) if config.has(first) else 3)(config, layers)
    # Numbers beyond the last layer are those of prediction modules.
    chosen = config.numbers(key, 0, 2 * layers) or set()
    return [layer in chosen for layer in range(layers)]


def _step_gate(config: Config) -> str:
    """One gate for each head, unless it is switched off or one for each value."""
    if config.has("use_head_wise_attn_gate"):
        return "head" if config.flag("use_head_wise_attn_gate") else "none"
    return "head" if config.given("gating") in (None, True, "per-head") else "full"


def _step_heads(config: Config, fields: dict[str, Any]) -> Fields:
    """Layers with a window have heads of their own, stated in either of two places."""
    whole = config
    key, other = "num_sliding_attention_heads", "attention_other_setting"
    if config.has(other) and not config.has(key):
        config, key = config.part(other), "num_attention_heads"
        config.refuse_unless("num_attention_groups", fields["num_kv_heads"])
        config.refuse_unless("head_dim", fields["head_dim"])
    if not config.has(key):
        return {}
    heads = config.count(key)
    more = heads - fields["num_attention_heads"]
    found: Fields = {"window_heads": heads}
    if "other_weights" in fields and more:
        # A gate without a bias, counted with the other weights, is that of windows' heads too.
        windows = _step_kinds(whole, fields["num_layers"]).count("window")
        found["other_weights"] = fields["other_weights"] + windows * fields["hidden_size"] * more
    return found


def _step_modules(config: Config, fields: dict[str, Any]) -> Fields:
    """Prediction modules are dense where no list names them among layers with experts."""
    modules = fields.get("mtp_layers", 0)
    if not modules or not fields.get("num_routed_experts"):
        return {}
    last = fields["num_layers"]
    with_experts = _step_experts(config, last + modules)[last:]
    listed = config.has("moe_layers_enum")
    return {"mtp_dense": listed and not any(with_experts)}


def _laguna_gate(config: Config) -> str:
    config.refuse_unless("gating", True, False, "per-head", "per-element")
    return "head" if config.given("gating") in (True, "per-head") else "full"


def laguna(config: Config) -> Fields:
    """Laguna: query heads listed layer by layer, as many in all layers of a kind."""
    key, layers = "num_attention_heads_per_layer", config.layers()
    kinds = _step_kinds(config, layers)
    listed = config.given(key)
    if listed is None:
        return _LAGUNA(config)
    allowed = f"a list of {layers} whole numbers, the same for all layers of a kind"
    if not isinstance(listed, list) or len(listed) != layers:
        raise config.refusal(key, allowed)
    if any(type(number) is not int for number in listed):
        raise config.refusal(key, allowed)
    heads = {kind: {listed[n] for n in range(layers) if kinds[n] == kind} for kind in set(kinds)}
    if any(len(numbers) != 1 for numbers in heads.values()):
        raise config.refusal(key, allowed)
    of_full, *_ = heads.get("full") or heads["window"]
    of_windows, *_ = heads.get("window") or heads["full"]
    other = {"num_attention_heads": of_windows}
    return _LAGUNA(config.with_values(num_attention_heads=of_full, attention_other_setting=other))


def _laguna_windows(config: Config, fields: dict[str, Any]) -> Fields:
    """Heads of layers with a window; a gate's weights counted apart are theirs too."""
    if not config.has("attention_other_setting"):
        return {}
    heads = config.part("attention_other_setting").count("num_attention_heads")
    if heads % fields["num_kv_heads"]:
        allowed = f"multiples of the {fields['num_kv_heads']} KV heads"
        raise config.refusal("num_attention_heads_per_layer", allowed, f"{heads} heads")
    more = heads - fields["num_attention_heads"]
    found: Fields = {"window_heads": heads}
    if "other_weights" in fields and more:
        windows = _step_kinds(config, fields["num_layers"]).count("window")
        gate = fields["head_dim"] if _laguna_gate(config) == "full" else 1
        added = windows * fields["hidden_size"] * more * gate
        found["other_weights"] = fields["other_weights"] + added
    return found


def same_is_unstated(config: Config, fields: dict[str, Any]) -> Fields:
    """What layers with a window share with the others is not stated of them."""
    pairs = {
        "window_heads": "num_attention_heads",
        "window_kv_heads": "num_kv_heads",
        "window_head_dim": "head_dim",
    }
    none = "window" not in fields["layer_pattern"]
    return {
        one: 0
        for one, other in pairs.items()
        if one in fields and (none or fields[one] == fields[other])
    }


_MIMO: Final = Shape(
    qkv_bias="attention_bias",
    kinds=_mimo_kinds,
    experts=Experts(number="n_routed_experts", bias=True, layers=_mimo_experts),
    defaults={"add_swa_attention_sink_bias": True},
    only={"n_shared_experts": (0,)},
    parts=(_mimo, vectors(_mimo_sinks), same_is_unstated),
)

_STEP: Final = replace(
    LLAMA,
    query_key_norm="head",
    gate=_step_gate,
    kinds=_step_kinds,
    mtp="num_nextn_predict_layers",
    experts=Experts(
        number="n_routed_experts", shared_width="share_expert_dim", bias=True, layers=_step_experts
    ),
    only={"n_shared_experts": (0, 1)},
    parts=(_step_heads, same_is_unstated, _step_modules),
)

_LAGUNA: Final = replace(
    LLAMA,
    ffn_bias=False,
    query_key_norm="head",
    gate=_laguna_gate,
    kinds=_step_kinds,
    experts=Experts(shared_width="shared_expert_intermediate_size", bias=True, layers=after(1)),
    parts=(_laguna_windows, same_is_unstated),
)

WINDOW_HEADS: Final[dict[str, Callable[[Config], Fields]]] = {
    "laguna": laguna,
    "mimo_v2_flash": _MIMO,
    "step3p5": step,
}
