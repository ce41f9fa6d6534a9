"""A rollout: lengths of its answers, and time to generate them."""

import math

from dsexplore.engine.again import at_other_inputs
from dsexplore.engine.assumptions import LOGNORMAL_LENGTHS, POST_TRAINING_MFU
from dsexplore.engine.constants import SECONDS_PER_DAY
from dsexplore.engine.elementwise import exp, expm1, larger, log, log1p, ratio, smaller, sqrt, where
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import if_any, stated_or
from dsexplore.engine.normal import normal_quantile, normal_tail
from dsexplore.engine.papers import (
    AREAL,
    DEFINITION,
    HYBRIDFLOW,
    LOGNORMAL,
    ORDER_STATISTICS,
    RL_ESTIMATE,
)

# Gauss's rule of eight points for Gumbel's distribution, the limit of a maximum of many: points and
# weights, computed from the distribution's moments. The eighth weighs 4e-9 and is left out.
_GUMBEL = (
    (-1.4399340407231664, 0.06148054578453936),
    (-0.3663235033135588, 0.40913260209980384),
    (1.0393281474080678, 0.4099107594795902),
    (3.011184817760693, 0.10905650354864254),
    (5.751379682895952, 0.010079895246770993),
    (9.445240767104327, 0.00033646850993132853),
    (14.41792525938237, 3.1814159104601676e-06),
)


# Lengths of answers
@quantity("sample", assumes="A rollout of no stated size serves one gradient step.")
def rl_samples_per_rollout(samples_per_rollout, rl_samples_per_step):
    """Answers per rollout."""
    return stated_or(samples_per_rollout, rl_samples_per_step)


@quantity("", source=DEFINITION)
def rl_rollouts(rl_sampled_steps, rl_samples_per_step, rl_samples_per_rollout):
    """Rollouts over all RL phases."""
    return rl_sampled_steps * rl_samples_per_step / rl_samples_per_rollout


@quantity("", source=DEFINITION)
def rl_mini_batches(rl_samples_per_rollout, rl_samples_per_step):
    """Mini-batches per rollout, each for a gradient step and its inner updates."""
    return rl_samples_per_rollout / rl_samples_per_step


@quantity("fraction", source=DEFINITION)
def rl_share_before_raise(
    first_rl_steps,
    later_rl_steps,
    rl_phases,
    rl_gradient_steps,
    last_phase_gradient_steps,
    raised_response_length,
    raised_after_steps,
):
    """Share of RL's gradient steps taken before the cap is raised."""
    steps = first_rl_steps + later_rl_steps
    last = stated_or(last_phase_gradient_steps, rl_gradient_steps)
    usual = smaller(raised_after_steps, rl_gradient_steps)
    later = (rl_phases - 2) * usual + smaller(raised_after_steps, last)
    before = smaller(rl_phases, 1.0) * usual + where(rl_phases > 1, later, 0.0)
    known = where(steps == 0, 1.0, ratio(before, steps))
    return where(raised_response_length > 0, known, 1.0)


@quantity("token", assumes="The longest answer of a rollout reaches its cap.")
def rl_longest_response(
    response_length, max_response_length, raised_response_length, rl_share_before_raise
):
    """Tokens of a rollout's longest answer if it reaches its cap, on average over a phase.

    Without a cap the mean stands for it, the least it can be.
    """
    first = stated_or(max_response_length, response_length)
    later = stated_or(raised_response_length, first)
    return rl_share_before_raise * first + (1 - rl_share_before_raise) * later


@quantity("token", source=LOGNORMAL, assumes=LOGNORMAL_LENGTHS)
def rl_median_response(response_length, response_length_variation):
    """Median length of an RL answer, before any is cut off at the cap."""
    return response_length / sqrt(1 + response_length_variation * response_length_variation)


@quantity("", source=LOGNORMAL, assumes=LOGNORMAL_LENGTHS)
def rl_response_spread(response_length_variation):
    """Standard deviation of the logarithm of an RL answer's length."""
    return sqrt(log1p(response_length_variation * response_length_variation))


@quantity("token", source=ORDER_STATISTICS + "; " + LOGNORMAL, assumes=LOGNORMAL_LENGTHS)
def rl_expected_longest_response(
    rl_samples_per_rollout,
    rl_median_response,
    rl_response_spread,
    max_response_length,
    raised_response_length,
    rl_share_before_raise,
):
    """Expected length of a rollout's longest answer, of lognormal lengths cut off at the caps.

    The longest of n has the quantile function of one answer, asked at the n-th root. In Gumbel's
    variable t, where the chance that the longest is no longer is exp(-exp(-t)), it is nearly
    exponential, and a few points average it: within 4 % up to a variation of 2, within 1 % where
    the cap is far from the longest.
    """
    raised = stated_or(raised_response_length, max_response_length)
    first = stated_or(max_response_length, math.inf)
    later = stated_or(raised, math.inf)
    expected = 0.0
    for at, weight in _GUMBEL:
        tail = -expm1(-math.exp(-at) / rl_samples_per_rollout)
        longest = rl_median_response * exp(rl_response_spread * normal_quantile(tail))
        under_first = rl_share_before_raise * smaller(longest, first)
        under_later = (1 - rl_share_before_raise) * smaller(longest, later)
        expected = expected + weight * (under_first + under_later)
    return expected


@quantity("fraction", source=LOGNORMAL, assumes=LOGNORMAL_LENGTHS)
def rl_capped_share(
    rl_median_response,
    rl_response_spread,
    max_response_length,
    raised_response_length,
    rl_share_before_raise,
):
    """Share of RL's answers cut off at the cap; none where no cap is stated."""
    raised = stated_or(raised_response_length, max_response_length)
    first = _share_beyond(max_response_length, rl_median_response, rl_response_spread)
    later = _share_beyond(raised, rl_median_response, rl_response_spread)
    return rl_share_before_raise * first + (1 - rl_share_before_raise) * later


def _share_beyond(cap, median, spread):
    """Share of lognormal lengths beyond a cap; answers of one length never reach a longer one."""
    above = log(stated_or(cap, median) / median)
    share = normal_tail(above / where(spread > 0, spread, 1.0))
    return where((cap > 0) & (spread > 0), share, 0.0)


@quantity("token", source=RL_ESTIMATE)
def rl_serial_tokens(rl_rollouts, rl_longest_response):
    """Tokens RL generates one after another: no rollout ends before its longest answer does."""
    return rl_rollouts * rl_longest_response


# Generators
@quantity("GPU", source=HYBRIDFLOW + "; " + AREAL)
def rl_generators(rl_gpus, rl_placement, generator_share):
    """Accelerators that generate RL's answers: all in turn, or those set apart for it."""
    return rl_gpus if rl_placement == "colocated" else rl_gpus * generator_share


@quantity("sequence", source="Kwon et al. 2023, arXiv:2309.06180: the KV cache bounds the batch")
def rollout_batch(
    rl_samples_per_rollout,
    rl_generators,
    memory_capacity,
    serving_weight_memory,
    memory_reserve,
    rollout_kv_cache_per_request,
    kv_cache_copies,
    decode_expert_group,
    serving_tensor_parallel,
):
    """Answers that a tensor-parallel group generates together: its share, or as many as fit.

    0 where it cannot hold the weights, or where fewer accelerators generate than share one copy.
    """
    share = ratio(serving_tensor_parallel * rl_samples_per_rollout, rl_generators)
    free = larger(memory_capacity - serving_weight_memory - memory_reserve, 0.0)
    too_few = larger(decode_expert_group, serving_tensor_parallel) > rl_generators
    free = where(too_few, 0.0, free)
    each = rollout_kv_cache_per_request * kv_cache_copies
    fits = ratio(serving_tensor_parallel * free, each)
    return where(each == 0, share, smaller(share, fits))


# Decoding, with the batch and the context of a rollout.
decoding = at_other_inputs(
    of=(
        "decode_tokens_per_second_per_gpu",
        "decode_tokens_per_second_per_request",
        "kv_cache_per_request",
    ),
    prefix="rollout_",
    instead_of="decode_",
    setting="In a rollout",
    assumes="A rollout decodes as serving does, at its own batch and context.",
    decode_batch="rollout_batch",
    kv_length="rl_context",
)


# The longest answer
@quantity("token/s", assumes="Beside the longest answer its generator keeps its batch full.")
def rl_decode_speed(decode_speed, rollout_tokens_per_second_per_request):
    """Tokens per second of a rollout's longest answer: as stated, or as its generator decodes."""
    return stated_or(decode_speed, rollout_tokens_per_second_per_request)


@quantity(kind="text", source=DEFINITION)
def rl_decode_speed_basis(decode_speed):
    """How the longest answer's decode speed is known: stated, or predicted of its generator."""
    return where(decode_speed > 0, "stated", "of its own generator")


@quantity("day", source=DEFINITION)
def rl_serial_days(rl_serial_tokens, rl_decode_speed):
    """Days of RL's serial tokens at one request's decode speed, however many GPUs there are."""
    days = ratio(rl_serial_tokens, rl_decode_speed) / SECONDS_PER_DAY
    return if_any(rl_serial_tokens, days)


@quantity("token/s", assumes="Generators keep their batches full.")
def rollout_tokens_per_second(rl_generators, rollout_tokens_per_second_per_gpu):
    """Tokens per second of all generators while their batches are full."""
    return rl_generators * rollout_tokens_per_second_per_gpu


# Time of a rollout
@quantity("second", source=DEFINITION)
def rollout_serial_time(rl_expected_longest_response, rl_decode_speed):
    """Time of a rollout's longest answer at one request's decode speed."""
    return ratio(rl_expected_longest_response, rl_decode_speed)


@quantity("second", source=DEFINITION)
def rollout_throughput_time(rl_samples_per_rollout, response_length, rollout_tokens_per_second):
    """Time of all tokens of a rollout at the rate of all generators."""
    return ratio(rl_samples_per_rollout * response_length, rollout_tokens_per_second)


@quantity("second", assumes=POST_TRAINING_MFU)
def rollout_prefill_time(rl_prefill_flops, rl_rollouts, rl_generators, post_training_flops_per_gpu):
    """Time to read a rollout's questions, each once for its group."""
    rate = rl_generators * post_training_flops_per_gpu
    return if_any(rl_prefill_flops, ratio(rl_prefill_flops, rl_rollouts * rate))


@quantity("second", assumes="The longest answer or all tokens at full batches end a rollout.")
def rollout_time(rollout_prefill_time, rollout_serial_time, rollout_throughput_time):
    """Time until a rollout's last answer is complete: its longest one, or all of them, decide."""
    return rollout_prefill_time + larger(rollout_serial_time, rollout_throughput_time)


@quantity(kind="text", source=DEFINITION)
def rollout_bound(rollout_batch, rollout_serial_time, rollout_throughput_time):
    """What a rollout waits for: its longest answer, or the throughput of all generators."""
    # Whole arrays of a few words: filling in sentences one by one would take long.
    some = where(rollout_serial_time < rollout_throughput_time, "throughput", "")
    bound = where(rollout_serial_time >= rollout_throughput_time, "longest answer", some)
    return where(rollout_batch == 0, "weights do not fit", bound)
