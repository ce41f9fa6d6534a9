"""A service under load: waiting, time per token and cost as requests keep the stated batch full.

Requests come at random, and are spread over tensor-parallel groups at random. The load is the one
at which the stated batch is under way on average, so nothing has to be solved for.
"""

from dsexplore.engine.constants import SECONDS_PER_HOUR, TOKENS_PER_MILLION
from dsexplore.engine.elementwise import exp, log, ratio, smaller, sqrt, where
from dsexplore.engine.idioms import exceeds, if_any, stated_or
from dsexplore.engine.papers import (
    DEFINITION,
    DISAGGREGATED,
    LITTLE,
    MANY_SERVERS,
    PRIORITY_QUEUE,
)
from dsexplore.engine.quantity import quantity

_UNSTABLE = "requests come faster than they are answered, so queues grow without end"


@quantity("fraction", source=DEFINITION)
def batch_fullness(decode_batch, largest_decode_batch):
    """The batch as a share of the largest that fits in memory."""
    return ratio(decode_batch, largest_decode_batch)


@quantity(
    "fraction",
    source=DISAGGREGATED,
    assumes="With no share stated, accelerators that read are as busy as the batch is full.",
)
def prefill_share_held(
    prefill_placement,
    prefill_gpu_share,
    accelerator_time_per_prompt,
    accelerator_time_per_answer,
    batch_fullness,
):
    """Share of the accelerators that only read prompts; none where one engine does both."""
    if prefill_placement == "together":
        return 0.0
    decoding = accelerator_time_per_answer * smaller(batch_fullness, 1.0)
    shared = ratio(accelerator_time_per_prompt, accelerator_time_per_prompt + decoding)
    return stated_or(prefill_gpu_share, shared)


@quantity("sequence/s", source=LITTLE)
def load_per_gpu(
    prefill_placement,
    prefill_share_held,
    accelerator_time_per_answer,
    accelerator_time_per_request,
):
    """Requests per second and accelerator at which the stated batch is under way on average."""
    if prefill_placement == "together":
        return ratio(1.0, accelerator_time_per_request)
    return ratio(1 - prefill_share_held, accelerator_time_per_answer)


@quantity("sequence/s", source=DEFINITION)
def service_load(load_per_gpu, serving_gpus_held):
    """Requests per second at which the stated batch is under way, of all accelerators held.

    Those of one accelerator where no day is stated.
    """
    return load_per_gpu * where(serving_gpus_held > 0, serving_gpus_held, 1.0)


@quantity("second/token", source=LITTLE, better="less")
def loaded_time_per_output_token(
    prefill_placement,
    time_per_output_token,
    requests_under_way,
    accelerator_time_per_request,
    answer_tokens,
):
    """Mean time between two tokens that a user sees, as prompts are read between them.

    Little's law gives the time of a request from the load and the requests under way.
    """
    if prefill_placement == "apart":
        return time_per_output_token
    return ratio(requests_under_way * accelerator_time_per_request, answer_tokens)


# Waiting to be read
@quantity("second", source=DEFINITION)
def prompt_occupancy(
    prompt_reading_time,
    prefill_passes,
    decode_time_beside_chunk,
    serving_fullest_stage,
):
    """Time for which a prompt keeps the next one from being read, decoding in its steps included.

    In a pipeline, the time of the fullest stage.
    """
    passes = prompt_reading_time + prefill_passes * decode_time_beside_chunk
    return passes * serving_fullest_stage


@quantity("fraction", source=DEFINITION)
def prompt_queue_load(
    load_per_gpu,
    prefill_placement,
    prefill_share_held,
    serving_tensor_parallel,
    serving_pipeline,
    prompt_occupancy,
):
    """Share of time in which an engine that reads prompts is reading one."""
    engine = serving_tensor_parallel * serving_pipeline
    each = load_per_gpu * engine * prompt_occupancy
    return each if prefill_placement == "together" else ratio(each, prefill_share_held)


@quantity(
    "second",
    source=PRIORITY_QUEUE,
    assumes="A prompt is read before any step of decoding that has not begun.",
    undefined=_UNSTABLE,
    better="less",
)
def prompt_wait(
    prompt_queue_load,
    prompt_occupancy,
    prompt_spread,
    prefill_placement,
    decode_batch,
    decode_step_time,
):
    """Mean wait of a prompt for those before it, and for the step of decoding that it meets."""
    free = where(exceeds(1.0, prompt_queue_load), 1 - prompt_queue_load, 0.0)
    ahead = prompt_queue_load * prompt_occupancy * (1 + prompt_spread * prompt_spread) / 2
    if prefill_placement == "together":
        ahead = ahead + free * (1 - exp(-decode_batch)) * decode_step_time / 2
    return if_any(ahead, ratio(ahead, free))


# Waiting for room
@quantity(
    "second",
    source=MANY_SERVERS,
    assumes="An answer waits for a place in the largest batch; lengths of answers are exponential.",
    undefined=_UNSTABLE,
    better="less",
)
def batch_wait(
    batch_fullness,
    largest_decode_batch,
    serving_batches_under_way,
    loaded_time_per_output_token,
    answer_tokens,
):
    """Mean wait of a request for a place in the batch, whose size the memory bounds."""
    places = largest_decode_batch * serving_batches_under_way
    power = sqrt(2 * (places + 1)) - 1
    each = answer_tokens * loaded_time_per_output_token
    busy = exp(power * log(batch_fullness))
    free = where(exceeds(1.0, batch_fullness), 1 - batch_fullness, 0.0)
    return ratio(each * busy, places * free)


@quantity("second", source=DEFINITION, better="less")
def loaded_ttft(ttft, prompt_wait, batch_wait):
    """Mean time to the first token under load: waiting for a place and to be read, and reading."""
    return ttft + prompt_wait + batch_wait


@quantity("USD/Mtoken", source=DEFINITION, better="less")
def service_cost_per_million_output_tokens(price_per_gpu_hour, load_per_gpu, answer_tokens):
    """Rent per million generated tokens at the load of the stated batch, prompts included."""
    per_hour = load_per_gpu * answer_tokens * SECONDS_PER_HOUR
    return ratio(price_per_gpu_hour, per_hour / TOKENS_PER_MILLION)
