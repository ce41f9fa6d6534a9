"""Layout: copies of the model, the stages of a copy, and what each of them is made of."""

from dsexplore.engine.graph import quantity
from dsexplore.engine.numeric import ceil, floor, larger, smaller, where
from dsexplore.engine.papers import (
    DUALPIPE,
    EXPERT_PARALLEL,
    MEGATRON,
    PREDICTION_MODULES,
    UNEVEN_STAGES,
)


@quantity("GPU", source=MEGATRON)
def model_parallel_gpus(tensor_parallel, pipeline_parallel, context_parallel):
    """Accelerators that hold one copy of the model."""
    return tensor_parallel * pipeline_parallel * context_parallel


@quantity("", source="The scenario's own choices")
def layout_is_stated(model_parallel_gpus, expert_group, utilization):
    """Whether someone chose a layout, or a step is predicted from the one there is: 1 or 0."""
    chosen = (model_parallel_gpus > 1) | (expert_group > 1) | (utilization == "predicted")
    return where(chosen, 1.0, 0.0)


@quantity("", source=MEGATRON)
def data_parallel(num_gpus, model_parallel_gpus):
    """Copies of the model that train side by side; unknown where the GPUs do not divide."""
    copies = num_gpus / model_parallel_gpus
    return where(num_gpus % model_parallel_gpus == 0, copies, float("nan"))


@quantity("GPU", source=EXPERT_PARALLEL)
def expert_group(num_routed_experts, expert_parallel):
    """Accelerators that share the routed experts of a layer; one where there are none."""
    return where(num_routed_experts > 0, expert_parallel, 1.0)


@quantity("", source=EXPERT_PARALLEL)
def expert_data_parallel(num_gpus, expert_group, pipeline_parallel):
    """Copies of each routed expert; unknown where the GPUs do not divide."""
    gpus = expert_group * pipeline_parallel
    return where(num_gpus % gpus == 0, num_gpus / gpus, float("nan"))


@quantity("", source=MEGATRON)
def micro_batches(global_batch_size, data_parallel, micro_batch_size):
    """Micro-batches that pass through each pipeline in one optimiser step."""
    return global_batch_size / (data_parallel * micro_batch_size)


@quantity("token", source=MEGATRON)
def tokens_per_micro_batch(micro_batch_size, sequence_length, context_parallel):
    """Tokens of a micro-batch that one accelerator sees, before the tensor-parallel group."""
    return micro_batch_size * sequence_length / context_parallel


@quantity("", source=MEGATRON + "; DualPipe's V form folds the pipeline in two")
def pieces_per_stage(pipeline_schedule, virtual_stages):
    """Pieces of the model, apart from each other, that one stage is made of."""
    return {"interleaved": virtual_stages, "dualpipev": 2.0}.get(pipeline_schedule, 1.0)


@quantity("layer", source=MEGATRON)
def layers_per_stage(num_layers, pipeline_parallel, pieces_per_stage, first_stage_layers):
    """Layers of a full stage; the last, and the first where it is said to, may have fewer."""
    stated = (first_stage_layers > 0) & (pipeline_parallel > 1)
    layers = larger(num_layers - where(stated, first_stage_layers, 0), 0.0)
    stages = pipeline_parallel - where(stated, 1, 0)
    return smaller(pieces_per_stage * ceil(layers / (stages * pieces_per_stage)), num_layers)


@quantity("layer", source=UNEVEN_STAGES)
def layers_of_first_stage(layers_per_stage, first_stage_layers, num_layers, pipeline_parallel):
    """Layers of the first stage, beside the embedding."""
    stated = (first_stage_layers > 0) & (pipeline_parallel > 1)
    return where(stated, smaller(first_stage_layers, num_layers), layers_per_stage)


@quantity("layer", source=UNEVEN_STAGES)
def layers_of_last_stage(num_layers, layers_of_first_stage, layers_per_stage, pipeline_parallel):
    """Layers of the last stage, beside the output head: the rest; an even share if none is left."""
    others = layers_of_first_stage + (pipeline_parallel - 2) * layers_per_stage
    rest = smaller(num_layers - others, layers_per_stage)
    return where(rest >= 1, rest, floor(num_layers / pipeline_parallel))


@quantity("layer", source=MEGATRON)
def dense_layers_of_first_stage(
    num_layers, num_moe_layers, layers_of_first_stage, pieces_per_stage
):
    """Layers without experts of the first stage, where such layers lead."""
    first_piece = ceil(layers_of_first_stage / pieces_per_stage)
    leading = smaller(num_layers - num_moe_layers, first_piece)
    return where(num_moe_layers == 0, layers_of_first_stage, leading)


@quantity("layer", source=EXPERT_PARALLEL)
def moe_layers_of_first_stage(layers_of_first_stage, dense_layers_of_first_stage):
    """Layers with experts of the first stage."""
    return layers_of_first_stage - dense_layers_of_first_stage


@quantity("layer", source=EXPERT_PARALLEL)
def moe_layers_of_middle_stage(num_moe_layers, layers_per_stage):
    """Layers with experts of a full stage behind the first."""
    return smaller(num_moe_layers, layers_per_stage)


@quantity("layer", source=PREDICTION_MODULES)
def prediction_moe_layers(mtp_layers, num_moe_layers):
    """Layers with experts of the prediction modules: all, if the model's last layers have them."""
    layers = where(num_moe_layers > 0, mtp_layers, where(num_moe_layers == 0, 0.0, float("nan")))
    return where(mtp_layers == 0, 0.0, layers)


@quantity("layer", source=PREDICTION_MODULES)
def moe_layers_of_last_stage(num_moe_layers, layers_of_last_stage, prediction_moe_layers):
    """Layers with experts of the last stage, those of the prediction modules among them."""
    return smaller(num_moe_layers, layers_of_last_stage) + prediction_moe_layers


@quantity("layer", source=PREDICTION_MODULES)
def dense_layers_of_last_stage(layers_of_last_stage, mtp_layers, moe_layers_of_last_stage):
    """Layers without experts of the last stage, those of the prediction modules among them."""
    return layers_of_last_stage + mtp_layers - moe_layers_of_last_stage


@quantity("parameter", source=MEGATRON)
def dense_layer_parameters(
    attention_weights_per_layer,
    attention_vectors_per_layer,
    ffn_matrices,
    intermediate_size,
    ffn_bias,
    norms_per_layer,
    hidden_size,
    norm_bias,
):
    """Parameters of one layer without experts."""
    biases = ffn_bias * ((ffn_matrices - 1) * intermediate_size + hidden_size)
    ffn = ffn_matrices * intermediate_size * hidden_size + biases
    norms = norms_per_layer * hidden_size * (1 + norm_bias)
    return attention_weights_per_layer + attention_vectors_per_layer + norms + ffn


@quantity("parameter", source=EXPERT_PARALLEL)
def moe_layer_parameters(
    attention_weights_per_layer,
    attention_vectors_per_layer,
    shared_experts_per_layer,
    num_routed_experts,
    hidden_size,
    router_bias,
    norms_per_layer,
    norm_bias,
):
    """Parameters of one layer with experts, outside its routed experts."""
    router = num_routed_experts * (hidden_size + router_bias)
    norms = norms_per_layer * hidden_size * (1 + norm_bias)
    attention = attention_weights_per_layer + attention_vectors_per_layer
    return attention + norms + shared_experts_per_layer + router


@quantity("parameter", source=EXPERT_PARALLEL)
def expert_layer_parameters(num_routed_experts, expert_parameters, expert_group):
    """Parameters of one layer's routed experts on one accelerator."""
    return num_routed_experts * expert_parameters / expert_group


@quantity("parameter", source=PREDICTION_MODULES)
def prediction_parameters(
    mtp_layers, hidden_size, norm_bias, embedding_parameters, pipeline_schedule, pipeline_parallel
):
    """Parameters of the prediction modules beside their layers and their routed experts.

    A projection of two hidden states to one, three norms, and a copy of the embedding unless the
    accelerator of the last stage holds the first as well.
    """
    own = mtp_layers * (2 * hidden_size * hidden_size + 3 * hidden_size * (1 + norm_bias))
    has_first = (pipeline_schedule in ("dualpipe", "dualpipev")) | (pipeline_parallel == 1)
    return where(mtp_layers == 0, 0.0, own + where(has_first, 0.0, embedding_parameters))


@quantity("parameter", source=MEGATRON)
def first_stage_parameters(
    dense_layers_of_first_stage,
    moe_layers_of_first_stage,
    dense_layer_parameters,
    moe_layer_parameters,
    embedding_parameters,
):
    """Parameters of the first stage outside routed experts: its layers and the embedding."""
    dense = dense_layers_of_first_stage
    layers = where(dense == 0, 0.0, dense * dense_layer_parameters)
    return layers + moe_layers_of_first_stage * moe_layer_parameters + embedding_parameters


@quantity("parameter", source=MEGATRON)
def middle_stage_parameters(
    layers_per_stage, moe_layers_of_middle_stage, dense_layer_parameters, moe_layer_parameters
):
    """Parameters of a full stage between the first and the last, outside routed experts."""
    dense = layers_per_stage - moe_layers_of_middle_stage
    layers = where(dense == 0, 0.0, dense * dense_layer_parameters)
    return layers + moe_layers_of_middle_stage * moe_layer_parameters


@quantity("parameter", source=MEGATRON)
def last_stage_parameters(
    dense_layers_of_last_stage,
    moe_layers_of_last_stage,
    dense_layer_parameters,
    moe_layer_parameters,
    prediction_parameters,
    head_weights,
    head_bias,
    vocab_size,
    final_norm,
    hidden_size,
    norm_bias,
):
    """Parameters of the last stage outside routed experts: layers, prediction modules, norm, head.

    A head that shares the embedding's weights is a copy of them here.
    """
    dense = dense_layers_of_last_stage
    layers = where(dense == 0, 0.0, dense * dense_layer_parameters)
    head = head_weights + head_bias * vocab_size + final_norm * hidden_size * (1 + norm_bias)
    moe = moe_layers_of_last_stage * moe_layer_parameters
    return layers + moe + prediction_parameters + head


@quantity("parameter", source=MEGATRON)
def closing_parameters(
    mtp_layers,
    prediction_moe_layers,
    dense_layer_parameters,
    moe_layer_parameters,
    prediction_parameters,
    head_parameters,
    final_norm,
    hidden_size,
    norm_bias,
):
    """Parameters outside routed experts that follow the last layer: modules, norm and head."""
    dense = mtp_layers - prediction_moe_layers
    layers = where(dense == 0, 0.0, dense * dense_layer_parameters)
    modules = layers + prediction_moe_layers * moe_layer_parameters + prediction_parameters
    return modules + head_parameters + final_norm * hidden_size * (1 + norm_bias)


@quantity("parameter", source=DUALPIPE)
def first_gpu_parameters(
    pipeline_parallel,
    pipeline_schedule,
    first_stage_parameters,
    last_stage_parameters,
    closing_parameters,
    tensor_parallel,
):
    """Parameters on an accelerator of the first stage outside routed experts.

    DualPipe feeds the pipeline from both ends, so that the first holds the last stage as well; its
    V form ends where it began, and so does a pipeline of one stage.
    """
    more = {"dualpipe": last_stage_parameters, "dualpipev": closing_parameters}
    added = where(pipeline_parallel == 1, closing_parameters, more.get(pipeline_schedule, 0.0))
    return (first_stage_parameters + added) / tensor_parallel


@quantity("parameter", source=DUALPIPE)
def middle_gpu_parameters(pipeline_schedule, middle_stage_parameters, tensor_parallel):
    """Parameters on an accelerator behind the first outside routed experts; DualPipe holds two."""
    stages = 2 if pipeline_schedule == "dualpipe" else 1
    return stages * middle_stage_parameters / tensor_parallel


@quantity("parameter", source=DUALPIPE)
def last_gpu_parameters(last_stage_parameters, tensor_parallel):
    """Parameters on an accelerator of the last stage outside routed experts."""
    return last_stage_parameters / tensor_parallel


@quantity("layer", source=DUALPIPE)
def first_gpu_moe_layers(
    pipeline_parallel,
    pipeline_schedule,
    moe_layers_of_first_stage,
    moe_layers_of_last_stage,
    prediction_moe_layers,
):
    """Layers with experts on an accelerator of the first stage."""
    more = {"dualpipe": moe_layers_of_last_stage, "dualpipev": prediction_moe_layers}
    added = where(pipeline_parallel == 1, prediction_moe_layers, more.get(pipeline_schedule, 0.0))
    return moe_layers_of_first_stage + added


@quantity("layer", source=DUALPIPE)
def middle_gpu_moe_layers(pipeline_schedule, moe_layers_of_middle_stage):
    """Layers with experts on an accelerator behind the first."""
    stages = 2 if pipeline_schedule == "dualpipe" else 1
    return stages * moe_layers_of_middle_stage


@quantity("", source=DUALPIPE)
def has_middle_stage(pipeline_schedule, pipeline_parallel):
    """Whether some accelerator holds neither the first stage nor the last: 1 or 0."""
    fewest = {"dualpipe": 4, "dualpipev": 2}.get(pipeline_schedule, 3)
    return where(pipeline_parallel >= fewest, 1.0, 0.0)


@quantity("", source=DUALPIPE)
def has_last_stage(pipeline_schedule, pipeline_parallel):
    """Whether the last stage has accelerators of its own: 1 or 0."""
    folded = pipeline_schedule in ("dualpipe", "dualpipev")
    return where((pipeline_parallel > 1) & (not folded), 1.0, 0.0)
