"""Collectives: the time of one, by its size, its ranks and the nodes that they lie on.

A ring passes every rank. It takes a call and a step for each rank, more for each step between
nodes, and moves at the pace of the slower of the links within nodes and those between them. Medium
messages take longer than that: pipelines fill, and fewer channels are used.
"""

from __future__ import annotations

from typing import Any

from dsexplore.engine.elementwise import larger, ratio, sqrt
from dsexplore.engine.idioms import if_any


def nodes_spanned(size: Any, stride: Any, gpus_per_node: Any) -> Any:
    """Nodes that a group spans whose ranks are so many accelerators apart; a part counts."""
    return larger(size / larger(gpus_per_node / stride, 1.0), 1.0)


def collective_time(
    message: Any,
    rounds: float,
    size: Any,
    nodes: Any,
    scale_up_rate: Any,
    small_group_loss: Any,
    collective_call_time: Any,
    scale_up_latency: Any,
    ramp_time: Any,
    ramp_size: Any,
    scale_out_rate: Any,
    scale_out_call_time: Any,
    scale_out_latency: Any,
    scale_out_ramp_time: Any,
    scale_out_ramp_size: Any,
) -> Any:
    """Seconds of a collective of `message` bytes on `size` ranks over `nodes` nodes.

    `message` is what each rank has in the end, or had at first; `rounds` is 1 for a gather or a
    scatter, 2 for an all-reduce. Rates in byte/s of one accelerator, times in seconds.
    """
    # A group of one has no ring; one that loses bandwidth by its size has two ranks.
    steps, crossings = rounds * (size - 1), rounds * (nodes - 1)
    rate = scale_up_rate * (1 - small_group_loss / larger(size, 2.0))
    within = message * steps / size / rate
    between = if_any(crossings, message * crossings / size / scale_out_rate)
    call = collective_call_time + steps * scale_up_latency
    far_call = if_any(crossings, scale_out_call_time + crossings * scale_out_latency)
    ramp = ramp_time * sqrt(steps) * ratio(message, message + ramp_size * size)
    far_ramp = scale_out_ramp_time * sqrt(crossings)
    far_ramp = far_ramp * ratio(message, message + scale_out_ramp_size * size)
    moving = larger(within, between)
    whole = call + far_call + moving + ramp + if_any(crossings, far_ramp)
    return if_any(message * steps, whole)
