"""Streams: hyper-connections, which keep several residual streams and mix them at each block.

Of n streams of width d, each block reads one mixture, adds its output to all, and mixes them among
themselves; n, n and n^2 weights for that are made of all streams together.
"""

from dsexplore.engine.constants import FLOP_PER_MULTIPLY_ADD
from dsexplore.engine.elementwise import where
from dsexplore.engine.papers import HYPER_CONNECTIONS, MODELS_CODE
from dsexplore.engine.quantity import quantity


@quantity("parameter", source=HYPER_CONNECTIONS)
def stream_weights(residual_streams, num_layers, blocks_per_layer, hidden_size):
    """Weights that make the mixtures of all blocks, n (n + 2) n d each, and the last one, n n d."""
    n = residual_streams
    made = (num_layers * blocks_per_layer * (n + 2) + 1) * n
    return where(n > 0, made * n * hidden_size, 0.0)


@quantity("parameter", source=MODELS_CODE)
def stream_vectors(residual_streams, num_layers, blocks_per_layer):
    """Biases and scales of all mixtures of residual streams."""
    n = residual_streams
    each = (n + 2) * n + 3
    return where(n > 0, num_layers * blocks_per_layer * each + n + 1, 0.0)


@quantity("FLOP/token", source=HYPER_CONNECTIONS)
def stream_flops_per_token(residual_streams, num_layers, blocks_per_layer, hidden_size):
    """Forward FLOP per token that mix residual streams: n^2 d among themselves at each block.

    A sum of them for each block, and one after the last, are no products of matrices.
    """
    n = residual_streams
    mixed = num_layers * blocks_per_layer * n * n * hidden_size
    return where(n > 0, FLOP_PER_MULTIPLY_ADD * mixed, 0.0)
