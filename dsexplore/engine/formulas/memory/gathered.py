"""Gathered: whole layers in use where ZeRO shards weights or gradients."""

from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import larger, smaller, where, without_unknown
from dsexplore.engine.idioms import by_presence
from dsexplore.engine.papers import GROUPED_MICRO_BATCHES, ZERO, ZERO_GATHERED
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.schedules import SCHEDULES

ONE_AHEAD = "The next layer's weights are gathered ahead; gradients wait until they are scattered."


def _sharded_part(parameters, copies):
    """Parameters that have copies to be sharded over; a lone copy is whole already."""
    return where(copies > 1, parameters, 0.0 * parameters)


@quantity("parameter", source=ZERO_GATHERED)
def gathered_layer_parameters(
    num_moe_layers,
    num_layers,
    dense_layer_parameters,
    moe_layer_parameters,
    tensor_parallel,
    shards,
    expert_layer_parameters,
    expert_shards,
):
    """Parameters of the largest layer per accelerator, as far as others hold copies to shard."""
    dense = without_unknown(where(num_layers > num_moe_layers, 1.0, 0.0), dense_layer_parameters)
    dense = _sharded_part(dense / tensor_parallel, shards)
    routed = _sharded_part(expert_layer_parameters, expert_shards)
    moe = _sharded_part(moe_layer_parameters / tensor_parallel, shards) + routed
    return larger(by_presence(num_moe_layers, moe, 0.0), dense)


@quantity("parameter", source=ZERO_GATHERED)
def gathered_end_parameters(embedding_parameters, head_weights, tensor_parallel, shards):
    """Parameters of the embedding or the head per accelerator, the larger of the two."""
    return _sharded_part(larger(embedding_parameters, head_weights) / tensor_parallel, shards)


@quantity("layer", source=GROUPED_MICRO_BATCHES)
def layers_at_work(pipeline_schedule, pipeline_parallel, pieces_per_stage, layers_of_full_stage):
    """Layers whose whole gradients wait together: one, or those of a piece run in groups."""
    if not SCHEDULES[pipeline_schedule].in_groups:
        return 1.0
    grouped = (pipeline_parallel > 1) & (pieces_per_stage > 1)
    return where(grouped, larger(layers_of_full_stage / pieces_per_stage, 1.0), 1.0)


def _in_use(zero_stage, held_gradient_bytes, at_work, ahead):
    """Bytes of the part at work with its gradient, and of the weights gathered ahead."""
    weights = where(zero_stage >= 3, BF16_BYTES * (at_work + ahead), 0.0)
    return weights + where(zero_stage >= 2, held_gradient_bytes * at_work, 0.0)


@quantity("byte", source=ZERO, assumes=ONE_AHEAD)
def gathered_layers(
    zero_stage, held_gradient_bytes, gathered_layer_parameters, layers_at_work, layers_of_full_stage
):
    """Whole weights and gradients in use on an accelerator while layers are computed."""
    at_work = layers_at_work * gathered_layer_parameters
    ahead = smaller(larger(layers_of_full_stage - layers_at_work, 0.0), 1.0)
    return _in_use(zero_stage, held_gradient_bytes, at_work, ahead * gathered_layer_parameters)


@quantity("byte", source=ZERO, assumes=ONE_AHEAD)
def gathered_with_ends(
    zero_stage,
    held_gradient_bytes,
    gathered_end_parameters,
    gathered_layer_parameters,
    layers_at_work,
    gathered_layers,
):
    """Whole weights and gradients in use where there is an embedding or a head as well.

    While that is computed, the layers beside it are gathered; the larger of the two moments counts.
    """
    ahead = layers_at_work * gathered_layer_parameters
    at_end = _in_use(zero_stage, held_gradient_bytes, gathered_end_parameters, ahead)
    return larger(at_end, gathered_layers)
