"""Activations kept for the backward pass: per stage, and of all that is under way."""

from dsexplore.engine.constants import (
    BF16_BYTES,
    FP32_BYTES,
)
from dsexplore.engine.elementwise import larger, ratio, smaller, where, without_unknown
from dsexplore.engine.idioms import by_presence, sharded, stated_or
from dsexplore.engine.papers import (
    ACTIVATION_OFFLOAD,
    ACTIVATIONS,
    ACTIVATIONS_IN_FLIGHT,
    LOSSES,
    RECOMPUTED_LAYERS,
    V3_RECOMPUTATION,
)
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.schedules import SCHEDULES


def _of_layers(recompute_layers, dense, moe, dense_bytes, moe_bytes, layer_input):
    """Activation bytes of a stage's layers per token, of which so many are recomputed whole.

    Layers it has none of cost nothing.
    """
    layers = dense + moe
    whole = smaller(recompute_layers, layers)
    kept = where(layers > whole, 1 - ratio(whole, layers), 0.0)
    dense = without_unknown(kept * dense, dense_bytes)
    return whole * layer_input + dense + without_unknown(kept * moe, moe_bytes)


@quantity("layer", source=RECOMPUTED_LAYERS)
def layers_recomputed_whole(recompute, recompute_layers, num_layers, mtp_layers):
    """Layers of a stage that are recomputed whole, if it has as many."""
    return stated_or(recompute_layers, num_layers + mtp_layers) if recompute == "full" else 0.0


@quantity("byte/token", source=ACTIVATIONS)
def first_stage_bytes(
    layers_recomputed_whole,
    dense_layers_of_first_stage,
    moe_layers_of_first_stage,
    dense_layer_bytes,
    moe_layer_bytes,
    layer_input_bytes,
):
    """Activation bytes of the first stage's layers."""
    layers = dense_layers_of_first_stage, moe_layers_of_first_stage
    return _of_layers(
        layers_recomputed_whole, *layers, dense_layer_bytes, moe_layer_bytes, layer_input_bytes
    )


@quantity("byte/token", source=ACTIVATIONS)
def middle_stage_bytes(
    layers_recomputed_whole,
    layers_of_full_stage,
    moe_layers_of_middle_stage,
    dense_layer_bytes,
    moe_layer_bytes,
    layer_input_bytes,
):
    """Activation bytes of a full stage's layers."""
    moe = moe_layers_of_middle_stage
    layers = layers_of_full_stage - moe, moe
    return _of_layers(
        layers_recomputed_whole, *layers, dense_layer_bytes, moe_layer_bytes, layer_input_bytes
    )


@quantity("byte/token", source=ACTIVATIONS)
def last_stage_bytes(
    layers_recomputed_whole,
    dense_layers_of_last_stage,
    moe_layers_of_last_stage,
    dense_layer_bytes,
    moe_layer_bytes,
    layer_input_bytes,
):
    """Activation bytes of the last stage's layers and prediction modules."""
    layers = dense_layers_of_last_stage, moe_layers_of_last_stage
    return _of_layers(
        layers_recomputed_whole, *layers, dense_layer_bytes, moe_layer_bytes, layer_input_bytes
    )


@quantity("byte/token", source=V3_RECOMPUTATION)
def prediction_bytes(
    layers_recomputed_whole,
    mtp_layers,
    prediction_moe_layers,
    dense_layer_bytes,
    moe_layer_bytes,
    layer_input_bytes,
):
    """Activation bytes of the prediction modules' layers."""
    layers = mtp_layers - prediction_moe_layers, prediction_moe_layers
    return _of_layers(
        layers_recomputed_whole, *layers, dense_layer_bytes, moe_layer_bytes, layer_input_bytes
    )


@quantity("byte/token", source=RECOMPUTED_LAYERS)
def recomputed_block_bytes(
    recompute_attention_block,
    recompute_ffn,
    recompute_moe,
    num_layers,
    num_moe_layers,
    latent_activation_bytes,
    attention_activation_bytes,
    indexer_activation_bytes,
    score_activation_bytes,
    ffn_activation_bytes,
    expert_activation_bytes,
    sequence_parallel,
    tensor_parallel,
):
    """Activation bytes per accelerator of the largest block that is recomputed; 0 if none is."""
    inner = attention_activation_bytes + indexer_activation_bytes + score_activation_bytes
    latents = sharded(latent_activation_bytes, sequence_parallel, tensor_parallel)
    attention = where(recompute_attention_block, latents + inner / tensor_parallel, 0.0)
    has_dense = recompute_ffn & (num_layers > num_moe_layers)
    dense = where(has_dense, ffn_activation_bytes / tensor_parallel, 0.0)
    has_experts = recompute_moe & (num_moe_layers > 0)
    experts = where(has_experts, expert_activation_bytes / tensor_parallel, 0.0)
    return larger(attention, larger(dense, experts))


@quantity("byte/token", source="Chen et al. 2016, arXiv:1604.06174, section 3; " + ACTIVATIONS)
def recompute_working_bytes(
    recompute,
    num_moe_layers,
    dense_layer_bytes,
    moe_layer_bytes,
    layer_input_bytes,
    recomputed_block_bytes,
):
    """Activation bytes of what is being recomputed: a layer beside its input, or a block of one."""
    layer = by_presence(num_moe_layers, moe_layer_bytes, dense_layer_bytes)
    whole = layer - layer_input_bytes if recompute == "full" else 0.0 * layer_input_bytes
    return whole + recomputed_block_bytes


@quantity("byte/token", source=ACTIVATION_OFFLOAD, assumes="One layer is on its way to the host.")
def offload_working_bytes(
    activation_offload,
    layers_recomputed_whole,
    num_moe_layers,
    dense_layer_bytes,
    moe_layer_bytes,
    layer_input_bytes,
):
    """Offloaded activation bytes of the one layer on its way to the host, or back."""
    layer = by_presence(num_moe_layers, moe_layer_bytes, dense_layer_bytes)
    layer = where(layers_recomputed_whole > 0, layer_input_bytes, layer)
    return without_unknown(activation_offload, layer)


@quantity("", source=ACTIVATIONS_IN_FLIGHT)
def stages_in_flight(pipeline_schedule, pipeline_parallel, pieces_per_stage, micro_batches):
    """Most stages of activations on the first accelerator.

    p with 1F1B; p (1 + (p - 1) / (p v)) interleaved over v pieces (section 4.2.3), of which one
    is 1F1B.
    """
    pieces = pipeline_parallel + (pipeline_parallel - 1) / pieces_per_stage
    warmed_up = {
        "all": micro_batches,
        "fewer": pipeline_parallel,
        "pieces": where(pieces_per_stage > 1, pieces, pipeline_parallel),
        "equal": pipeline_parallel,
        "both ways": pipeline_parallel + 1 / pieces_per_stage,
    }[SCHEDULES[pipeline_schedule].in_flight]
    at_most = larger(micro_batches, 1.0)
    return where(pipeline_parallel == 1, 1.0, smaller(warmed_up, at_most))


@quantity("", source=ACTIVATIONS_IN_FLIGHT)
def middle_stages_in_flight(pipeline_schedule, pipeline_parallel, pieces_per_stage, micro_batches):
    """Most stages of activations on the accelerator after the first."""
    pieces = pipeline_parallel + (pipeline_parallel - 3) / pieces_per_stage
    warmed_up = {
        "all": micro_batches,
        "fewer": pipeline_parallel - 1,
        "pieces": where(pieces_per_stage > 1, pieces, pipeline_parallel - 1),
        "equal": pipeline_parallel,
        "both ways": pipeline_parallel + 1 / pieces_per_stage,
    }[SCHEDULES[pipeline_schedule].in_flight]
    return smaller(larger(warmed_up, 0.0), larger(micro_batches, 1.0))


@quantity("", source=ACTIVATIONS_IN_FLIGHT)
def last_stages_in_flight(pipeline_schedule, pipeline_parallel, pieces_per_stage, micro_batches):
    """Most stages of activations on the last accelerator."""
    warmed_up = {
        "all": micro_batches,
        "fewer": 1.0,
        "pieces": pipeline_parallel - (pipeline_parallel - 1) / pieces_per_stage,
        "equal": pipeline_parallel,
        "both ways": pipeline_parallel + 1 / pieces_per_stage,
    }[SCHEDULES[pipeline_schedule].in_flight]
    return smaller(warmed_up, larger(micro_batches, 1.0))


@quantity("byte", source=ACTIVATIONS_IN_FLIGHT)
def first_gpu_activations(
    pipeline_parallel,
    pipeline_schedule,
    stages_in_flight,
    first_stage_bytes,
    last_stage_bytes,
    prediction_bytes,
    recompute_working_bytes,
    activation_offload,
    offload_working_bytes,
    tokens_per_micro_batch,
):
    """Peak activations on an accelerator of the first stage.

    With DualPipe one stage in flight is the last; DualPipeV and a lone stage also end here.
    """
    more = {
        "apart": 0.0 * last_stage_bytes,
        "crossed": last_stage_bytes - first_stage_bytes,
        "folded": prediction_bytes,
    }[SCHEDULES[pipeline_schedule].ends]
    added = where(pipeline_parallel == 1, prediction_bytes, more)
    stages = stages_in_flight * first_stage_bytes + added
    working = recompute_working_bytes + offload_working_bytes
    return tokens_per_micro_batch * ((1 - activation_offload) * stages + working)


@quantity("byte", source=ACTIVATIONS_IN_FLIGHT)
def middle_gpu_activations(
    middle_stages_in_flight,
    middle_stage_bytes,
    recompute_working_bytes,
    activation_offload,
    offload_working_bytes,
    tokens_per_micro_batch,
):
    """Peak activations on the accelerator after the first."""
    stages = middle_stages_in_flight * middle_stage_bytes
    working = recompute_working_bytes + offload_working_bytes
    return tokens_per_micro_batch * ((1 - activation_offload) * stages + working)


@quantity("byte", source=ACTIVATIONS_IN_FLIGHT)
def last_gpu_activations(
    last_stages_in_flight,
    last_stage_bytes,
    recompute_working_bytes,
    activation_offload,
    offload_working_bytes,
    tokens_per_micro_batch,
):
    """Peak activations on an accelerator of the last stage."""
    stages = last_stages_in_flight * last_stage_bytes
    working = recompute_working_bytes + offload_working_bytes
    return tokens_per_micro_batch * ((1 - activation_offload) * stages + working)


@quantity("byte", source=LOSSES + "; " + ACTIVATIONS)
def logit_bytes(loss, loss_chunks):
    """Bytes per logit at the peak of the loss.

    Whole: in BF16, and in FP32 the logits, their log-probabilities and their gradient. Fused: one
    value in FP32, which softmax and gradient overwrite. Chunked: whole, of one chunk of the tokens.
    """
    whole = BF16_BYTES + 3 * FP32_BYTES
    return {"whole": whole, "fused": FP32_BYTES, "chunked": whole / loss_chunks}[loss]


@quantity("byte", source=LOSSES + "; " + ACTIVATIONS)
def head_logits(logit_bytes, vocab_size, tokens_per_micro_batch, tensor_parallel):
    """Logits of one micro-batch per accelerator with the head, as the loss keeps them.

    4 s v, of s tokens and a vocabulary of v, where the loss is fused (section 4.3).
    """
    return logit_bytes * vocab_size * tokens_per_micro_batch / tensor_parallel
