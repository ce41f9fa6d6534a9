"""Passes: forward, backward for inputs and backward for weights of one micro-batch on a stage.

They are the F, B and W of the schedules; F&B is a forward run into the backward of another
micro-batch.
"""

from dsexplore.engine.assumptions import (
    ADDED_UP,
    HOST_OR_ACCELERATOR,
    IN_SEQUENCE,
    MEAN_LAYER,
)
from dsexplore.engine.elementwise import larger, ratio
from dsexplore.engine.papers import (
    CONTEXT_PARALLEL,
    DEFINITION,
    DUALPIPE,
    MEGATRON,
    ZERO_BUBBLE,
)
from dsexplore.engine.quantity import quantity


# F, B and W of a layer: arithmetic, and memory-bound work
@quantity("second", assumes=IN_SEQUENCE)
def layer_arithmetic_time(
    layer_gemm_time,
    layer_input_gradient_time,
    layer_weight_gradient_time,
    layer_attention_time,
    layer_attention_backward_time,
    trained_share,
    recomputed_layer_share,
):
    """Time of a mean layer's matrix products and attention per micro-batch, in all its passes."""
    forward = layer_gemm_time + layer_attention_time
    again = recomputed_layer_share * forward
    gradients = layer_input_gradient_time + trained_share * layer_weight_gradient_time
    return forward + again + gradients + layer_attention_backward_time


@quantity("second", assumes=IN_SEQUENCE)
def layer_forward_time(
    layer_gemm_time,
    layer_attention_time,
    layer_adapter_excess_time,
    layer_score_time,
    layer_moving_time,
    layer_scaling_time,
):
    """Forward compute of a mean layer per micro-batch."""
    arithmetic = layer_gemm_time + layer_attention_time + layer_adapter_excess_time
    return arithmetic + layer_score_time + layer_moving_time + layer_scaling_time


@quantity("second", source=ZERO_BUBBLE, assumes=IN_SEQUENCE)
def layer_backward_time(
    layer_input_gradient_time,
    layer_attention_backward_time,
    layer_backward_adapter_excess_time,
    layer_score_time,
    layer_moving_time,
    backward_traffic,
    layer_backward_scaling_time,
    layer_recomputed_time,
):
    """Backward compute of a mean layer for its inputs, recomputation included."""
    moved = backward_traffic * (layer_score_time + layer_moving_time) + layer_backward_scaling_time
    arithmetic = layer_input_gradient_time + layer_attention_backward_time
    arithmetic = arithmetic + layer_backward_adapter_excess_time
    return arithmetic + moved + layer_recomputed_time


@quantity("second", source=ZERO_BUBBLE, assumes=IN_SEQUENCE)
def layer_weight_time(
    layer_weight_gradient_time,
    layer_requantised_bytes,
    memory_factor,
    memory_rate,
    trained_share,
):
    """Backward compute of a mean layer for its weights, as far as they are trained."""
    requantised = ratio(layer_requantised_bytes * memory_factor, memory_rate)
    return trained_share * (layer_weight_gradient_time + requantised)


# Communication of a stage
@quantity("second", source=MEGATRON + "; " + CONTEXT_PARALLEL)
def layer_forward_waiting_time(
    blocks_per_layer,
    exposed_all_reduce_time,
    exposed_context_forward_time,
    exposed_gather_time,
    exposed_offload_time,
):
    """Forward communication of a layer not hidden by compute: all-reduces, gathers, offload."""
    waiting = blocks_per_layer * exposed_all_reduce_time + exposed_context_forward_time
    return waiting + exposed_gather_time + exposed_offload_time


@quantity("second", source=MEGATRON + "; " + CONTEXT_PARALLEL)
def layer_backward_waiting_time(
    blocks_per_layer,
    exposed_backward_all_reduce_time,
    exposed_repeated_sums_time,
    exposed_context_backward_time,
    exposed_scatter_time,
    exposed_reload_time,
):
    """Backward communication of a layer not hidden: sums, gathers, scatters, activations."""
    sums = blocks_per_layer * exposed_backward_all_reduce_time + exposed_repeated_sums_time
    return sums + exposed_context_backward_time + exposed_scatter_time + exposed_reload_time


@quantity("second", assumes=ADDED_UP)
def forward_communication_time(
    slowest_stage_layers,
    layer_forward_waiting_time,
    exposed_exchange_forward_time,
):
    """Forward communication of one micro-batch on the slowest stage that it waits for."""
    waiting = layer_forward_waiting_time + exposed_exchange_forward_time
    return slowest_stage_layers * waiting


@quantity("second", assumes=ADDED_UP)
def backward_communication_time(
    slowest_stage_layers,
    layer_backward_waiting_time,
    exposed_exchange_backward_time,
):
    """Backward communication of one micro-batch on the slowest stage that it waits for."""
    waiting = layer_backward_waiting_time + exposed_exchange_backward_time
    return slowest_stage_layers * waiting


# F, B and W of a stage
@quantity("second", source=ZERO_BUBBLE, assumes=MEAN_LAYER)
def forward_accelerator_time(
    slowest_stage_layers,
    slowest_stage_heads,
    layer_forward_time,
    head_time,
    forward_communication_time,
):
    """Forward of one micro-batch on the slowest stage, were its work issued in time."""
    compute = slowest_stage_layers * layer_forward_time + slowest_stage_heads * head_time
    return compute + forward_communication_time


@quantity("second", source=ZERO_BUBBLE, assumes=HOST_OR_ACCELERATOR)
def forward_time(forward_accelerator_time, stage_pass_host_time):
    """F: forward of one micro-batch on the slowest stage, its communication included."""
    return larger(forward_accelerator_time, stage_pass_host_time)


@quantity("second", source=ZERO_BUBBLE, assumes=MEAN_LAYER)
def backward_accelerator_time(
    slowest_stage_layers,
    slowest_stage_heads,
    layer_backward_time,
    head_time,
    backward_communication_time,
):
    """Backward of one micro-batch for its inputs, were its work issued in time."""
    compute = slowest_stage_layers * layer_backward_time + slowest_stage_heads * head_time
    return compute + backward_communication_time


@quantity("second", source=ZERO_BUBBLE, assumes=HOST_OR_ACCELERATOR)
def backward_time(backward_accelerator_time, backward_host_time):
    """B: backward of one micro-batch for its inputs, its communication included."""
    return larger(backward_accelerator_time, backward_host_time)


@quantity("second", source=ZERO_BUBBLE, assumes=MEAN_LAYER)
def weight_accelerator_time(
    slowest_stage_layers, slowest_stage_heads, layer_weight_time, head_time, trained_share
):
    """Backward of one micro-batch for the slowest stage's weights, were its work issued in time."""
    heads = trained_share * slowest_stage_heads * head_time
    return slowest_stage_layers * layer_weight_time + heads


@quantity("second", source=ZERO_BUBBLE, assumes=HOST_OR_ACCELERATOR)
def weight_time(weight_accelerator_time, stage_pass_host_time, trained_share):
    """W: backward of one micro-batch for the weights of the slowest stage."""
    return larger(weight_accelerator_time, trained_share * stage_pass_host_time)


@quantity("second", assumes=MEAN_LAYER)
def micro_batch_compute_time(
    slowest_stage_layers,
    slowest_stage_heads,
    layer_forward_time,
    layer_backward_time,
    layer_weight_time,
    head_time,
    trained_share,
):
    """Compute of one micro-batch on the slowest stage: F, B and W without communication."""
    layer = layer_forward_time + layer_backward_time + layer_weight_time
    heads = (2 + trained_share) * slowest_stage_heads * head_time
    return slowest_stage_layers * layer + heads


# F&B: a forward run into a backward
@quantity("second", source=DUALPIPE, assumes="Lent SMs slow arithmetic, not memory-bound work.")
def layer_overlapped_compute_time(
    layer_forward_time,
    layer_backward_time,
    layer_weight_time,
    layer_arithmetic_time,
    lent_slowdown,
):
    """Compute of a mean layer in F&B, on the SMs communication leaves."""
    whole = layer_forward_time + layer_backward_time + layer_weight_time
    return whole + (lent_slowdown - 1) * layer_arithmetic_time


@quantity("second", source=DUALPIPE)
def layer_overlapped_exchange_time(
    layer_exchange_time, repeated_exchange_share, exchange_beside_compute
):
    """The all-to-alls of a mean layer in F&B, beside compute: four, or six if repeated."""
    return (2 + repeated_exchange_share) * layer_exchange_time / exchange_beside_compute


@quantity(
    "second",
    source=DUALPIPE,
    assumes="Compute hides all-to-alls up to its own length, and no other communication.",
)
def layer_overlapped_waiting_time(
    layer_overlapped_compute_time,
    layer_overlapped_exchange_time,
    layer_forward_waiting_time,
    layer_backward_waiting_time,
    blocks_per_layer,
    all_reduce_time,
    exposed_all_reduce_time,
    exposed_backward_all_reduce_time,
    repeated_sums,
):
    """Communication of a mean layer in F&B not hidden by compute.

    Products that hide tensor-parallel sums hide no all-to-alls as well.
    """
    forward = all_reduce_time - exposed_all_reduce_time
    backward = all_reduce_time - exposed_backward_all_reduce_time
    sums = (blocks_per_layer + repeated_sums) * forward + blocks_per_layer * backward
    beside = layer_overlapped_compute_time - sums
    longer = larger(layer_overlapped_exchange_time - larger(beside, 0.0), 0.0)
    return longer + layer_forward_waiting_time + layer_backward_waiting_time


@quantity("second", source=DUALPIPE)
def overlapped_layer_time(layer_overlapped_compute_time, layer_overlapped_waiting_time):
    """F&B of a mean layer: one micro-batch's forward run into another's backward."""
    return layer_overlapped_compute_time + layer_overlapped_waiting_time


@quantity("second", source=DUALPIPE, assumes=MEAN_LAYER)
def overlapped_compute_time(
    slowest_stage_layers,
    layer_overlapped_compute_time,
    slowest_stage_heads,
    head_time,
    lent_slowdown,
    trained_share,
):
    """Compute of F&B on the slowest stage."""
    heads = (2 + trained_share) * slowest_stage_heads * head_time * lent_slowdown
    return slowest_stage_layers * layer_overlapped_compute_time + heads


@quantity("second", source=DUALPIPE)
def overlapped_waiting_time(slowest_stage_layers, layer_overlapped_waiting_time):
    """Communication of F&B not hidden by compute, on the slowest stage."""
    return slowest_stage_layers * layer_overlapped_waiting_time


@quantity("second", source=DUALPIPE)
def overlapped_accelerator_time(overlapped_compute_time, overlapped_waiting_time):
    """A forward pass run into a backward on the slowest stage, were its work issued in time."""
    return overlapped_compute_time + overlapped_waiting_time


@quantity("second", source=DUALPIPE, assumes=HOST_OR_ACCELERATOR)
def overlapped_pair_time(overlapped_accelerator_time, slowest_stage_layers, layer_host_time):
    """F&B: one micro-batch's forward run into another's backward on the slowest stage."""
    return larger(overlapped_accelerator_time, slowest_stage_layers * layer_host_time)


@quantity("", source=DEFINITION)
def compute_to_communication(
    micro_batch_compute_time, forward_communication_time, backward_communication_time
):
    """Compute of a micro-batch relative to its communication, before any overlap."""
    sent = forward_communication_time + backward_communication_time
    return ratio(micro_batch_compute_time, sent)
