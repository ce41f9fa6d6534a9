"""Data parallel: what copies of the model send each other in a step."""

from dsexplore.engine.again import once_more
from dsexplore.engine.assumptions import MEAN_LAYER
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import ceil, where
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import (
    EXPERT_TRAFFIC,
    GROUPED_MICRO_BATCHES,
    MEGATRON,
    SHARD_GROUPS,
    ZERO_TRAFFIC,
)
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.schedules import SCHEDULES


def _sent_to_others(parameters, copies):
    """Parameters sent once round a ring: all but the own share."""
    return if_any(parameters, parameters * (1 - 1 / copies))


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
    routed_expert_parameters,
    expert_group,
    expert_tensor_group,
    pipeline_parallel,
    pipeline_schedule,
):
    """Parameters of routed experts on one accelerator of a mean stage.

    DualPipe holds two stages on each accelerator.
    """
    copies = SCHEDULES[pipeline_schedule].copies
    gpus = expert_group * expert_tensor_group * pipeline_parallel
    return copies * routed_expert_parameters / gpus


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


def _sent(zero_stage, parameters, synchronised, held_gradient_bytes, shards, copies):
    """Bytes sent in a shard group, and to sum the shards' gradients with their copies."""
    in_group = synchronised * _sent_to_others(parameters, shards)
    among_copies = 2 * held_gradient_bytes * _sent_to_others(parameters / shards, copies)
    return where(zero_stage > 0, in_group, 0.0) + among_copies


@quantity("byte", source=f"{ZERO_TRAFFIC}; {SHARD_GROUPS}")
def data_parallel_bytes(
    zero_stage,
    replicated_parameters,
    shards,
    shard_copies,
    replicated_expert_parameters,
    expert_shards,
    expert_shard_copies,
    synchronised_bytes,
    held_gradient_bytes,
):
    """Data-parallel traffic each accelerator sends per step: gradients and weights."""
    each = zero_stage, replicated_parameters, synchronised_bytes, held_gradient_bytes
    dense = _sent(*each, shards, shard_copies)
    each = zero_stage, replicated_expert_parameters, synchronised_bytes, held_gradient_bytes
    return dense + _sent(*each, expert_shards, expert_shard_copies)


# One layer, the parameters of a mean one
@quantity("layer", assumes=MEAN_LAYER)
def layers_held(num_layers, pipeline_parallel, pipeline_schedule):
    """Layers of a mean stage on one accelerator; DualPipe holds two stages."""
    return SCHEDULES[pipeline_schedule].copies * num_layers / pipeline_parallel


@quantity("byte", assumes=MEAN_LAYER)
def weight_message_bytes(replicated_parameters, layers_held, held_weight_bytes):
    """Bytes of a layer's weights on one accelerator, outside routed experts; ends shared out."""
    return held_weight_bytes * replicated_parameters / layers_held


@quantity("byte", assumes=MEAN_LAYER)
def gradient_message_bytes(replicated_parameters, layers_held, held_gradient_bytes):
    """Bytes of a layer's gradients on one accelerator, outside routed experts; ends shared out."""
    return held_gradient_bytes * replicated_parameters / layers_held


@quantity("byte", assumes=MEAN_LAYER)
def gradient_shard_bytes(gradient_message_bytes, shards):
    """Bytes of the shard of a layer's gradients that one accelerator sums with its copies."""
    return gradient_message_bytes / shards


@quantity("byte", assumes=MEAN_LAYER)
def expert_weight_message_bytes(replicated_expert_parameters, layers_held, held_weight_bytes):
    """Bytes of the weights of a mean layer's routed experts on one accelerator."""
    return held_weight_bytes * replicated_expert_parameters / layers_held


@quantity("byte", assumes=MEAN_LAYER)
def expert_gradient_message_bytes(replicated_expert_parameters, layers_held, held_gradient_bytes):
    """Bytes of the gradients of a mean layer's routed experts on one accelerator."""
    return held_gradient_bytes * replicated_expert_parameters / layers_held


@quantity("byte", assumes=MEAN_LAYER)
def expert_gradient_shard_bytes(expert_gradient_message_bytes, expert_shards):
    """Bytes of the shard of routed experts' gradients that one accelerator sums with its copies."""
    return expert_gradient_message_bytes / expert_shards


weight_gather_time = once_more(
    "tensor_gather_time",
    "Time to gather the weights of one layer in a shard group, outside routed experts.",
    tensor_message_bytes="weight_message_bytes",
    tensor_parallel="shards",
    tensor_nodes="shard_nodes",
)
gradient_scatter_time = once_more(
    "tensor_gather_time",
    "Time to scatter the gradients of one layer in a shard group, outside routed experts.",
    tensor_message_bytes="gradient_message_bytes",
    tensor_parallel="shards",
    tensor_nodes="shard_nodes",
)
gradient_sum_time = once_more(
    "tensor_sum_time",
    "Time to sum one layer's shard of gradients with its copies, outside routed experts.",
    tensor_message_bytes="gradient_shard_bytes",
    tensor_parallel="shard_copies",
    tensor_nodes="shard_copy_nodes",
)
expert_weight_gather_time = once_more(
    "tensor_gather_time",
    "Time to gather the weights of a mean layer's routed experts in a shard group.",
    tensor_message_bytes="expert_weight_message_bytes",
    tensor_parallel="expert_shards",
    tensor_nodes="expert_shard_nodes",
)
expert_gradient_scatter_time = once_more(
    "tensor_gather_time",
    "Time to scatter the gradients of a mean layer's routed experts in a shard group.",
    tensor_message_bytes="expert_gradient_message_bytes",
    tensor_parallel="expert_shards",
    tensor_nodes="expert_shard_nodes",
)
expert_gradient_sum_time = once_more(
    "tensor_sum_time",
    "Time to sum a mean layer's shard of routed experts' gradients with its copies.",
    tensor_message_bytes="expert_gradient_shard_bytes",
    tensor_parallel="expert_shard_copies",
    tensor_nodes="expert_shard_copy_nodes",
)


@quantity("second", source=ZERO_TRAFFIC, assumes="Dense and expert weights follow one another.")
def layer_gather_time(weight_gather_time, expert_weight_gather_time):
    """Time to gather all weights of a mean layer in its shard groups."""
    return weight_gather_time + expert_weight_gather_time


@quantity("second", source=ZERO_TRAFFIC, assumes="Dense and expert gradients follow one another.")
def layer_scatter_time(gradient_scatter_time, expert_gradient_scatter_time):
    """Time to scatter all gradients of a mean layer in its shard groups."""
    return gradient_scatter_time + expert_gradient_scatter_time


# Once per step, whatever the micro-batches
@quantity(
    "second",
    source=f"{ZERO_TRAFFIC}; {SHARD_GROUPS}",
    assumes="Gradients and weights travel a layer at a time.",
)
def gradient_synchronisation_time(
    zero_stage, layers_held, layer_scatter_time, gradient_sum_time, expert_gradient_sum_time
):
    """Time of gradients once per step, after the last micro-batch, before any overlap.

    ZeRO 2 and 3 scatter them with each micro-batch, and sum them here among copies of shards alone.
    """
    scattered = where(zero_stage == 1, layer_scatter_time, 0.0)
    return layers_held * (scattered + gradient_sum_time + expert_gradient_sum_time)


@quantity("second", source=ZERO_TRAFFIC)
def weight_synchronisation_time(
    zero_stage, optimizer, trained_share, layers_held, layer_gather_time
):
    """Time to gather trained weights once per step, before any overlap.

    ZeRO 3 gathers them for each pass instead. Muon gathers gradients in BF16 as well.
    """
    turns = where((zero_stage == 1) | (zero_stage == 2), 1.0, 0.0)
    if optimizer == "muon":
        turns = turns + where(zero_stage > 0, 1.0, 0.0)
    return turns * trained_share * layers_held * layer_gather_time


@quantity("second", source=ZERO_TRAFFIC)
def synchronisation_time(gradient_synchronisation_time, weight_synchronisation_time):
    """Time once per step to make copies of the model equal, before any overlap."""
    return gradient_synchronisation_time + weight_synchronisation_time


# With each micro-batch
@quantity("second", source=f"{ZERO_TRAFFIC}; {SHARD_GROUPS}")
def sharded_traffic_time(
    zero_stage, shard_turns, layers_held, layer_gather_time, layer_scatter_time
):
    """Time per step of gathers and scatters that come with micro-batches, before any overlap.

    Weights are gathered forward and backward.
    """
    gathered = where(zero_stage >= 3, 2 * shard_turns * layer_gather_time, 0.0)
    scattered = where(zero_stage >= 2, shard_turns * layer_scatter_time, 0.0)
    return layers_held * (gathered + scattered)


@quantity("second", source=ZERO_TRAFFIC)
def data_parallel_time(synchronisation_time, sharded_traffic_time):
    """Time of the data-parallel traffic per step, before any overlap."""
    return synchronisation_time + sharded_traffic_time
