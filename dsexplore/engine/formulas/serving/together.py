"""Prefill and decoding in one engine, in turn or in chunks that share its steps; or apart."""

from dsexplore.engine.again import once_more
from dsexplore.engine.elementwise import larger, ratio, smaller, where
from dsexplore.engine.idioms import if_any, link_between, stated_or
from dsexplore.engine.papers import (
    CHUNKED_PREFILL,
    DISAGGREGATED,
    KV_TRANSFER,
    SHARDED_CACHE,
)
from dsexplore.engine.quantity import quantity


@quantity(
    "token",
    assumes="Without tokens of a day, an answer is twice what the mean context adds to a prompt.",
)
def answer_tokens(
    serving_answer_length, input_tokens_per_day, output_tokens_per_day, prompt_tokens, kv_length
):
    """Tokens generated per request: as stated, or as the day's tokens are to its prompts."""
    by_day = ratio(output_tokens_per_day * prompt_tokens, input_tokens_per_day)
    by_context = larger(2 * (kv_length - prompt_tokens), 1.0)
    is_stated = (input_tokens_per_day > 0) & (output_tokens_per_day > 0)
    return stated_or(serving_answer_length, where(is_stated, by_day, by_context))


@quantity("second", source=SHARDED_CACHE)
def prompt_reading_time(
    prompt_tokens, computed_input_share, prefill_time_per_token, serving_tensor_parallel
):
    """Time of a tensor-parallel group, or of all stages after one another, to read a prompt."""
    computed = prompt_tokens * computed_input_share
    return computed * prefill_time_per_token / serving_tensor_parallel


@quantity("", source=CHUNKED_PREFILL)
def prefill_passes(prompt_tokens, computed_input_share, prefill_chunk):
    """Passes in which a prompt is read: one, or as many as it has chunks."""
    chunks = ratio(prompt_tokens * computed_input_share, prefill_chunk)
    return where(prefill_chunk > 0, larger(chunks, 1.0), 1.0)


# Chunks in the steps of decoding
@quantity(
    "second",
    source=CHUNKED_PREFILL,
    assumes="A token decoded beside a chunk takes a prompt token's time, but for attention.",
)
def decode_time_beside_chunk(
    prefill_chunk,
    prefill_placement,
    decode_tokens,
    prefill_time_per_token,
    prefill_attention_time_per_token,
    decode_attention_time,
    decode_guess_time,
    decode_host_time,
    decode_step_time,
    prompt_reading_time,
    prefill_passes,
):
    """What decoding adds to a step that also reads a chunk of a prompt; none without chunks.

    The chunk's pass has read the weights, so it is less than a step of its own; the step with both
    is no shorter than that.
    """
    if prefill_placement == "apart":
        return 0.0
    each = larger(prefill_time_per_token - prefill_attention_time_per_token, 0.0)
    beside = decode_tokens * each + decode_attention_time + decode_guess_time + decode_host_time
    least = decode_step_time - prompt_reading_time / prefill_passes
    return where(prefill_chunk > 0, smaller(larger(beside, least), decode_step_time), 0.0)


@quantity("fraction", source=CHUNKED_PREFILL)
def steps_with_chunk(
    prefill_chunk,
    prefill_placement,
    prefill_passes,
    answer_tokens,
    decode_batch,
    tokens_per_decode_step,
):
    """Share of decoding steps that also read a chunk of a prompt, as prompts keep coming."""
    if prefill_placement == "apart":
        return 0.0
    chunks = ratio(prefill_passes * decode_batch * tokens_per_decode_step, answer_tokens)
    return where(prefill_chunk > 0, smaller(chunks, 1.0), 0.0)


@quantity("second", source=CHUNKED_PREFILL)
def mean_decode_step_time(
    steps_with_chunk,
    decode_time_beside_chunk,
    decode_step_time,
    prompt_reading_time,
    prefill_passes,
    serving_batches_under_way,
    serving_pipeline,
):
    """Time that decoding takes of a step on average, a chunk's own time left out.

    A chunk's own time is that of all stages at work. With fewer batches than stages it is the less
    of a step, whose other stages wait.
    """
    waiting = 1 - smaller(serving_batches_under_way / serving_pipeline, 1.0)
    idle = if_any(waiting, waiting * prompt_reading_time / prefill_passes)
    beside = if_any(steps_with_chunk, steps_with_chunk * (decode_time_beside_chunk + idle))
    return (1 - steps_with_chunk) * decode_step_time + beside


mean_decode_tokens_per_second_per_gpu = once_more(
    "decode_tokens_per_second_per_gpu",
    "Tokens generated per second and accelerator of its time in decoding, with prompts between.",
    decode_step_time="mean_decode_step_time",
)


@quantity(
    "second",
    source=CHUNKED_PREFILL,
    assumes="Between two tokens, one engine reads a prompt or a chunk at most.",
    better="less",
)
def longest_token_gap(
    prefill_placement,
    prefill_chunk,
    decode_step_time,
    prompt_reading_time,
    prefill_passes,
    decode_time_beside_chunk,
):
    """Longest time between two steps of an answer: one that waits for a prompt, or a chunk of it.

    With prefill apart, a step alone.
    """
    if prefill_placement == "apart":
        return decode_step_time
    chunked = prompt_reading_time / prefill_passes + decode_time_beside_chunk
    return where(prefill_chunk > 0, chunked, decode_step_time + prompt_reading_time)


# Apart
prompt_cached_tokens = once_more(
    "cached_tokens",
    "Tokens of a prompt that the KV cache holds, on average over layers.",
    kv_length="prompt_tokens",
)


prompt_cache = once_more(
    "kv_cache_per_request",
    "KV cache of a prompt that is read.",
    cached_tokens="prompt_cached_tokens",
    kv_length="prompt_tokens",
)


@quantity("byte", source=KV_TRANSFER)
def prompt_cache_bytes(prompt_cache, state_bytes_per_request):
    """KV cache and states of a prompt, sent by prefill apart to the accelerators that decode."""
    return prompt_cache + state_bytes_per_request


@quantity("GPU", source=DISAGGREGATED)
def prefill_group(serving_tensor_parallel, prefill_expert_group, serving_pipeline):
    """Accelerators that share one copy of the weights in prefill."""
    return larger(serving_tensor_parallel, prefill_expert_group) * serving_pipeline


@quantity(
    "second",
    source=KV_TRANSFER,
    assumes="A prompt's cache is sent once it is read, by all its accelerators at once.",
    better="less",
)
def kv_transfer_time(
    prefill_placement,
    prompt_cache_bytes,
    serving_tensor_parallel,
    serving_pipeline,
    prefill_group,
    serving_group,
    gpus_per_node,
    scale_up_rate,
    scale_out_rate,
    scale_up_latency,
    scale_out_latency,
):
    """Time to send a prompt's KV cache to the accelerators that decode; none in one engine."""
    if prefill_placement == "together":
        return 0.0
    members = prefill_group + serving_group
    rate = link_between(members, gpus_per_node, scale_up_rate, scale_out_rate)
    delay = link_between(members, gpus_per_node, scale_up_latency, scale_out_latency)
    senders = serving_tensor_parallel * serving_pipeline
    return ratio(prompt_cache_bytes, senders * rate) + delay
