"""Layout: copies of the model, stages of a copy, and the layers of a stage."""

from dsexplore.engine.assumptions import DENSE_LAYERS_LEAD, MEAN_LAYER, SLOWEST_STAGE
from dsexplore.engine.constants import FLOP_PER_MULTIPLY_ADD
from dsexplore.engine.elementwise import (
    ceil,
    floor,
    is_from_zero,
    is_known,
    larger,
    ratio,
    smaller,
    where,
)
from dsexplore.engine.idioms import by_presence, if_any, stated_or
from dsexplore.engine.papers import (
    CONTEXT_PARALLEL,
    DEFINITION,
    DUALPIPE,
    EXPERT_PARALLEL,
    FOLDING,
    MEGATRON,
    PREDICTION_MODULES,
    UNEVEN_STAGES,
    ZERO_TRAFFIC,
)
from dsexplore.engine.quantity import quantity
from dsexplore.engine.templates import sentence
from dsexplore.scenario.layers_per_stage import (
    layers_listed,
    layers_listed_first,
    layers_listed_last,
    most_layers_after_first,
    most_layers_between,
    most_layers_paired,
    stages_listed,
)
from dsexplore.scenario.schedules import SCHEDULES


@quantity("GPU", source=MEGATRON)
def model_parallel_gpus(tensor_parallel, pipeline_parallel, context_parallel):
    """Accelerators holding one copy of the model."""
    return tensor_parallel * pipeline_parallel * context_parallel


@quantity("", assumes="A layout is stated if anything is split, or if a step is predicted from it.")
def layout_is_stated(model_parallel_gpus, expert_group, utilization):
    """Whether the layout is a stated one: 1 or 0."""
    chosen = (model_parallel_gpus > 1) | (expert_group > 1) | (utilization == "predicted")
    return where(chosen, 1.0, 0.0)


@quantity(
    "",
    source=MEGATRON,
    undefined="the accelerators do not divide into whole copies of the model",
)
def data_parallel(num_gpus, model_parallel_gpus):
    """Copies of the model training side by side; unknown where the GPUs do not divide."""
    copies = num_gpus / model_parallel_gpus
    return where(num_gpus % model_parallel_gpus == 0, copies, float("nan"))


@quantity("GPU", source=ZERO_TRAFFIC)
def replicas(data_parallel, context_parallel):
    """Accelerators with the same parameters outside routed experts, which ZeRO shards."""
    return data_parallel * context_parallel


@quantity("GPU", source=EXPERT_PARALLEL)
def expert_group(num_routed_experts, expert_parallel):
    """Accelerators sharing a layer's routed experts; one where there are none."""
    return where(num_routed_experts > 0, expert_parallel, 1.0)


@quantity(
    "GPU",
    source=FOLDING,
    assumes="By default experts are cut as attention is, as in Megatron-Core, where groups fit.",
)
def expert_tensor_group(
    num_routed_experts,
    expert_tensor_parallel,
    tensor_parallel,
    expert_parallel,
    num_gpus,
    pipeline_parallel,
):
    """Accelerators sharing each routed expert's matrices; one where there are none.

    If not stated, those that share attention's, or one where a stage has too few of them.
    """
    fits = num_gpus / pipeline_parallel % (expert_parallel * tensor_parallel) == 0
    by_default = where(fits, tensor_parallel, 1.0)
    cut = stated_or(expert_tensor_parallel, by_default)
    return where(num_routed_experts > 0, cut, 1.0)


@quantity(
    "",
    source=EXPERT_PARALLEL,
    undefined="the accelerators do not divide into whole copies of the experts",
)
def expert_data_parallel(num_gpus, expert_group, expert_tensor_group, pipeline_parallel):
    """Copies of each routed expert; unknown where the GPUs do not divide."""
    gpus = expert_group * expert_tensor_group * pipeline_parallel
    return where(num_gpus % gpus == 0, num_gpus / gpus, float("nan"))


@quantity("", source=MEGATRON)
def micro_batches(global_batch_size, data_parallel, micro_batch_size):
    """Micro-batches through each pipeline per optimiser step."""
    return global_batch_size / (data_parallel * micro_batch_size)


@quantity("token", source=CONTEXT_PARALLEL)
def tokens_per_micro_batch(micro_batch_size, sequence_length, context_parallel):
    """Tokens of one micro-batch in one tensor-parallel group."""
    return micro_batch_size * sequence_length / context_parallel


@quantity("", source=MEGATRON + "; DualPipe's V form folds the pipeline in two")
def pieces_per_stage(pipeline_schedule, virtual_stages):
    """Pieces of the model per stage, with other stages between them."""
    is_stated = SCHEDULES[pipeline_schedule].has_virtual_stages
    return virtual_stages if is_stated else SCHEDULES[pipeline_schedule].pieces


@quantity("", source=UNEVEN_STAGES)
def stage_list_holds(layers_per_stage, pipeline_parallel, num_layers):
    """Whether layers per stage are listed for these stages and this model, and in force: 1 or 0."""
    as_many_stages = pipeline_parallel == stages_listed(layers_per_stage)
    return where(as_many_stages & (num_layers == layers_listed(layers_per_stage)), 1.0, 0.0)


@quantity(
    kind="problem",
    source=UNEVEN_STAGES,
    concerns=("layers_of_full_stage", "pretraining_gpu_hours"),
)
def stage_list_problem(layers_per_stage, stage_list_holds, pipeline_parallel, num_layers):
    """Warning of stated layers per stage that do not fit, and are set aside."""
    is_stated = stages_listed(layers_per_stage) > 0
    return sentence(
        is_stated & is_known(num_layers) & (stage_list_holds == 0),
        "Layers per stage: the list {list} is {listed:g} layers on {stages:g} stages, not "
        "{layers:g} on {pipeline:g}; it is set aside, and layers are balanced.",
        list=layers_per_stage,
        listed=layers_listed(layers_per_stage),
        stages=stages_listed(layers_per_stage),
        layers=num_layers,
        pipeline=pipeline_parallel,
    )


@quantity("layer", source=MEGATRON)
def layers_of_full_stage(
    num_layers, pipeline_parallel, pieces_per_stage, layers_per_stage, stage_list_holds
):
    """Layers of a full stage; the last may have fewer. Of a list, the longest between its ends."""
    share = num_layers / (pipeline_parallel * pieces_per_stage)
    balanced = smaller(pieces_per_stage * ceil(share), num_layers)
    return where(stage_list_holds > 0, most_layers_between(layers_per_stage), balanced)


@quantity("layer", source=UNEVEN_STAGES)
def layers_of_first_stage(layers_of_full_stage, layers_per_stage, stage_list_holds):
    """Layers of the first stage, beside the embedding."""
    return where(stage_list_holds > 0, layers_listed_first(layers_per_stage), layers_of_full_stage)


@quantity("layer", source=UNEVEN_STAGES)
def layers_of_last_stage(
    num_layers, layers_of_full_stage, pipeline_parallel, layers_per_stage, stage_list_holds
):
    """Layers of the last stage, beside the output head.

    What the others leave; an even share if they leave none.
    """
    others = (pipeline_parallel - 1) * layers_of_full_stage
    rest = smaller(num_layers - others, layers_of_full_stage)
    balanced = where(rest >= 1, rest, floor(num_layers / pipeline_parallel))
    return where(stage_list_holds > 0, layers_listed_last(layers_per_stage), balanced)


@quantity("layer", assumes=DENSE_LAYERS_LEAD)
def dense_layers_of_first_stage(
    num_layers, num_moe_layers, layers_of_first_stage, pieces_per_stage
):
    """Layers without experts on the first stage."""
    first_piece = ceil(layers_of_first_stage / pieces_per_stage)
    leading = smaller(num_layers - num_moe_layers, first_piece)
    return where(num_moe_layers == 0, layers_of_first_stage, leading)


@quantity("layer", source=DEFINITION)
def moe_layers_of_first_stage(layers_of_first_stage, dense_layers_of_first_stage):
    """Layers with experts on the first stage."""
    return layers_of_first_stage - dense_layers_of_first_stage


@quantity("layer", assumes=DENSE_LAYERS_LEAD)
def moe_layers_of_middle_stage(num_moe_layers, layers_of_full_stage):
    """Layers with experts on a full stage after the first."""
    return smaller(num_moe_layers, layers_of_full_stage)


@quantity("layer", source=PREDICTION_MODULES)
def prediction_moe_layers(mtp_layers, mtp_dense, num_moe_layers):
    """Layers with experts in the prediction modules: all if the model's last layers have them.

    None if modules are dense.
    """
    with_experts = where(mtp_dense, 0.0, mtp_layers)
    return if_any(with_experts, by_presence(num_moe_layers, with_experts, 0.0))


@quantity("layer", source=PREDICTION_MODULES, assumes=DENSE_LAYERS_LEAD)
def moe_layers_of_last_stage(num_moe_layers, layers_of_last_stage, prediction_moe_layers):
    """Layers with experts on the last stage, prediction modules included."""
    return smaller(num_moe_layers, layers_of_last_stage) + prediction_moe_layers


@quantity("layer", source=DEFINITION)
def dense_layers_of_last_stage(layers_of_last_stage, mtp_layers, moe_layers_of_last_stage):
    """Layers without experts on the last stage, prediction modules included."""
    return layers_of_last_stage + mtp_layers - moe_layers_of_last_stage


@quantity("", source=DUALPIPE)
def has_middle_stage(pipeline_schedule, pipeline_parallel):
    """Whether some accelerator holds neither the first nor the last stage: 1 or 0."""
    fewest = SCHEDULES[pipeline_schedule].fewest_with_middle
    return where(pipeline_parallel >= fewest, 1.0, 0.0)


@quantity("", source=DUALPIPE)
def has_last_stage(pipeline_schedule, pipeline_parallel):
    """Whether the last stage has accelerators of its own: 1 or 0."""
    joined = SCHEDULES[pipeline_schedule].joins_ends
    return where((pipeline_parallel > 1) & (not joined), 1.0, 0.0)


# The slowest stage
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


@quantity("", source=DEFINITION)
def elements_per_micro_batch(tokens_per_micro_batch, hidden_size, tensor_parallel):
    """Numbers between two layers on one accelerator, per micro-batch."""
    return tokens_per_micro_batch * hidden_size / tensor_parallel


@quantity("", source=DEFINITION)
def exchanged_elements(tokens_per_micro_batch, expert_input_width, tensor_parallel):
    """Numbers that one accelerator has to send to experts per micro-batch and copy."""
    return tokens_per_micro_batch * expert_input_width / tensor_parallel


@quantity("token", source=DEFINITION)
def tokens_per_step(global_batch_size, sequence_length):
    """Tokens per optimiser step."""
    return global_batch_size * sequence_length
