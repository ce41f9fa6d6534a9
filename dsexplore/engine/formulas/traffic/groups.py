"""Group traffic: what tensor, context and pipeline parallelism send in a step."""

from dsexplore.engine.assumptions import GROUP_OVER_NODES, NOT_HIDDEN
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import where
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import if_any, link_between
from dsexplore.engine.papers import CONTEXT_PARALLEL, MEGATRON, SEQUENCE_PARALLEL


# Tensor parallel
@quantity("byte", source=SEQUENCE_PARALLEL)
def all_reduce_bytes(elements_per_micro_batch, tensor_parallel):
    """Bytes each accelerator sends in one all-reduce of a micro-batch: its share 2 (t - 1) times.

    Sequence parallelism replaces it by a reduce-scatter and a gather, which send the same.
    """
    return 2 * (tensor_parallel - 1) * BF16_BYTES * elements_per_micro_batch


@quantity("second", source=MEGATRON, assumes=GROUP_OVER_NODES)
def all_reduce_time(
    all_reduce_bytes,
    tensor_parallel,
    gpus_per_node,
    scale_up_bandwidth,
    scale_out_bandwidth,
    scale_up_latency,
    scale_out_latency,
    network_efficiency,
):
    """Time of one all-reduce of the tensor-parallel group, as a ring of 2 (t - 1) messages."""
    bandwidth = link_between(
        tensor_parallel, gpus_per_node, scale_up_bandwidth, scale_out_bandwidth
    )
    delay = link_between(tensor_parallel, gpus_per_node, scale_up_latency, scale_out_latency)
    sent = all_reduce_bytes / (bandwidth * network_efficiency)
    return if_any(all_reduce_bytes, sent + 2 * (tensor_parallel - 1) * delay)


@quantity("", source=MEGATRON)
def all_reduces_per_layer(recompute):
    """All-reduces per layer and micro-batch: after attention and FFN, in each pass over them."""
    return 6 if recompute == "full" else 4


@quantity("byte", source=MEGATRON)
def tensor_parallel_bytes(
    micro_batches, slowest_stage_layers, all_reduces_per_layer, all_reduce_bytes
):
    """Tensor-parallel traffic each accelerator sends per step."""
    return micro_batches * slowest_stage_layers * all_reduces_per_layer * all_reduce_bytes


@quantity("second", source=MEGATRON, assumes=NOT_HIDDEN)
def tensor_parallel_time(
    micro_batches, slowest_stage_layers, all_reduces_per_layer, all_reduce_time
):
    """Time of the tensor-parallel traffic per step."""
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
    index_heads,
    index_head_dim,
    tensor_parallel,
    context_parallel,
):
    """Bytes each accelerator sends to gather one layer's keys and values.

    With MLA these are the latents, and an indexer's keys.
    """
    latent = kv_lora_rank + qk_rope_head_dim + if_any(index_heads, index_head_dim)
    width = latent if attention == "mla" else 2 * num_kv_heads * head_dim / tensor_parallel
    return (context_parallel - 1) * BF16_BYTES * tokens_per_micro_batch * width


@quantity("second", source=CONTEXT_PARALLEL, assumes=GROUP_OVER_NODES)
def key_value_gather_time(
    key_value_gather_bytes,
    tensor_parallel,
    context_parallel,
    gpus_per_node,
    scale_up_bandwidth,
    scale_out_bandwidth,
    scale_up_latency,
    scale_out_latency,
    network_efficiency,
):
    """Time to gather one layer's keys and values in the context-parallel group."""
    members = tensor_parallel * context_parallel
    bandwidth = link_between(members, gpus_per_node, scale_up_bandwidth, scale_out_bandwidth)
    delay = link_between(members, gpus_per_node, scale_up_latency, scale_out_latency)
    sent = key_value_gather_bytes / (bandwidth * network_efficiency)
    return if_any(key_value_gather_bytes, sent + (context_parallel - 1) * delay)


@quantity("byte", source=CONTEXT_PARALLEL)
def context_parallel_bytes(micro_batches, slowest_stage_layers, key_value_gather_bytes):
    """Context-parallel traffic each accelerator sends per step.

    Keys and values are gathered forward and backward, and their gradients scattered backward.
    """
    return 3 * micro_batches * slowest_stage_layers * key_value_gather_bytes


@quantity("second", source=CONTEXT_PARALLEL, assumes=NOT_HIDDEN)
def context_parallel_time(micro_batches, slowest_stage_layers, key_value_gather_time):
    """Time of the context-parallel traffic per step."""
    return 3 * micro_batches * slowest_stage_layers * key_value_gather_time


# Pipeline
@quantity("", source=MEGATRON)
def pipeline_crossings(pipeline_parallel, pieces_per_stage):
    """Times a micro-batch leaves each accelerator on its way forward: once per piece."""
    return where(pipeline_parallel > 1, pieces_per_stage, 0.0)


@quantity(
    "second",
    source=MEGATRON,
    assumes="The stages of a pipeline are on different nodes, unless one node holds the cluster.",
)
def pipeline_send_time(
    pipeline_crossings,
    elements_per_micro_batch,
    num_gpus,
    gpus_per_node,
    scale_up_bandwidth,
    scale_out_bandwidth,
    scale_up_latency,
    scale_out_latency,
    network_efficiency,
):
    """Time to send one micro-batch on, in one direction; the tensor-parallel group shares it."""
    bandwidth = link_between(num_gpus, gpus_per_node, scale_up_bandwidth, scale_out_bandwidth)
    delay = link_between(num_gpus, gpus_per_node, scale_up_latency, scale_out_latency)
    one = BF16_BYTES * elements_per_micro_batch / (bandwidth * network_efficiency) + delay
    return if_any(pipeline_crossings, pipeline_crossings * one)


@quantity("byte", source=MEGATRON)
def pipeline_bytes(micro_batches, pipeline_crossings, elements_per_micro_batch):
    """Pipeline traffic each accelerator sends per step, forward and backward."""
    return 2 * micro_batches * pipeline_crossings * BF16_BYTES * elements_per_micro_batch


@quantity("second", source=MEGATRON)
def pipeline_time(micro_batches, pipeline_send_time):
    """Time of the pipeline's sends per step, before any overlap."""
    return 2 * micro_batches * pipeline_send_time
