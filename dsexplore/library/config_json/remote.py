"""Types that are published with code of their own, which no framework's classes hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.dense import LLAMA, QWEN2
from dsexplore.library.config_json.mixtures import AS_DEEPSEEK
from dsexplore.library.config_json.shape import Experts, Shape, after_first
from dsexplore.library.config_json.shared_keys import Fields
from dsexplore.scenario.layer_pattern import pattern_of


def chatglm(config: Config) -> Fields:
    """ChatGLM 2 and 3, GLM-4-9B: names of Megatron's, queries in groups, a padded vocabulary."""
    heads = config.count("num_attention_heads")
    config = config.with_defaults(add_qkv_bias=True, rmsnorm=True)
    config.refuse_unless("rmsnorm", True)
    grouped = config.flag("multi_query_attention")
    return _CHATGLM(
        config.with_values(
            vocab_size=config.count("padded_vocab_size", "vocab_size"),
            num_key_value_heads=config.count("multi_query_group_num") if grouped else heads,
        )
    )


_CHATGLM = Shape(
    layers="num_layers",
    width="ffn_hidden_size",
    head_dim="kv_channels",
    context="seq_length",
    qkv_bias="add_qkv_bias",
    output_bias="add_bias_linear",
    ffn_bias="add_bias_linear",
)


def _half_as_wide(config: Config, fields: dict[str, Any]) -> Fields:
    """Its width is that of the gate and what it gates, together."""
    return {"intermediate_size": fields["intermediate_size"] // 2}


def nemotron_nas(config: Config) -> Fields:
    """Llama pruned layer by layer: some without attention, each with a width of its own."""
    layers, hidden = config.layers(), config.count("hidden_size")
    heads = config.count("num_attention_heads")
    listed = config.given("block_configs")
    if not isinstance(listed, list) or len(listed) != layers:
        raise config.refusal("block_configs", f"a list of {layers} blocks, one per layer")
    kinds: list[str] = []
    widths: list[int] = []
    groups: set[int] = set()
    for number, block in enumerate(listed):
        part = Config({"block": block}, f"block_configs.{number}.").part("block")
        attention, feed_forward = part.part("attention"), part.part("ffn")
        for one in (attention, feed_forward):
            one.refuse_unless("replace_with_linear", False)
        if not attention.flag("no_op"):
            kinds.append("full")
            groups.add(attention.count("n_heads_in_group", most=heads))
        if not feed_forward.flag("no_op"):
            kinds.append("ffn")
            widths.append(_to_multiple(2 * feed_forward.factor("ffn_mult") * hidden / 3))
    if len(groups) != 1 or not widths:
        raise config.refusal("block_configs", "attention of one shape, and feed-forward blocks")
    usual = sum(widths) // len(widths)
    fields = _NAS(
        config.with_values(
            num_hidden_layers=len(kinds),
            num_key_value_heads=heads // groups.pop(),
            intermediate_size=usual,
        )
    )
    config.note("intermediate_size", f"The mean of {len(widths)} blocks of widths of their own.")
    rest = sum(widths) - usual * len(widths)
    return fields | {"layer_pattern": pattern_of(kinds), "other_weights": 3 * hidden * rest}


def _to_multiple(width: float, of: int = 256) -> int:
    return -(-int(width) // of) * of


_NAS = replace(LLAMA, ffn_bias=False, norms=1)

REMOTE: Final[dict[str, Callable[[Config], Fields]]] = {
    # Ling and Ring.
    "bailing_moe": replace(
        LLAMA,
        qkv_bias="use_qkv_bias",
        output_bias="use_bias",
        ffn_bias=False,
        query_key_norm="head",
        query_key_norm_if="use_qk_norm",
        experts=Experts(
            shared="num_shared_experts",
            shared_width="moe_shared_expert_intermediate_size",
            bias="moe_router_enable_expert_bias",
            layers=after_first("first_k_dense_replace"),
        ),
        mtp="num_nextn_predict_layers",
        defaults={"moe_shared_expert_intermediate_size": None, "first_k_dense_replace": 0},
    ),
    "baichuan": Shape(kv_heads="", head_dim=""),
    "chatglm": chatglm,
    "deepseek": replace(LLAMA, ffn_bias=False, experts=replace(AS_DEEPSEEK, bias=False)),
    "dots_ocr": QWEN2,
    "mimo": replace(
        QWEN2, qkv_bias="attention_bias", head_dim="head_dim", mtp="num_nextn_predict_layers"
    ),
    "nemotron-nas": nemotron_nas,
    "internlm2": replace(LLAMA, qkv_bias="bias", output_bias="bias", ffn_bias=False),
    "minicpm": replace(LLAMA, ffn_bias=False, defaults={"tie_word_embeddings": True}),
    "orion": replace(LLAMA, ffn_bias=False, norm_bias=True),
    "qwen": Shape(
        kv_heads="",
        head_dim="kv_channels",
        context="seq_length",
        qkv_bias=True,
        only={"no_bias": (True,)},
        parts=(_half_as_wide,),
    ),
    "xverse": LLAMA,
}
