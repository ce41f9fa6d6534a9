"""Kept: activation bytes of a layer per token, for the backward pass."""

from dsexplore.engine.constants import (
    BF16_BYTES,
    E5M6_WITH_SCALE_BYTES,
    FP8_WITH_SCALE_BYTES,
    FP32_BYTES,
)
from dsexplore.engine.elementwise import where
from dsexplore.engine.idioms import if_any, sharded, stated_or
from dsexplore.engine.papers import (
    ACTIVATIONS,
    HYPER_CONNECTIONS,
    INDEXER,
    STATES,
    V3_RECOMPUTATION,
)
from dsexplore.engine.quantity import quantity


@quantity(
    "",
    source=ACTIVATIONS,
    assumes="By default a model is pre-trained without dropout, as large ones are since PaLM.",
)
def dropout_masks(dropout):
    """Whether dropout masks are stored: 1 or 0."""
    return 1.0 if dropout == "yes" else 0.0


@quantity("byte", source=V3_RECOMPUTATION)
def matrix_input_bytes(activation_precision):
    """Bytes per value kept as a matrix product's input.

    FP8 comes with an FP32 scale per 128 values (section 3.3.3).
    """
    return {"bf16": BF16_BYTES, "fp8": FP8_WITH_SCALE_BYTES}[activation_precision]


@quantity("byte", source=V3_RECOMPUTATION)
def attention_output_bytes(activation_precision):
    """Bytes per value of attention's output, which flash attention's backward reads too.

    Beside FP8 it is kept in 12 bits (E5M6) with a scale per 128 values (section 3.3.3).
    """
    return {"bf16": BF16_BYTES, "fp8": E5M6_WITH_SCALE_BYTES}[activation_precision]


@quantity("", source=HYPER_CONNECTIONS, assumes="Mixtures of residual streams are kept in BF16.")
def kept_streams(residual_streams, recompute_norms):
    """Values of hidden width kept at each block without its norm's output: its input.

    Of n streams all of them, the block's output that is added to each, and the mixture of them that
    goes in, unless it is made again with the norm.
    """
    mixed = residual_streams + 2 - recompute_norms
    return where(residual_streams > 0, mixed, 1.0)


@quantity("byte/token", source=ACTIVATIONS + "; " + V3_RECOMPUTATION)
def norm_activation_bytes(
    blocks_per_layer, hidden_size, kept_streams, recompute_norms, matrix_input_bytes
):  # fmt: skip
    """Activation bytes of a norm before each block: inputs, and outputs as inputs of the block.

    4 h for the inputs, of a hidden state h (section 4.1).
    """
    outputs = where(recompute_norms, 0.0, matrix_input_bytes)
    return blocks_per_layer * hidden_size * (BF16_BYTES * kept_streams + outputs)


@quantity("byte/token", source=V3_RECOMPUTATION)
def latent_activation_bytes(
    attention,
    q_lora_rank,
    kv_lora_rank,
    qk_rope_head_dim,
    key_value_width,
    output_groups,
    output_rank,
    recompute_norms,
    matrix_input_bytes,
):
    """Activation bytes of latents before and after their norms; 0 for grouped-query attention.

    A lone key is kept before its norm, and latents of the output as they are.
    """
    latents = q_lora_rank + kv_lora_rank
    if attention == "shared_kv":
        normed = where(recompute_norms, 0.0, matrix_input_bytes) * q_lora_rank
        of_output = matrix_input_bytes * output_groups * output_rank
        return BF16_BYTES * (q_lora_rank + key_value_width) + normed + of_output
    outputs = where(recompute_norms, 0.0, matrix_input_bytes)
    kept = BF16_BYTES * (latents + qk_rope_head_dim) + outputs * latents
    return kept if attention == "mla" else 0.0 * kept


@quantity("byte/token", source=ACTIVATIONS + "; " + V3_RECOMPUTATION)
def attention_activation_bytes(
    attention,
    mean_attention_heads,
    key_value_heads,
    query_key_dim,
    value_dim,
    recompute_up_projections,
    attention_output_bytes,
    compressor_width,
):
    """Activation bytes of queries, keys, values and attention's output; MLA expands all heads.

    What compressed entries are made of is kept too.
    """
    values = 0.0 if attention == "shared_kv" else value_dim
    widths = mean_attention_heads * query_key_dim + key_value_heads * (query_key_dim + values)
    again = recompute_up_projections if attention == "mla" else False
    output = attention_output_bytes * mean_attention_heads * value_dim
    return where(again, 0.0, BF16_BYTES) * widths + BF16_BYTES * compressor_width + output


@quantity("byte/token", source=INDEXER, assumes="An indexer's scores are fused, never stored.")
def indexer_activation_bytes(indexer_share, tokens_per_index_key, index_heads, index_head_dim):
    """Activation bytes of a mean layer's indexer: queries, shared key, and a weight per head."""
    keys = if_any(index_heads, index_head_dim / tokens_per_index_key)
    return BF16_BYTES * indexer_share * (index_heads * (index_head_dim + 1) + keys)


@quantity("byte/token", source=STATES, assumes="The parts of a state's kernel are kept, as is.")
def state_activation_bytes(state_in_width, state_conv_width, state_width, state_kept_values):
    """Activation bytes of linear attention or Mamba: what goes in, what comes out, its states.

    The convolution's outputs, and the values before and after their norm and gate.
    """
    return BF16_BYTES * (state_in_width + state_conv_width + 2 * state_width + state_kept_values)


@quantity("byte/token", source=ACTIVATIONS)
def score_activation_bytes(
    flash_attention,
    recompute,
    recompute_layers,
    dropout_masks,
    mean_attention_heads,
    attended_tokens_full,
):
    """Activation bytes of attention scores: softmax, dropout mask and dropout output.

    5 a s, of a heads and s attended tokens (section 4.1). Flash attention keeps none of it, and
    selective recomputation computes it again, as does full, but for layers that it leaves alone.
    """
    each = BF16_BYTES + dropout_masks * (BF16_BYTES + BF16_BYTES / 2)
    kept = each * mean_attention_heads * attended_tokens_full
    leaves = where(recompute_layers > 0, 1.0, 0.0) if recompute == "full" else recompute == "none"
    return where(flash_attention > 0, 0.0, kept) * leaves


@quantity("byte", source=ACTIVATIONS + "; " + V3_RECOMPUTATION)
def inner_activation_bytes(ffn_matrices, recompute_ffn_activation, matrix_input_bytes):
    """Activation bytes per unit of FFN width: the activation function's input and output."""
    return matrix_input_bytes * (ffn_matrices - 1 + where(recompute_ffn_activation, 0, 1))


@quantity("byte/token", source=ACTIVATIONS)
def ffn_activation_bytes(inner_activation_bytes, intermediate_size):
    """Activation bytes inside a dense feed-forward block.

    16 h for a width of 4 h (section 4.1).
    """
    return inner_activation_bytes * intermediate_size


@quantity("byte/token", source="MegaBlocks, arXiv:2211.15841, section 4; " + V3_RECOMPUTATION)
def expert_activation_bytes(
    inner_activation_bytes,
    matrix_input_bytes,
    keep_expert_outputs,
    expert_input_width,
    moe_intermediate_size,
    scored_experts,
    computed_experts_per_token,
    expert_load,
    expert_tensor_group,
    num_shared_experts,
    shared_expert_intermediate_size,
):
    """Activation bytes of a layer's experts: received copies, inner width, outputs, FP32 scores.

    Accelerators that share an expert's matrices keep its tokens each, and a part of its width.
    """
    shared_width = stated_or(shared_expert_intermediate_size, moe_intermediate_size)
    outputs = where(keep_expert_outputs, BF16_BYTES, 0.0)
    one_copy = (matrix_input_bytes + outputs) * expert_input_width * expert_tensor_group
    routed = one_copy + inner_activation_bytes * moe_intermediate_size
    shared = num_shared_experts * inner_activation_bytes * shared_width
    scores = FP32_BYTES * scored_experts
    return computed_experts_per_token * expert_load * routed + shared + scores


@quantity("byte/token", source=ACTIVATIONS)
def layer_input_bytes(hidden_size, residual_streams, sequence_parallel, tensor_parallel):
    """Activation bytes of a layer's input per accelerator, all that full recomputation keeps.

    2 h (section 5), of each residual stream.
    """
    whole = BF16_BYTES * stated_or(residual_streams, 1.0) * hidden_size
    return sharded(whole, sequence_parallel, tensor_parallel)


@quantity("byte/token", source=ACTIVATIONS)
def attention_block_bytes(
    norm_activation_bytes,
    latent_activation_bytes,
    dropout_masks,
    hidden_size,
    attention_activation_bytes,
    indexer_activation_bytes,
    score_activation_bytes,
    attention_layer_share,
    state_layer_share,
    state_activation_bytes,
    blocks_per_layer,
    recompute_attention_block,
    sequence_parallel,
    tensor_parallel,
):
    """Activation bytes of a mean layer per accelerator without its feed-forward block.

    Without sequence parallelism each of the tensor-parallel group keeps whole norms and masks: of
    s h (10 + 24 / t + 5 a s / (h t)) bytes per layer, the 10 (section 4.2.1).
    """
    masks = dropout_masks * blocks_per_layer * (BF16_BYTES / 2) * hidden_size
    latents = attention_layer_share * latent_activation_bytes
    latents = where(recompute_attention_block, 0.0, latents)
    whole = norm_activation_bytes + latents + masks
    shared = attention_activation_bytes + indexer_activation_bytes + score_activation_bytes
    shared = attention_layer_share * shared + state_layer_share * state_activation_bytes
    shared = where(recompute_attention_block, 0.0, shared)
    return sharded(whole, sequence_parallel, tensor_parallel) + shared / tensor_parallel


@quantity("byte/token", source=ACTIVATIONS)
def dense_layer_bytes(
    attention_block_bytes, dense_block_share, ffn_activation_bytes, recompute_ffn, tensor_parallel
):  # fmt: skip
    """Activation bytes of a mean layer without experts per accelerator, before full recomputation.

    s h (34 + 5 a s / h) / t with sequence parallelism and dropout (section 4.2.2).
    """
    block = where(recompute_ffn, 0.0, dense_block_share * ffn_activation_bytes)
    return attention_block_bytes + block / tensor_parallel


@quantity("byte/token", source="MegaBlocks, arXiv:2211.15841, section 4; " + ACTIVATIONS)
def moe_layer_bytes(
    attention_block_bytes, expert_activation_bytes, recompute_moe, tensor_parallel
):  # fmt: skip
    """Activation bytes of a layer with experts per accelerator, before full recomputation."""
    block = where(recompute_moe, 0.0, expert_activation_bytes)
    return attention_block_bytes + block / tensor_parallel
