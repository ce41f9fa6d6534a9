"""The slowest stage of a pipeline: its layers, and what of the output head it has."""

from dsexplore.engine.assumptions import MEAN_LAYER, SLOWEST_STAGE
from dsexplore.engine.constants import FLOP_PER_MULTIPLY_ADD
from dsexplore.engine.elementwise import ceil, is_from_zero, larger, ratio, where
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import DEFINITION, DUALPIPE, PREDICTION_MODULES
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.layers_per_stage import (
    layers_listed_last,
    most_layers_after_first,
    most_layers_paired,
)
from dsexplore.scenario.schedules import SCHEDULES


@quantity("", assumes=MEAN_LAYER)
def head_in_layers(
    head_weights, embedding_projection_weights, layer_matmul_weights, mtp_layers
):  # fmt: skip
    """The output head's FLOP in units of a mean layer, once per predicted token."""
    head = head_weights + embedding_projection_weights
    return (1 + mtp_layers) * ratio(head, layer_matmul_weights)


@quantity("parameter", assumes=MEAN_LAYER)
def layer_matmul_weights(matmul_parameters, head_weights, embedding_projection_weights, num_layers):
    """Weights multiplied with each token in a mean layer."""
    in_layers = matmul_parameters - head_weights - embedding_projection_weights
    return larger(in_layers, 0.0) / num_layers


@quantity("layer", source=PREDICTION_MODULES)
def layers_beside_head(
    num_layers,
    pipeline_parallel,
    layers_of_full_stage,
    layers_per_stage,
    stage_list_holds,
    mtp_layers,
):
    """Layers of the stage with the output head: the rest of the model, and prediction modules."""
    rest = larger(num_layers - (pipeline_parallel - 1) * layers_of_full_stage, 0.0)
    return where(stage_list_holds > 0, layers_listed_last(layers_per_stage), rest) + mtp_layers


@quantity("", assumes=SLOWEST_STAGE)
def head_in_whole_layers(
    head_in_layers, layer_matmul_weights, attention_flops_per_token, num_layers
):  # fmt: skip
    """The output head's FLOP in units of a mean layer with its attention, once per predicted token.

    Over long sequences a layer is mostly attention, and the stage with the head not the slowest.
    """
    attention = attention_flops_per_token / num_layers
    products = FLOP_PER_MULTIPLY_ADD * layer_matmul_weights
    return head_in_layers * ratio(products, products + attention)


@quantity("layer", source=DEFINITION)
def longest_headless_stage(layers_of_first_stage, layers_of_full_stage):
    """Layers of the longest stage before the last: the first or a full one."""
    return larger(layers_of_first_stage, layers_of_full_stage)


@quantity("layer", source=DUALPIPE)
def joined_end_layers(
    pipeline_schedule,
    pipeline_parallel,
    stage_list_holds,
    layers_of_first_stage,
    layers_beside_head,
    mtp_layers,
):
    """Layers of a stage where both ends of the model meet, if stages are listed; 0 if apart.

    DualPipe holds both stages, each for half the micro-batches; DualPipeV ends where it began.
    """
    layers = {
        "apart": 0.0,
        "crossed": (layers_of_first_stage + layers_beside_head) / 2,
        "folded": layers_of_first_stage + mtp_layers,
    }[SCHEDULES[pipeline_schedule].ends]
    return where((stage_list_holds > 0) & (pipeline_parallel > 1), layers, 0.0)


@quantity("layer", assumes=SLOWEST_STAGE)
def joined_middle_layers(
    pipeline_schedule, pipeline_parallel, num_layers, mtp_layers, layers_per_stage, stage_list_holds
):
    """Layers of the longest stage between joined ends: whole layers on each accelerator.

    An accelerator of DualPipe holds two stages, each for half the micro-batches.
    """
    copies = SCHEDULES[pipeline_schedule].copies
    longest = {
        "apart": 0.0,
        "crossed": most_layers_paired(layers_per_stage),
        "folded": most_layers_after_first(layers_per_stage),
    }[SCHEDULES[pipeline_schedule].ends]
    balanced = ceil(copies * (num_layers + mtp_layers) / pipeline_parallel) / copies
    is_more = (stage_list_holds > 0) & (longest > ceil(num_layers / pipeline_parallel))
    return where(is_more, longest, balanced)


@quantity("", assumes=SLOWEST_STAGE)
def joined_middle_heads(
    pipeline_parallel, num_layers, mtp_layers, head_in_whole_layers, joined_middle_layers
):
    """Heads in the place of layers, where the ends of a pipeline are joined.

    What of the head the accelerators with fewer whole layers do not make up for.
    """
    mean = (num_layers + mtp_layers + head_in_whole_layers) / pipeline_parallel
    more = larger(mean - joined_middle_layers, 0.0)
    return if_any(more, ratio(more, head_in_whole_layers))


@quantity("", assumes=SLOWEST_STAGE)
def joined_ends_are_slowest(
    joined_end_layers,
    joined_middle_layers,
    joined_middle_heads,
    pipeline_schedule,
    head_in_whole_layers,
):
    """Whether an accelerator with both ends of the model is the slowest: 1 or 0."""
    heads = 1 / SCHEDULES[pipeline_schedule].copies
    at_ends = joined_end_layers + heads * head_in_whole_layers
    between = joined_middle_layers + joined_middle_heads * head_in_whole_layers
    return where(joined_end_layers == 0, 0.0, is_from_zero(at_ends - between))


@quantity("", assumes=SLOWEST_STAGE)
def slowest_stage_heads(
    pipeline_schedule,
    longest_headless_stage,
    layers_beside_head,
    head_in_whole_layers,
    joined_middle_heads,
    joined_ends_are_slowest,
):
    """Output heads on the slowest stage: one if it is the stage with the head, else none.

    DualPipe and DualPipeV put both ends of the model on one accelerator and are balanced in whole
    layers, unless a list of stages makes the ends slower.
    """
    if SCHEDULES[pipeline_schedule].joins_ends:
        more = 1 / SCHEDULES[pipeline_schedule].copies - joined_middle_heads
        return joined_middle_heads + joined_ends_are_slowest * more
    return is_from_zero(layers_beside_head + head_in_whole_layers - longest_headless_stage)


@quantity("layer", assumes=SLOWEST_STAGE)
def slowest_stage_layers(
    pipeline_schedule,
    longest_headless_stage,
    layers_beside_head,
    slowest_stage_heads,
    joined_end_layers,
    joined_middle_layers,
    joined_ends_are_slowest,
):
    """Layers of the slowest stage, prediction modules included: of the first, a full or the last.

    DualPipe and DualPipeV count as balanced, unless a list of stages makes some slower.
    """
    if SCHEDULES[pipeline_schedule].joins_ends:
        slower = joined_end_layers - joined_middle_layers
        return joined_middle_layers + joined_ends_are_slowest * slower
    others = longest_headless_stage
    return others + slowest_stage_heads * (layers_beside_head - others)


@quantity("fraction", source=DEFINITION)
def moe_layer_share(num_moe_layers, num_layers):
    """Share of the layers with experts."""
    return num_moe_layers / num_layers


@quantity("layer", assumes="Layers with experts spread evenly over the stages.")
def slowest_stage_moe_layers(slowest_stage_layers, moe_layer_share):
    """Layers with experts on the slowest stage."""
    return slowest_stage_layers * moe_layer_share
