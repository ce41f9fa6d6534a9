"""Data parallel: what copies of the model send each other in a step."""

from dsexplore.engine.assumptions import RINGS
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import larger, smaller, where
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import (
    EXPERT_TRAFFIC,
    MEGATRON,
    ZERO_TRAFFIC,
)
from dsexplore.scenario.schedules import SCHEDULES


# Data parallel
@quantity("parameter", source=MEGATRON)
def replicated_parameters(
    non_expert_parameters, tensor_parallel, pipeline_parallel, pipeline_schedule
):
    """Parameters of a mean stage outside routed experts on one accelerator; DualPipe's twice."""
    copies = SCHEDULES[pipeline_schedule].copies
    return copies * non_expert_parameters / (tensor_parallel * pipeline_parallel)


@quantity("parameter", source=EXPERT_TRAFFIC)
def replicated_expert_parameters(
    routed_expert_parameters, expert_parallel, pipeline_parallel, pipeline_schedule
):
    """Parameters of a mean stage's routed experts on one accelerator; DualPipe's twice."""
    copies = SCHEDULES[pipeline_schedule].copies
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


@quantity("byte/s", assumes=RINGS)
def data_parallel_bandwidth(
    replicas, num_gpus, tensor_parallel, gpus_per_node, scale_up_bandwidth, scale_out_bandwidth
):
    """Bandwidth of rings of equal copies: members in one node add up their links between nodes."""
    members = smaller(larger(gpus_per_node / tensor_parallel, 1.0), replicas)
    joined = smaller(scale_up_bandwidth, scale_out_bandwidth * members)
    return where(num_gpus <= gpus_per_node, scale_up_bandwidth, joined)


@quantity("byte/s", assumes=RINGS)
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
