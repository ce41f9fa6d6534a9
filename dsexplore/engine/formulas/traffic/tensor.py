"""Tensor parallel: what sharing a layer's matrices sends in a step."""

from dsexplore.engine.assumptions import RINGS
from dsexplore.engine.collectives import collective_time
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import where
from dsexplore.engine.papers import MEGATRON, SEQUENCE_PARALLEL
from dsexplore.engine.quantity import quantity


@quantity("byte", source=SEQUENCE_PARALLEL)
def tensor_message_bytes(elements_per_micro_batch, tensor_parallel):
    """Bytes of a micro-batch between two layers, of the whole tensor-parallel group."""
    return BF16_BYTES * elements_per_micro_batch * tensor_parallel


@quantity("byte", source=SEQUENCE_PARALLEL)
def all_reduce_bytes(elements_per_micro_batch, tensor_parallel):
    """Bytes each accelerator sends in one all-reduce of a micro-batch: its share 2 (t - 1) times.

    Sequence parallelism replaces it by a reduce-scatter and a gather, which send the same.
    """
    return 2 * (tensor_parallel - 1) * BF16_BYTES * elements_per_micro_batch


@quantity("second", assumes=RINGS)
def tensor_gather_time(
    tensor_message_bytes,
    tensor_parallel,
    tensor_nodes,
    scale_up_rate,
    small_group_loss,
    collective_call_time,
    scale_up_latency,
    ramp_time,
    ramp_size,
    scale_out_rate,
    scale_out_call_time,
    scale_out_latency,
    scale_out_ramp_time,
    scale_out_ramp_size,
):
    """Time to gather or scatter a micro-batch's values in the tensor-parallel group."""
    return collective_time(
        tensor_message_bytes,
        1.0,
        tensor_parallel,
        tensor_nodes,
        scale_up_rate,
        small_group_loss,
        collective_call_time,
        scale_up_latency,
        ramp_time,
        ramp_size,
        scale_out_rate,
        scale_out_call_time,
        scale_out_latency,
        scale_out_ramp_time,
        scale_out_ramp_size,
    )


@quantity("second", assumes=RINGS)
def tensor_sum_time(
    tensor_message_bytes,
    tensor_parallel,
    tensor_nodes,
    all_reduce_rate,
    small_group_loss,
    collective_call_time,
    scale_up_latency,
    ramp_time,
    ramp_size,
    scale_out_rate,
    scale_out_call_time,
    scale_out_latency,
    scale_out_ramp_time,
    scale_out_ramp_size,
):
    """Time to sum a micro-batch's values in the tensor-parallel group, by one all-reduce."""
    return collective_time(
        tensor_message_bytes,
        2.0,
        tensor_parallel,
        tensor_nodes,
        all_reduce_rate,
        small_group_loss,
        collective_call_time,
        scale_up_latency,
        ramp_time,
        ramp_size,
        scale_out_rate,
        scale_out_call_time,
        scale_out_latency,
        scale_out_ramp_time,
        scale_out_ramp_size,
    )


@quantity("second", source=SEQUENCE_PARALLEL)
def all_reduce_time(sequence_parallel, tensor_gather_time, tensor_sum_time):
    """Time of one sum in the tensor-parallel group; with sequence parallelism, in two halves."""
    return where(sequence_parallel, 2 * tensor_gather_time, tensor_sum_time)


@quantity("", source=MEGATRON)
def all_reduces_per_layer(blocks_per_layer, repeated_sums):
    """All-reduces per layer and micro-batch: after each of its blocks, in each pass over them."""
    return 2 * blocks_per_layer + repeated_sums


@quantity("byte", source=MEGATRON)
def tensor_parallel_bytes(
    micro_batches, slowest_stage_layers, all_reduces_per_layer, all_reduce_bytes
):
    """Tensor-parallel traffic each accelerator sends per step."""
    return micro_batches * slowest_stage_layers * all_reduces_per_layer * all_reduce_bytes


@quantity("second", source=MEGATRON)
def tensor_parallel_time(
    micro_batches, slowest_stage_layers, all_reduces_per_layer, all_reduce_time
):
    """Time of the tensor-parallel traffic per step, before any overlap."""
    return micro_batches * slowest_stage_layers * all_reduces_per_layer * all_reduce_time
