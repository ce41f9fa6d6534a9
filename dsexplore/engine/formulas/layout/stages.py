"""Layout: copies of the model, stages of a copy, and the layers of a stage."""

from dsexplore.engine.assumptions import DENSE_LAYERS_LEAD
from dsexplore.engine.elementwise import ceil, floor, is_known, smaller, where
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
    most_layers_between,
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
