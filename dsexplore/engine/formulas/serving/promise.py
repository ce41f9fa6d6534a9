"""Promises of a service: when the first token comes, how fast the others do, and how many ask."""

from dsexplore.engine.constants import SECONDS_PER_DAY
from dsexplore.engine.elementwise import larger, ratio, where
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import DEFINITION, SHARDED_CACHE, V3_SERVICE


@quantity(
    "second",
    source=SHARDED_CACHE,
    assumes="A prompt waits for no other; a tensor-parallel group reads it together.",
)
def ttft(prompt_tokens, computed_input_share, prefill_time_per_token, serving_tensor_parallel):
    """Time to the first token of an answer: reading the part of its prompt that is not cached."""
    computed = prompt_tokens * computed_input_share
    return computed * prefill_time_per_token / serving_tensor_parallel


@quantity("second/token", source=DEFINITION)
def time_per_output_token(decode_step_time, tokens_per_decode_step):
    """Time between two tokens that a user sees, at the stated batch."""
    return decode_step_time / tokens_per_decode_step


@quantity(
    "token",
    assumes="Without tokens of a day, an answer is twice what the mean context adds to a prompt.",
)
def answer_tokens(input_tokens_per_day, output_tokens_per_day, prompt_tokens, kv_length):
    """Tokens generated per request: as the day's tokens are to its prompts."""
    by_day = ratio(output_tokens_per_day * prompt_tokens, input_tokens_per_day)
    by_context = larger(2 * (kv_length - prompt_tokens), 1.0)
    return where((input_tokens_per_day > 0) & (output_tokens_per_day > 0), by_day, by_context)


@quantity("second", source=DEFINITION)
def accelerator_time_per_request(
    prompt_tokens,
    prefill_tokens_per_second_per_gpu,
    answer_tokens,
    decode_tokens_per_second_per_gpu,
):
    """Time of one accelerator per request, reading its prompt and generating its answer."""
    reading = ratio(prompt_tokens, prefill_tokens_per_second_per_gpu)
    return reading + ratio(answer_tokens, decode_tokens_per_second_per_gpu)


@quantity("sequence/s", source=DEFINITION)
def requests_per_second(serving_gpus_held, accelerator_time_per_request):
    """Requests per second that the accelerators held answer, none ever idle.

    Those of one accelerator where no day is stated.
    """
    held = where(serving_gpus_held > 0, serving_gpus_held, 1.0)
    return ratio(held, accelerator_time_per_request)


@quantity("token/s", source=V3_SERVICE)
def output_tokens_per_second_per_gpu(output_tokens_per_day, serving_gpus_needed):
    """Tokens generated per second and accelerator of a busy fleet, those that read included."""
    return ratio(output_tokens_per_day / SECONDS_PER_DAY, serving_gpus_needed)


@quantity("token", source=DEFINITION)
def attention_parity_context_in_time(
    decode_dense_time,
    decode_expert_time,
    decode_requests,
    decode_attention_time_per_context_token,
):
    """Context at which attention takes as long as weights in a decoding step, at its batch.

    By arithmetic alone it is far longer where reading the cache takes the time.
    """
    weights = decode_dense_time + decode_expert_time
    return ratio(weights, decode_requests * decode_attention_time_per_context_token)
