"""What follows from a scenario: a graph of quantities, pure functions of named fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dsexplore.engine import (
    activations,
    communication,
    compute,
    cost,
    decode,
    decode_step,
    expert_traffic,
    goodput,
    kernels,
    kv_cache,
    layout,
    memory,
    parameters,
    passes,
    post_training,
    prefill,
    reinforcement,
    rl_memory,
    rl_step,
    rollout,
    schedule,
    sentences,
    serving,
    step,
    time,
    utilisation,
)
from dsexplore.engine.graph import Graph, GraphError, Quantity, Values
from dsexplore.scenario.scenario import FIELDS

GRAPH = Graph(
    (
        parameters,
        compute,
        utilisation,
        time,
        cost,
        reinforcement,
        rollout,
        rl_step,
        rl_memory,
        post_training,
        layout,
        activations,
        memory,
        kv_cache,
        expert_traffic,
        communication,
        kernels,
        passes,
        schedule,
        step,
        goodput,
        decode,
        decode_step,
        prefill,
        serving,
        sentences,
    ),
    FIELDS,
)
QUANTITIES = GRAPH.quantities
_SENTENCES = tuple(name for name in QUANTITIES if QUANTITIES[name].subject == "sentences")

__all__ = [
    "GRAPH",
    "QUANTITIES",
    "Graph",
    "GraphError",
    "Quantity",
    "Values",
    "evaluate",
    "warnings_in",
]


def evaluate(inputs: Mapping[str, Any], only: Iterable[str] | None = None) -> Values:
    """Values of every quantity, or of some, from the fields of a scenario (`Graph.evaluate`)."""
    return GRAPH.evaluate(inputs, only)


def warnings_in(values: Mapping[str, Any]) -> list[str]:
    """The sentences that something stands in the way, of evaluated scalars."""
    return [values[name] for name in _SENTENCES if values.get(name)]
