"""The importable families: `model_type` and its adapter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dsexplore.library.config_json import others
from dsexplore.library.config_json.class_defaults import keys_of
from dsexplore.library.config_json.compressed import COMPRESSED
from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.dense import DENSE
from dsexplore.library.config_json.gemma3n import GEMMA3N
from dsexplore.library.config_json.hybrids import HYBRIDS
from dsexplore.library.config_json.inkling import inkling
from dsexplore.library.config_json.latent import LATENT
from dsexplore.library.config_json.mixtures import MIXTURES
from dsexplore.library.config_json.recurrent import RECURRENT
from dsexplore.library.config_json.remote import REMOTE
from dsexplore.library.config_json.shared_keys import Fields
from dsexplore.library.config_json.window_heads import WINDOW_HEADS
from dsexplore.library.config_json.zaya import zaya
from dsexplore.library.config_json.zero_experts import ZERO_EXPERTS

# Types whose shape is another's: the text part of a model that sees, or the same code.
_ALIASES: Final = {
    "gemma3": "gemma3_text",
    "gemma3n": "gemma3n_text",
    "gemma4": "gemma4_text",
    "gemma4_unified": "gemma4_unified_text",
    "qwen3_5": "qwen3_5_text",
    "qwen3_5_moe": "qwen3_5_moe_text",
    "glm4v_moe_text": "glm4_moe",
    "glm4v_text": "glm4",
    "glm_ocr_text": "glm4",
    "gpt-sw3": "gpt2",
    "hunyuan_vl_text": "hunyuan_v1_dense",
    "hy_v4_vl_text": "hy_v4",
    "inkling_mm_model": "inkling_text",
    "llama4": "llama4_text",
    "minimax_m3": "minimax_m3_vl_text",
    "mllama": "mllama_text_model",
    "paddleocr_vl_text": "ernie4_5",
    "deepseek_ref": "deepseek_v4",
    "fuyu": "persimmon",
    "qwen2_5_omni_text": "qwen2",
    "qwen2_5_vl_text": "qwen2",
    "qwen2_vl_text": "qwen2",
    "qwen3_omni_moe_text": "qwen3_moe",
    "qwen3_vl_moe_text": "qwen3_moe",
    "qwen3_vl_text": "qwen3",
    "step3p7": "step3p5",
}

_BY_TYPE: Final[dict[str, Callable[[Config], Fields]]] = {
    **DENSE,
    **MIXTURES,
    **LATENT,
    **HYBRIDS,
    **GEMMA3N,
    **COMPRESSED,
    **RECURRENT,
    "zaya": zaya,
    "inkling_text": inkling,
    **REMOTE,
    **WINDOW_HEADS,
    **ZERO_EXPERTS,
    **others.OTHERS,
}

FAMILIES: Final[dict[str, Callable[[Config], Fields]]] = dict(
    sorted((_BY_TYPE | {name: _BY_TYPE[alias] for name, alias in _ALIASES.items()}).items())
)


def class_of(family: str) -> str:
    """The type whose configuration class says a family's defaults: its own, or its alias's."""
    return family if keys_of(family) else _ALIASES.get(family, family)
