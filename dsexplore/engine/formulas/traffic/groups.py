"""Communication: what tensor, context, pipeline and data parallelism send in a step."""

from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import where
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import (
    CONTEXT_PARALLEL,
    MEGATRON,
    SEQUENCE_PARALLEL,
)


# Tensor parallel
@quantity("byte", source=SEQUENCE_PARALLEL)
def all_reduce_bytes(elements_per_micro_batch, tensor_parallel):
    """Sent by one accelerator in one all-reduce of a micro-batch over its tensor-parallel group.

    Sequence parallelism replaces it by a reduce-scatter and a gather, which send the same.
    """
    return 2 * (tensor_parallel - 1) * BF16_BYTES * elements_per_micro_batch


@quantity("second", source=MEGATRON)
def all_reduce_time(
    all_reduce_bytes,
    tensor_parallel,
    gpus_per_node,
    scale_up_bandwidth,
    scale_out_bandwidth,
    scale_up_delay,
    scale_out_delay,
    network_efficiency,
):
    """Time of one such all-reduce as a ring; a group larger than a node goes between nodes."""
    within = tensor_parallel <= gpus_per_node
    bandwidth = where(within, scale_up_bandwidth, scale_out_bandwidth)
    delay = where(within, scale_up_delay, scale_out_delay)
    sent = all_reduce_bytes / (bandwidth * network_efficiency)
    return where(all_reduce_bytes == 0, 0.0, sent + 2 * (tensor_parallel - 1) * delay)


@quantity("", source=MEGATRON)
def all_reduces_per_layer(recompute):
    """All-reduces of a layer: after attention and FFN, forward, backward, and recomputed."""
    return 6 if recompute == "full" else 4


@quantity("byte", source=MEGATRON)
def tensor_parallel_bytes(
    micro_batches, slowest_stage_layers, all_reduces_per_layer, all_reduce_bytes
):
    """Sent within the tensor-parallel group by one accelerator in a step."""
    return micro_batches * slowest_stage_layers * all_reduces_per_layer * all_reduce_bytes


@quantity("second", source=MEGATRON)
def tensor_parallel_time(
    micro_batches, slowest_stage_layers, all_reduces_per_layer, all_reduce_time
):
    """Time of the tensor-parallel group's traffic in a step; nothing hides it."""
    return micro_batches * slowest_stage_layers * all_reduces_per_layer * all_reduce_time


# Context parallel
@quantity("byte", source=CONTEXT_PARALLEL)
def key_value_gather_bytes(
    attention,
    tokens_per_micro_batch,
    num_kv_heads,
    head_dim,
    kv_lora_rank,
    qk_rope_head_dim,
    tensor_parallel,
    context_parallel,
):
    """Sent by one accelerator as its group gathers one layer's keys and values; MLA's latents."""
    latent = kv_lora_rank + qk_rope_head_dim
    width = latent if attention == "mla" else 2 * num_kv_heads * head_dim / tensor_parallel
    return (context_parallel - 1) * BF16_BYTES * tokens_per_micro_batch * width


@quantity("second", source=CONTEXT_PARALLEL)
def key_value_gather_time(
    key_value_gather_bytes,
    tensor_parallel,
    context_parallel,
    gpus_per_node,
    scale_up_bandwidth,
    scale_out_bandwidth,
    scale_up_delay,
    scale_out_delay,
    network_efficiency,
):
    """Time of one such gather."""
    within = tensor_parallel * context_parallel <= gpus_per_node
    bandwidth = where(within, scale_up_bandwidth, scale_out_bandwidth)
    delay = where(within, scale_up_delay, scale_out_delay)
    sent = key_value_gather_bytes / (bandwidth * network_efficiency)
    return where(key_value_gather_bytes == 0, 0.0, sent + (context_parallel - 1) * delay)


@quantity("byte", source=CONTEXT_PARALLEL)
def context_parallel_bytes(micro_batches, slowest_stage_layers, key_value_gather_bytes):
    """Sent in a step: gathered forward, gathered again and their gradients scattered backward."""
    return 3 * micro_batches * slowest_stage_layers * key_value_gather_bytes


@quantity("second", source=CONTEXT_PARALLEL)
def context_parallel_time(micro_batches, slowest_stage_layers, key_value_gather_time):
    """Time of the context-parallel group's traffic in a step; nothing hides it."""
    return 3 * micro_batches * slowest_stage_layers * key_value_gather_time


# Pipeline
@quantity("", source=MEGATRON)
def pipeline_crossings(pipeline_parallel, pieces_per_stage):
    """Times that a micro-batch leaves an accelerator on its way forward."""
    return where(pipeline_parallel > 1, pieces_per_stage, 0.0)


@quantity("second", source=MEGATRON)
def pipeline_send_time(
    pipeline_crossings,
    elements_per_micro_batch,
    num_gpus,
    gpus_per_node,
    scale_up_bandwidth,
    scale_out_bandwidth,
    scale_up_delay,
    scale_out_delay,
    network_efficiency,
):
    """Sends of one micro-batch in one direction; the tensor-parallel group shares the tensor."""
    within = num_gpus <= gpus_per_node
    bandwidth = where(within, scale_up_bandwidth, scale_out_bandwidth)
    one = BF16_BYTES * elements_per_micro_batch / (bandwidth * network_efficiency)
    one = one + where(within, scale_up_delay, scale_out_delay)
    return where(pipeline_crossings == 0, 0.0, pipeline_crossings * one)


@quantity("byte", source=MEGATRON)
def pipeline_bytes(micro_batches, pipeline_crossings, elements_per_micro_batch):
    """Sent to the next stage and back by one accelerator in a step."""
    return 2 * micro_batches * pipeline_crossings * BF16_BYTES * elements_per_micro_batch


@quantity("second", source=MEGATRON)
def pipeline_time(micro_batches, pipeline_send_time):
    """Time of the pipeline's sends in a step."""
    return 2 * micro_batches * pipeline_send_time
