"""Moving: what a layer's memory-bound work moves on a micro-batch, and the head's time."""

from dsexplore.engine.assumptions import MEAN_LAYER, OWN_KERNELS
from dsexplore.engine.constants import BF16_BYTES, FLOP_PER_MULTIPLY_ADD, FP32_BYTES
from dsexplore.engine.elementwise import larger, ratio, where, without_unknown
from dsexplore.engine.formulas.machine.products import product_time
from dsexplore.engine.idioms import if_any, sharded, stated_or
from dsexplore.engine.papers import FLOP_PER_TOKEN, HYPER_CONNECTIONS, LORA, ROOFLINE, STATES
from dsexplore.engine.quantity import quantity


# A mean layer
@quantity("", assumes=MEAN_LAYER)
def routed_experts_computed(computed_experts_per_token, expert_load, moe_layer_share):
    """Routed experts per token on the busiest accelerator, on average over layers."""
    return computed_experts_per_token * expert_load * moe_layer_share


@quantity("", assumes=MEAN_LAYER)
def shared_expert_width(
    num_shared_experts, shared_expert_intermediate_size, moe_intermediate_size, moe_layer_share
):
    """Inner width of the shared experts, on average over layers."""
    width = num_shared_experts * stated_or(shared_expert_intermediate_size, moe_intermediate_size)
    return if_any(moe_layer_share, width * moe_layer_share)


@quantity("", assumes=MEAN_LAYER)
def inner_width(
    dense_layer_share,
    moe_layer_share,
    intermediate_size,
    routed_experts_computed,
    moe_intermediate_size,
    shared_expert_width,
):
    """Inner width of all feed-forward blocks a token passes, on average over layers."""
    dense = without_unknown(dense_layer_share, intermediate_size)
    routed = if_any(moe_layer_share, routed_experts_computed * moe_intermediate_size)
    return dense + routed + shared_expert_width


@quantity("FLOP", source=FLOP_PER_TOKEN, assumes=MEAN_LAYER)
def layer_gemm_flops(
    layer_matmul_weights,
    expert_load,
    computed_experts_per_token,
    moe_layer_share,
    ffn_matrices,
    moe_intermediate_size,
    expert_input_width,
    tokens_per_micro_batch,
    tensor_parallel,
):
    """Forward FLOP of a mean layer's matrices per micro-batch, on the busiest accelerator."""
    late = (expert_load - 1) * computed_experts_per_token * moe_layer_share
    late = late * ffn_matrices * moe_intermediate_size * expert_input_width
    # Stated active parameters may be fewer than the shape's.
    weights = larger(layer_matmul_weights + if_any(moe_layer_share, late), 0.0)
    return FLOP_PER_MULTIPLY_ADD * tokens_per_micro_batch * weights / tensor_parallel


@quantity("", source=STATES, assumes=OWN_KERNELS)
def state_moved_values(state_conv_width, state_width, state_kept_values):
    """Values that a layer with a fixed state moves per token between its products, forward.

    The convolution reads and writes, the state's kernel reads that and writes values, and norm and
    gate read two and write one. States between chunks are written and read.
    """
    return 3 * state_conv_width + 4 * state_width + 2 * state_kept_values


@quantity("byte", source=HYPER_CONNECTIONS, assumes=OWN_KERNELS)
def layer_moved_bytes(
    hidden_size,
    residual_streams,
    mean_attention_heads,
    key_value_heads,
    query_key_dim,
    value_dim,
    ffn_matrices,
    inner_width,
    routed_experts_computed,
    expert_input_width,
    blocks_per_layer,
    attention_layer_share,
    state_layer_share,
    state_moved_values,
    moe_layer_share,
    hidden_passes,
    expert_copy_passes,
    tokens_per_micro_batch,
    tensor_parallel,
    sequence_parallel,
):
    """Bytes a mean layer's norms, sums, activations and copies move per micro-batch, forward.

    The whole tensor-parallel group repeats norms and residual sums, unless sequence parallelism
    shares them. Tokens are copied on their way to experts and back. Mixing n residual streams reads
    3 n + 1 and writes n + 1 hidden states at each block, where a sum reads two and writes one.
    """
    # By default two norms read and write (4), two residual sums read two values and write one (6).
    mixed = where(residual_streams > 0, 4 * residual_streams - 1, 0.0)
    whole = (hidden_passes / 2 + mixed) * blocks_per_layer * hidden_size
    whole = sharded(whole, sequence_parallel, tensor_parallel)
    heads = (mean_attention_heads + key_value_heads) * (query_key_dim + value_dim)
    # By default read and written on the way there (2) and back (2).
    copies = if_any(
        moe_layer_share, expert_copy_passes * routed_experts_computed * expert_input_width
    )
    # Positions read and write the heads. An activation function reads the output of every matrix
    # but the last, and writes that one's input.
    mixing = attention_layer_share * 2 * heads + state_layer_share * state_moved_values
    shared = mixing + ffn_matrices * inner_width + copies
    return BF16_BYTES * tokens_per_micro_batch * (whole + shared / tensor_parallel)


@quantity("byte", source=LORA, assumes=OWN_KERNELS)
def layer_adapter_bytes(
    lora_rank,
    lora_targets,
    attention_adapter_width,
    ffn_matrices,
    hidden_size,
    inner_width,
    tokens_per_micro_batch,
    tensor_parallel,
):
    """Bytes a mean layer's adapters move per micro-batch, forward: inputs read, outputs added."""
    blocks = ffn_matrices * (hidden_size + inner_width) if lora_targets == "all" else 0.0
    moved = BF16_BYTES * tokens_per_micro_batch * (attention_adapter_width + blocks)
    return where(lora_rank > 0, moved / tensor_parallel, 0.0)


@quantity("second", source=LORA)
def layer_adapter_product_time(
    active_lora_parameters, num_layers, tokens_per_micro_batch, tensor_parallel, gemm_rate
):
    """Time of the arithmetic of a mean layer's adapters per micro-batch, forward."""
    each = ratio(active_lora_parameters * tokens_per_micro_batch, num_layers * tensor_parallel)
    return if_any(active_lora_parameters, ratio(FLOP_PER_MULTIPLY_ADD * each, gemm_rate))


@quantity("second", source=ROOFLINE)
def layer_adapter_excess_time(
    layer_adapter_product_time, layer_adapter_bytes, memory_factor, memory_rate
):
    """Time that adapters' arithmetic takes beyond what they move, forward: none at low ranks."""
    moving = ratio(layer_adapter_bytes * memory_factor, memory_rate)
    return if_any(layer_adapter_bytes, larger(layer_adapter_product_time - moving, 0.0))


@quantity("second", source=ROOFLINE)
def layer_backward_adapter_excess_time(
    layer_adapter_product_time, layer_adapter_bytes, backward_traffic, memory_factor, memory_rate
):
    """Time that adapters' arithmetic takes beyond what they move, backward for inputs."""
    moving = ratio(backward_traffic * layer_adapter_bytes * memory_factor, memory_rate)
    return if_any(layer_adapter_bytes, larger(layer_adapter_product_time - moving, 0.0))


@quantity("second", source=ROOFLINE)
def layer_moving_time(layer_moved_bytes, layer_adapter_bytes, memory_factor, memory_rate):
    """Forward time of a mean layer's memory-bound work per micro-batch."""
    return ratio((layer_moved_bytes + layer_adapter_bytes) * memory_factor, memory_rate)


@quantity(
    "second",
    source=ROOFLINE,
    assumes="The head runs in BF16, and its loss reads and writes the logits in memory.",
)
def head_time(
    head_weights,
    embedding_projection_weights,
    hidden_size,
    mtp_layers,
    vocab_size,
    tokens_per_micro_batch,
    tensor_parallel,
    bf16_gemm_rate,
    memory_rate,
    gemm_fill_time,
    kernel_floor,
    logit_passes,
    loss,
):
    """Forward time of the output head and its softmax, once per predicted token.

    A loss that is not fused or chunked writes its FP32 copy of the logits apart.
    """
    tokens = (1 + mtp_layers) * tokens_per_micro_batch
    weights = head_weights + embedding_projection_weights
    product = product_time(
        tokens,
        ratio(weights, hidden_size * tensor_parallel),
        hidden_size,
        BF16_BYTES,
        BF16_BYTES,
        bf16_gemm_rate,
        memory_rate,
        gemm_fill_time,
        kernel_floor,
    )
    # By default written in BF16 (1), read and written by a softmax in FP32 (2 + 2).
    copied = BF16_BYTES + FP32_BYTES if loss == "whole" else 0.0
    logits = tokens * vocab_size / tensor_parallel
    moved = (logit_passes * BF16_BYTES + copied) * logits
    return product + ratio(moved, memory_rate)
