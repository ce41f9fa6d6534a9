"""Recomputed: forward work of a layer that the backward pass repeats."""

from dsexplore.engine.assumptions import MEAN_LAYER, OWN_KERNELS
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import ratio, where, without_unknown
from dsexplore.engine.idioms import if_any, sharded
from dsexplore.engine.papers import RECOMPUTATION, RECOMPUTED_LAYERS, V3_RECOMPUTATION
from dsexplore.engine.quantity import quantity


# Blocks of a mean layer, forward
@quantity("second", source=RECOMPUTED_LAYERS)
def layer_projection_time(
    qkv_product_time,
    query_up_product_time,
    key_value_up_product_time,
    attention_out_product_time,
    attention_layer_share,
    state_layer_share,
    state_product_time,
):
    """Forward time of a mean layer's products around attention or a fixed state."""
    up = query_up_product_time + key_value_up_product_time
    projected = qkv_product_time + up + attention_out_product_time
    return attention_layer_share * projected + state_layer_share * state_product_time


@quantity("second", source=RECOMPUTED_LAYERS)
def layer_attention_block_time(layer_projection_time, layer_attention_time, layer_score_time):
    """Forward time of a mean layer's attention or fixed state with its projections."""
    return layer_projection_time + layer_attention_time + layer_score_time


@quantity("second", source=RECOMPUTED_LAYERS, assumes=MEAN_LAYER)
def layer_ffn_block_time(dense_layer_share, ffn_in_product_time, ffn_out_product_time):
    """Forward time of a mean layer's products in dense feed-forward blocks."""
    return without_unknown(dense_layer_share, ffn_in_product_time + ffn_out_product_time)


@quantity("second", source=RECOMPUTED_LAYERS, assumes=MEAN_LAYER)
def layer_moe_block_time(
    moe_layer_share,
    router_product_time,
    expert_in_product_time,
    expert_out_product_time,
    shared_in_product_time,
    shared_out_product_time,
):
    """Forward time of a mean layer's products in blocks of experts, router included."""
    routed = router_product_time + expert_in_product_time + expert_out_product_time
    shared = shared_in_product_time + shared_out_product_time
    return if_any(moe_layer_share, moe_layer_share * (routed + shared))


# Repeated in the backward pass
@quantity("second", source=RECOMPUTED_LAYERS)
def layer_repeated_product_time(
    recomputed_layer_share,
    layer_gemm_time,
    recompute_attention_block,
    layer_projection_time,
    recompute_ffn,
    layer_ffn_block_time,
    recompute_moe,
    layer_moe_block_time,
):
    """Time of a layer's products in the blocks that are recomputed, each with its sum."""
    blocks = where(recompute_attention_block, layer_projection_time, 0.0)
    blocks = blocks + where(recompute_ffn, layer_ffn_block_time, 0.0)
    blocks = blocks + where(recompute_moe, layer_moe_block_time, 0.0)
    return recomputed_layer_share * layer_gemm_time + (1 - recomputed_layer_share) * blocks


@quantity("byte", source=V3_RECOMPUTATION + "; " + RECOMPUTED_LAYERS, assumes=OWN_KERNELS)
def layer_again_bytes(
    recompute_norms,
    recompute_ffn_activation,
    recompute_attention_block,
    recompute_ffn,
    recompute_moe,
    mean_attention_heads,
    key_value_heads,
    query_key_dim,
    value_dim,
    hidden_size,
    ffn_matrices,
    inner_width,
    intermediate_size,
    blocks_per_layer,
    attention_layer_share,
    dense_layer_share,
    moe_layer_share,
    routed_experts_computed,
    expert_input_width,
    expert_copy_passes,
    tokens_per_micro_batch,
    tensor_parallel,
    sequence_parallel,
):
    """Bytes moved per layer and micro-batch to recompute norms, activation functions and blocks."""
    # The norm before each block reads and writes.
    norms = recompute_norms * 2 * blocks_per_layer * hidden_size
    norms = sharded(norms, sequence_parallel, tensor_parallel)
    dense_width = without_unknown(dense_layer_share, intermediate_size)
    of_dense = recompute_ffn_activation | recompute_ffn
    of_experts = recompute_ffn_activation | recompute_moe
    width = of_dense * dense_width + of_experts * (inner_width - dense_width)
    heads = 2 * (mean_attention_heads + key_value_heads) * (query_key_dim + value_dim)
    copies = expert_copy_passes * routed_experts_computed * expert_input_width
    blocks = where(recompute_attention_block, attention_layer_share * heads, 0.0)
    blocks = blocks + where(recompute_moe, if_any(moe_layer_share, copies), 0.0)
    shared = (ffn_matrices * width + blocks) / tensor_parallel
    return BF16_BYTES * tokens_per_micro_batch * (norms + shared)


@quantity("second", source=RECOMPUTED_LAYERS + "; " + V3_RECOMPUTATION)
def layer_recomputed_block_time(
    recompute,
    layer_attention_time,
    layer_score_time,
    recompute_up_projections,
    query_up_product_time,
    key_value_up_product_time,
    recompute_attention_block,
    layer_attention_block_time,
    recompute_ffn,
    layer_ffn_block_time,
    recompute_moe,
    layer_moe_block_time,
    layer_again_bytes,
    memory_factor,
    memory_rate,
):
    """Forward work repeated in a layer that is not recomputed whole: its named parts.

    Without the products of attention's core that selective recomputation repeats.
    """
    up = recompute_up_projections * (query_up_product_time + key_value_up_product_time)
    core = layer_attention_time + layer_score_time if recompute == "selective" else 0.0
    scores = layer_score_time if recompute == "selective" else 0.0
    attention = where(recompute_attention_block, layer_attention_block_time - core, up) + scores
    blocks = where(recompute_ffn, layer_ffn_block_time, 0.0)
    blocks = blocks + where(recompute_moe, layer_moe_block_time, 0.0)
    return attention + blocks + ratio(layer_again_bytes * memory_factor, memory_rate)


@quantity("second", source=RECOMPUTATION + "; " + V3_RECOMPUTATION)
def layer_recomputed_time(
    recomputed_layer_share, layer_forward_time, layer_recomputed_block_time
):  # fmt: skip
    """Forward work of a layer the backward pass repeats, apart from attention's products."""
    parts = (1 - recomputed_layer_share) * layer_recomputed_block_time
    return recomputed_layer_share * layer_forward_time + parts
