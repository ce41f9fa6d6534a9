"""Software: the part of the parallelism panel about the stack that runs a layout."""

from __future__ import annotations

from typing import Literal

from dsexplore.scenario.declare import choice, name
from dsexplore.scenario.panel import Part


class Software(Part):
    """The named stack, and how it issues work and exchanges tokens."""

    software_stack: str = name(
        "Software stack",
        "Named set of the factors of kernels, fusion and overlap by which a step is predicted.",
        section="Software",
        default="neutral",
        picks="stacks",
    )
    launch: Literal["eager", "compiled", "graphs"] = choice(
        "Launch",
        "How work is issued to the accelerator. eager: each operation as the program reaches it; "
        "compiled: operations fused by a compiler; graphs: whole layers captured and replayed.",
        default="eager",
    )
    attention_library: Literal["latest", "flash_2"] = choice(
        "Attention library",
        "Library of fused attention. latest: made for the accelerator, as cuDNN and "
        "FlashAttention 3; flash_2: FlashAttention 2, Triton's, or older ones.",
        default="latest",
    )
    expert_exchange: Literal["all_to_all", "deepep", "hybrid_ep"] = choice(
        "Expert exchange",
        "Library of dispatch and combine. all_to_all: NCCL's, a copy of a token per expert; "
        "deepep: a copy per node, then one per accelerator in it; hybrid_ep: the same, in one hop "
        "within a rack.",
        default="deepep",
    )
    expert_overlap: Literal["none", "shared_expert", "micro_batch"] = choice(
        "Expert overlap",
        "What hides dispatch and combine where the schedule does not overlap passes: nothing, the "
        "shared experts, or another micro-batch.",
        default="none",
    )
