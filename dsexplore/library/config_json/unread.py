"""What a file states and nobody reads: sizes, prediction modules, flags that say otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from dsexplore.library.config_json.class_defaults import keys_of
from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.families import class_of
from dsexplore.library.config_json.unknown import named, sizes_unread
from dsexplore.scenario.panels.architecture import Architecture

_MODULES: Final = (
    *("num_nextn_predict_layers", "num_mtp_modules", "mtp_num_hidden_layers", "num_mtp_layers"),
    *("mtp_num_layers", "n_mtp_layers"),
)
# Names of one size, of which a file may hold several.
_EXPERTS: Final = ("num_experts", "n_routed_experts", "num_local_experts", "moe_num_experts")

Has = Callable[[Architecture], bool]


def _has(field: str) -> Has:
    return lambda panel: bool(getattr(panel, field))


def _has_a(field: str) -> Has:
    return lambda panel: getattr(panel, field) != "none"


# Flags by their usual names, and whether what is counted has such a part.
_FLAGS: Final[dict[str, Has]] = {
    **dict.fromkeys(("attention_bias", "qkv_bias", "use_qkv_bias"), _has("qkv_bias")),
    "mlp_bias": _has("ffn_bias"),
    **dict.fromkeys(("use_qk_norm", "qk_layernorm"), _has_a("query_key_norm")),
    "tie_word_embeddings": _has("tie_embeddings"),
    **dict.fromkeys(("attn_output_gate", "attention_output_gate"), _has_a("attention_gate")),
    **dict.fromkeys(("use_routing_bias", "use_moe_router_bias"), _has("router_bias")),
    "add_cross_attention": lambda panel: False,
}


def unread(config: Config, family: str, panel: Architecture) -> Iterator[str]:
    """What of a configuration may be missing in its counts, a sentence each."""
    left = config.unread()
    modules: list[str] = [key for key in _MODULES if key in left and _is_above_0(config.given(key))]
    repeated = [key for key in _EXPERTS if config.given(key) == panel.num_routed_experts]
    skipped = {*_MODULES, *repeated}
    if sizes := [key for key in sizes_unread(config, family, left) if key not in skipped]:
        yield f"Not read, so perhaps not counted: {named(sizes)}."
    if modules:
        yield f"Prediction modules are not counted: {named(modules)}."
    # What a class knows was held to the framework's own model.
    known = keys_of(class_of(family))
    other = [
        key
        for key, has in _FLAGS.items()
        if key in left
        and key not in known
        and isinstance(value := config.given(key), bool)
        and value != has(panel)
    ]
    if other:
        yield f"Not read, though it says otherwise: {named(other)}."


def _is_above_0(value: object) -> bool:
    return type(value) is int and value > 0
