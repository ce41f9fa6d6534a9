"""Exposure: what compute leaves of each layer's traffic to be waited for."""

from dsexplore.engine.again import once_more
from dsexplore.engine.assumptions import BESIDE_NEIGHBOUR, MEAN_LAYER
from dsexplore.engine.constants import BACKWARD_OVER_FORWARD
from dsexplore.engine.elementwise import larger, ratio, smaller, where
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import (
    CONTEXT_PARALLEL,
    FSDP_OVERLAP,
    RING_ATTENTION,
    TENSOR_OVERLAP,
    V3_TRAINING,
)
from dsexplore.engine.quantity import quantity

_BY_RING = ("context_parallel_kind", "ring", "hierarchical")


@quantity("second", source=TENSOR_OVERLAP)
def exposed_all_reduce_time(
    all_reduce_time, tensor_parallel_overlap, layer_gemm_time, blocks_per_layer
):  # fmt: skip
    """Time of one tensor-parallel sum that the products beside it do not hide.

    A layer has one after each block, beside its products, which hide no more than their own time.
    """
    hidden = smaller(tensor_parallel_overlap * all_reduce_time, layer_gemm_time / blocks_per_layer)
    return all_reduce_time - if_any(tensor_parallel_overlap * all_reduce_time, hidden)


exposed_backward_all_reduce_time = once_more(
    "exposed_all_reduce_time",
    "Time of one tensor-parallel sum of the backward pass that its products do not hide.",
    layer_gemm_time="layer_input_gradient_time",
)


@quantity("second", source=TENSOR_OVERLAP)
def exposed_repeated_sums_time(
    all_reduce_time, repeated_sums, tensor_parallel_overlap, layer_repeated_product_time
):
    """Time of the sums that a layer's recomputation repeats, less what its products hide."""
    sums = repeated_sums * all_reduce_time
    hidden = smaller(tensor_parallel_overlap * sums, layer_repeated_product_time)
    return if_any(sums, sums - if_any(tensor_parallel_overlap * sums, hidden))


@quantity("fraction", source=RING_ATTENTION)
def ring_share(context_parallel_kind, ring_ranks):
    """Share of attention that runs beside keys and values on their way round a ring."""
    if context_parallel_kind in ("all_gather", "all_to_all"):
        return 0.0
    return 1 - 1 / ring_ranks


@quantity(
    "second",
    source=f"{CONTEXT_PARALLEL}; {RING_ATTENTION}",
    only_when={"key_value_ring_time": _BY_RING},
)
def exposed_context_forward_time(
    context_parallel_kind,
    context_forward_time,
    key_value_ring_time,
    attention_layer_share,
    ring_share,
    layer_attention_time,
):
    """Forward time of a mean layer's context-parallel traffic that attention does not hide."""
    if context_parallel_kind in ("all_gather", "all_to_all"):
        return context_forward_time
    ring = attention_layer_share * key_value_ring_time
    hidden = smaller(ring, ring_share * layer_attention_time)
    return context_forward_time - if_any(ring, hidden)


@quantity(
    "second",
    source=f"{CONTEXT_PARALLEL}; {RING_ATTENTION}",
    only_when={"key_value_ring_time": _BY_RING},
)
def exposed_context_backward_time(
    context_parallel_kind,
    context_backward_time,
    key_value_ring_time,
    attention_layer_share,
    ring_share,
    layer_attention_backward_time,
):
    """Backward time of a mean layer's context-parallel traffic that attention does not hide."""
    if context_parallel_kind in ("all_gather", "all_to_all"):
        return context_backward_time
    ring = attention_layer_share * 2 * key_value_ring_time
    hidden = smaller(ring, ring_share * layer_attention_backward_time)
    return context_backward_time - if_any(ring, hidden)


# Compute that hides two kinds of traffic hides both only while it lasts: what one of them goes on
# after it, the other goes on beside. Faster compute would otherwise lengthen a step.
@quantity("second", source=TENSOR_OVERLAP)
def all_reduce_overrun_time(
    all_reduce_time, tensor_parallel_overlap, layer_gemm_time, blocks_per_layer
):
    """Time that an overlapped sum goes on after the products beside it."""
    overlapped = tensor_parallel_overlap * all_reduce_time
    return if_any(overlapped, larger(overlapped - layer_gemm_time / blocks_per_layer, 0.0))


backward_all_reduce_overrun_time = once_more(
    "all_reduce_overrun_time",
    "Time that an overlapped sum of the backward pass goes on after the products beside it.",
    layer_gemm_time="layer_input_gradient_time",
)


@quantity("second", source=TENSOR_OVERLAP)
def repeated_sums_overrun_time(
    all_reduce_time, repeated_sums, tensor_parallel_overlap, layer_repeated_product_time
):
    """Time that the overlapped sums of a layer's recomputation go on after its products."""
    overlapped = tensor_parallel_overlap * repeated_sums * all_reduce_time
    return if_any(overlapped, larger(overlapped - layer_repeated_product_time, 0.0))


@quantity("second", source=RING_ATTENTION, only_when={"key_value_ring_time": _BY_RING})
def ring_overrun_time(
    context_parallel_kind,
    key_value_ring_time,
    attention_layer_share,
    ring_share,
    layer_attention_time,
):
    """Time that a layer's keys and values go on round a ring after the attention beside them."""
    if context_parallel_kind in ("all_gather", "all_to_all"):
        return 0.0
    ring = attention_layer_share * key_value_ring_time
    return if_any(ring, larger(ring - ring_share * layer_attention_time, 0.0))


@quantity("second", source=RING_ATTENTION, only_when={"key_value_ring_time": _BY_RING})
def backward_ring_overrun_time(
    context_parallel_kind,
    key_value_ring_time,
    attention_layer_share,
    ring_share,
    layer_attention_backward_time,
):
    """Time that keys, values and their gradients go on after the attention beside them."""
    if context_parallel_kind in ("all_gather", "all_to_all"):
        return 0.0
    ring = attention_layer_share * 2 * key_value_ring_time
    return if_any(ring, larger(ring - ring_share * layer_attention_backward_time, 0.0))


@quantity("second", source=FSDP_OVERLAP, assumes=BESIDE_NEIGHBOUR)
def neighbour_forward_time(
    layer_forward_time, blocks_per_layer, all_reduce_overrun_time, ring_overrun_time
):
    """Forward compute of a layer, and what traffic of its own goes on after it."""
    return layer_forward_time + blocks_per_layer * all_reduce_overrun_time + ring_overrun_time


@quantity("second", source=FSDP_OVERLAP, assumes=BESIDE_NEIGHBOUR)
def neighbour_backward_time(
    layer_backward_time,
    layer_weight_time,
    blocks_per_layer,
    backward_all_reduce_overrun_time,
    repeated_sums_overrun_time,
    backward_ring_overrun_time,
):
    """Backward compute of a layer, and what traffic of its own goes on after it."""
    sums = blocks_per_layer * backward_all_reduce_overrun_time + repeated_sums_overrun_time
    return layer_backward_time + layer_weight_time + sums + backward_ring_overrun_time


# Shards gathered and scattered
@quantity("fraction", source=FSDP_OVERLAP)
def shard_turn_share(shard_turns, micro_batches):
    """Turns of gathering weights per micro-batch: one, or fewer if micro-batches go in groups."""
    return smaller(ratio(shard_turns, micro_batches), 1.0)


def _beside(traffic, neighbour, overlap):
    """Traffic less what the layer beside it hides, as far as the stack overlaps them."""
    return if_any(traffic, traffic - overlap * smaller(traffic, neighbour))


@quantity("second", source=FSDP_OVERLAP, assumes=BESIDE_NEIGHBOUR)
def exposed_gather_time(
    zero_stage, shard_turn_share, layer_gather_time, neighbour_forward_time, communication_overlap
):
    """Forward time of gathering a layer's weights that its neighbour does not hide."""
    left = _beside(layer_gather_time, neighbour_forward_time, communication_overlap)
    return where(zero_stage >= 3, shard_turn_share * left, 0.0)


@quantity("second", source=FSDP_OVERLAP, assumes=BESIDE_NEIGHBOUR)
def exposed_scatter_time(
    zero_stage,
    shard_turn_share,
    layer_gather_time,
    layer_scatter_time,
    neighbour_backward_time,
    communication_overlap,
):
    """Backward time of a layer's gathers and scatters that its neighbour does not hide.

    ZeRO 3 gathers its weights and scatters its gradients, ZeRO 2 scatters alone.
    """
    moved = layer_scatter_time + where(zero_stage >= 3, layer_gather_time, 0.0)
    left = _beside(moved, neighbour_backward_time, communication_overlap)
    return where(zero_stage >= 2, shard_turn_share * left, 0.0)


# Experts
@quantity("second", source=V3_TRAINING, assumes=MEAN_LAYER)
def layer_exchange_time(moe_layer_share, expert_exchange_time):
    """Dispatch and combine of a mean layer with no compute beside, forward or backward."""
    return if_any(moe_layer_share, moe_layer_share * expert_exchange_time)


@quantity("second", source=V3_TRAINING, assumes=MEAN_LAYER)
def shared_expert_time(moe_layer_share, shared_in_product_time, shared_out_product_time):
    """Forward time of the shared experts' products in a mean layer."""
    shared = shared_in_product_time + shared_out_product_time
    return if_any(moe_layer_share, moe_layer_share * shared)


def _left_over(time, hidden, exchange_beside_compute):
    """Time of an exchange beyond the compute beside it, where it is slower."""
    return larger(smaller(time, time / exchange_beside_compute - hidden), 0.0)


@quantity(
    "second",
    source=V3_TRAINING,
    only_when={
        "shared_expert_time": ("expert_overlap", "shared_expert"),
        "layer_forward_time": ("expert_overlap", "micro_batch"),
        "exchange_beside_compute": ("expert_overlap", "shared_expert", "micro_batch"),
    },
)
def exposed_exchange_forward_time(
    expert_overlap,
    layer_exchange_time,
    shared_expert_time,
    layer_forward_time,
    exchange_beside_compute,
):
    """Forward time of a layer's dispatch and combine that compute does not hide."""
    if expert_overlap == "none":
        return layer_exchange_time
    beside = shared_expert_time if expert_overlap == "shared_expert" else layer_forward_time
    left = _left_over(layer_exchange_time, beside, exchange_beside_compute)
    return if_any(layer_exchange_time, left)


@quantity(
    "second",
    source=V3_TRAINING,
    only_when={
        "shared_expert_time": ("expert_overlap", "shared_expert"),
        "layer_backward_time": ("expert_overlap", "micro_batch"),
        "layer_weight_time": ("expert_overlap", "micro_batch"),
        "exchange_beside_compute": ("expert_overlap", "shared_expert", "micro_batch"),
    },
)
def exposed_exchange_backward_time(
    expert_overlap,
    layer_exchange_time,
    repeated_exchange_share,
    shared_expert_time,
    layer_backward_time,
    layer_weight_time,
    exchange_beside_compute,
):
    """Backward time of a layer's dispatch and combine that compute does not hide."""
    sent = (1 + repeated_exchange_share) * layer_exchange_time
    if expert_overlap == "none":
        return sent
    whole = layer_backward_time + layer_weight_time
    shared = BACKWARD_OVER_FORWARD * shared_expert_time
    beside = shared if expert_overlap == "shared_expert" else whole
    left = _left_over(sent, beside, exchange_beside_compute)
    return if_any(sent, left)
