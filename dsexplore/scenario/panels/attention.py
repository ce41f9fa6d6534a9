"""Attention of a model: its heads or latents, windows, gates and indexer."""

from __future__ import annotations

from typing import Any, Literal

from dsexplore.scenario.declare import choice, count, switch
from dsexplore.scenario.layer_pattern import (
    ATTENDING,
    BLOCKS,
    BOUNDED,
    HEAVY,
    SPARSE,
    UNIFORM,
    WHERE_ATTENDING,
    Naming,
)
from dsexplore.scenario.panel import Part

_GQA = ("attention", ("gqa",))
_MLA = ("attention", ("mla",))
_SHARED = ("attention", ("shared_kv",))
_HEADED = ("attention", ("gqa", "shared_kv"))
_LATENT = ("attention", ("mla", "shared_kv"))
_SPARSE = ("layer_pattern", Naming(SPARSE))
_HEAVY = ("layer_pattern", Naming(HEAVY))
_ALIKE = ("layer_pattern", (UNIFORM,))
_BOUNDED = ("layer_pattern", Naming(BOUNDED, or_uniform=True))
_WINDOWS = ("layer_pattern", Naming(BOUNDED))
_LISTED = ("layer_pattern", Naming(ATTENDING))
_SINGLE = ("layer_pattern", Naming(BLOCKS))


def _as_many_as_heads(earlier: dict[str, Any]) -> int | None:
    return earlier.get("num_attention_heads")


def _hidden_over_heads(earlier: dict[str, Any]) -> int | None:
    hidden, heads = earlier.get("hidden_size"), earlier.get("num_attention_heads")
    # More heads than width leave nothing for each: a width that nobody knows, not one of 0.
    return (hidden // heads or None) if hidden and heads else None


class Attention(Part):
    """Heads or latents, windows, gates and indexer."""

    attention: Literal["gqa", "mla", "shared_kv"] = choice(
        "Attention",
        "gqa: grouped-query (as many KV heads as heads: multi-head; one: multi-query); "
        "mla: multi-head latent attention; shared_kv: multi-query with one key for all heads that "
        "is their value too, and queries of a latent, as in DeepSeek-V4.",
        section="Attention",
        default="gqa",
        applies=WHERE_ATTENDING,
    )
    num_attention_heads: int | None = count(
        "Attention heads",
        "head",
        "Query heads per layer.",
        default=None,
        gt=0,
        le=100_000,
        applies=WHERE_ATTENDING,
    )
    num_kv_heads: int | None = count(
        "KV heads",
        "head",
        "Key and value heads per layer. Left out: as many as attention heads.",
        default_factory=_as_many_as_heads,
        gt=0,
        le=100_000,
        applies=WHERE_ATTENDING,
        also_applies=_GQA,
    )
    head_dim: int | None = count(
        "Head dimension",
        "",
        "Width of one head. Left out: hidden size over attention heads.",
        default_factory=_hidden_over_heads,
        gt=0,
        le=100_000,
        nudge="power of two",
        applies=WHERE_ATTENDING,
        also_applies=_HEADED,
    )
    value_head_dim: int = count(
        "Value head width",
        "",
        "Width of a head's value where it is not that of its key; 0: as wide as its key.",
        default=0,
        le=100_000,
        nudge="power of two",
        applies=_GQA,
    )
    keys_as_values: bool = switch(
        "Keys as values",
        "Whether layers without a window project keys alone and make values of them.",
        applies=_LISTED,
    )
    q_lora_rank: int = count(
        "Query rank",
        "",
        "Width of the queries' latent; 0: a full query projection.",
        default=1536,
        le=1_000_000,
        nudge="step",
        step=128,
        applies=WHERE_ATTENDING,
        also_applies=_LATENT,
    )
    output_groups: int = count(
        "Output groups",
        "",
        "Groups of heads whose values are projected to a latent each, before the output.",
        default=8,
        gt=0,
        le=100_000,
        nudge="power of two",
        applies=WHERE_ATTENDING,
        also_applies=_SHARED,
    )
    output_rank: int = count(
        "Output rank",
        "",
        "Width of each group's latent before the output; 0: a full output projection.",
        default=1024,
        le=1_000_000,
        nudge="step",
        step=128,
        applies=WHERE_ATTENDING,
        also_applies=_SHARED,
    )
    kv_lora_rank: int = count(
        "KV rank",
        "",
        "Width of the latent behind keys and values, which the KV cache holds.",
        default=512,
        gt=0,
        le=1_000_000,
        nudge="step",
        step=64,
        applies=WHERE_ATTENDING,
        also_applies=_MLA,
    )
    qk_nope_head_dim: int = count(
        "Query/key dimension",
        "",
        "Width of a head's query and key, without the rotary part.",
        default=128,
        gt=0,
        le=100_000,
        nudge="step",
        step=32,
        applies=WHERE_ATTENDING,
        also_applies=_MLA,
    )
    qk_rope_head_dim: int = count(
        "Rotary dimension",
        "",
        "Width of the rotary part of query and key; all heads share its key.",
        default=64,
        le=100_000,
        nudge="step",
        step=32,
        applies=WHERE_ATTENDING,
        also_applies=_MLA,
    )
    v_head_dim: int = count(
        "Value dimension",
        "",
        "Width of a head's value.",
        default=128,
        gt=0,
        le=100_000,
        nudge="step",
        step=32,
        applies=WHERE_ATTENDING,
        also_applies=_MLA,
    )
    attention_window: int = count(
        "Attention window",
        "token",
        "Tokens a token attends to, or of a chunk that attention stays in; 0: all before it.",
        default=0,
        le=10**9,
        nudge="power of two",
        applies=_BOUNDED,
    )
    windowed_layers: int = count(
        "Windowed layers",
        "layer",
        "Layers with the attention window; the others attend to everything. 0: all layers.",
        default=0,
        le=10_000,
        applies=_ALIKE,
    )
    window_heads: int = count(
        "Heads in a window",
        "head",
        "Attention heads of layers with a window; 0: as many as in the others.",
        default=0,
        le=100_000,
        applies=_WINDOWS,
    )
    window_kv_heads: int = count(
        "KV heads in a window",
        "head",
        "Key and value heads of layers with a window; 0: as many as in the others.",
        default=0,
        le=100_000,
        applies=_WINDOWS,
    )
    window_head_dim: int = count(
        "Head width in a window",
        "",
        "Width of a head in layers with a window; 0: as wide as in the others.",
        default=0,
        le=100_000,
        nudge="power of two",
        applies=_WINDOWS,
    )
    kv_shared_layers: int = count(
        "Layers with shared KV",
        "layer",
        "Last layers that take the keys and values of an earlier one: they project and keep none.",
        default=0,
        le=10_000,
        applies=_LISTED,
    )
    sparse_compression: int = count(
        "Tokens per CSA entry",
        "token",
        "Tokens that an entry of the cache stands for in csa layers, and an indexer's key.",
        default=4,
        gt=0,
        le=10**9,
        nudge="power of two",
        applies=_SPARSE,
    )
    heavy_compression: int = count(
        "Tokens per HCA entry",
        "token",
        "Tokens that an entry of the cache stands for in hca layers.",
        default=128,
        gt=0,
        le=10**9,
        nudge="power of two",
        applies=_HEAVY,
    )
    joined_embedding: bool = switch(
        "Embedding beside input",
        "Whether attention reads the token's embedding beside its input, twice as wide.",
        applies=_SINGLE,
    )
    shared_blocks: int = count(
        "Shared blocks",
        "",
        "Blocks of attention, and as many feed-forward blocks, that all layers with one take in "
        "turn; 0: each layer has its own.",
        default=0,
        le=10_000,
        applies=_SINGLE,
    )
    attention_gate: Literal["none", "head", "full"] = choice(
        "Attention gate",
        "Gate on attention's output, made of its input: one for each head, or for every value.",
        default="none",
        applies=WHERE_ATTENDING,
    )
    index_heads: int = count(
        "Indexer heads",
        "head",
        "Heads of the indexer, which picks the tokens, or entries, to attend to; 0: no indexer.",
        default=0,
        le=100_000,
        applies=WHERE_ATTENDING,
        also_applies=_LATENT,
    )
    index_head_dim: int = count(
        "Indexer dimension",
        "",
        "Width of one indexer head.",
        default=0,
        le=100_000,
        applies=WHERE_ATTENDING,
        also_applies=_LATENT,
    )
    index_top_k: int = count(
        "Indexer tokens kept",
        "token",
        "Tokens the indexer picks for attention; entries in csa layers.",
        default=0,
        le=10**9,
        nudge="power of two",
        applies=WHERE_ATTENDING,
        also_applies=_LATENT,
    )
    indexer_layers: int = count(
        "Layers with an indexer",
        "layer",
        "Layers with an indexer of their own; the others attend to what an earlier one picked. "
        "0: all layers.",
        default=0,
        le=10_000,
        applies=WHERE_ATTENDING,
        also_applies=_MLA,
    )
