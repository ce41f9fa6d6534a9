"""Size of a model: layers, their pattern, width, vocabulary and context."""

from __future__ import annotations

from typing import Literal

from dsexplore.scenario.declare import choice, count, layers, switch
from dsexplore.scenario.panel import Part


class Shape(Part):
    """Layers, width, vocabulary and context."""

    num_layers: int | None = count(
        "Layers",
        "layer",
        "Transformer layers, dense and MoE; multi-token prediction modules are counted apart.",
        section="Shape",
        default=None,
        gt=0,
        le=10_000,
    )
    hidden_size: int | None = count(
        "Hidden size",
        "",
        "Width of the residual stream.",
        default=None,
        gt=0,
        le=1_000_000,
        nudge="step",
        step=128,
    )
    residual_streams: int = count(
        "Residual streams",
        "",
        "Residual streams that hyper-connections or AltUp keep beside each other and mix before "
        "and after each block; 0: a plain one.",
        default=0,
        le=1_000,
    )
    stream_mixing: Literal["hyper_connections", "independent", "altup"] = choice(
        "Mixing of streams",
        "How residual streams are mixed: hyper_connections, with weights made of all of them at "
        "each block (mHC); independent, the same but never with each other; altup, with some made "
        "of one of them in each layer (AltUp).",
        default="hyper_connections",
    )
    vocab_size: int | None = count(
        "Vocabulary",
        "token",
        "Rows of the embedding, padding included.",
        default=None,
        gt=0,
        le=100_000_000,
        nudge="step",
        step=128,
    )
    layer_pattern: str = layers(
        "Layer pattern",
        "Kinds of layer in order, repeated over all layers: 3 x linear + 1 x full. uniform: all as "
        "attention says. full: attention to everything; window: to a window; chunk: within chunks "
        "of it; csa: to a window and those entries that an indexer picks, each of a few tokens; "
        "hca: to a window and all entries, each of many tokens; linear: linear attention; mamba: "
        "Mamba; hybrid: full attention and Mamba side by side; conv: a short convolution; ffn, "
        "moe: a feed-forward block alone, where every layer is a single block.",
    )
    tie_embeddings: bool = switch(
        "Tied embeddings", "Whether the output head reuses the input embedding's weights."
    )
    max_context_length: int | None = count(
        "Longest context",
        "token",
        "Longest context the model is published for.",
        default=None,
        gt=0,
        le=10**12,
        nudge="power of two",
        role="convention",
    )
