"""Passes: forward, backward for inputs and backward for weights of one micro-batch on a stage.

They are the F, B and W of the schedules; DualPipe's pair runs a forward into a backward pass.
"""

from dsexplore.engine.assumptions import SHARE_HIDDEN
from dsexplore.engine.constants import BACKWARD_OVER_FORWARD, BF16_BYTES
from dsexplore.engine.elementwise import larger, ratio, where
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import MEGATRON, RECOMPUTATION, V3_TRAINING


# F, B and W of a layer: arithmetic, and memory-bound work
@quantity("second", source=MEGATRON)
def layer_arithmetic_time(
    layer_gemm_time, layer_attention_time, layer_attention_backward_time, recompute
):
    """Matrix products and attention of a layer, forward, backward and recomputed."""
    forward = layer_gemm_time + layer_attention_time
    again = forward if recompute == "full" else 0.0
    return forward + again + 2 * layer_gemm_time + layer_attention_backward_time


@quantity("second", source=MEGATRON)
def layer_forward_time(layer_gemm_time, layer_attention_time, layer_score_time, layer_moving_time):
    """Forward of a mean layer for one micro-batch."""
    return layer_gemm_time + layer_attention_time + layer_score_time + layer_moving_time


@quantity("fraction", source=V3_TRAINING)
def up_projection_share(
    attention,
    recompute_up_projections,
    num_attention_heads,
    q_lora_rank,
    query_key_dim,
    kv_lora_rank,
    qk_nope_head_dim,
    value_dim,
    layer_matmul_weights,
):
    """Share of a layer's matrices that latent attention computes again, from the latents up."""
    if attention == "gqa":
        return 0.0
    up = q_lora_rank * query_key_dim + kv_lora_rank * (qk_nope_head_dim + value_dim)
    share = ratio(num_attention_heads * up, layer_matmul_weights)
    return where(layer_matmul_weights == 0, 0.0, recompute_up_projections * share)


@quantity("byte", source=V3_TRAINING)
def layer_again_bytes(
    recompute_norms,
    recompute_ffn_activation,
    hidden_size,
    ffn_matrices,
    inner_width,
    tokens_per_micro_batch,
    tensor_parallel,
    sequence_parallel,
):
    """Moved to compute a layer's norms and activation function again, where they are not kept."""
    norms = recompute_norms * 4 * hidden_size / where(sequence_parallel, tensor_parallel, 1)
    activation = recompute_ffn_activation * ffn_matrices * inner_width / tensor_parallel
    return BF16_BYTES * tokens_per_micro_batch * (norms + activation)


@quantity("second", source=RECOMPUTATION + "; " + V3_TRAINING)
def layer_recomputed_time(
    recompute,
    layer_forward_time,
    layer_score_time,
    layer_gemm_time,
    up_projection_share,
    layer_again_bytes,
    memory_factor,
    memory_rate,
):
    """Forward work of a layer that the backward pass repeats, beside attention's products."""
    if recompute == "full":
        return layer_forward_time
    again = up_projection_share * layer_gemm_time
    again = again + ratio(layer_again_bytes * memory_factor, memory_rate)
    return again + layer_score_time if recompute == "selective" else again


@quantity("second", source=V3_TRAINING)
def layer_backward_time(
    layer_gemm_time,
    layer_attention_backward_time,
    layer_score_time,
    layer_moving_time,
    layer_recomputed_time,
):
    """Backward of a mean layer for its inputs, with what is computed again."""
    moved = BACKWARD_OVER_FORWARD * (layer_score_time + layer_moving_time)
    return layer_gemm_time + layer_attention_backward_time + moved + layer_recomputed_time


@quantity("second", source=V3_TRAINING)
def layer_weight_time(
    layer_gemm_time, layer_accumulation_time, layer_requantised_bytes, memory_factor, memory_rate
):
    """Backward of a mean layer for its weights."""
    turned = ratio(layer_requantised_bytes * memory_factor, memory_rate)
    return layer_gemm_time + layer_accumulation_time + turned


# A stage
@quantity("second", source=MEGATRON)
def layer_forward_waiting_time(all_reduce_time, key_value_gather_time):
    """Communication of a layer, forward, in groups whose members wait for each other."""
    return 2 * all_reduce_time + key_value_gather_time


@quantity("second", source=MEGATRON)
def layer_backward_waiting_time(all_reduce_time, key_value_gather_time, recompute):
    """The same, backward; full recomputation repeats the forward's sums."""
    sums = 4 if recompute == "full" else 2
    return sums * all_reduce_time + 2 * key_value_gather_time


@quantity("second", source=V3_TRAINING)
def layer_exchange_time(moe_layer_share, expert_exchange_time):
    """Dispatch and combine of a mean layer at full links, forward or backward."""
    return where(moe_layer_share == 0, 0.0, moe_layer_share * expert_exchange_time)


@quantity("second", assumes=SHARE_HIDDEN)
def exposed_send_time(pipeline_send_time, communication_overlap):
    """Sends of one micro-batch in one direction that nothing hides."""
    return pipeline_send_time * (1 - communication_overlap)


@quantity("second", source=MEGATRON)
def forward_communication_time(
    slowest_stage_layers,
    layer_forward_waiting_time,
    layer_exchange_time,
    network_efficiency,
    exposed_send_time,
):
    """Communication of one micro-batch on the slowest stage, forward, with nothing beside it."""
    layer = layer_forward_waiting_time + layer_exchange_time / network_efficiency
    return slowest_stage_layers * layer + exposed_send_time


@quantity("second", source=MEGATRON)
def backward_communication_time(
    slowest_stage_layers,
    layer_backward_waiting_time,
    layer_exchange_time,
    network_efficiency,
    exposed_send_time,
):
    """Communication of one micro-batch on the slowest stage, backward, with nothing beside it."""
    layer = layer_backward_waiting_time + layer_exchange_time / network_efficiency
    return slowest_stage_layers * layer + exposed_send_time


@quantity("second", source=MEGATRON)
def forward_time(
    slowest_stage_layers,
    slowest_stage_heads,
    layer_forward_time,
    head_time,
    forward_communication_time,
):
    """F: forward of one micro-batch on the slowest stage, alone, with its communication."""
    compute = slowest_stage_layers * layer_forward_time + slowest_stage_heads * head_time
    return compute + forward_communication_time


@quantity("second", source=V3_TRAINING)
def backward_time(
    slowest_stage_layers,
    slowest_stage_heads,
    layer_backward_time,
    head_time,
    backward_communication_time,
):
    """B: backward of one micro-batch for its inputs, alone, with its communication."""
    compute = slowest_stage_layers * layer_backward_time + slowest_stage_heads * head_time
    return compute + backward_communication_time


@quantity("second", source=V3_TRAINING)
def weight_time(slowest_stage_layers, slowest_stage_heads, layer_weight_time, head_time):
    """W: backward of one micro-batch for the weights of the slowest stage."""
    return slowest_stage_layers * layer_weight_time + slowest_stage_heads * head_time


@quantity("second", source=MEGATRON)
def micro_batch_compute_time(
    slowest_stage_layers,
    slowest_stage_heads,
    layer_forward_time,
    layer_backward_time,
    layer_weight_time,
    head_time,
):
    """Compute of one micro-batch on the slowest stage, forward and backward."""
    layer = layer_forward_time + layer_backward_time + layer_weight_time
    return slowest_stage_layers * layer + 3 * slowest_stage_heads * head_time


@quantity("second", source=V3_TRAINING)
def layer_overlapped_compute_time(
    layer_forward_time,
    layer_backward_time,
    layer_weight_time,
    layer_arithmetic_time,
    lent_slowdown,
):
    """Compute of a mean layer, forward and backward, on the SMs that communication leaves."""
    whole = layer_forward_time + layer_backward_time + layer_weight_time
    return whole + (lent_slowdown - 1) * layer_arithmetic_time


@quantity("second", source=V3_TRAINING)
def layer_overlapped_exchange_time(layer_exchange_time, all_to_all_efficiency):
    """The four all-to-alls of a mean layer, beside compute."""
    return 2 * layer_exchange_time / all_to_all_efficiency


@quantity("second", source=V3_TRAINING)
def layer_overlapped_waiting_time(
    layer_overlapped_compute_time,
    layer_overlapped_exchange_time,
    layer_forward_waiting_time,
    layer_backward_waiting_time,
):
    """What compute does not hide as a forward runs into a backward: the exchange's longer part.

    Groups whose members wait for each other do so as ever.
    """
    longer = larger(layer_overlapped_exchange_time - layer_overlapped_compute_time, 0.0)
    return longer + layer_forward_waiting_time + layer_backward_waiting_time


@quantity("second", source=V3_TRAINING)
def overlapped_layer_time(layer_overlapped_compute_time, layer_overlapped_waiting_time):
    """One layer's forward of a micro-batch run into the backward of another."""
    return layer_overlapped_compute_time + layer_overlapped_waiting_time


@quantity("second", source=V3_TRAINING)
def overlapped_compute_time(
    slowest_stage_layers,
    layer_overlapped_compute_time,
    slowest_stage_heads,
    head_time,
    lent_slowdown,
):
    """Compute of a forward run into a backward on the slowest stage."""
    heads = 3 * slowest_stage_heads * head_time * lent_slowdown
    return slowest_stage_layers * layer_overlapped_compute_time + heads


@quantity("second", source=V3_TRAINING)
def overlapped_waiting_time(slowest_stage_layers, layer_overlapped_waiting_time, exposed_send_time):
    """Communication that such a pair waits for."""
    return slowest_stage_layers * layer_overlapped_waiting_time + 2 * exposed_send_time


@quantity("second", source=V3_TRAINING)
def overlapped_pair_time(overlapped_compute_time, overlapped_waiting_time):
    """F&B: forward of one micro-batch run into the backward of another on the slowest stage."""
    return overlapped_compute_time + overlapped_waiting_time


@quantity("", source=V3_TRAINING)
def compute_to_communication(
    micro_batch_compute_time, forward_communication_time, backward_communication_time
):
    """Compute of a micro-batch over its communication, before any overlap; unknown without."""
    sent = forward_communication_time + backward_communication_time
    return ratio(micro_batch_compute_time, sent)
