"""A rollout: who generates its answers, in what batches, and how long it takes as they end."""

from dsexplore.engine.again import at_other_inputs, once_more
from dsexplore.engine.assumptions import POST_TRAINING_MFU
from dsexplore.engine.constants import SECONDS_PER_DAY
from dsexplore.engine.elementwise import is_known, larger, ratio, smaller, where
from dsexplore.engine.idioms import by_presence, exceeds, if_any, stated_or
from dsexplore.engine.papers import AREAL, DEFINITION, HYBRIDFLOW, PARTIAL_ROLLOUTS
from dsexplore.engine.quantity import quantity

_DRAINED = (
    "A rollout decodes in two parts, each at its mean batch; the tail has a tenth of answers."
)


# Generators
@quantity("GPU", source=HYBRIDFLOW + "; " + AREAL)
def rl_generators(rl_gpus, rl_placement, generator_share):
    """Accelerators that generate RL's answers: all in turn, or those set apart for it."""
    return rl_gpus if rl_placement == "colocated" else rl_gpus * generator_share


@quantity("", source=AREAL)
def rl_rollouts_under_way(rl_placement, rl_staleness):
    """Rollouts generated at once: one, or as many as generators set apart may run ahead."""
    return 1.0 if rl_placement == "colocated" else larger(rl_staleness, 1.0)


@quantity("sequence", source=DEFINITION)
def rollout_share(rl_generated_per_rollout, rl_generators, serving_tensor_parallel):
    """Answers of a rollout that each tensor-parallel group generates."""
    return ratio(serving_tensor_parallel * rl_generated_per_rollout, rl_generators)


@quantity("sequence", source="Kwon et al. 2023, arXiv:2309.06180: the KV cache bounds the batch")
def rollout_batch(
    rollout_share,
    rollout_batch_limit,
    rl_rollouts_under_way,
    rl_generators,
    memory_capacity,
    serving_weight_memory,
    memory_reserve,
    rollout_held_cache_per_request,
    decode_expert_group,
    serving_tensor_parallel,
):
    """Answers that a tensor-parallel group generates together at most: its own, or those that fit.

    No more than its engine's limit. 0 where it cannot hold the weights, or where fewer accelerators
    generate than share one copy.
    """
    own = rollout_share * rl_rollouts_under_way
    own = where(rollout_batch_limit > 0, smaller(own, rollout_batch_limit), own)
    free = larger(memory_capacity - serving_weight_memory - memory_reserve, 0.0)
    too_few = larger(decode_expert_group, serving_tensor_parallel) > rl_generators
    free = where(too_few, 0.0, free)
    fits = ratio(serving_tensor_parallel * free, rollout_held_cache_per_request)
    return where(rollout_held_cache_per_request == 0, own, smaller(own, fits))


# How the batch shrinks
@quantity("", source=PARTIAL_ROLLOUTS + "; " + AREAL)
def rollout_is_steady(rl_rollouts_under_way, partial_rollouts):
    """Whether new answers take the place of those that end: 1 or 0.

    They do where several rollouts are under way, or unfinished answers carry on in the next.
    """
    return where((rl_rollouts_under_way > 1) | (partial_rollouts > 0), 1.0, 0.0)


@quantity("step", source=DEFINITION)
def rollout_queue_steps(rollout_share, rollout_batch, rl_rollouts_under_way, response_length):
    """Decoding steps of a rollout with answers that wait for room in the KV cache."""
    waiting = larger(rollout_share - rollout_batch / rl_rollouts_under_way, 0.0)
    steps = ratio(waiting * response_length, rollout_batch)
    return if_any(waiting, steps)


@quantity("sequence", source=DEFINITION)
def rollout_bulk_batch(
    rollout_is_steady,
    rl_rollouts_under_way,
    rollout_share,
    rollout_batch,
    rollout_queue_steps,
    response_length,
    rl_bulk_response,
    rl_tail_start,
    rl_expected_longest_response,
):
    """Answers of a tensor-parallel group, on average over the steps before a rollout's tail.

    Where answers take each other's place, on average over all steps: the rollouts under way are at
    different lengths, or the batch is full.
    """
    tokens = rollout_queue_steps * rollout_batch + rollout_batch * rl_bulk_response
    draining = ratio(tokens, rollout_queue_steps + rl_tail_start)
    spread = rl_rollouts_under_way * rollout_share * response_length / rl_expected_longest_response
    spread = where(rl_rollouts_under_way > 1, spread, rollout_share)
    batch = where(rollout_is_steady > 0, smaller(spread, rollout_batch), draining)
    return by_presence(rollout_batch, larger(batch, smaller(rollout_batch, 1.0)), 0.0)


@quantity("step", source=DEFINITION)
def rollout_tail_steps(rl_tail_start, rl_expected_longest_response):
    """Decoding steps of a rollout's tail; none where it is shorter than a token."""
    steps = rl_expected_longest_response - rl_tail_start
    return where(steps < 1, 0.0, steps)


@quantity("sequence", source=DEFINITION)
def rollout_tail_batch(rollout_batch, response_length, rl_bulk_response, rollout_tail_steps):
    """Answers that the group of the longest has left, on average over a rollout's tail."""
    left = rollout_batch * larger(response_length - rl_bulk_response, 0.0)
    alone = smaller(rollout_batch, 1.0)
    return by_presence(rollout_tail_steps, larger(ratio(left, rollout_tail_steps), alone), alone)


@quantity("token", source=DEFINITION)
def rollout_tail_context(prompt_length, rl_tail_start, rl_expected_longest_response):
    """Tokens that a token of a rollout's tail looks back on, on average."""
    return prompt_length + (rl_tail_start + rl_expected_longest_response) / 2


@quantity("", assumes="A batch of less than two answers is not split.")
def rollout_micro_batches(rollout_bulk_batch, serving_micro_batches):
    """Parts of a rollout's batch of which one computes while the other communicates."""
    whole = where(rollout_bulk_batch < 2, 1.0, float("nan"))
    return where(rollout_bulk_batch >= 2, serving_micro_batches, whole)


rollout_tail_micro_batches = once_more(
    "rollout_micro_batches",
    "Parts of the batch of a rollout's tail, of which one computes while the other communicates.",
    rollout_bulk_batch="rollout_tail_batch",
)


# Decoding, with the batches and the contexts of a rollout.
_AS_SERVING = "A rollout decodes as serving does, at its own batch and context."

decoding = at_other_inputs(
    of=(
        "decode_tokens_per_second_per_gpu",
        "decode_tokens_per_second_per_request",
        "held_cache_per_request",
    ),
    prefix="rollout_",
    instead_of="decode_",
    setting="In a rollout",
    assumes=_AS_SERVING,
    decode_batch="rollout_bulk_batch",
    # Groups without an answer are in the mean.
    requests_in_step="rollout_bulk_batch",
    serving_micro_batches="rollout_micro_batches",
    step_host_time="rollout_step_host_time",
    request_host_time="rollout_request_host_time",
    kv_length="rl_context",
)

tail = at_other_inputs(
    of=("decode_tokens_per_second_per_request",),
    prefix="rollout_tail_",
    instead_of="decode_",
    setting="In a rollout's tail",
    assumes=_AS_SERVING,
    decode_batch="rollout_tail_batch",
    requests_in_step="rollout_tail_batch",
    serving_micro_batches="rollout_tail_micro_batches",
    step_host_time="rollout_step_host_time",
    request_host_time="rollout_request_host_time",
    kv_length="rollout_tail_context",
)


# The longest answer
@quantity("second", assumes=_DRAINED)
def rollout_bulk_time(rl_tail_start, rollout_queue_steps, rollout_tokens_per_second_per_request):
    """Time of a rollout before its tail."""
    return ratio(rollout_queue_steps + rl_tail_start, rollout_tokens_per_second_per_request)


@quantity("second", assumes=_DRAINED)
def rollout_tail_time(rollout_tail_steps, rollout_tail_tokens_per_second_per_request):
    """Time of a rollout's tail, in which few answers are left."""
    time = ratio(rollout_tail_steps, rollout_tail_tokens_per_second_per_request)
    return if_any(rollout_tail_steps, time)


@quantity("token/s", assumes=_DRAINED, better="more")
def rl_decode_speed(
    decode_speed,
    rollout_is_steady,
    rollout_queue_steps,
    rl_expected_longest_response,
    rollout_bulk_time,
    rollout_tail_time,
    rollout_tokens_per_second_per_request,
):
    """Tokens per second of a rollout's longest answer: as stated, or as its generator decodes.

    Its generator has a full batch at first and few answers at the end.
    """
    queued = if_any(
        rollout_queue_steps, ratio(rollout_queue_steps, rollout_tokens_per_second_per_request)
    )
    draining = ratio(rl_expected_longest_response, rollout_bulk_time - queued + rollout_tail_time)
    own = where(rollout_is_steady > 0, rollout_tokens_per_second_per_request, draining)
    return stated_or(decode_speed, own)


@quantity(kind="text", source=DEFINITION)
def rl_decode_speed_basis(decode_speed):
    """How the longest answer's decode speed is known: stated, or predicted of its generator."""
    return where(decode_speed > 0, "stated", "of its own generator")


@quantity("day", source=DEFINITION, better="less")
def rl_serial_days(rl_serial_tokens, rl_decode_speed):
    """Days of the longest answers of all rollouts, one after another, on however many GPUs."""
    days = ratio(rl_serial_tokens, rl_decode_speed) / SECONDS_PER_DAY
    return if_any(rl_serial_tokens, days)


@quantity("day", source=DEFINITION, better="less")
def rl_mean_serial_days(rl_mean_serial_tokens, rl_decode_speed):
    """Days of a mean answer of each rollout, one after another: no RL takes as few."""
    days = ratio(rl_mean_serial_tokens, rl_decode_speed) / SECONDS_PER_DAY
    return if_any(rl_mean_serial_tokens, days)


@quantity("token/s", source=DEFINITION)
def rollout_tokens_per_second(rl_generators, rollout_tokens_per_second_per_gpu):
    """Tokens per second of all generators before a rollout's tail."""
    return rl_generators * rollout_tokens_per_second_per_gpu


# Time of a rollout
@quantity(
    "second", source="Yao et al. 2022, 'ReAct', arXiv:2210.03629: calls of tools within an answer"
)
def rollout_tool_time(tool_turns, tool_latency, rl_expected_longest_response, response_length):
    """Time that a rollout's longest answer waits for tools; its turns go with its length."""
    turns = tool_turns * rl_expected_longest_response / response_length
    return turns * tool_latency


@quantity("second", source=DEFINITION)
def rollout_serial_time(rl_expected_longest_response, rl_decode_speed, rollout_tool_time):
    """Time of a rollout's longest answer: decoding it, and waiting for its tools."""
    return ratio(rl_expected_longest_response, rl_decode_speed) + rollout_tool_time


@quantity("second", source=DEFINITION)
def rollout_throughput_time(rl_generated_per_rollout, response_length, rollout_tokens_per_second):
    """Time of all tokens of a rollout at the rate of all generators."""
    return ratio(rl_generated_per_rollout * response_length, rollout_tokens_per_second)


@quantity("second", assumes=POST_TRAINING_MFU)
def rollout_prefill_time(rl_prefill_flops, rl_rollouts, rl_generators, post_training_flops_per_gpu):
    """Time to read a rollout's questions, each once for its group."""
    rate = rl_generators * post_training_flops_per_gpu
    return if_any(rl_prefill_flops, ratio(rl_prefill_flops, rl_rollouts * rate))


@quantity("second", source=PARTIAL_ROLLOUTS, assumes=_DRAINED, better="less")
def rollout_time(
    rollout_prefill_time,
    rollout_queue_steps,
    rollout_tokens_per_second_per_request,
    rollout_serial_time,
    rollout_throughput_time,
    partial_rollouts,
):
    """Time until a rollout's last answer is complete: its longest one, or all of them, decide.

    The longest may have waited for room. Where answers carry on in the next rollout, none waits
    for it.
    """
    queued = if_any(
        rollout_queue_steps, ratio(rollout_queue_steps, rollout_tokens_per_second_per_request)
    )
    last = larger(queued + rollout_serial_time, rollout_throughput_time)
    return rollout_prefill_time + where(partial_rollouts > 0, rollout_throughput_time, last)


@quantity(kind="text", source=DEFINITION)
def rollout_bound(rollout_batch, rollout_serial_time, rollout_throughput_time):
    """What a rollout waits for: its longest answer, or the throughput of all generators."""
    # Whole arrays of a few words: filling in sentences one by one would take long.
    known = where(is_known(rollout_serial_time), "longest answer", "")
    bound = where(exceeds(rollout_throughput_time, rollout_serial_time), "throughput", known)
    return where(rollout_batch == 0, "weights do not fit", bound)
