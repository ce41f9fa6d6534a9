"""Types that are published with code of their own, which no framework's classes hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.dense import LLAMA, QWEN2
from dsexplore.library.config_json.mixtures import AS_DEEPSEEK
from dsexplore.library.config_json.shape import Shape
from dsexplore.library.config_json.shared_keys import Fields


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


REMOTE: Final[dict[str, Callable[[Config], Fields]]] = {
    "baichuan": Shape(kv_heads="", head_dim=""),
    "chatglm": chatglm,
    "deepseek": replace(LLAMA, ffn_bias=False, experts=replace(AS_DEEPSEEK, bias=False)),
    "dots_ocr": QWEN2,
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
