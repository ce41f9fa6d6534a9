"""The architecture panel: the shape of the model, to the details that make its counts exact."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from dsexplore.scenario.declare import choice, count, number, switch
from dsexplore.scenario.field import Role
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
    as_one: ClassVar[str] = "Architecture"
    role: ClassVar[Role] = "premise"
    at_most: ClassVar[tuple[tuple[str, str], ...]] = (
        ("experts_per_token", "num_routed_experts"),
        ("num_dense_layers", "num_layers"),
        ("windowed_layers", "num_layers"),
        ("num_kv_heads", "num_attention_heads"),
    )

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
        "Longest context the model is published for.",
        default=None,
        gt=0,
        le=10**12,
        nudge="power of two",
        role="convention",
    )
    attention: Literal["gqa", "mla"] = choice(
        "Attention",
        "gqa: grouped-query (as many KV heads as heads: multi-head; one: multi-query); "
        "mla: multi-head latent attention.",
        section="Attention",
        default="gqa",
    )
    num_attention_heads: int | None = count(
        "Attention heads", "head", "Query heads per layer.", default=None, gt=0, le=100_000
    )
    num_kv_heads: int | None = count(
        "KV heads",
        "head",
        "Key and value heads per layer. Left out: as many as attention heads.",
        default_factory=_as_many_as_heads,
        gt=0,
        le=100_000,
        applies=_GQA,
    )
    head_dim: int | None = count(
        "Head dimension",
        "",
        "Width of one head. Left out: hidden size over attention heads.",
        default_factory=_hidden_over_heads,
        gt=0,
        le=100_000,
        nudge="power of two",
        applies=_GQA,
    )
    q_lora_rank: int = count(
        "Query rank",
        "",
        "Width of the queries' latent; 0: a full query projection.",
        default=1536,
        le=1_000_000,
        nudge="step",
        step=128,
        applies=_MLA,
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
        applies=_MLA,
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
        applies=_MLA,
    )
    qk_rope_head_dim: int = count(
        "Rotary dimension",
        "",
        "Width of the rotary part of query and key; all heads share its key.",
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
        "Tokens a token attends to; 0: the whole sequence before it.",
        default=0,
        le=10**9,
        nudge="power of two",
    )
    windowed_layers: int = count(
        "Windowed layers",
        "layer",
        "Layers with the attention window; the others attend to everything. 0: all layers.",
        default=0,
        le=10_000,
    )
    index_heads: int = count(
        "Indexer heads",
        "head",
        "Heads of the indexer, which picks the tokens to attend to; 0: no indexer.",
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
        "Indexer tokens kept",
        "token",
        "Tokens the indexer picks for attention.",
        default=0,
        le=10**9,
        nudge="power of two",
        applies=_MLA,
    )
    ffn_matrices: int = count(
        "FFN matrices",
        "",
        "Matrices of a feed-forward block. 3: gated (SwiGLU); 2: plain.",
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
        "Routed experts each token is sent to.",
        default=0,
        le=1_000_000,
    )
    num_shared_experts: int = count(
        "Shared experts",
        "expert",
        "Experts every token passes.",
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
        "Shared expert gate", "Whether a learned gate scales the shared experts' output."
    )
    num_dense_layers: int = count(
        "Dense layers",
        "layer",
        "Layers without experts in a mixture of experts.",
        default=0,
        le=10_000,
    )
    mtp_layers: int = count(
        "MTP modules",
        "layer",
        "Multi-token prediction modules, counted apart from the model.",
        default=0,
        le=1_000,
    )
    qkv_bias: bool = switch(
        "QKV bias", "Whether the query, key and value projections have biases.", section="Details"
    )
    output_bias: bool = switch("Output bias", "Whether attention's output projection has a bias.")
    ffn_bias: bool = switch(
        "FFN bias", "Whether feed-forward matrices have biases, experts included."
    )
    query_key_norm: Literal["none", "head", "full"] = choice(
        "Query/key norm",
        "Normalisation of queries and keys: over each head, or over the full width.",
        default="none",
    )
    attention_sinks: bool = switch("Attention sinks", "Whether each head has a learned sink logit.")
    router_bias: bool = switch(
        "Router bias", "Whether the router has a bias per expert, its own or for load balancing."
    )
    norms_per_layer: int = count(
        "Norms per layer", "", "Normalisations of hidden width in each layer.", default=2, le=10
    )
    norm_bias: bool = switch(
        "Norm bias", "Whether norms carry a bias (LayerNorm) or not (RMSNorm)."
    )
    final_norm: bool = switch(
        "Final norm", "Whether a norm stands before the output head.", default=True
    )
    embedding_norm: bool = switch("Embedding norm", "Whether a norm follows the embedding.")
    head_bias: bool = switch("Head bias", "Whether the output head has a bias.")
    embedding_size: int = count(
        "Embedding width",
        "",
        "Width of the embedding where it is projected to the hidden size and back; "
        "0: the hidden size.",
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
    other_weights: int = count(
        "Other weights",
        "parameter",
        "Parameters of small matrices without fields of their own, in all layers together.",
        default=0,
        le=10**15,
    )
    other_vectors: int = count(
        "Other vectors",
        "parameter",
        "Parameters of scales, norms, biases and looked-up tables without fields of their own, "
        "in all layers together.",
        default=0,
        le=10**15,
    )
    stated_total_parameters: float = number(
        "Stated parameters",
        "parameter",
        "Total parameters as stated by somebody, used instead of the count; 0: count them.",
        section="Stated instead of counted",
        default=0.0,
        le=1e18,
        role="detail",
        detail_of="architecture",
    )
    stated_active_parameters: float = number(
        "Stated active params",
        "parameter",
        "Active parameters as stated by somebody (37e9), used instead of the count; 0: count them.",
        default=0.0,
        le=1e18,
        role="detail",
        detail_of="architecture",
    )
