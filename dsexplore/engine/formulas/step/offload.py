"""Offload: time on the way to the host and back, and what compute hides of it."""

from dsexplore.engine.assumptions import BESIDE_LAYER, MEAN_LAYER
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import larger, ratio, without_unknown
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import ACTIVATION_OFFLOAD, OFFLOAD
from dsexplore.engine.quantity import quantity


@quantity("byte", source=ACTIVATION_OFFLOAD, assumes=MEAN_LAYER)
def layer_offloaded_bytes(
    activation_offload,
    recomputed_layer_share,
    layer_input_bytes,
    moe_layer_share,
    dense_layer_bytes,
    moe_layer_bytes,
    tokens_per_micro_batch,
):
    """Activations of a mean layer and micro-batch that are sent to the host, and come back."""
    dense = without_unknown(1 - moe_layer_share, dense_layer_bytes)
    kept = dense + without_unknown(moe_layer_share, moe_layer_bytes)
    kept = without_unknown(1 - recomputed_layer_share, kept)
    each = kept + recomputed_layer_share * layer_input_bytes
    return without_unknown(activation_offload, tokens_per_micro_batch * each)


@quantity("second", source=ACTIVATION_OFFLOAD)
def layer_offload_time(layer_offloaded_bytes, host_bandwidth):
    """Time of a mean layer's offloaded activations on their way to the host, or back."""
    return if_any(layer_offloaded_bytes, layer_offloaded_bytes / host_bandwidth)


@quantity("second", source=ACTIVATION_OFFLOAD, assumes=BESIDE_LAYER)
def exposed_offload_time(layer_offload_time, neighbour_forward_time, exposed_gather_time):
    """Time that a layer's offloaded activations go on after its forward pass."""
    late = layer_offload_time - neighbour_forward_time - exposed_gather_time
    return if_any(layer_offload_time, larger(late, 0.0))


@quantity("second", source=ACTIVATION_OFFLOAD, assumes=BESIDE_LAYER)
def exposed_reload_time(layer_offload_time, neighbour_backward_time, exposed_scatter_time):
    """Time that a layer's offloaded activations come late for its backward pass."""
    late = layer_offload_time - neighbour_backward_time - exposed_scatter_time
    return if_any(layer_offload_time, larger(late, 0.0))


@quantity(
    "second",
    source=OFFLOAD,
    assumes="Transfers and the host's update run side by side; the host's memory bounds it.",
)
def host_update_time(
    host_updated_parameters,
    host_optimizer_memory,
    gradient_bytes,
    host_bandwidth,
    host_memory_bandwidth,
):
    """Time per step of the host's update: gradients sent to it, weights back, states updated.

    4 bytes a parameter travel, 2 of a BF16 gradient and 2 of its weight (section 3.2).
    """
    sent = ratio(host_updated_parameters * (gradient_bytes + BF16_BYTES), host_bandwidth)
    moved = 2 * host_optimizer_memory + host_updated_parameters * (gradient_bytes + BF16_BYTES)
    return if_any(host_updated_parameters, larger(sent, ratio(moved, host_memory_bandwidth)))
