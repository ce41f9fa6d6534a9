"""The parallelism panel: how the model and the batch are laid out over the accelerators."""

from __future__ import annotations

from typing import ClassVar, Literal

from dsexplore.scenario.field import choice, count, name, number, switch
from dsexplore.scenario.panel import Panel

_EXPERTS = 10**6


class Parallelism(Panel):
    """Degrees, schedule, memory saving and precisions. Data parallel follows from the rest."""

    table: ClassVar[str] = "parallelism"
    title: ClassVar[str] = "Parallelism"
    short: ClassVar[str] = "Parallel"

    tensor_parallel: int = count(
        "Tensor parallel",
        "GPU",
        "Accelerators that share each layer's matrices.",
        section="Degrees",
        default=1,
        gt=0,
        le=100_000,
        nudge="power of two",
    )
    pipeline_parallel: int = count(
        "Pipeline parallel",
        "stage",
        "Stages that the layers are cut into.",
        default=1,
        gt=0,
        le=10_000,
        nudge="power of two",
    )
    first_stage_layers: int = count(
        "First stage",
        "layer",
        "Layers of the first stage where they are not as many as the others'; 0: they are.",
        default=0,
        le=10_000,
    )
    context_parallel: int = count(
        "Context parallel",
        "GPU",
        "Accelerators that share each sequence.",
        default=1,
        gt=0,
        le=100_000,
        nudge="power of two",
    )
    expert_parallel: int = count(
        "Expert parallel",
        "GPU",
        "Accelerators that the routed experts of a layer are spread over.",
        default=1,
        gt=0,
        le=_EXPERTS,
        nudge="power of two",
    )
    node_limit: int = count(
        "Node limit",
        "node",
        "Nodes that a token's experts may lie on at most; 0: no limit.",
        default=0,
        le=_EXPERTS,
    )
    expert_imbalance: float = number(
        "Expert imbalance",
        "",
        "Tokens at the busiest expert over the mean.",
        default=1.0,
        ge=1,
        le=1_000,
    )
    pipeline_schedule: Literal["gpipe", "1f1b", "interleaved", "zb1p", "dualpipe", "dualpipev"] = (
        choice(
            "Schedule",
            "Order of forward and backward passes over the stages.",
            section="Schedule",
            default="1f1b",
        )
    )
    virtual_stages: int = count(
        "Virtual stages", "stage", "Pieces of the model a stage.", default=1, gt=0, le=10_000
    )
    micro_batch_size: int = count(
        "Micro-batch",
        "sequence",
        "Sequences that pass through the pipeline together.",
        default=1,
        gt=0,
        le=10**6,
        nudge="power of two",
    )
    communication_overlap: float = number(
        "Overlap",
        "fraction",
        "Share of gradients', weights' and the pipeline's traffic that compute hides.",
        default=0.5,
        le=1,
    )
    sequence_parallel: bool = switch(
        "Sequence parallel",
        "Whether the tensor-parallel group also shares the activations between its matrices.",
        section="Memory",
    )
    zero_stage: int = count(
        "ZeRO stage",
        "",
        "0: nothing sharded; 1: optimiser; 2: and gradients; 3: and weights.",
        default=1,
        le=3,
    )
    recompute: Literal["none", "selective", "full"] = choice(
        "Recompute",
        "Activations computed again in the backward pass: none, attention's core, or whole layers.",
        default="none",
    )
    recompute_norms: bool = switch(
        "Recompute norms", "Whether normalisations are computed again, so that none is stored."
    )
    recompute_up_projections: bool = switch(
        "Recompute latents",
        "Whether latent attention's queries, keys and values are made from the latents again.",
    )
    recompute_ffn_activation: bool = switch(
        "Recompute SwiGLU",
        "Whether the feed-forward block's activation function is computed again (SwiGLU, GELU).",
    )
    attention_kernel: Literal["auto", "flash", "plain"] = choice(
        "Attention kernel",
        "flash: fused, its scores are never stored; plain: they are; "
        "auto: flash where the feed-forward block is gated, as since Llama, plain before.",
        default="auto",
    )
    dropout: Literal["auto", "yes", "no"] = choice(
        "Dropout",
        "Whether dropout masks are stored; auto: where the feed-forward block is plain, as in "
        "GPT-3.",
        default="auto",
    )
    activation_precision: Literal["bf16", "fp8"] = choice(
        "Kept activations",
        "Precision in which inputs of matrix products wait for the backward pass.",
        default="bf16",
    )
    keep_expert_outputs: bool = switch(
        "Keep expert outputs",
        "Whether experts' outputs are stored; not needed where inputs carry the router's weights.",
    )
    memory_reserve: float = number(
        "Reserve",
        "byte",
        "Memory kept for the runtime, communication buffers and fragmentation.",
        default=4e9,
        le=1e15,
    )
    optimizer_bytes: float = number(
        "Optimiser state",
        "byte/parameter",
        "Of the optimiser, a parameter: Adam in FP32 with master weights 12, with BF16 moments 8.",
        default=12.0,
        le=64,
    )
    dispatch_precision: Literal["fp8", "bf16"] = choice(
        "Dispatch",
        "Precision in which tokens travel to their experts.",
        section="Precision on the wire",
        default="bf16",
    )
    combine_precision: Literal["fp8", "bf16"] = choice(
        "Combine", "Precision in which experts' outputs travel back.", default="bf16"
    )
    gradient_precision: Literal["bf16", "fp32"] = choice(
        "Gradients", "Precision in which gradients are summed up and reduced.", default="fp32"
    )
    software_stack: str = name(
        "Software stack",
        "Name of the kernels, fusion and overlap that a step is predicted with.",
        section="Software",
        default="neutral",
    )
    kernel_factor: float = number(
        "Kernels",
        "",
        "Speed of the stack's kernels over what the accelerator's efficiencies say.",
        default=1.0,
        gt=0,
        le=4,
    )
    memory_factor: float = number(
        "Fusion",
        "",
        "Bytes that memory-bound work moves over those of the neutral stack; fusion lowers it.",
        default=1.0,
        gt=0,
        le=10,
    )
    step_overhead: float = number(
        "Fixed cost a step",
        "second",
        "Time of every step that no formula explains: data, logging, launching.",
        default=0.1,
        le=1e4,
    )
    straggler_slowdown: float = number(
        "Slow-down a doubling",
        "fraction",
        "Share that each doubling of the nodes adds to the step: stragglers and jitter.",
        default=0.009,
        le=1,
    )
