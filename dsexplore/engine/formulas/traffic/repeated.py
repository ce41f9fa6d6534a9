"""Repeated: traffic of a forward pass that recomputation sends once more."""

from dsexplore.engine.assumptions import MEAN_LAYER
from dsexplore.engine.elementwise import where
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import RECOMPUTED_LAYERS


@quantity("", source=RECOMPUTED_LAYERS, assumes=MEAN_LAYER)
def repeated_sums(
    recomputed_layer_share,
    recompute_attention_block,
    recompute_ffn,
    recompute_moe,
    moe_layer_share,
):
    """Tensor-parallel sums of a layer's forward pass that its backward pass repeats, of two."""
    feed_forward = where(recompute_ffn, 1 - moe_layer_share, 0.0)
    feed_forward = feed_forward + where(recompute_moe, moe_layer_share, 0.0)
    blocks = where(recompute_attention_block, 1.0, 0.0) + feed_forward
    return 2 * recomputed_layer_share + (1 - recomputed_layer_share) * blocks


@quantity("fraction", source=RECOMPUTED_LAYERS)
def repeated_exchange_share(recomputed_layer_share, recompute_moe):
    """Share of the forward pass's dispatches and combines that the backward pass repeats."""
    return where(recompute_moe, 1.0, recomputed_layer_share)
