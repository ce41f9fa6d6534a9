"""Repeated: traffic of a forward pass that recomputation sends once more."""

from dsexplore.engine.assumptions import MEAN_LAYER
from dsexplore.engine.elementwise import where
from dsexplore.engine.papers import RECOMPUTED_LAYERS
from dsexplore.engine.quantity import quantity


@quantity("", source=RECOMPUTED_LAYERS, assumes=MEAN_LAYER)
def repeated_sums(
    recomputed_layer_share,
    recompute_attention_block,
    recompute_ffn,
    recompute_moe,
    dense_layer_share,
    moe_layer_share,
    blocks_per_layer,
):
    """Tensor-parallel sums of a mean layer's forward pass that its backward pass repeats."""
    feed_forward = where(recompute_ffn, dense_layer_share, 0.0)
    feed_forward = feed_forward + where(recompute_moe, moe_layer_share, 0.0)
    mixing = blocks_per_layer - dense_layer_share - moe_layer_share
    blocks = where(recompute_attention_block, mixing, 0.0) + feed_forward
    return blocks_per_layer * recomputed_layer_share + (1 - recomputed_layer_share) * blocks


@quantity("fraction", source=RECOMPUTED_LAYERS)
def repeated_exchange_share(recomputed_layer_share, recompute_moe):
    """Share of the forward pass's dispatches and combines that the backward pass repeats."""
    return where(recompute_moe, 1.0, recomputed_layer_share)
