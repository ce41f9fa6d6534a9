"""States: parameters and FLOP of layers with a fixed state, linear attention, Mamba and others.

A state is a matrix for each head of values, of as many rows as a key is wide and as many columns as
a value. Mamba 2 names keys and values B and x, queries C; Mamba 1 has a head for each channel.
RG-LRU and RWKV keep a vector: keys of width 1, with a head of RG-LRU for each block of its gates.
"""

from dsexplore.engine.constants import BF16_BYTES, FLOP_PER_MULTIPLY_ADD, FP32_BYTES
from dsexplore.engine.papers import MODELS_CODE, STATES
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.layer_pattern import CONVOLVING, LINEAR, WITH_MAMBA, has_kinds


@quantity(kind="text", source=STATES)
def state_kind(layer_pattern, linear_attention, mamba):
    """What keeps a fixed state: a kind of linear attention, a version of Mamba, conv, or none."""
    if has_kinds(layer_pattern, LINEAR):
        return linear_attention
    if has_kinds(layer_pattern, CONVOLVING):
        return "conv"
    return mamba if has_kinds(layer_pattern, WITH_MAMBA) else "none"


@quantity("head", source=STATES)
def state_heads(state_kind, state_value_heads):
    """Heads of fixed states, which tensor parallelism shares out; none without such a state."""
    return 0.0 if state_kind in ("none", "conv") else state_value_heads


@quantity("", source=STATES)
def state_width(state_kind, state_value_heads, state_value_dim, hidden_size):
    """Width of the values of a layer with a fixed state, in all its heads; of a convolution."""
    if state_kind == "conv":
        return hidden_size
    return 0.0 if state_kind == "none" else state_value_heads * state_value_dim


@quantity("", source=STATES)
def state_conv_width(state_kind, state_width, state_key_heads, state_key_dim):
    """Width of queries, keys and values beside each other, which a short convolution passes over.

    In Mamba 1 and RG-LRU, and where a layer is but a convolution, of the values alone.
    """
    if state_kind in ("none", "mamba1", "rg_lru", "conv"):
        return state_width
    return 2 * state_key_heads * state_key_dim + state_width


@quantity("", source=STATES)
def state_in_width(state_kind, state_conv_width, state_width, state_value_heads, state_rank):
    """Outputs of the product into a layer with a fixed state.

    Queries, keys and values; a gate on the output as wide as the values; decay and write strength
    of a head. KDA makes its gates of latents, and a lone convolution has a gate on either side.
    RWKV's gate, the receptance, takes the place of queries.
    """
    if state_kind == "none":
        return 0.0
    gates = {
        "gated_delta": state_width + 2 * state_value_heads,
        "kda": 2 * state_rank + state_value_heads,
        "lightning": state_width,
        "mlstm": state_width + 2 * state_value_heads,
        "rg_lru": state_width,
        "wkv": 0.0,
        "mamba2": state_width + state_value_heads,
        "mamba1": state_width,
        "conv": 2 * state_width,
    }
    return state_conv_width + gates[state_kind]


@quantity("parameter", source=f"{STATES}; {MODELS_CODE}")
def state_weights_per_layer(
    state_kind,
    hidden_size,
    state_in_width,
    state_width,
    state_conv_width,
    state_conv,
    state_rank,
    state_key_heads,
    state_key_dim,
    state_value_dim,
):
    """Weights of a layer with a fixed state that each token is multiplied with.

    Into it and out of it, the short convolution, and what makes gates of latents (KDA), time step,
    B and C (Mamba 1), or two gates of each head's values (RG-LRU).
    """
    if state_kind == "none":
        return 0.0
    inner = {
        "kda": state_rank * (state_key_heads * state_key_dim + state_width),
        "mamba1": state_width * (2 * state_rank + 2 * state_key_dim),
        "rg_lru": 2 * state_width * state_value_dim,
    }.get(state_kind, 0.0)
    outside = hidden_size * (state_in_width + state_width)
    return outside + inner + state_conv * state_conv_width


@quantity("parameter", source=MODELS_CODE)
def state_vectors_per_layer(
    state_kind,
    hidden_size,
    state_in_width,
    state_width,
    state_conv_width,
    state_conv_bias,
    state_bias,
    state_norm,
    state_rank,
    state_key_heads,
    state_key_dim,
    state_value_heads,
    state_value_dim,
):
    """Decays, time steps, skips, norms and biases of a layer with a fixed state.

    RWKV mixes each token with the one before it, by three vectors.
    """
    if state_kind == "none":
        return 0.0
    decays = {
        "gated_delta": 2 * state_value_heads,
        "kda": state_key_heads * state_key_dim + state_value_heads,
        "lightning": 0.0,
        "mlstm": 2 * state_value_heads,
        "rg_lru": 3 * state_width,
        "wkv": 2 * state_width + 3 * hidden_size,
        "mamba2": 3 * state_value_heads,
        "mamba1": state_width * (2 + state_key_dim),
        "conv": 0.0,
    }
    norms = {
        "gated_delta": state_value_dim,
        "kda": state_value_dim,
        "lightning": state_width,
        "mlstm": state_width * (1 + state_bias),
        "rg_lru": 0.0,
        "wkv": 0.0,
        "mamba2": state_width,
        "mamba1": state_rank + 2 * state_key_dim,
        "conv": 0.0,
    }
    biases = state_conv_bias * state_conv_width
    if state_kind in ("mamba1", "mamba2", "rg_lru", "conv"):
        biases = biases + state_bias * (state_in_width + hidden_size)
    if state_kind == "mlstm":
        # Those of its input and forget gates are counted above: they are always there.
        projected = state_in_width - 2 * state_value_heads
        biases = state_bias * (projected + hidden_size)
    return decays[state_kind] + state_norm * norms[state_kind] + biases


def _state_flops(kind, rows, columns, seen):
    """Forward FLOP per token of a head's state, of a token that sees so many in its chunk.

    Writing and reading take 2 k v each, of k rows and v columns, and 2 c (k + v) among c tokens of
    a chunk. A delta rule reads once more before it writes, and 2 c (2 k + v) in a chunk. mLSTM
    keeps a normaliser as one more column. Mamba 1 has no chunks; nor has RG-LRU, which writes and
    has nothing to read, nor RWKV, which keeps a numerator and a denominator.
    """
    passes = FLOP_PER_MULTIPLY_ADD * rows * columns
    before = FLOP_PER_MULTIPLY_ADD * seen
    in_chunk = before * (rows + columns)
    more = passes + before * (2 * rows + columns)
    return {
        "gated_delta": 2 * passes + in_chunk + more,
        "kda": 2 * passes + in_chunk + more,
        "lightning": 2 * passes + in_chunk,
        "mlstm": 2 * (passes + FLOP_PER_MULTIPLY_ADD * rows) + in_chunk,
        "rg_lru": passes,
        "wkv": 4 * passes,
        "mamba2": 2 * passes + in_chunk,
        "mamba1": 2 * passes,
        "conv": 0.0,
    }[kind]


@quantity("FLOP/token", source=STATES)
def state_flops_per_token(
    state_kind, state_layers, state_value_heads, state_key_dim, state_value_dim, state_chunk
):
    """Forward FLOP per token of all fixed states: written, read, and tokens of a chunk together.

    Of those half a chunk on average, as half of its square is left out.
    """
    if state_kind == "none":
        return 0.0
    each = _state_flops(state_kind, state_key_dim, state_value_dim, state_chunk / 2)
    return state_layers * state_value_heads * each


@quantity("FLOP/token", source=STATES)
def state_flops_per_token_full(
    state_kind, state_layers, state_value_heads, state_key_dim, state_value_dim, state_chunk
):
    """Forward FLOP per token of all fixed states, of a chunk's tokens the whole square."""
    if state_kind == "none":
        return 0.0
    each = _state_flops(state_kind, state_key_dim, state_value_dim, state_chunk)
    return state_layers * state_value_heads * each


@quantity("", source=STATES, assumes="A chunk's state is kept in BF16 for the backward pass.")
def state_kept_values(
    state_kind, state_value_heads, state_key_dim, state_value_dim, state_chunk
):  # fmt: skip
    """Values per token of the states between chunks, in one layer."""
    if state_kind in ("none", "conv"):
        return 0.0
    return state_value_heads * state_key_dim * state_value_dim / state_chunk


@quantity("byte", source=f"{STATES}; {MODELS_CODE}", better="less")
def state_bytes_per_request(
    state_kind,
    state_layers,
    state_value_heads,
    state_key_dim,
    state_value_dim,
    state_precision,
    state_conv,
    state_conv_width,
    hidden_size,
):
    """Fixed states of a served request, whatever its context: matrices, and a convolution's tokens.

    The convolution keeps all that it spans but one, in BF16.
    """
    if state_kind == "none":
        return 0.0
    held = {"fp32": FP32_BYTES, "bf16": BF16_BYTES}[state_precision]
    each = state_key_dim * state_value_dim
    # mLSTM's normaliser and largest exponent; RWKV's numerator, denominator and largest exponent.
    each = each + {"mlstm": state_key_dim + 1, "wkv": 2}.get(state_kind, 0)
    matrices = held * state_value_heads * each
    if state_kind == "conv":
        matrices = 0.0
    before = (state_conv - (state_conv > 0)) * state_conv_width
    if state_kind == "wkv":
        # The token before, once for the states and once for the feed-forward block.
        before = 2 * hidden_size
    return state_layers * (matrices + BF16_BYTES * before)
