"""Decoders without growing attention: Mamba, Griffin, RWKV and xLSTM; a row for each type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import cycle, islice
from typing import Any, Final

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.shape import Shape
from dsexplore.library.config_json.shared_keys import Fields
from dsexplore.library.config_json.states import (
    chunk,
    lone_mamba1,
    mamba1,
    mamba2,
    mlstm,
    rg_lru,
    wkv,
)


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


def zamba(config: Config) -> Fields:
    """Zamba: one block of attention and feed-forward before some layers, the same for all."""
    hidden = config.count("hidden_size")
    if config.has("attention_hidden_size"):
        config.refuse_unless("attention_hidden_size", 2 * hidden)
    if not config.has("attention_head_dim"):
        heads = config.count("num_attention_heads")
        config = config.with_values(attention_head_dim=2 * hidden // heads)
    layers = config.layers()
    words = config.words_by_layer("layers_block_type", layers, _ZAMBA_WORDS)
    if not words:
        period, offset = config.count("attn_layer_period"), config.count("attn_layer_offset")
        later = [n % period == offset for n in range(max(0, layers - 3))]
        words = ["hybrid" if has else "mamba" for has in (False, False, True, *later)][:layers]
    return _shared(config, _ZAMBA, words, 1, lambda fields: 0)


def zamba2(config: Config) -> Fields:
    """Zamba 2: a few such blocks in turn, with adapters of its own for each layer."""
    hidden, heads = config.count("hidden_size"), config.count("num_attention_heads")
    inner = config.count("mamba_expand") * hidden
    config = config.with_values(
        attention_head_dim=2 * hidden // heads,
        mamba_headdim=inner // config.count("n_mamba_heads"),
        intermediate_size=config.count("intermediate_size", null=4 * hidden),
    )
    layers = config.layers()
    words = config.words_by_layer("layers_block_type", layers, _ZAMBA_WORDS)
    if not words:
        usual = {n for n in (*range(6, 43, 6), 47, 51) if n < layers}
        listed = config.layer_numbers("hybrid_layer_ids", layers)
        shared = usual if listed is None else listed
        words = ["hybrid" if n in shared else "mamba" for n in range(layers)]
    rank = config.count("adapter_rank")

    def adapters(fields: dict[str, Any]) -> int:
        found = rank * (hidden + 2 * int(fields["intermediate_size"]))
        return found + 12 * hidden * rank * config.flag("use_shared_attention_adapter")

    return _shared(config, _ZAMBA2, words, config.count("num_mem_blocks"), adapters)


_ZAMBA_WORDS = ("mamba", "linear_attention", "hybrid")
_ZAMBA = Shape(
    head_dim="attention_head_dim",
    norms=1,
    states=lambda config, fields: mamba1(config, fields) | {"state_norm": False},
)
_ZAMBA2 = replace(
    _ZAMBA,
    ffn_bias="add_bias_linear",
    states=mamba2(
        "n_mamba_heads",
        "mamba_headdim",
        "mamba_ngroups",
        "mamba_d_state",
        "mamba_d_conv",
        "use_conv_bias",
        "add_bias_linear",
    ),
    # The code's convolution has a bias whatever a file says.
    parts=(chunk("chunk_size"), lambda config, fields: {"state_conv_bias": True}),
)


def _shared(
    config: Config,
    shape: Shape,
    words: Sequence[str],
    blocks: int,
    adapters: Callable[[dict[str, Any]], int],
) -> Fields:
    """Layers as single blocks: where a shared one stands, attention, feed-forward, then Mamba.

    Before Mamba a square matrix follows the shared block, whose first norm is twice as wide.
    """
    # Without tied embeddings the framework's code shares no block either.
    config.refuse_unless("tie_word_embeddings", True)
    kinds: list[str] = []
    for word in words:
        kinds += ["full", "ffn", "mamba"] if word == "hybrid" else ["mamba"]
    shape = replace(shape, kinds=lambda config, layers: kinds)
    fields: dict[str, Any] = shape(config.with_values(num_hidden_layers=len(kinds)))
    uses, hidden = kinds.count("full"), fields["hidden_size"]
    if not uses:
        raise config.refusal("layers_block_type", "a layer with a shared block")
    return fields | {
        "joined_embedding": True,
        "shared_blocks": min(blocks, uses),
        "other_weights": uses * (hidden * hidden + adapters(fields)),
        "other_vectors": min(blocks, uses) * hidden,
    }


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
    "zamba": zamba,
    "zamba2": zamba2,
}
