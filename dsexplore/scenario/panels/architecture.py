"""The architecture panel: the shape of the model, to the details that make its counts exact."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from dsexplore.scenario.field import choice, count, number, switch
from dsexplore.scenario.panel import Panel

_GQA = ("attention", ("gqa",))
_MLA = ("attention", ("mla",))


def _as_many_as_heads(earlier: dict[str, Any]) -> int | None:
    return earlier.get("num_attention_heads")


def _hidden_over_heads(earlier: dict[str, Any]) -> int | None:
    hidden, heads = earlier.get("hidden_size"), earlier.get("num_attention_heads")
    # More heads than width leave nothing for each: a width that nobody knows, not one of 0.
    return (hidden // heads or None) if hidden and heads else None


class Architecture(Panel):
    """A decoder-only transformer, dense or with experts. A size that is not given is unknown."""

    table: ClassVar[str] = "architecture"
    title: ClassVar[str] = "Architecture"
    short: ClassVar[str] = "Arch"
    at_most: ClassVar[tuple[tuple[str, str], ...]] = (
        ("experts_per_token", "num_routed_experts"),
        ("num_dense_layers", "num_layers"),
        ("windowed_layers", "num_layers"),
        ("num_kv_heads", "num_attention_heads"),
    )

    num_layers: int | None = count(
        "Layers",
        "layer",
        "Transformer layers, dense and MoE together; multi-token prediction modules apart.",
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
    tie_embeddings: bool = switch(
        "Tied embeddings", "Whether the output head reuses the input embedding's weights."
    )
    max_context_length: int | None = count(
        "Longest context",
        "token",
        "Tokens of context that the model is published for.",
        default=None,
        gt=0,
        le=10**12,
        nudge="power of two",
    )
    attention: Literal["gqa", "mla"] = choice(
        "Attention",
        "gqa: grouped-query, with as many or one KV head multi-head and multi-query; "
        "mla: multi-head latent attention.",
        section="Attention",
        default="gqa",
    )
    num_attention_heads: int | None = count(
        "Attention heads", "head", "Query heads a layer.", default=None, gt=0, le=100_000
    )
    num_kv_heads: int | None = count(
        "KV heads",
        "head",
        "Key and value heads a layer; left out, as many as attention heads.",
        default_factory=_as_many_as_heads,
        gt=0,
        le=100_000,
        applies=_GQA,
    )
    head_dim: int | None = count(
        "Head dimension",
        "",
        "Width of one head; left out, the hidden size over the heads.",
        default_factory=_hidden_over_heads,
        gt=0,
        le=100_000,
        nudge="power of two",
        applies=_GQA,
    )
    q_lora_rank: int = count(
        "Query rank",
        "",
        "Width of the latent that queries are made from; 0: a full query projection.",
        default=1536,
        le=1_000_000,
        nudge="step",
        step=128,
        applies=_MLA,
    )
    kv_lora_rank: int = count(
        "KV rank",
        "",
        "Width of the latent that keys and values are made from, and that the cache holds.",
        default=512,
        gt=0,
        le=1_000_000,
        nudge="step",
        step=64,
        applies=_MLA,
    )
    qk_nope_head_dim: int = count(
        "Query/key dimension",
        "",
        "Width of a head's query and key without the rotary part.",
        default=128,
        gt=0,
        le=100_000,
        nudge="step",
        step=32,
        applies=_MLA,
    )
    qk_rope_head_dim: int = count(
        "Rotary dimension",
        "",
        "Width of the rotary part, whose key all heads share.",
        default=64,
        le=100_000,
        nudge="step",
        step=32,
        applies=_MLA,
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
        applies=_MLA,
    )
    attention_window: int = count(
        "Attention window",
        "token",
        "Tokens that a token looks back on; 0: all of the sequence.",
        default=0,
        le=10**9,
        nudge="power of two",
    )
    windowed_layers: int = count(
        "Windowed layers",
        "layer",
        "Layers that have the window; the others look back on all. 0: every layer has it.",
        default=0,
        le=10_000,
    )
    index_heads: int = count(
        "Indexer heads",
        "head",
        "Heads that score which tokens attention looks back on; 0: no indexer.",
        default=0,
        le=100_000,
        applies=_MLA,
    )
    index_head_dim: int = count(
        "Indexer dimension",
        "",
        "Width of one indexer head.",
        default=0,
        le=100_000,
        applies=_MLA,
    )
    index_top_k: int = count(
        "Indexer keeps",
        "token",
        "Tokens that the indexer lets attention look back on.",
        default=0,
        le=10**9,
        nudge="power of two",
        applies=_MLA,
    )
    ffn_matrices: int = count(
        "FFN matrices",
        "",
        "3: gated (SwiGLU); 2: plain.",
        section="Feed-forward and experts",
        default=3,
        ge=2,
        le=3,
    )
    intermediate_size: int | None = count(
        "FFN width",
        "",
        "Inner width of a dense layer's feed-forward block.",
        default=None,
        gt=0,
        le=10_000_000,
        nudge="step",
        step=256,
    )
    num_routed_experts: int = count(
        "Routed experts",
        "expert",
        "Routed experts in each MoE layer; 0: a dense model.",
        default=0,
        le=1_000_000,
        nudge="power of two",
    )
    experts_per_token: int = count(
        "Experts per token",
        "expert",
        "Routed experts that each token reaches.",
        default=0,
        le=1_000_000,
    )
    num_shared_experts: int = count(
        "Shared experts",
        "expert",
        "Experts that every token reaches.",
        default=0,
        le=100_000,
    )
    moe_intermediate_size: int = count(
        "Expert width",
        "",
        "Inner width of one expert.",
        default=0,
        le=10_000_000,
        nudge="step",
        step=128,
    )
    shared_expert_intermediate_size: int = count(
        "Shared expert width",
        "",
        "Inner width of one shared expert; 0: as wide as a routed one.",
        default=0,
        le=10_000_000,
        nudge="step",
        step=128,
    )
    shared_expert_gate: bool = switch(
        "Shared expert gate", "A weight a hidden dimension that gates the shared experts' output."
    )
    num_dense_layers: int = count(
        "Dense layers",
        "layer",
        "Layers without experts, in a model that has experts.",
        default=0,
        le=10_000,
    )
    mtp_layers: int = count(
        "MTP modules",
        "layer",
        "Multi-token prediction modules; counted apart from the model.",
        default=0,
        le=1_000,
    )
    qkv_bias: bool = switch(
        "QKV bias", "Biases on the query, key and value projections.", section="Details"
    )
    output_bias: bool = switch("Output bias", "A bias on attention's output projection.")
    ffn_bias: bool = switch("FFN bias", "Biases on the feed-forward matrices, experts included.")
    query_key_norm: Literal["none", "head", "full"] = choice(
        "Query/key norm",
        "Normalisation of queries and keys: a weight a head dimension, or one for the full width.",
        default="none",
    )
    attention_sinks: bool = switch("Attention sinks", "A learned sink logit a head.")
    router_bias: bool = switch(
        "Router bias", "One bias a routed expert: the router's own, or the load-balancing one."
    )
    norms_per_layer: int = count(
        "Norms a layer", "", "Normalisations of hidden width in a layer.", default=2, le=10
    )
    norm_bias: bool = switch(
        "Norm bias", "Whether norms carry a bias (LayerNorm) or not (RMSNorm)."
    )
    final_norm: bool = switch("Final norm", "A norm before the output head.", default=True)
    embedding_norm: bool = switch("Embedding norm", "A norm right after the embedding.")
    head_bias: bool = switch("Head bias", "A bias on the output head.")
    embedding_size: int = count(
        "Embedding width",
        "",
        "Width of the embedding where it differs from the hidden size and is projected to it "
        "and back; 0: the hidden size.",
        default=0,
        le=1_000_000,
        nudge="step",
        step=128,
    )
    learned_positions: int = count(
        "Learned positions",
        "token",
        "Rows of a learned position embedding; 0: rotary or none.",
        default=0,
        le=10**9,
    )
    stated_total_parameters: float = number(
        "Stated parameters",
        "parameter",
        "Parameters in all as someone stated them, used in place of the count; 0: count them.",
        section="Stated in place of counted",
        default=0.0,
        le=1e18,
    )
    stated_active_parameters: float = number(
        "Stated active",
        "parameter",
        "Parameters a token reaches as someone stated them (37e9), used in place of the count; "
        "0: count them.",
        default=0.0,
        le=1e18,
    )
