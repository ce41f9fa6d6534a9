"""Promises of a service: when the first token comes, how fast the others do, and how many ask."""

from dsexplore.engine.constants import FLOP_PER_MULTIPLY_ADD, SECONDS_PER_DAY
from dsexplore.engine.elementwise import ratio, smaller, where
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import CHUNKED_PREFILL, DEFINITION, SHARDED_CACHE, V3_SERVICE
from dsexplore.engine.quantity import quantity


@quantity(
    "second",
    source=f"{SHARDED_CACHE}; {CHUNKED_PREFILL}",
    assumes="A prompt waits for no other; a tensor-parallel group reads it together.",
    better="less",
)
def ttft(
    prompt_reading_time,
    decode_time_beside_chunk,
    prefill_passes,
    serving_fullest_stage,
    kv_transfer_time,
):
    """Time to the first token of an answer: reading the part of its prompt that is not cached.

    Read in chunks, each takes the decoding of its step along; in a pipeline, one chunk follows
    another through the stages. With prefill apart, the KV cache is sent before the token is shown.
    """
    each_pass = prompt_reading_time / prefill_passes + decode_time_beside_chunk
    return each_pass * (1 + (prefill_passes - 1) * serving_fullest_stage) + kv_transfer_time


@quantity("second/token", source=DEFINITION, better="less")
def time_per_output_token(decode_step_time, tokens_per_decode_step):
    """Time between two tokens that a user sees, at the stated batch."""
    return decode_step_time / tokens_per_decode_step


@quantity("second", source=DEFINITION)
def accelerator_time_per_prompt(
    prompt_tokens, computed_input_share, computed_prefill_tokens_per_second_per_gpu
):
    """Time of one accelerator per request in reading the part of its prompt that is not cached."""
    computed = prompt_tokens * computed_input_share
    return if_any(computed, ratio(computed, computed_prefill_tokens_per_second_per_gpu))


@quantity("second", source=DEFINITION)
def accelerator_time_per_answer(answer_tokens, mean_decode_tokens_per_second_per_gpu):
    """Time of one accelerator per request in generating its answer."""
    return ratio(answer_tokens, mean_decode_tokens_per_second_per_gpu)


@quantity("second", source=DEFINITION)
def accelerator_time_per_request(accelerator_time_per_prompt, accelerator_time_per_answer):
    """Time of one accelerator per request, reading its prompt and generating its answer."""
    return accelerator_time_per_prompt + accelerator_time_per_answer


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


@quantity("token", source=DEFINITION, undefined="no layer attends to other tokens")
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


@quantity(
    "token",
    source=DEFINITION,
    undefined="no layer attends to other tokens",
    assumes="In a full batch weights take their products alone.",
)
def least_attention_parity_context_in_time(
    matmul_parameters,
    num_moe_layers,
    computed_experts_per_token,
    expert_parameters,
    decode_positions,
    dense_gemm_rate,
    serving_gemm_rate,
    decode_attention_time_per_context_token,
):
    """Context at which attention takes as long as weights in a decoding step of a full batch.

    The least of all batches: reading weights takes no time where many requests share it.
    """
    # Stated active parameters may be fewer than the experts counted.
    experts = smaller(
        num_moe_layers * computed_experts_per_token * expert_parameters, matmul_parameters
    )
    routed = if_any(experts, ratio(experts, serving_gemm_rate))
    weights = ratio(matmul_parameters - experts, dense_gemm_rate) + routed
    products = FLOP_PER_MULTIPLY_ADD * decode_positions * weights
    return ratio(products, decode_attention_time_per_context_token)
