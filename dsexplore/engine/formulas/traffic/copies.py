"""Data parallel: what copies of the model send each other in a step."""

from dsexplore.engine.assumptions import RINGS
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import ceil, larger, smaller, where
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import if_any, link_between
from dsexplore.engine.papers import EXPERT_TRAFFIC, GROUPED_MICRO_BATCHES, MEGATRON, ZERO_TRAFFIC
from dsexplore.scenario.schedules import SCHEDULES


def _sent_to_copies(parameters, copies):
    """Parameters sent once round a ring of equal copies: all but the own share."""
    return if_any(parameters, parameters * (1 - 1 / copies))


def _ring_bandwidth(
    copies, gpus_per_copy, num_gpus, gpus_per_node, scale_up_bandwidth, scale_out_bandwidth
):
    """Bandwidth of rings through copies of so many accelerators each.

    Copies in one node add up their links between nodes, as far as the links within it allow.
    """
    members = smaller(larger(gpus_per_node / gpus_per_copy, 1.0), copies)
    joined = smaller(scale_up_bandwidth, scale_out_bandwidth * members)
    return link_between(num_gpus, gpus_per_node, scale_up_bandwidth, joined)


@quantity("parameter", source=MEGATRON)
def replicated_parameters(
    non_expert_parameters, tensor_parallel, pipeline_parallel, pipeline_schedule
):
    """Parameters outside routed experts on one accelerator of a mean stage.

    DualPipe holds two stages on each accelerator.
    """
    copies = SCHEDULES[pipeline_schedule].copies
    return copies * non_expert_parameters / (tensor_parallel * pipeline_parallel)


@quantity("parameter", source=EXPERT_TRAFFIC)
def replicated_expert_parameters(
    routed_expert_parameters, expert_parallel, pipeline_parallel, pipeline_schedule
):
    """Parameters of routed experts on one accelerator of a mean stage.

    DualPipe holds two stages on each accelerator.
    """
    copies = SCHEDULES[pipeline_schedule].copies
    return copies * routed_expert_parameters / (expert_parallel * pipeline_parallel)


@quantity("", source=GROUPED_MICRO_BATCHES)
def shard_turns(pipeline_schedule, pipeline_parallel, pieces_per_stage, micro_batches):
    """Times per step that ZeRO 2 and 3 scatter a layer's gradients.

    After every micro-batch, or where micro-batches go round in groups, after each group: a piece
    of a stage runs a group's micro-batches one after another.
    """
    if not SCHEDULES[pipeline_schedule].in_groups:
        return micro_batches
    grouped = (pipeline_parallel > 1) & (pieces_per_stage > 1)
    return where(grouped, ceil(micro_batches / pipeline_parallel), micro_batches)


@quantity(
    "byte/parameter",
    source=ZERO_TRAFFIC,
    assumes="ZeRO 2 and 3 scatter gradients at each turn; ZeRO 3 gathers weights for each pass.",
)
def synchronised_bytes(
    zero_stage, held_gradient_bytes, held_weight_bytes, shard_turns, trained_share, optimizer
):
    """Bytes sent per parameter and step: gradients scattered and weights gathered.

    Without ZeRO, gradients are summed in place, which sends them twice. Frozen weights are gathered
    for passes alone, and Muon gathers the sharded gradients in BF16, for whole matrices.
    """
    updated = BF16_BYTES * trained_share
    gathered = where(zero_stage >= 3, 2 * shard_turns * held_weight_bytes, updated)
    gathered = gathered + (updated if optimizer == "muon" else 0.0)
    scattered = where(zero_stage >= 2, shard_turns, 1.0) * held_gradient_bytes
    return scattered + where(zero_stage >= 1, gathered, held_gradient_bytes)


@quantity("byte", source=ZERO_TRAFFIC)
def data_parallel_bytes(
    replicated_parameters,
    replicas,
    replicated_expert_parameters,
    expert_data_parallel,
    synchronised_bytes,
):
    """Data-parallel traffic each accelerator sends per step: gradients and weights."""
    dense = _sent_to_copies(replicated_parameters, replicas)
    experts = _sent_to_copies(replicated_expert_parameters, expert_data_parallel)
    return synchronised_bytes * (dense + experts)


@quantity("byte/s", assumes=RINGS)
def data_parallel_bandwidth(
    replicas, num_gpus, tensor_parallel, gpus_per_node, scale_up_bandwidth, scale_out_bandwidth
):
    """Bandwidth of rings through the copies of the model."""
    return _ring_bandwidth(
        replicas, tensor_parallel, num_gpus, gpus_per_node, scale_up_bandwidth, scale_out_bandwidth
    )


@quantity("byte/s", assumes=RINGS)
def expert_data_parallel_bandwidth(
    expert_data_parallel,
    num_gpus,
    expert_group,
    gpus_per_node,
    scale_up_bandwidth,
    scale_out_bandwidth,
):
    """Bandwidth of rings through the copies of each routed expert."""
    return _ring_bandwidth(
        expert_data_parallel,
        expert_group,
        num_gpus,
        gpus_per_node,
        scale_up_bandwidth,
        scale_out_bandwidth,
    )


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
    """Time of the data-parallel traffic per step: routed experts after all other parameters."""
    dense = synchronised_bytes * _sent_to_copies(replicated_parameters, replicas)
    experts = _sent_to_copies(replicated_expert_parameters, expert_data_parallel)
    experts = synchronised_bytes * experts
    dense_time = if_any(dense, dense / data_parallel_bandwidth)
    expert_time = if_any(experts, experts / expert_data_parallel_bandwidth)
    return (dense_time + expert_time) / network_efficiency
