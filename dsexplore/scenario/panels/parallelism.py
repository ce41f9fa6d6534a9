"""The parallelism panel: how the model and the batch are laid out over the accelerators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from dsexplore.scenario.field import Role
from dsexplore.scenario.panel import Tie
from dsexplore.scenario.panels.degrees import Degrees
from dsexplore.scenario.panels.factors import Factors
from dsexplore.scenario.panels.saving import Saving
from dsexplore.scenario.panels.software import Software
from dsexplore.scenario.panels.spread import LayoutSpread
from dsexplore.scenario.panels.wire import Wire


# The last base comes first on the screen: fitted details lie below what is chosen.
class Parallelism(Factors, LayoutSpread, Software, Wire, Saving, Degrees):
    """Degrees, schedule, memory saving and precisions. Data parallel follows from the rest."""

    table: ClassVar[str] = "parallelism"
    title: ClassVar[str] = "Parallelism"
    short: ClassVar[str] = "Parallel"
    lays_out: ClassVar[bool] = True
    role: ClassVar[Role] = "premise"
    goes_by: ClassVar[tuple[tuple[str, Tie, str], ...]] = (
        ("tensor_parallel", "divides", "num_attention_heads"),
        ("pipeline_parallel", "at most", "num_layers"),
        ("context_parallel", "divides", "sequence_length"),
        ("expert_parallel", "divides", "num_routed_experts"),
        ("expert_tensor_parallel", "divides", "moe_intermediate_size"),
        ("shard_group", "divides", "replicas"),
    )
    idle_without: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "num_routed_experts": (
            "expert_parallel",
            "expert_tensor_parallel",
            "node_limit",
            "expert_imbalance",
            "capacity_factor",
        ),
    }
    products: ClassVar[tuple[tuple[str, ...], ...]] = (
        (
            "num_gpus",
            "tensor_parallel",
            "pipeline_parallel",
            "context_parallel",
            "data_parallel",
        ),
        ("global_batch_size", "micro_batch_size", "data_parallel", "micro_batches"),
        (
            "num_gpus",
            "pipeline_parallel",
            "expert_parallel",
            "expert_tensor_group",
            "expert_data_parallel",
        ),
    )
