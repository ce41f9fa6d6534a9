"""Factors: the part of the parallelism panel about a stack's kernels, fusion and overlap."""

from __future__ import annotations

from dsexplore.scenario.declare import number
from dsexplore.scenario.panel import Part


class Factors(Part):
    """What a stack reaches and takes, as fitted to measured runs."""

    kernel_factor: float = number(
        "Kernel speed",
        "",
        "Speed of the stack's matrix products over the accelerator's measured rate.",
        section="Factors of the stack, as fitted",
        default=1.0,
        ge=0.01,
        le=4,
    )
    attention_factor: float = number(
        "Attention speed",
        "",
        "Speed of the stack's fused attention over the accelerator's measured rate.",
        default=1.0,
        ge=0.01,
        le=4,
    )
    kernels_per_expert: float = number(
        "Kernels per expert",
        "",
        "Kernels per product of an expert: 1 where each expert's product is a kernel of its own, "
        "0 where one kernel computes all of a layer.",
        default=1.0,
        le=100,
    )
    memory_factor: float = number(
        "Memory traffic",
        "",
        "Bytes that memory-bound work moves, over those of the neutral stack; fusion lowers it.",
        default=1.0,
        ge=0.01,
        le=10,
    )
    score_passes: float = number(
        "Score traffic",
        "",
        "Times that unfused attention moves each BF16 score through memory, forward, of which "
        "dropout is 2.5.",
        default=6.5,
        le=100,
    )
    hidden_passes: float = number(
        "Norm and sum traffic",
        "",
        "Times that a layer's norms and residual sums move each hidden value through memory, "
        "forward.",
        default=10.0,
        le=100,
    )
    expert_copy_passes: float = number(
        "Expert copy traffic",
        "",
        "Times that each copy of a token for an expert moves through memory, forward.",
        default=4.0,
        le=100,
    )
    logit_passes: float = number(
        "Logit traffic",
        "",
        "Times that the loss moves each BF16 logit through memory, forward.",
        default=5.0,
        le=100,
    )
    backward_traffic: float = number(
        "Backward traffic",
        "",
        "Bytes that memory-bound work moves backward, over those it moves forward.",
        default=2.0,
        le=10,
    )
    dense_layer_host_time: float = number(
        "Host time, dense layer",
        "second",
        "Time in which the host issues a layer without experts, forward and backward, if eager: "
        "about 90 operations of 8 us.",
        default=0.7e-3,
        le=1,
    )
    moe_layer_host_time: float = number(
        "Host time, MoE layer",
        "second",
        "Time in which the host issues a layer with experts, forward and backward, if eager: "
        "about 900 operations of 8 us, those of each expert included.",
        default=7e-3,
        le=1,
    )
    compiled_host_share: float = number(
        "Host time if compiled",
        "fraction",
        "Host time of a compiled layer over that of an eager one: a third of the operations, of 7 "
        "us in place of 8.",
        default=0.3,
        le=1,
        applies=("launch", ("compiled",)),
    )
    graph_host_share: float = number(
        "Host time of graphs",
        "fraction",
        "Host time of a captured layer over that of an eager one: 0.6 us per operation in place "
        "of 8.",
        default=0.07,
        le=1,
        applies=("launch", ("graphs",)),
    )
    layer_overhead: float = number(
        "Update per layer",
        "second",
        "Time of the update per layer on an accelerator, beside moving its state: 12 tensors, 6 "
        "operations of 8 us for each.",
        default=0.6e-3,
        le=1e4,
    )
    tensor_parallel_overlap: float = number(
        "Tensor overlap",
        "fraction",
        "Share of the tensor-parallel traffic that the matrix products beside it may hide.",
        default=0.0,
        le=1,
    )
    straggler_slowdown: float = number(
        "Slowdown per doubling",
        "fraction",
        "Share that each doubling of the nodes adds to a step: stragglers and jitter.",
        default=0.009,
        le=1,
    )
