"""Kernels: times of one layer's work on a micro-batch, by what bounds it.

Matrix products and attention run at a share of the peak FLOP/s, the rest at a share of the memory
bandwidth.
"""

from dsexplore.engine.assumptions import MEAN_LAYER, OWN_KERNELS
from dsexplore.engine.constants import (
    BACKWARD_OVER_FORWARD,
    BF16_BYTES,
    FLOP_PER_MULTIPLY_ADD,
    FP32_BYTES,
)
from dsexplore.engine.elementwise import larger, ratio, where, without_unknown
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import if_any, sharded, stated_or
from dsexplore.engine.papers import (
    FLASH_ATTENTION,
    FLOP_PER_TOKEN,
    RECOMPUTATION,
    ROOFLINE,
    V3_QUANTISATION,
)

# Flash attention computes the scores again: five products in the backward pass to two forward.
FLASH_BACKWARD_OVER_FORWARD = 2.5


# A mean layer
@quantity("", assumes=MEAN_LAYER)
def routed_experts_computed(experts_per_token, expert_imbalance, moe_layer_share):
    """Routed experts per token on the busiest accelerator, on average over layers."""
    return experts_per_token * expert_imbalance * moe_layer_share


@quantity("", assumes=MEAN_LAYER)
def shared_expert_width(
    num_shared_experts, shared_expert_intermediate_size, moe_intermediate_size, moe_layer_share
):
    """Inner width of the shared experts, on average over layers."""
    width = num_shared_experts * stated_or(shared_expert_intermediate_size, moe_intermediate_size)
    return if_any(moe_layer_share, width * moe_layer_share)


@quantity("", assumes=MEAN_LAYER)
def inner_width(
    moe_layer_share,
    intermediate_size,
    routed_experts_computed,
    moe_intermediate_size,
    shared_expert_width,
):
    """Inner width of all feed-forward blocks a token passes, on average over layers."""
    dense = without_unknown(1 - moe_layer_share, intermediate_size)
    routed = if_any(moe_layer_share, routed_experts_computed * moe_intermediate_size)
    return dense + routed + shared_expert_width


# Matrix products
@quantity("FLOP", source=FLOP_PER_TOKEN, assumes=MEAN_LAYER)
def layer_gemm_flops(
    layer_matmul_weights,
    expert_imbalance,
    experts_per_token,
    moe_layer_share,
    ffn_matrices,
    moe_intermediate_size,
    hidden_size,
    tokens_per_micro_batch,
    tensor_parallel,
):
    """Forward FLOP of a mean layer's matrices per micro-batch, on the busiest accelerator."""
    late = (expert_imbalance - 1) * experts_per_token * moe_layer_share
    late = late * ffn_matrices * moe_intermediate_size * hidden_size
    weights = layer_matmul_weights + if_any(moe_layer_share, late)
    return FLOP_PER_MULTIPLY_ADD * tokens_per_micro_batch * weights / tensor_parallel


@quantity("", source=ROOFLINE, assumes=MEAN_LAYER)
def gemm_size(
    tokens_per_micro_batch,
    hidden_size,
    intermediate_size,
    moe_intermediate_size,
    tensor_parallel,
    moe_layer_share,
    experts_per_token,
    num_routed_experts,
    expert_parallel,
):
    """Multiply-adds of a matrix product per value it moves: 1 / (1/m + 1/n + 1/k) of its sides."""
    side = if_any(intermediate_size, ratio(tensor_parallel, intermediate_size))
    dense = 1 / tokens_per_micro_batch + tensor_parallel / hidden_size + side
    received = tokens_per_micro_batch * expert_parallel * experts_per_token
    height = if_any(received, ratio(num_routed_experts, received))
    side = if_any(moe_intermediate_size, ratio(tensor_parallel, moe_intermediate_size))
    routed = height + tensor_parallel / hidden_size + side
    routed = if_any(moe_layer_share, moe_layer_share * routed)
    dense = without_unknown(1 - moe_layer_share, dense)
    return 1 / (dense + routed)


@quantity("", source=ROOFLINE, assumes="The first and last tiles of a product hide no traffic.")
def gemm_slowdown(gemm_size, gemm_rate, memory_rate, exposed_operand_share):
    """Time of a matrix product of this size relative to a large one, its operands moved too."""
    moved = ratio(BF16_BYTES / FLOP_PER_MULTIPLY_ADD, gemm_size)
    return 1 + exposed_operand_share * moved * ratio(gemm_rate, memory_rate)


@quantity("second", source=ROOFLINE)
def layer_gemm_time(layer_gemm_flops, gemm_slowdown, gemm_rate):
    """Forward time of a mean layer's matrix products per micro-batch."""
    return ratio(layer_gemm_flops * gemm_slowdown, gemm_rate)


@quantity(
    "second",
    source=ROOFLINE,
    assumes="The head runs in BF16, and its loss reads and writes the logits in memory.",
)
def head_time(
    head_weights,
    embedding_projection_weights,
    mtp_layers,
    vocab_size,
    tokens_per_micro_batch,
    tensor_parallel,
    bf16_gemm_rate,
    memory_rate,
    logit_passes,
    loss,
):
    """Forward time of the output head and its softmax, once per predicted token.

    A loss that is not fused or chunked writes its FP32 copy of the logits apart.
    """
    tokens = (1 + mtp_layers) * tokens_per_micro_batch / tensor_parallel
    weights = head_weights + embedding_projection_weights
    product = ratio(FLOP_PER_MULTIPLY_ADD * tokens * weights, bf16_gemm_rate)
    # By default written in BF16 (1), read and written by a softmax in FP32 (2 + 2).
    copied = BF16_BYTES + FP32_BYTES if loss == "whole" else 0.0
    moved = (logit_passes * BF16_BYTES + copied) * tokens * vocab_size
    return product + ratio(moved, memory_rate)


# Attention
@quantity("FLOP", source=FLASH_ATTENTION + "; " + RECOMPUTATION)
def layer_attention_flops(
    flash_attention,
    attention_flops_per_token,
    attention_flops_per_token_full,
    num_layers,
    tokens_per_micro_batch,
    tensor_parallel,
):
    """Forward FLOP of a mean layer's attention per micro-batch; only a fused kernel skips half."""
    each = where(flash_attention > 0, attention_flops_per_token, attention_flops_per_token_full)
    return each / num_layers * tokens_per_micro_batch / tensor_parallel


@quantity(
    "second", source=RECOMPUTATION, assumes="Unfused attention moves its scores through memory."
)
def layer_score_time(
    flash_attention,
    num_attention_heads,
    tokens_per_micro_batch,
    attended_tokens_full,
    tensor_parallel,
    score_passes,
    dropout_masks,
    memory_factor,
    memory_rate,
):
    """Forward time of moving one layer's scores through memory: softmax, and dropout if any."""
    scores = num_attention_heads * tokens_per_micro_batch * attended_tokens_full / tensor_parallel
    # By default written (1), read and written by scaling, mask and softmax (2) and by dropout
    # with its mask of one byte (2.5), and read again (1).
    of_dropout = (1 - dropout_masks) * (2 * BF16_BYTES + BF16_BYTES / 2)
    each = larger(score_passes * BF16_BYTES - of_dropout, 0.0)
    moved = each * scores * memory_factor
    return where(flash_attention > 0, 0.0, ratio(moved, memory_rate))


@quantity("second", source=ROOFLINE)
def layer_attention_time(layer_attention_flops, attention_rate):
    """Forward time of the matrix products of one layer's attention per micro-batch."""
    return ratio(layer_attention_flops, attention_rate)


@quantity("second", source=FLASH_ATTENTION)
def layer_attention_backward_time(layer_attention_time, flash_attention, recompute):
    """Backward time of the matrix products of one layer's attention per micro-batch.

    Selective recomputation adds the forward.
    """
    again = where(flash_attention > 0, FLASH_BACKWARD_OVER_FORWARD, BACKWARD_OVER_FORWARD)
    return layer_attention_time * (again + (recompute == "selective"))


# Memory-bound work
@quantity("byte", assumes=OWN_KERNELS)
def layer_moved_bytes(
    attention,
    hidden_size,
    num_attention_heads,
    num_kv_heads,
    query_key_dim,
    value_dim,
    ffn_matrices,
    inner_width,
    routed_experts_computed,
    moe_layer_share,
    hidden_passes,
    expert_copy_passes,
    tokens_per_micro_batch,
    tensor_parallel,
    sequence_parallel,
):
    """Bytes a mean layer's norms, sums, activations and copies move per micro-batch, forward.

    The whole tensor-parallel group repeats norms and residual sums, unless sequence parallelism
    shares them. Tokens are copied on their way to experts and back.
    """
    # By default two norms read and write (4), two residual sums read two values and write one (6).
    whole = hidden_passes * hidden_size
    whole = sharded(whole, sequence_parallel, tensor_parallel)
    kv_heads = num_kv_heads if attention == "gqa" else num_attention_heads
    heads = (num_attention_heads + kv_heads) * (query_key_dim + value_dim)
    # By default read and written on the way there (2) and back (2).
    copies = if_any(moe_layer_share, expert_copy_passes * routed_experts_computed * hidden_size)
    # Positions read and write the heads. An activation function reads the output of every matrix
    # but the last, and writes that one's input.
    shared = 2 * heads + ffn_matrices * inner_width + copies
    return BF16_BYTES * tokens_per_micro_batch * (whole + shared / tensor_parallel)


@quantity("second", source=ROOFLINE)
def layer_moving_time(layer_moved_bytes, memory_factor, memory_rate):
    """Forward time of a mean layer's memory-bound work per micro-batch."""
    return ratio(layer_moved_bytes * memory_factor, memory_rate)


@quantity("byte", source=V3_QUANTISATION)
def layer_requantised_bytes(
    precision,
    hidden_size,
    num_attention_heads,
    query_key_dim,
    value_dim,
    inner_width,
    ffn_matrices,
    routed_experts_computed,
    moe_layer_share,
    tokens_per_micro_batch,
    tensor_parallel,
):
    """Bytes moved per layer and micro-batch to scale FP8 operands anew for the weight gradients.

    Their scales run along tokens there, not along channels. Inputs and output gradients of each
    product are read and written once in FP8, one byte each way.
    """
    if precision == "bf16":
        return 0.0
    received = if_any(moe_layer_share, routed_experts_computed * hidden_size)
    heads = num_attention_heads * (2 * query_key_dim + 2 * value_dim)
    ends = 3 * hidden_size + 2 * received
    widths = ends + heads + ffn_matrices * inner_width
    return BF16_BYTES * tokens_per_micro_batch * widths / tensor_parallel


@quantity("second", assumes="Gradients are summed in memory after every micro-batch.")
def layer_accumulation_time(
    non_expert_parameters,
    embedding_parameters,
    head_parameters,
    routed_expert_parameters,
    tensor_parallel,
    expert_parallel,
    num_layers,
    gradient_bytes,
    memory_rate,
    exposed_operand_share,
):
    """Time to read and write a mean layer's summed gradients, as far as products do not hide it."""
    dense = non_expert_parameters - embedding_parameters - head_parameters
    held = dense / tensor_parallel + routed_expert_parameters / expert_parallel
    moved = 2 * gradient_bytes * held / num_layers
    return ratio(exposed_operand_share * moved, memory_rate)
