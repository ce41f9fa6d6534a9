"""Software: the part of the parallelism panel about the stack that runs a layout."""

from __future__ import annotations

from typing import Literal

from dsexplore.scenario.declare import choice, name, number
from dsexplore.scenario.panel import Part


class Software(Part):
    """The named stack and its factors of kernels, fusion and overlap."""

    software_stack: str = name(
        "Software stack",
        "Named set of kernel, fusion and overlap factors used to predict a step.",
        section="Software",
        default="neutral",
        picks="stacks",
    )
    kernel_factor: float = number(
        "Kernel speed",
        "",
        "Speed of the stack's kernels relative to the accelerator's efficiencies.",
        default=1.0,
        ge=0.01,
        le=4,
    )
    attention_factor: float = number(
        "Attention speed",
        "",
        "Speed of the stack's fused attention relative to the accelerator's efficiencies.",
        default=1.0,
        ge=0.01,
        le=4,
    )
    attention_library: Literal["latest", "flash_2"] = choice(
        "Attention library",
        "Library of fused attention. latest: made for the accelerator, as cuDNN and "
        "FlashAttention 3; flash_2: FlashAttention 2, Triton's, or older ones.",
        default="latest",
    )
    kernels_per_expert: float = number(
        "Kernels per expert",
        "",
        "Kernels that each product of a local expert takes: 1 where every expert is a product of "
        "its own, 0 where one kernel computes all of a layer.",
        default=1.0,
        le=100,
    )
    memory_factor: float = number(
        "Memory traffic",
        "",
        "Bytes moved by memory-bound work relative to the neutral stack; fusion lowers it.",
        default=1.0,
        ge=0.01,
        le=10,
    )
    exposed_operand_share: float = number(
        "Exposed operands",
        "fraction",
        "Share of a matrix product's memory traffic that its arithmetic does not hide in prefill.",
        default=0.5,
        le=1,
    )
    score_passes: float = number(
        "Score traffic",
        "",
        "Times unfused attention moves each score through memory, forward, with dropout, which is "
        "2.5 of them; a BF16 value is 1.",
        default=6.5,
        le=100,
    )
    hidden_passes: float = number(
        "Norm and sum traffic",
        "",
        "Times a layer's norms and residual sums move each hidden value through memory, forward.",
        default=10.0,
        le=100,
    )
    expert_copy_passes: float = number(
        "Expert copy traffic",
        "",
        "Times each copy of a token for an expert moves through memory, forward.",
        default=4.0,
        le=100,
    )
    logit_passes: float = number(
        "Logit traffic",
        "",
        "Times the loss moves each logit through memory, forward; a BF16 value is 1.",
        default=5.0,
        le=100,
    )
    backward_traffic: float = number(
        "Backward traffic",
        "",
        "Bytes memory-bound work moves backward relative to forward.",
        default=2.0,
        le=10,
    )
    launch: Literal["eager", "compiled", "graphs"] = choice(
        "Launch",
        "How work is issued to the accelerator. eager: each operation as the program reaches it; "
        "compiled: operations fused by a compiler; graphs: whole layers captured and replayed.",
        default="eager",
    )
    dense_layer_host_time: float = number(
        "Host time, dense layer",
        "second",
        "Time in which the host issues a layer without experts, forward and backward, if eager: "
        "about 90 operations of 8 microseconds.",
        default=0.7e-3,
        le=1,
    )
    moe_layer_host_time: float = number(
        "Host time, MoE layer",
        "second",
        "Time in which the host issues a layer with experts, forward and backward, if eager: "
        "about 900 operations of 8 microseconds, those of each expert among them.",
        default=7e-3,
        le=1,
    )
    compiled_host_share: float = number(
        "Host time if compiled",
        "fraction",
        "Host time of a compiled layer relative to an eager one: a third of the operations, of 7 "
        "microseconds and not 8.",
        default=0.3,
        le=1,
        applies=("launch", ("compiled",)),
    )
    graph_host_share: float = number(
        "Host time of graphs",
        "fraction",
        "Host time of a captured layer relative to an eager one: 0.6 microseconds for each "
        "operation and not 8.",
        default=0.07,
        le=1,
        applies=("launch", ("graphs",)),
    )
    layer_overhead: float = number(
        "Update, per layer",
        "second",
        "Time per step that the update takes for each layer on an accelerator beside moving its "
        "state: 12 tensors, 6 operations of 8 microseconds for each.",
        default=0.6e-3,
        le=1e4,
    )
    tensor_parallel_overlap: float = number(
        "Tensor overlap",
        "fraction",
        "Share of tensor-parallel traffic that the matrix product beside it may hide.",
        default=0.0,
        le=1,
    )
    expert_exchange: Literal["all_to_all", "deepep", "hybrid_ep"] = choice(
        "Expert exchange",
        "Library of dispatch and combine. all_to_all: NCCL's, a copy of a token for each of its "
        "experts; deepep: one copy for each node, and within it for each accelerator; hybrid_ep: "
        "so as well, within a rack in one hop.",
        default="deepep",
    )
    expert_overlap: Literal["none", "shared_expert", "micro_batch"] = choice(
        "Expert overlap",
        "What hides the expert exchange where passes do not run into each other: nothing, the "
        "shared experts, or another micro-batch.",
        default="none",
    )
    straggler_slowdown: float = number(
        "Slowdown per doubling",
        "fraction",
        "Share each doubling of the nodes adds to a step: stragglers and jitter.",
        default=0.009,
        le=1,
    )
