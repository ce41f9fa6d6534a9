"""The architecture panel: the shape of the model, to the details that make its counts exact."""

from __future__ import annotations

from typing import ClassVar, Literal

from dsexplore.scenario.declare import choice, count, number, switch
from dsexplore.scenario.field import Role
from dsexplore.scenario.layer_pattern import WHERE_ATTENDING
from dsexplore.scenario.panel import Part, Tie
from dsexplore.scenario.panels.attention import Attention
from dsexplore.scenario.panels.feed_forward import FeedForward
from dsexplore.scenario.panels.shape import Shape
from dsexplore.scenario.panels.states import States


class Details(Part):
    """Biases, norms and ends, and what is stated instead of counted."""

    qkv_bias: bool = switch(
        "QKV bias",
        "Whether the query, key and value projections have biases.",
        section="Details",
        applies=WHERE_ATTENDING,
    )
    output_bias: bool = switch(
        "Output bias", "Whether attention's output projection has a bias.", applies=WHERE_ATTENDING
    )
    ffn_bias: bool = switch(
        "FFN bias", "Whether feed-forward matrices have biases, experts included."
    )
    query_key_norm: Literal["none", "head", "full"] = choice(
        "Query/key norm",
        "Normalisation of queries and keys: over each head, or over the full width.",
        default="none",
        applies=WHERE_ATTENDING,
    )
    attention_sinks: bool = switch(
        "Attention sinks", "Whether each head has a learned sink logit.", applies=WHERE_ATTENDING
    )
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


# The last base comes first on the screen.
class Architecture(Details, FeedForward, States, Attention, Shape):
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
        ("kv_shared_layers", "num_layers"),
        ("indexer_layers", "num_layers"),
        ("hash_layers", "num_layers"),
        ("state_key_heads", "state_value_heads"),
    )
    goes_by: ClassVar[tuple[tuple[str, Tie, str], ...]] = (
        ("num_kv_heads", "divides", "num_attention_heads"),
    )
