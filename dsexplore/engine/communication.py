"""Communication: what tensor, context, pipeline and data parallelism send in a step."""

from dsexplore.engine.constants import (
    BF16_BYTES,
)
from dsexplore.engine.graph import quantity
from dsexplore.engine.numeric import (
    is_known,
    larger,
    smaller,
    where,
)
from dsexplore.engine.papers import (
    CONTEXT_PARALLEL,
    EXPERT_TRAFFIC,
    MEGATRON,
    RINGS,
    SEQUENCE_PARALLEL,
    ZERO_TRAFFIC,
)


@quantity("second", source="A latency that nobody published is left out")
def scale_up_delay(scale_up_latency):
    """Latency of a message within a node; 0 where it is unknown."""
    return where(is_known(scale_up_latency), scale_up_latency, 0.0)


@quantity("second", source="A latency that nobody published is left out")
def scale_out_delay(scale_out_latency):
    """Latency of a message between nodes; 0 where it is unknown."""
    return where(is_known(scale_out_latency), scale_out_latency, 0.0)


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
def pipeline_crossings(pipeline_parallel, pipeline_schedule, virtual_stages):
    """Times that a micro-batch leaves an accelerator on its way forward."""
    pieces = {"interleaved": virtual_stages, "dualpipev": 2}.get(pipeline_schedule, 1)
    return where(pipeline_parallel > 1, pieces, 0.0)


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


# Data parallel


@quantity("parameter", source=MEGATRON)
def replicated_parameters(
    non_expert_parameters, tensor_parallel, pipeline_parallel, pipeline_schedule
):
    """Parameters of a mean stage outside routed experts on one accelerator; DualPipe's twice."""
    copies = 2 if pipeline_schedule == "dualpipe" else 1
    return copies * non_expert_parameters / (tensor_parallel * pipeline_parallel)


@quantity("parameter", source=EXPERT_TRAFFIC)
def replicated_expert_parameters(
    routed_expert_parameters, expert_parallel, pipeline_parallel, pipeline_schedule
):
    """Parameters of a mean stage's routed experts on one accelerator; DualPipe's twice."""
    copies = 2 if pipeline_schedule == "dualpipe" else 1
    return copies * routed_expert_parameters / (expert_parallel * pipeline_parallel)


@quantity("byte/parameter", source=ZERO_TRAFFIC)
def synchronised_bytes(zero_stage, gradient_bytes, micro_batches):
    """Sent a parameter and step: gradients scattered and weights gathered.

    Without ZeRO gradients are summed in place, twice the way; ZeRO 3 gathers the weights
    before the forward and the backward pass of every micro-batch.
    """
    gathered = where(zero_stage >= 3, 2 * micro_batches, 1.0) * BF16_BYTES
    return gradient_bytes + where(zero_stage >= 1, gathered, gradient_bytes)


@quantity("GPU", source=ZERO_TRAFFIC)
def replicas(data_parallel, context_parallel):
    """Accelerators that hold the same parameters outside routed experts."""
    return data_parallel * context_parallel


@quantity("byte", source=ZERO_TRAFFIC)
def data_parallel_bytes(
    replicated_parameters,
    replicas,
    replicated_expert_parameters,
    expert_data_parallel,
    synchronised_bytes,
):
    """Sent by one accelerator in a step so that copies agree on gradients and weights."""
    dense = replicated_parameters * (1 - 1 / replicas)
    experts = replicated_expert_parameters * (1 - 1 / expert_data_parallel)
    return synchronised_bytes * (dense + where(replicated_expert_parameters == 0, 0.0, experts))


@quantity("byte/s", source=RINGS)
def data_parallel_bandwidth(
    replicas, num_gpus, tensor_parallel, gpus_per_node, scale_up_bandwidth, scale_out_bandwidth
):
    """Bandwidth of rings of equal copies: members in one node add up their links between nodes."""
    members = smaller(larger(gpus_per_node / tensor_parallel, 1.0), replicas)
    joined = smaller(scale_up_bandwidth, scale_out_bandwidth * members)
    return where(num_gpus <= gpus_per_node, scale_up_bandwidth, joined)


@quantity("byte/s", source=RINGS)
def expert_data_parallel_bandwidth(
    expert_data_parallel,
    num_gpus,
    expert_group,
    gpus_per_node,
    scale_up_bandwidth,
    scale_out_bandwidth,
):
    """Bandwidth of rings of equal routed experts."""
    members = smaller(larger(gpus_per_node / expert_group, 1.0), expert_data_parallel)
    joined = smaller(scale_up_bandwidth, scale_out_bandwidth * members)
    return where(num_gpus <= gpus_per_node, scale_up_bandwidth, joined)


@quantity("second", source=ZERO_TRAFFIC)
def data_parallel_time(
    replicated_parameters,
    replicas,
    replicated_expert_parameters,
    expert_data_parallel,
    synchronised_bytes,
    data_parallel_bandwidth,
    expert_data_parallel_bandwidth,
    network_efficiency,
):
    """Time of that traffic, dense parameters and experts one after another."""
    dense = replicated_parameters * (1 - 1 / replicas)
    dense = where(dense == 0, 0.0, dense / data_parallel_bandwidth)
    experts = replicated_expert_parameters * (1 - 1 / expert_data_parallel)
    experts = where(replicated_expert_parameters == 0, 0.0, experts)
    experts = where(experts == 0, 0.0, experts / expert_data_parallel_bandwidth)
    return synchronised_bytes * (dense + experts) / network_efficiency
