"""Decoders without growing attention: Mamba, Griffin, RWKV and xLSTM; a row for each type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import cycle, islice
from typing import Final

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.shape import Shape
from dsexplore.library.config_json.shared_keys import Fields
from dsexplore.library.config_json.states import chunk, lone_mamba1, mamba2, mlstm, rg_lru, wkv


def _all(kind: str) -> Callable[[Config, int], Sequence[str]]:
    return lambda config, layers: [kind] * layers


# A layer is Mamba alone: no attention, no feed-forward block, one norm.
_MAMBA = Shape(heads="", width="", context="", norms=1, kinds=_all("mamba"), states=lone_mamba1)

_GRIFFIN_WORDS = {"recurrent": "linear", "attention": "window"}


def _griffin_kinds(config: Config, layers: int) -> Sequence[str]:
    words = config.words("block_types", tuple(_GRIFFIN_WORDS))
    return [_GRIFFIN_WORDS[word] for word in islice(cycle(words), layers)]


_GRIFFIN = Shape(
    context="",
    qkv_bias="attention_bias",
    output_bias=True,
    ffn_bias=True,
    kinds=_griffin_kinds,
    states=rg_lru,
)


def recurrent_gemma(config: Config) -> Fields:
    """RecurrentGemma: the width of its file is that of both halves of a gated block."""
    window, width = config.count("attention_window_size"), config.count("intermediate_size")
    return _GRIFFIN(config.with_values(sliding_window=window, intermediate_size=width // 2))


def rwkv(config: Config) -> Fields:
    """RWKV-4: as many layers of time mixing as of channel mixing."""
    width = config.count("intermediate_size", null=4 * config.count("hidden_size"))
    return _RWKV(config.with_values(intermediate_size=width))


_RWKV = Shape(
    heads="",
    context="context_length",
    ffn_matrices=2,
    norm_bias=True,
    embedding_norm=True,
    kinds=_all("linear"),
    states=wkv,
)


def xlstm(config: Config) -> Fields:
    """Layers and width of xLSTM go by either of two names."""
    layers = config.layers("num_hidden_layers", "num_blocks")
    hidden = config.count("hidden_size", "embedding_dim")
    return _XLSTM(config.with_values(num_hidden_layers=layers, hidden_size=hidden))


_XLSTM = Shape(
    heads="",
    width="",
    context="",
    ffn_bias="use_bias",
    kinds=_all("linear"),
    states=mlstm,
    parts=(lambda config, fields: {"ffn_matrices": 3},),
)


RECURRENT: Final[dict[str, Callable[[Config], Fields]]] = {
    "mamba": _MAMBA,
    "falcon_mamba": _MAMBA,
    "mamba2": replace(
        _MAMBA,
        states=mamba2(
            "num_heads",
            "head_dim",
            "n_groups",
            "state_size",
            "conv_kernel",
            "use_conv_bias",
            "use_bias",
        ),
        parts=(chunk("chunk_size"),),
    ),
    "recurrent_gemma": recurrent_gemma,
    "rwkv": rwkv,
    "xlstm": xlstm,
}
