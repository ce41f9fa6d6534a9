"""The parallelism panel: how the model and the batch are laid out over the accelerators."""

from __future__ import annotations

from typing import ClassVar, Literal

from dsexplore.scenario.fields import choice, count, name, number, switch
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
        "Share of communication that may run beside compute.",
        default=1.0,
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
