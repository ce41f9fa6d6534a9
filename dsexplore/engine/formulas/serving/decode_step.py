"""A decoding step at the stated batch and context: its parts, its bound and its speed."""

from dsexplore.engine.again import at_other_inputs, once_more
from dsexplore.engine.assumptions import TWO_MICRO_BATCHES
from dsexplore.engine.constants import FLOP_PER_MULTIPLY_ADD
from dsexplore.engine.elementwise import larger, ratio, smaller, where
from dsexplore.engine.formulas.serving.batch import overlapped
from dsexplore.engine.idioms import link_between
from dsexplore.engine.papers import (
    DECODE_LIMIT,
    DEFINITION,
    FLOP_PER_TOKEN,
    INDEXER,
    LATENT_ATTENTION,
    SPECULATIVE,
    V3_SERVICE,
    WINDOWS,
)
from dsexplore.engine.quantity import quantity
from dsexplore.engine.templates import first_sentence
from dsexplore.scenario.layer_pattern import CHUNKED, has_kinds

decode_attention_span = once_more(
    "attention_span",
    "Tokens of context that a bounded layer looks back on at most in decoding.",
    sequence_length="kv_length",
)


entries = at_other_inputs(
    of=("attended_entries_full",),
    prefix="decode_",
    setting="In decoding",
    sequence_length="kv_length",
)


@quantity("token", source=WINDOWS, assumes="Requests are at all places of a chunk alike.")
def decode_attended_tokens(
    layer_pattern,
    attention_window,
    decode_attention_span,
    bounded_layer_share,
    kv_length,
    decode_attended_entries_full,
):
    """Tokens of context that a generated token looks back on, on average over layers.

    Of a chunk, half, once the context is longer than one. A compressed entry counts as a token.
    """
    span = decode_attention_span
    if has_kinds(layer_pattern, CHUNKED):
        beyond = (attention_window > 0) & (kv_length > attention_window)
        span = where(beyond, smaller(span, attention_window / 2), span)
    bounded = span + decode_attended_entries_full
    return (1 - bounded_layer_share) * kv_length + bounded_layer_share * bounded


@quantity("", assumes="Decoding adds a token at a time to its states.")
def decode_state_chunk():
    """Tokens of a chunk that decoding takes at once: none beside the one."""
    return 0.0


decode_state_flops_per_token = once_more(
    "state_flops_per_token",
    "FLOP per generated token of all fixed states: written and read.",
    state_chunk="decode_state_chunk",
)


@quantity("FLOP/token", source=f"{FLOP_PER_TOKEN}; {LATENT_ATTENTION}; {INDEXER}", better="less")
def decode_flops_per_token(
    matmul_flops_per_token,
    attention_layers,
    mean_attention_heads,
    decode_attention_width,
    decode_attended_tokens,
    indexer_flops_per_scored_token,
    kv_length,
    decode_state_flops_per_token,
):
    """FLOP of one generated token at the served context, indexers and fixed states included."""
    heads = attention_layers * mean_attention_heads * decode_attention_width
    attended = FLOP_PER_MULTIPLY_ADD * heads * decode_attended_tokens
    scored = indexer_flops_per_scored_token * kv_length
    return matmul_flops_per_token + attended + scored + decode_state_flops_per_token


@quantity("second", source=DEFINITION, better="less")
def decode_attention_time(
    decode_requests,
    decode_attended_tokens,
    decode_attention_time_per_context_token,
    kv_length,
    decode_indexer_time_per_context_token,
    decode_state_time_per_request,
    decode_attention_call_times,
):
    """Time of a decoding step in attention over the context of all requests, indexer included.

    Fixed states are read and written, whatever the context.
    """
    attended = decode_attended_tokens * decode_attention_time_per_context_token
    each = attended + kv_length * decode_indexer_time_per_context_token
    each = each + decode_state_time_per_request
    return decode_requests * each + decode_attention_call_times


@quantity("second", assumes="Weights, attention and small kernels follow one another.")
def decode_compute_time(
    decode_dense_time, decode_expert_time, decode_attention_time, decode_overhead
):
    """Time of a decoding step on the accelerator, memory included, without the network."""
    return decode_dense_time + decode_expert_time + decode_attention_time + decode_overhead


@quantity("second", assumes="A step's bytes follow its latency.", better="less")
def decode_network_time(
    decode_tokens, decode_exchange_time_per_token, decode_exchange_delay, decode_all_reduces_time
):
    """Time of a decoding step on the network, before any overlap."""
    exchanged = decode_tokens * decode_exchange_time_per_token + decode_exchange_delay
    return exchanged + decode_all_reduces_time


@quantity("second", source=V3_SERVICE, assumes=TWO_MICRO_BATCHES)
def decode_pass_time(
    decode_compute_time,
    decode_network_time,
    serving_micro_batches,
    serving_overlap,
    decode_launch_time,
):
    """Time of a pass over all layers, a share of the shorter of compute and network hidden.

    It takes at least as long as its launches.
    """
    working = overlapped(
        decode_compute_time, decode_network_time, serving_micro_batches, serving_overlap
    )
    return larger(working, decode_launch_time)


@quantity("second", source=SPECULATIVE, assumes="A guess passes one layer and the head.")
def decode_guess_time(
    mtp_layers,
    decode_positions,
    num_layers,
    decode_pass_time,
    serving_micro_batches,
    decode_head_time,
):
    """Time of a decoding step in guessing tokens by the model's own prediction modules."""
    head = serving_micro_batches * decode_head_time
    each = (decode_pass_time - head) / num_layers + head
    guesses = where(mtp_layers > 0, (decode_positions - 1) / decode_positions, 0.0)
    return guesses * decode_positions * each


@quantity(
    "second",
    source=DEFINITION,
    assumes="A pipeline is as slow as its fullest stage.",
    better="less",
)
def decode_step_time(
    decode_pass_time,
    decode_guess_time,
    decode_host_time,
    decode_sends_time,
    serving_fullest_stage,
    serving_batches_under_way,
    serving_pipeline,
):
    """Time of a decoding step: a pass over all layers, guessing, and waiting for the host.

    In a pipeline a batch passes all stages, or waits for the other batches under way.
    """
    alone = decode_pass_time + decode_guess_time + decode_host_time + decode_sends_time
    in_stage = serving_fullest_stage * decode_pass_time + decode_sends_time / serving_pipeline
    in_turn = serving_batches_under_way * (in_stage + decode_guess_time)
    return larger(alone, in_turn)


@quantity("token/s", source=DEFINITION, better="more")
def decode_tokens_per_second_per_gpu(requests_under_way, tokens_per_decode_step, decode_step_time):
    """Tokens generated per second and accelerator."""
    return ratio(requests_under_way * tokens_per_decode_step, decode_step_time)


@quantity("token/s", source=DEFINITION, better="more")
def decode_tokens_per_second_per_request(tokens_per_decode_step, decode_step_time):
    """Tokens generated per second and request, the speed that a user sees."""
    return ratio(tokens_per_decode_step, decode_step_time)


@quantity("token/s", source=DECODE_LIMIT, better="more")
def decode_network_speed_limit(
    decode_tokens,
    decode_exchange_bytes,
    decode_expert_group,
    gpus_per_node,
    scale_out_bandwidth,
    scale_up_bandwidth,
    tokens_per_decode_step,
):
    """Most tokens per second of a request if only its experts' network took time.

    Links are full, latency is 0, and every copy counts as sent on the slower of the links in
    use; unknown where nothing is sent.
    """
    bandwidth = link_between(
        decode_expert_group, gpus_per_node, scale_up_bandwidth, scale_out_bandwidth
    )
    return ratio(tokens_per_decode_step * bandwidth, decode_tokens * decode_exchange_bytes)


@quantity(kind="text", source=DEFINITION)
def decode_bound(
    decode_dense_time,
    decode_expert_time,
    decode_attention_time,
    decode_overhead,
    decode_compute_time,
    decode_network_time,
    decode_weight_read_time,
    decode_attention_arithmetic_time,
    kv_cache_read_time,
):
    """What bounds a decoding step: the network, or the largest part of its compute."""
    weights = decode_dense_time + decode_expert_time
    computes = decode_compute_time >= decode_network_time
    in_weights = computes & (weights >= larger(decode_attention_time, decode_overhead))
    in_attention = computes & (decode_attention_time >= larger(weights, decode_overhead))
    products = weights > 2 * decode_weight_read_time
    arithmetic = decode_attention_arithmetic_time > kv_cache_read_time
    return first_sentence(
        [
            (decode_network_time > decode_compute_time, "network"),
            (in_weights & products, "products with weights"),
            (in_weights, "reading weights"),
            (in_attention & arithmetic, "attention's arithmetic"),
            (in_attention, "reading the KV cache"),
            (computes, "small kernels"),
        ]
    )
