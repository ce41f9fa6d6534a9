"""The importable families: `model_type` and its adapter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dsexplore.library.config_json import deepseek_like as deepseek
from dsexplore.library.config_json import gpt2_like as layer_norm
from dsexplore.library.config_json import llama_like
from dsexplore.library.config_json import moe as mixtures
from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.shared_keys import Fields

FAMILIES: Final[dict[str, Callable[[Config], Fields]]] = {
    "bloom": layer_norm.bloom,
    "dbrx": mixtures.dbrx,
    "deepseek_v2": deepseek.deepseek_v2,
    "deepseek_v3": deepseek.deepseek_v3,
    "deepseek_v32": deepseek.deepseek_v32,
    "falcon": layer_norm.falcon,
    "gemma2": llama_like.gemma2,
    "gemma3": llama_like.gemma3,
    "gemma3_text": llama_like.gemma3,
    "glm4": llama_like.glm4,
    "glm4_moe": deepseek.glm4_moe,
    "gpt2": layer_norm.gpt2,
    "gpt_oss": mixtures.gpt_oss,
    "kimi_k2": deepseek.deepseek_v3,
    "llama": llama_like.llama,
    "llama4": mixtures.llama4,
    "llama4_text": mixtures.llama4,
    "minimax_m2": mixtures.minimax_m2,
    "mistral": llama_like.mistral,
    "mixtral": mixtures.mixtral,
    "olmo2": llama_like.olmo2,
    "olmoe": mixtures.olmoe,
    "opt": layer_norm.opt,
    "phi3": llama_like.phi3,
    "phimoe": mixtures.phimoe,
    "qwen2": llama_like.qwen2,
    "qwen2_moe": mixtures.qwen2_moe,
    "qwen3": llama_like.qwen3,
    "qwen3_moe": mixtures.qwen3_moe,
    "RefinedWeb": layer_norm.falcon_40b,
    "RefinedWebModel": layer_norm.falcon,
    "starcoder2": layer_norm.starcoder2,
}
