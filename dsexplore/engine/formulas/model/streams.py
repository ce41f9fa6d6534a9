"""Streams: hyper-connections, which keep several residual streams and mix them at each block.

Of n streams of width d, each block reads one mixture, adds its output to all, and mixes them among
themselves; n, n and n^2 weights for that are made of all streams together. Independent streams do
not mix among themselves, and have no such n^2. In AltUp a layer works on one stream, and foretells
the others and corrects them by weights made of that one.
"""

from dsexplore.engine.constants import FLOP_PER_MULTIPLY_ADD
from dsexplore.engine.elementwise import where
from dsexplore.engine.papers import ALTUP, HYPER_CONNECTIONS, MODELS_CODE
from dsexplore.engine.quantity import quantity

_INDEPENDENT = "independent"


def _mixtures(n, stream_mixing):
    """Mixtures that a block makes of n streams: one to read, n to write, n that mix them."""
    return 2 if stream_mixing == _INDEPENDENT else n + 2


@quantity("parameter", source=f"{HYPER_CONNECTIONS}; {ALTUP}")
def stream_weights(residual_streams, stream_mixing, num_layers, blocks_per_layer, hidden_size):
    """Weights that make the mixtures of all blocks, n (n + 2) n d each, and the last one, n n d.

    Of independent streams 2 n n d each. Of AltUp those into n - 1 further streams and out of them,
    d d each, and in each layer n d and n^3 + n^2 that make its weights.
    """
    n = residual_streams
    if stream_mixing == "altup":
        ends = 2 * (n - 1) * hidden_size * hidden_size
        inside = num_layers * n * (hidden_size + n * n + n)
        return where(n > 0, ends + inside, 0.0)
    made = (num_layers * blocks_per_layer * _mixtures(n, stream_mixing) + 1) * n
    return where(n > 0, made * n * hidden_size, 0.0)


@quantity("parameter", source=MODELS_CODE)
def stream_vectors(residual_streams, stream_mixing, num_layers, blocks_per_layer, hidden_size):
    """Biases and scales of all mixtures of residual streams; of AltUp a norm and a scale each."""
    n = residual_streams
    if stream_mixing == "altup":
        return where(n > 0, num_layers * 2 * hidden_size, 0.0)
    scales = 2 if stream_mixing == _INDEPENDENT else 3
    each = _mixtures(n, stream_mixing) * n + scales
    return where(n > 0, num_layers * blocks_per_layer * each + n + 1, 0.0)


@quantity("parameter", source=MODELS_CODE)
def mtp_stream_parameters(residual_streams, stream_mixing, blocks_per_layer, hidden_size):
    """Parameters of a prediction module's streams: as of a layer, and of a last mixture.

    Of AltUp, whose streams begin and end with the model, nothing.
    """
    n = residual_streams
    if stream_mixing == "altup":
        return 0.0 * n
    mixtures = _mixtures(n, stream_mixing)
    scales = 2 if stream_mixing == _INDEPENDENT else 3
    weights = (blocks_per_layer * mixtures + 1) * n * n * hidden_size
    return where(n > 0, weights + blocks_per_layer * (mixtures * n + scales) + n + 1, 0.0)


@quantity("FLOP/token", source=f"{HYPER_CONNECTIONS}; {ALTUP}")
def stream_flops_per_token(
    residual_streams, stream_mixing, num_layers, blocks_per_layer, hidden_size
):  # fmt: skip
    """Forward FLOP per token that mix residual streams: n^2 d among themselves at each block.

    A sum of them for each block, and one after the last, are no products of matrices, which is all
    that independent streams have. AltUp mixes them once a layer, and makes its weights twice,
    before the layer and after it.
    """
    n = residual_streams
    if stream_mixing == "altup":
        mixed = num_layers * n * (n + 1) * hidden_size
        return where(n > 0, FLOP_PER_MULTIPLY_ADD * mixed, 0.0)
    if stream_mixing == _INDEPENDENT:
        return 0.0 * n
    mixed = num_layers * blocks_per_layer * n * n * hidden_size
    return where(n > 0, FLOP_PER_MULTIPLY_ADD * mixed, 0.0)
