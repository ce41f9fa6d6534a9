"""Decoding: attention over the context, and the indexer's scores."""

from dsexplore.engine.again import once_more
from dsexplore.engine.assumptions import SIDE_BY_SIDE
from dsexplore.engine.constants import FLOP_PER_MULTIPLY_ADD
from dsexplore.engine.elementwise import ratio, side_by_side
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import DEFINITION, INDEXER, LATENT_ATTENTION, ROOFLINE, STATES
from dsexplore.engine.quantity import quantity


@quantity("second/token", source=f"{LATENT_ATTENTION}; {ROOFLINE}")
def decode_attention_arithmetic_time(
    attention_layers,
    mean_attention_heads,
    decode_attention_width,
    decode_positions,
    served_attention_rate,
):
    """Arithmetic of attention per token of context in a decoding step, in all layers."""
    heads = attention_layers * mean_attention_heads * decode_attention_width
    return ratio(FLOP_PER_MULTIPLY_ADD * decode_positions * heads, served_attention_rate)


@quantity("second/token", source=f"{LATENT_ATTENTION}; {ROOFLINE}")
def kv_cache_read_time(attention_cache_bytes_per_token, kv_cache_copies, cache_read_rate):
    """Time to read one token of context from attention's cache, in all layers."""
    return ratio(attention_cache_bytes_per_token * kv_cache_copies, cache_read_rate)


@quantity("second/token", source=f"{LATENT_ATTENTION}; {ROOFLINE}", assumes=SIDE_BY_SIDE)
def decode_attention_time_per_context_token(decode_attention_arithmetic_time, kv_cache_read_time):
    """Time of attention per request and token that it looks back on in a decoding step."""
    return side_by_side(decode_attention_arithmetic_time, kv_cache_read_time)


@quantity("second/token", source=f"{INDEXER}; {ROOFLINE}")
def decode_indexer_arithmetic_time(
    indexer_flops_per_scored_token, decode_positions, served_attention_rate
):  # fmt: skip
    """Arithmetic of the indexer's scores per token of context in a decoding step."""
    scores = indexer_flops_per_scored_token * decode_positions
    return if_any(scores, ratio(scores, served_attention_rate))


indexer_cache_read_time = once_more(
    "kv_cache_read_time",
    "Time to read one token of context from the indexer's cache, in all layers.",
    attention_cache_bytes_per_token="indexer_cache_bytes_per_token",
)


@quantity("second/token", source=f"{INDEXER}; {ROOFLINE}", assumes=SIDE_BY_SIDE)
def decode_indexer_time_per_context_token(
    indexer_cache_bytes_per_token, decode_indexer_arithmetic_time, indexer_cache_read_time
):
    """Time of the indexer per request and token of context, all of which it scores."""
    time = side_by_side(decode_indexer_arithmetic_time, indexer_cache_read_time)
    return if_any(indexer_cache_bytes_per_token, time)


@quantity("second", source=f"{STATES}; {ROOFLINE}")
def decode_state_time_per_request(state_bytes_per_request, cache_read_rate):
    """Time to read and write a request's fixed states in a decoding step."""
    return if_any(state_bytes_per_request, ratio(2 * state_bytes_per_request, cache_read_rate))


@quantity("second", source=DEFINITION)
def decode_attention_call_times(
    attention_layers, state_layers, serving_micro_batches, decode_attention_call_time
):  # fmt: skip
    """Time of a decoding step in attention and fixed states beside what it reads and computes."""
    return (attention_layers + state_layers) * serving_micro_batches * decode_attention_call_time
