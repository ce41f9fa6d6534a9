"""Kernels: times of one layer's work on a micro-batch, by what bounds it.

Matrix products and attention run at a share of the arithmetic peak, the rest at a share of the
memory bandwidth.
"""

from dsexplore.engine.constants import BACKWARD_OVER_FORWARD, BF16_BYTES, FLOP_PER_MULTIPLY_ADD
from dsexplore.engine.elementwise import ratio, where
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import FLASH_ATTENTION, MEGATRON, RECOMPUTATION, ROOFLINE, V3_TRAINING

# Flash attention computes the scores again: five products in the backward pass to two forward.
FLASH_BACKWARD_OVER_FORWARD = 2.5

# Of one score, in numbers of BF16: product written, scaled and masked, softmax, dropout with its
# mask of half a number, read again.
SCORE_PASSES = 6.5

# Of one hidden number: two norms read and write, two residual sums read twice and write.
NORM_AND_RESIDUAL_PASSES = 10


@quantity("", source=MEGATRON)
def routed_experts_computed(experts_per_token, expert_imbalance, moe_layer_share):
    """Routed experts that the busiest accelerator computes a token, on average over layers."""
    return experts_per_token * expert_imbalance * moe_layer_share


@quantity("", source=V3_TRAINING)
def shared_expert_width(
    num_shared_experts, shared_expert_intermediate_size, moe_intermediate_size, moe_layer_share
):
    """Inner width of the shared experts, on average over layers."""
    own = shared_expert_intermediate_size
    width = num_shared_experts * where(own > 0, own, moe_intermediate_size)
    return where(moe_layer_share == 0, 0.0, width * moe_layer_share)


@quantity("", source=MEGATRON)
def inner_width(
    moe_layer_share,
    intermediate_size,
    routed_experts_computed,
    moe_intermediate_size,
    shared_expert_width,
):
    """Inner width of the feed-forward blocks that a token passes, on average over layers."""
    dense = where(moe_layer_share == 1, 0.0, (1 - moe_layer_share) * intermediate_size)
    routed = where(moe_layer_share == 0, 0.0, routed_experts_computed * moe_intermediate_size)
    return dense + routed + shared_expert_width


@quantity("FLOP", source=MEGATRON)
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
    """Forward FLOP of a mean layer's matrices for one micro-batch on one accelerator."""
    late = (expert_imbalance - 1) * experts_per_token * moe_layer_share
    late = late * ffn_matrices * moe_intermediate_size * hidden_size
    weights = layer_matmul_weights + where(moe_layer_share == 0, 0.0, late)
    return FLOP_PER_MULTIPLY_ADD * tokens_per_micro_batch * weights / tensor_parallel


@quantity("", source=ROOFLINE)
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
    """Arithmetic of a matrix product over the numbers it moves: harmonic in its three sides."""
    side = where(intermediate_size == 0, 0.0, ratio(tensor_parallel, intermediate_size))
    dense = 1 / tokens_per_micro_batch + tensor_parallel / hidden_size + side
    received = tokens_per_micro_batch * expert_parallel * experts_per_token
    height = where(received == 0, 0.0, ratio(num_routed_experts, received))
    side = where(moe_intermediate_size == 0, 0.0, ratio(tensor_parallel, moe_intermediate_size))
    routed = height + tensor_parallel / hidden_size + side
    routed = where(moe_layer_share == 0, 0.0, moe_layer_share * routed)
    dense = where(moe_layer_share == 1, 0.0, (1 - moe_layer_share) * dense)
    return 1 / (dense + routed)


@quantity("", source=ROOFLINE, assumes="The first and last tiles of a product hide no traffic.")
def gemm_slowdown(gemm_size, gemm_rate, memory_rate, exposed_operand_share):
    """Time of a matrix product of this size over that of a large one, as operands are moved too."""
    moved = ratio(BF16_BYTES / FLOP_PER_MULTIPLY_ADD, gemm_size)
    return 1 + exposed_operand_share * moved * ratio(gemm_rate, memory_rate)


@quantity("second", source=ROOFLINE)
def layer_gemm_time(layer_gemm_flops, gemm_slowdown, gemm_rate):
    """Matrix products of a mean layer, forward."""
    return ratio(layer_gemm_flops * gemm_slowdown, gemm_rate)


@quantity("second", source=MEGATRON)
def head_time(
    head_weights,
    embedding_projection_weights,
    mtp_layers,
    vocab_size,
    tokens_per_micro_batch,
    tensor_parallel,
    bf16_gemm_rate,
    memory_rate,
):
    """Output head and its softmax, forward, once for each predicted token, in BF16."""
    tokens = (1 + mtp_layers) * tokens_per_micro_batch / tensor_parallel
    weights = head_weights + embedding_projection_weights
    product = ratio(FLOP_PER_MULTIPLY_ADD * tokens * weights, bf16_gemm_rate)
    # Logits are written, and their softmax reads and writes them in FP32.
    return product + ratio(5 * BF16_BYTES * tokens * vocab_size, memory_rate)


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
    """Forward FLOP of one layer's attention of a micro-batch; only a fused kernel skips a half."""
    a_token = where(flash_attention > 0, attention_flops_per_token, attention_flops_per_token_full)
    return a_token / num_layers * tokens_per_micro_batch / tensor_parallel


@quantity("second", source=RECOMPUTATION)
def layer_score_time(
    flash_attention,
    num_attention_heads,
    tokens_per_micro_batch,
    attended_tokens_full,
    tensor_parallel,
    memory_factor,
    memory_rate,
):
    """Scores, softmax and dropout of one layer that go through memory, forward."""
    scores = num_attention_heads * tokens_per_micro_batch * attended_tokens_full / tensor_parallel
    moved = SCORE_PASSES * BF16_BYTES * scores * memory_factor
    return where(flash_attention > 0, 0.0, ratio(moved, memory_rate))


@quantity("second", source=FLASH_ATTENTION)
def layer_attention_time(layer_attention_flops, attention_rate):
    """Products of one layer's attention, forward."""
    return ratio(layer_attention_flops, attention_rate)


@quantity("second", source=FLASH_ATTENTION)
def layer_attention_backward_time(layer_attention_time, flash_attention, recompute):
    """Products of one layer's attention, backward; selective recomputation adds the forward."""
    again = where(flash_attention > 0, FLASH_BACKWARD_OVER_FORWARD, BACKWARD_OVER_FORWARD)
    return layer_attention_time * (again + (recompute == "selective"))


# Memory-bound work
@quantity("byte", source=RECOMPUTATION)
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
    tokens_per_micro_batch,
    tensor_parallel,
    sequence_parallel,
):
    """Moved by a mean layer's norms, sums, activations and copies for one micro-batch, forward.

    Norms and residual sums are repeated by the whole tensor-parallel group, unless sequence
    parallelism shares them. Tokens are copied on their way to experts and back.
    """
    whole = NORM_AND_RESIDUAL_PASSES * hidden_size
    whole = whole / where(sequence_parallel, tensor_parallel, 1)
    kv_heads = num_kv_heads if attention == "gqa" else num_attention_heads
    heads = (num_attention_heads + kv_heads) * (query_key_dim + value_dim)
    copies = where(moe_layer_share == 0, 0.0, 4 * routed_experts_computed * hidden_size)
    shared = 2 * heads + ffn_matrices * inner_width + copies
    return BF16_BYTES * tokens_per_micro_batch * (whole + shared / tensor_parallel)


@quantity("second", source=RECOMPUTATION)
def layer_moving_time(layer_moved_bytes, memory_factor, memory_rate):
    """Memory-bound work of a mean layer, forward; backward takes twice that."""
    return ratio(layer_moved_bytes * memory_factor, memory_rate)


@quantity("byte", source="DeepSeek-V3 report, arXiv:2412.19437, section 3.3.2")
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
    """Moved to turn a layer's operands for the weights' products: FP8 scales run over tokens there.

    Inputs and output gradients of each product are read and written once, in half of BF16 each.
    """
    if precision == "bf16":
        return 0.0
    received = where(moe_layer_share == 0, 0.0, routed_experts_computed * hidden_size)
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
    """Reading and writing a mean layer's summed gradients, as far as products do not hide it."""
    dense = non_expert_parameters - embedding_parameters - head_parameters
    held = dense / tensor_parallel + routed_expert_parameters / expert_parallel
    moved = 2 * gradient_bytes * held / num_layers
    return ratio(exposed_operand_share * moved, memory_rate)
