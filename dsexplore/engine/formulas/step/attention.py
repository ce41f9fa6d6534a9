"""Attention: the time of its products forward and backward, on one layer and micro-batch."""

from dsexplore.engine.constants import BACKWARD_OVER_FORWARD, BF16_BYTES, FP32_BYTES
from dsexplore.engine.elementwise import larger, ratio, smaller, where
from dsexplore.engine.papers import FLASH_ATTENTION, RECOMPUTATION, RING_ATTENTION, ROOFLINE
from dsexplore.engine.quantity import quantity

# Flash attention computes the scores again: five products in the backward pass to two forward.
FLASH_BACKWARD_OVER_FORWARD = 2.5
RINGS_ALONE = ("context_parallel_kind", "ring", "hierarchical")
# The width of a head for which an accelerator's rates of attention are stated.
STATED_HEAD = 128.0


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
    mean_attention_heads,
    tokens_per_micro_batch,
    attended_tokens_full,
    tensor_parallel,
    score_passes,
    dropout_masks,
    memory_factor,
    memory_rate,
    attention_layer_share,
):
    """Forward time of moving a mean layer's scores through memory: softmax, and dropout if any."""
    scores = mean_attention_heads * tokens_per_micro_batch * attended_tokens_full / tensor_parallel
    # By default written (1), read and written by scaling, mask and softmax (2) and by dropout
    # with its mask of one byte (2.5), and read again (1).
    of_dropout = (1 - dropout_masks) * (2 * BF16_BYTES + BF16_BYTES / 2)
    each = larger(score_passes * BF16_BYTES - of_dropout, 0.0)
    moved = attention_layer_share * each * scores * memory_factor
    return where(flash_attention > 0, 0.0, ratio(moved, memory_rate))


# Context parallel
@quantity("", source=RING_ATTENTION, only_when={"ring_ranks": RINGS_ALONE})
def attention_blocks(context_parallel_kind, ring_ranks):
    """Kernels of one layer's attention, one after another: one for each part that goes round."""
    return ring_ranks if context_parallel_kind in ("ring", "hierarchical") else 1.0


@quantity("second", source=RING_ATTENTION, assumes="Partial sums are kept in FP32.")
def layer_merge_time(
    attention_blocks, attended_width, tokens_per_micro_batch, memory_factor, memory_rate
):
    """Time to add up the outputs of a layer's attention to each part of keys, or its gradients.

    A further part's are read, and the sum so far is read and written.
    """
    values = (attention_blocks - 1) * tokens_per_micro_batch * attended_width
    return ratio((BF16_BYTES + 2 * FP32_BYTES) * values * memory_factor, memory_rate)


# A fused kernel
@quantity(
    "fraction",
    source=FLASH_ATTENTION,
    assumes="A block of queries costs as much beside its keys however many those are.",
)
def attention_length_share(
    flash_attention, attended_tokens, attention_blocks, attention_half_length
):
    """Share of its rate over long sequences that fused attention reaches at this length."""
    at_once = attended_tokens / attention_blocks
    share = ratio(at_once, at_once + attention_half_length)
    return where(flash_attention > 0, share, 1.0)


@quantity("", source=FLASH_ATTENTION, assumes="Softmax costs as much however wide a head is.")
def attention_width_factor(flash_attention, query_key_dim, value_dim, attention_half_width):
    """Rate of fused attention forward with heads of this width relative to heads of 128.

    States without attention beside them are computed as heads of 128.
    """
    width = (query_key_dim + value_dim) / 2
    stated = STATED_HEAD / (STATED_HEAD + attention_half_width)
    reached = ratio(width, width + attention_half_width) / stated
    return where((flash_attention > 0) & (width != 0), reached, 1.0)


@quantity("", source=FLASH_ATTENTION, assumes="Backward, tiles of heads wider than 128 do not fit.")
def attention_backward_width_factor(
    flash_attention, query_key_dim, value_dim, attention_half_width
):  # fmt: skip
    """Rate of fused attention backward with heads of this width relative to heads of 128."""
    width = (query_key_dim + value_dim) / 2
    stated = STATED_HEAD / (STATED_HEAD + attention_half_width)
    narrow = ratio(width, width + attention_half_width) / stated
    fused = where(width > STATED_HEAD, ratio(STATED_HEAD, width), narrow)
    return where((flash_attention > 0) & (width != 0), fused, 1.0)


@quantity("second", source=ROOFLINE)
def layer_attention_time(
    layer_attention_flops,
    attention_rate,
    attention_length_share,
    attention_width_factor,
    bf16_flops,
    layer_merge_time,
):
    """Forward time of one layer's attention per micro-batch, its parts added up."""
    rate = attention_rate * attention_length_share * attention_width_factor
    return ratio(layer_attention_flops, smaller(rate, bf16_flops)) + layer_merge_time


@quantity("second", source=FLASH_ATTENTION)
def layer_attention_backward_time(
    layer_attention_flops,
    attention_backward_rate,
    attention_length_share,
    attention_backward_width_factor,
    bf16_flops,
    layer_merge_time,
    layer_attention_time,
    flash_attention,
    recompute,
):
    """Backward time of one layer's attention per micro-batch, its parts added up.

    Selective recomputation adds the forward.
    """
    rate = attention_backward_rate * attention_length_share * attention_backward_width_factor
    again = where(flash_attention > 0, FLASH_BACKWARD_OVER_FORWARD, BACKWARD_OVER_FORWARD)
    backward = ratio(again * layer_attention_flops, smaller(rate, bf16_flops))
    again = layer_attention_time * (recompute == "selective")
    return backward + layer_merge_time + again
