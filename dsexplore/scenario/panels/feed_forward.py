"""Feed-forward blocks of a model, dense or with experts."""

from __future__ import annotations

from dsexplore.scenario.declare import count, switch
from dsexplore.scenario.layer_pattern import BLOCKS, Lacking
from dsexplore.scenario.panel import Part


class FeedForward(Part):
    """Feed-forward blocks, dense or with experts."""

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
        "Inner width of a dense layer's feed-forward block; 0: such layers have none.",
        default=None,
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
    hash_layers: int = count(
        "Hash-routed layers",
        "layer",
        "MoE layers that look up a token's experts by its number; their routers have no bias.",
        default=0,
        le=10_000,
    )
    zero_experts: int = count(
        "Zero experts",
        "expert",
        "Experts without weights in each MoE layer, among which the router picks as well: they give"
        " a token back as it came. 0: none.",
        default=0,
        le=1_000_000,
        nudge="power of two",
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
    moe_latent_size: int = count(
        "Expert latent width",
        "",
        "Width that tokens are projected to before routed experts, which are sent and compute in"
        " it; 0: the hidden size, not projected.",
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
        applies=("layer_pattern", Lacking(BLOCKS)),
    )
    mtp_layers: int = count(
        "MTP modules",
        "layer",
        "Multi-token prediction modules, counted apart from the model.",
        default=0,
        le=1_000,
    )
    mtp_dense: bool = switch(
        "Dense MTP modules",
        "Whether prediction modules have a dense feed-forward block though the model has experts.",
    )
