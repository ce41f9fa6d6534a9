"""States: parameters per accelerator, by stage."""

from dsexplore.engine.elementwise import ratio, smaller, where, without_unknown
from dsexplore.engine.formulas.model.layers import held_once
from dsexplore.engine.formulas.model.parameters import feed_forward_parameters, norm_weights
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import (
    DUALPIPE,
    EXPERT_PARALLEL,
    MEGATRON,
    PREDICTION_MODULES,
    TRANSFORMER_SHAPE,
    V3_EXPERTS,
)
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.schedules import SCHEDULES


def _layers(dense, moe, dense_layer_parameters, moe_layer_parameters):
    """Parameters of a stage's layers outside routed experts."""
    return without_unknown(dense, dense_layer_parameters) + moe * moe_layer_parameters


def _on_first_gpu(pipeline_parallel, pipeline_schedule, first_stage, last_stage, closing):
    """Of the first stage, and of the last or of the model's end where they are held beside it."""
    more = {"apart": 0.0, "crossed": last_stage, "folded": closing}
    beside = more[SCHEDULES[pipeline_schedule].ends]
    return first_stage + where(pipeline_parallel == 1, closing, beside)


@quantity("parameter", source=TRANSFORMER_SHAPE)
def dense_layer_parameters(
    mixing_parameters_per_layer,
    dense_block_share,
    dense_layers,
    own_dense_layers,
    ffn_matrices,
    intermediate_size,
    ffn_bias,
    norms_per_layer,
    hidden_size,
    norm_bias,
    other_parameters,
    num_layers,
    own_norm_layers,
):
    """Parameters of a mean layer without experts; blocks taken in turn are held once."""
    ffn = feed_forward_parameters(ffn_matrices, intermediate_size, hidden_size, ffn_bias)
    norms = norm_weights(norms_per_layer, hidden_size, norm_bias)
    norms = norms * held_once(own_norm_layers, num_layers)
    other = other_parameters / num_layers
    blocks = dense_block_share * held_once(own_dense_layers, dense_layers) * ffn
    return mixing_parameters_per_layer + norms + blocks + other


@quantity("parameter", source=V3_EXPERTS)
def moe_layer_parameters(
    mixing_parameters_per_layer,
    shared_experts_per_layer,
    scored_experts,
    hidden_size,
    router_bias,
    hash_layers,
    num_moe_layers,
    norms_per_layer,
    norm_bias,
    other_parameters,
    num_layers,
):
    """Parameters of a mean layer with experts, without its routed experts."""
    learned = 1 - if_any(num_moe_layers, smaller(ratio(hash_layers, num_moe_layers), 1.0))
    router = scored_experts * (hidden_size + router_bias * learned)
    norms = norm_weights(norms_per_layer, hidden_size, norm_bias)
    other = other_parameters / num_layers
    shared = shared_experts_per_layer
    return mixing_parameters_per_layer + norms + shared + router + other


@quantity("parameter", source=EXPERT_PARALLEL)
def expert_layer_parameters(
    num_routed_experts, expert_parameters, expert_group, expert_tensor_group
):
    """Parameters of one layer's routed experts per accelerator."""
    return num_routed_experts * expert_parameters / (expert_group * expert_tensor_group)


@quantity("parameter", source=PREDICTION_MODULES)
def prediction_parameters(
    mtp_layers, hidden_size, norm_bias, embedding_parameters, pipeline_schedule, pipeline_parallel
):
    """Parameters of the prediction modules without their layers.

    A projection of two hidden states to one, three norms, and a copy of the embedding unless the
    accelerator of the last stage holds the first as well.
    """
    own = 2 * hidden_size * hidden_size + norm_weights(3, hidden_size, norm_bias)
    has_first = SCHEDULES[pipeline_schedule].joins_ends | (pipeline_parallel == 1)
    embedding = where(has_first, 0.0, embedding_parameters)
    return if_any(mtp_layers, mtp_layers * own + embedding)


@quantity("parameter", source=MEGATRON)
def first_stage_parameters(
    dense_layers_of_first_stage,
    moe_layers_of_first_stage,
    dense_layer_parameters,
    moe_layer_parameters,
    embedding_parameters,
    embedding_projection_weights,
    embedding_norm,
    hidden_size,
    norm_bias,
):
    """Parameters of the first stage without routed experts: its layers and the embedding.

    The embedding comes with its norm and its projection to the hidden width, if it has them.
    """
    layers = dense_layers_of_first_stage, moe_layers_of_first_stage
    held = _layers(*layers, dense_layer_parameters, moe_layer_parameters)
    beside = embedding_projection_weights / 2 + norm_weights(embedding_norm, hidden_size, norm_bias)
    return held + embedding_parameters + beside


@quantity("parameter", source=MEGATRON)
def middle_stage_parameters(
    layers_of_full_stage, moe_layers_of_middle_stage, dense_layer_parameters, moe_layer_parameters
):
    """Parameters of a full middle stage without routed experts."""
    layers = layers_of_full_stage - moe_layers_of_middle_stage, moe_layers_of_middle_stage
    return _layers(*layers, dense_layer_parameters, moe_layer_parameters)


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
    embedding_projection_weights,
    final_norm,
    hidden_size,
    norm_bias,
):
    """Parameters of the last stage without routed experts: layers, prediction modules, norm, head.

    A head tied to the embedding is a copy of it here.
    """
    layers = dense_layers_of_last_stage, moe_layers_of_last_stage
    held = _layers(*layers, dense_layer_parameters, moe_layer_parameters) + prediction_parameters
    head = head_weights + head_bias * vocab_size + embedding_projection_weights / 2
    return held + (head + norm_weights(final_norm, hidden_size, norm_bias))


@quantity("parameter", source=MEGATRON)
def closing_parameters(
    mtp_layers,
    prediction_moe_layers,
    dense_layer_parameters,
    moe_layer_parameters,
    prediction_parameters,
    head_parameters,
    embedding_projection_weights,
    final_norm,
    hidden_size,
    norm_bias,
):
    """Parameters after the last layer, without routed experts: prediction modules, norm, head."""
    layers = mtp_layers - prediction_moe_layers, prediction_moe_layers
    modules = _layers(*layers, dense_layer_parameters, moe_layer_parameters)
    ends = prediction_parameters + head_parameters + embedding_projection_weights / 2
    return modules + ends + norm_weights(final_norm, hidden_size, norm_bias)


@quantity("parameter", source=DUALPIPE)
def first_gpu_parameters(
    pipeline_parallel,
    pipeline_schedule,
    first_stage_parameters,
    last_stage_parameters,
    closing_parameters,
    tensor_parallel,
):
    """Parameters on an accelerator of the first stage, without routed experts.

    DualPipe feeds the pipeline from both ends, so its first accelerator also holds the last stage.
    DualPipeV ends where it began, and so does a pipeline of one stage.
    """
    stages = first_stage_parameters, last_stage_parameters, closing_parameters
    return _on_first_gpu(pipeline_parallel, pipeline_schedule, *stages) / tensor_parallel


@quantity("parameter", source=DUALPIPE)
def middle_gpu_parameters(pipeline_schedule, middle_stage_parameters, tensor_parallel):
    """Parameters on an accelerator after the first, without routed experts; DualPipe holds two."""
    return SCHEDULES[pipeline_schedule].copies * middle_stage_parameters / tensor_parallel


@quantity("parameter", source=DUALPIPE)
def last_gpu_parameters(last_stage_parameters, tensor_parallel):
    """Parameters on an accelerator of the last stage, without routed experts."""
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
    stages = moe_layers_of_first_stage, moe_layers_of_last_stage, prediction_moe_layers
    return _on_first_gpu(pipeline_parallel, pipeline_schedule, *stages)


@quantity("layer", source=DUALPIPE)
def middle_gpu_moe_layers(pipeline_schedule, moe_layers_of_middle_stage):
    """Layers with experts on an accelerator after the first."""
    return SCHEDULES[pipeline_schedule].copies * moe_layers_of_middle_stage
