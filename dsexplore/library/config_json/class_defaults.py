"""What a type's configuration class holds where a file says nothing, as published with its code.

`class_defaults.json` is written by `python -m tests.framework --defaults` from transformers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from dsexplore.library.config_json.config import Config

_FILE = Path(__file__).with_suffix(".json")

# A file states at least these itself; only a part within another leaves out what its class has.
_SIZES = frozenset(
    {
        *("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
        *("hidden_size", "n_embd", "d_model", "vocab_size"),
        *("num_attention_heads", "n_head", "n_heads", "num_heads", "attention_heads"),
        *("intermediate_size", "ffn_dim", "dff", "dim_ff", "ffn_hidden_size"),
        *("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts"),
        *("num_experts_per_tok", "moe_intermediate_size"),
        *("max_position_embeddings", "n_positions", "max_seq_len"),
    }
)


def with_class(config: Config, model_type: str, *, is_part: bool = False) -> Config:
    """A configuration with its keys' usual names and its class's defaults.

    Of a part within another also the defaults of sizes, which a file by itself has to state.
    """
    about = _classes().get(model_type)
    if about is None:
        return config
    defaults = about["defaults"]
    if not is_part:
        defaults = {key: value for key, value in defaults.items() if key not in _SIZES}
    return config.renamed(about["names"]).with_defaults(**defaults)


def keys_of(model_type: str) -> frozenset[str]:
    """The keys of a type that decide its shape; empty where its class is not known."""
    about = _classes().get(model_type)
    return frozenset(about["defaults"]) if about else frozenset()


def text_type_of(model_type: str) -> str:
    """The type of the text model within a type of several parts; empty if none is known."""
    return str(_document()["text_parts"].get(model_type, ""))


def _classes() -> Mapping[str, Any]:
    classes: Mapping[str, Any] = _document()["classes"]
    return classes


@cache
def _document() -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return document
