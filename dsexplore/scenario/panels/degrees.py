"""Degrees and schedule: the part of the parallelism panel that says who shares what, and when."""

from __future__ import annotations

from typing import Literal

from dsexplore.scenario.declare import choice, count, number, stages
from dsexplore.scenario.panel import Part
from dsexplore.scenario.schedules import IN_PIECES, ScheduleName

_EXPERTS = 10**6


ContextParallelKind = Literal["ring", "all_gather", "all_to_all", "hierarchical"]


class Degrees(Part):
    """Accelerators that share a layer, a sequence or the experts; stages and their order."""

    tensor_parallel: int = count(
        "Tensor parallel",
        "GPU",
        "Accelerators sharing each layer's matrices.",
        section="Degrees",
        default=1,
        gt=0,
        le=100_000,
        nudge="power of two",
    )
    pipeline_parallel: int = count(
        "Pipeline parallel",
        "stage",
        "Stages the layers are cut into.",
        default=1,
        gt=0,
        le=10_000,
        nudge="power of two",
    )
    layers_per_stage: str = stages(
        "Layers per stage",
        "balanced, or the layers of each stage: 7, 8*14, 7 is one of 7, 14 of 8, one of 7. A list "
        "for another number of stages or layers is set aside.",
    )
    context_parallel: int = count(
        "Context parallel",
        "GPU",
        "Accelerators sharing each sequence.",
        default=1,
        gt=0,
        le=100_000,
        nudge="power of two",
    )
    expert_parallel: int = count(
        "Expert parallel",
        "GPU",
        "Accelerators sharing the routed experts of a layer.",
        default=1,
        gt=0,
        le=_EXPERTS,
        nudge="power of two",
    )
    expert_tensor_parallel: int = count(
        "Expert tensor parallel",
        "GPU",
        "Accelerators sharing each routed expert's matrices. 1: experts stay whole, spread over "
        "the tensor-parallel ranks; 0: shared as attention is, where groups fit.",
        default=0,
        le=100_000,
        nudge="power of two",
    )
    node_limit: int = count(
        "Node limit",
        "node",
        "Most nodes a token's experts may lie on; 0: no limit.",
        default=0,
        le=_EXPERTS,
    )
    expert_imbalance: float = number(
        "Expert imbalance",
        "",
        "Tokens at the busiest expert, over those at the mean expert.",
        default=1.0,
        ge=1,
        le=1_000,
        applies=("capacity_factor", (0,)),
    )
    capacity_factor: float = number(
        "Capacity factor",
        "",
        "Tokens that each expert computes, over the mean expert's: tokens beyond are dropped, "
        "room left is padded; 0: no limit.",
        default=0.0,
        le=1_000,
    )
    context_parallel_kind: ContextParallelKind = choice(
        "Context parallel kind",
        "How keys and values reach the ranks that share a sequence. ring: passed on during "
        "attention; all_gather: gathered before it; all_to_all: tokens exchanged for heads "
        "(Ulysses); hierarchical: heads within a node, a ring between nodes.",
        default="all_gather",
    )
    pipeline_schedule: ScheduleName = choice(
        "Pipeline schedule",
        "Order of forward and backward passes in the pipeline.",
        section="Schedule",
        default="1f1b",
    )
    virtual_stages: int = count(
        "Virtual stages",
        "stage",
        "Pieces of the model per stage, for the interleaved schedule.",
        default=1,
        gt=0,
        le=10_000,
        applies=("pipeline_schedule", IN_PIECES),
    )
    micro_batch_size: int = count(
        "Micro-batch",
        "sequence",
        "Sequences in one micro-batch.",
        default=1,
        gt=0,
        le=10**6,
        nudge="power of two",
    )
    communication_overlap: float = number(
        "Communication overlap",
        "fraction",
        "Share of the data-parallel and pipeline traffic that is hidden, of what passes have time "
        "to hide.",
        default=0.8,
        le=1,
    )
