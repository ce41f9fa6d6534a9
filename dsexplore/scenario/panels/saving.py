"""Memory: the part of the parallelism panel that says what is kept, sharded or recomputed."""

from __future__ import annotations

from typing import Literal

from dsexplore.scenario.declare import choice, count, number, switch
from dsexplore.scenario.panel import Part


class Saving(Part):
    """What each accelerator holds of weights, gradients, optimiser states and activations."""

    zero_stage: int = count(
        "ZeRO stage",
        "",
        "Sharded over data parallel. 0: nothing; 1: optimiser; 2: also gradients; 3: also weights.",
        section="Memory",
        default=1,
        le=3,
    )
    shard_group: int = count(
        "Shard group",
        "GPU",
        "Accelerators over which ZeRO shards, of the data- and context-parallel ranks; the others "
        "hold copies of the shards (HSDP). 0: all.",
        default=0,
        le=10**8,
        nudge="power of two",
    )
    sequence_parallel: bool = switch(
        "Sequence parallel",
        "Whether the tensor-parallel group also splits the activations between its matrices.",
    )
    optimizer: Literal["adamw", "muon", "sgd"] = choice(
        "Optimiser",
        "adamw: two moments per parameter; sgd: one, its momentum; muon: one for the matrices "
        "within layers, made orthogonal, and AdamW for the rest.",
        default="adamw",
    )
    optimizer_bytes: float = number(
        "Optimiser state",
        "byte/parameter",
        "Bytes per parameter with AdamW: 12 in FP32 with a master weight, 8 with BF16 moments. "
        "With one moment, half of what exceeds the master weight's 4 is left out.",
        default=12.0,
        le=64,
    )
    newton_schulz_steps: int = count(
        "Newton-Schulz steps",
        "",
        "Iterations by which Muon makes an update orthogonal.",
        default=5,
        gt=0,
        le=100,
        applies=("optimizer", ("muon",)),
    )
    gradient_storage: Literal["kept", "released"] = choice(
        "Gradient storage",
        "What becomes of gradients after an update. kept: one buffer stays (Megatron-LM, "
        "DeepSpeed); released: the next step makes them anew (plain PyTorch).",
        default="kept",
    )
    memory_reserve: float = number(
        "Memory reserve",
        "byte",
        "Memory kept for the runtime, communication buffers and fragmentation.",
        default=4e9,
        le=1e15,
        role="convention",
    )
    recompute: Literal["none", "selective", "full"] = choice(
        "Recomputation",
        "Recomputed in the backward pass: nothing, the core of attention, or whole layers.",
        section="Recomputation and offload",
        default="none",
    )
    recompute_layers: int = count(
        "Recomputed layers",
        "layer",
        "Layers of each stage that are recomputed whole; 0: all of them.",
        default=0,
        le=10_000,
        applies=("recompute", ("full",)),
    )
    recompute_norms: bool = switch(
        "Recompute norms", "Whether norms are recomputed rather than stored."
    )
    recompute_up_projections: bool = switch(
        "Recompute latents",
        "Whether MLA's queries, keys and values are recomputed from their latents.",
    )
    recompute_ffn_activation: bool = switch(
        "Recompute SwiGLU",
        "Whether the feed-forward activation (SwiGLU, GELU) is recomputed rather than stored.",
    )
    recompute_attention_block: bool = switch(
        "Recompute attention",
        "Whether all of attention, its projections included, is recomputed rather than stored.",
    )
    recompute_ffn: bool = switch(
        "Recompute FFN", "Whether dense feed-forward blocks are recomputed rather than stored."
    )
    recompute_moe: bool = switch(
        "Recompute MoE",
        "Whether blocks of experts, dispatch and combine included, are recomputed rather than "
        "stored.",
    )
    activation_offload: float = number(
        "Offloaded activations",
        "fraction",
        "Share of the kept activations that waits in the host's memory for the backward pass.",
        default=0.0,
        le=1,
    )
    optimizer_offload: float = number(
        "Offloaded optimiser",
        "fraction",
        "Share of the optimiser's states that the host holds and updates.",
        default=0.0,
        le=1,
    )
    attention_kernel: Literal["auto", "flash", "plain"] = choice(
        "Attention kernel",
        "flash: fused, scores are not stored; plain: scores are stored; auto: flash, as in "
        "training frameworks since 2022.",
        section="Kept for the backward pass",
        default="auto",
    )
    dropout: Literal["auto", "yes", "no"] = choice(
        "Dropout",
        "Whether dropout masks are stored. auto: no, as large models are pre-trained without "
        "dropout since 2022.",
        default="auto",
    )
    loss: Literal["whole", "fused", "chunked"] = choice(
        "Loss",
        "What the loss keeps per logit. fused: 4 bytes, overwritten in place (Megatron-LM); "
        "whole: 14 (PyTorch's cross-entropy in FP32); chunked: 14, of a part of the tokens at a "
        "time.",
        default="fused",
    )
    loss_chunks: int = count(
        "Loss chunks",
        "",
        "Parts into which the loss cuts the tokens, computed one after another; 8 in torchtune.",
        default=8,
        gt=0,
        le=100_000,
        nudge="power of two",
        applies=("loss", ("chunked",)),
    )
    activation_precision: Literal["bf16", "fp8"] = choice(
        "Kept activations",
        "Precision in which inputs of matrix products are kept for the backward pass.",
        default="bf16",
    )
    keep_expert_outputs: bool = switch(
        "Keep expert outputs",
        "Whether experts' outputs are stored; needless if inputs carry the router's weights.",
    )
