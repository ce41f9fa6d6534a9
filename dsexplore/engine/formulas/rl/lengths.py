"""Lengths of RL's answers: their spread, the longest of a rollout, and how many are left when."""

import math

from dsexplore.engine.assumptions import LOGNORMAL_LENGTHS
from dsexplore.engine.constants import NORMAL_TENTH
from dsexplore.engine.elementwise import exp, expm1, larger, log, log1p, ratio, smaller, sqrt, where
from dsexplore.engine.idioms import exceeds, stated_or
from dsexplore.engine.lognormal import beyond, mean_below, median_before_cap
from dsexplore.engine.normal import normal_quantile
from dsexplore.engine.papers import (
    DAPO,
    DEFINITION,
    LOGNORMAL,
    ORDER_STATISTICS,
    RL_ESTIMATE,
)
from dsexplore.engine.quantity import quantity

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


@quantity("sample", source=DAPO)
def rl_generated_per_rollout(rl_samples_per_rollout, kept_groups):
    """Answers generated per rollout: those learnt from, and groups that are dropped."""
    return rl_samples_per_rollout / kept_groups


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


@quantity("", source=LOGNORMAL, assumes=LOGNORMAL_LENGTHS)
def rl_response_spread(response_length_variation):
    """Standard deviation of the logarithm of an RL answer's length."""
    return sqrt(log1p(response_length_variation * response_length_variation))


@quantity("token", source=LOGNORMAL, assumes=LOGNORMAL_LENGTHS)
def rl_median_response(
    response_length,
    rl_response_spread,
    max_response_length,
    raised_response_length,
    rl_longest_response,
):
    """Median length of an RL answer before any is cut off, with the mean of those cut as stated."""
    uncut = log(response_length) - rl_response_spread * rl_response_spread / 2
    capped = larger(max_response_length, raised_response_length) > 0
    found = median_before_cap(response_length, rl_response_spread, rl_longest_response)
    return where(capped & (rl_response_spread > 0), found, exp(uncut))


@quantity("token", source=ORDER_STATISTICS + "; " + LOGNORMAL, assumes=LOGNORMAL_LENGTHS)
def rl_expected_longest_response(
    rl_generated_per_rollout,
    response_length,
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
        tail = -expm1(-math.exp(-at) / rl_generated_per_rollout)
        longest = rl_median_response * exp(rl_response_spread * normal_quantile(tail))
        under_first = rl_share_before_raise * smaller(longest, first)
        under_later = (1 - rl_share_before_raise) * smaller(longest, later)
        expected = expected + weight * (under_first + under_later)
    return larger(expected, response_length)


@quantity("fraction", source=LOGNORMAL, assumes=LOGNORMAL_LENGTHS, better="less")
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
    return where(cap > 0, beyond(stated_or(cap, median), log(median), spread), 0.0)


@quantity("token", source=RL_ESTIMATE)
def rl_serial_tokens(
    rl_rollouts,
    max_response_length,
    raised_response_length,
    rl_longest_response,
    rl_expected_longest_response,
):
    """Tokens RL generates one after another: no rollout ends before its longest answer does.

    To the cap, or to the longest answer that is expected where no cap is stated.
    """
    capped = larger(max_response_length, raised_response_length) > 0
    return rl_rollouts * where(capped, rl_longest_response, rl_expected_longest_response)


@quantity("token", source=RL_ESTIMATE)
def rl_mean_serial_tokens(rl_rollouts, response_length):
    """Tokens of one mean answer of each rollout: less than RL can generate one after another."""
    return rl_rollouts * response_length


# A rollout as its answers end
@quantity(
    "token",
    source=LOGNORMAL,
    assumes="A rollout's tail begins where a tenth of its answers are left.",
)
def rl_tail_start(rl_median_response, rl_response_spread, rl_expected_longest_response):
    """Length of an answer that a tenth of a rollout's are longer than; its longest at most."""
    start = rl_median_response * exp(rl_response_spread * NORMAL_TENTH)
    is_longer = exceeds(rl_expected_longest_response, start)
    return where(is_longer, start, rl_expected_longest_response)


@quantity("token", source=LOGNORMAL, assumes=LOGNORMAL_LENGTHS)
def rl_bulk_response(response_length, rl_median_response, rl_response_spread, rl_tail_start):
    """Mean tokens of an answer generated before a rollout's tail begins."""
    at = log(rl_median_response)
    below = mean_below(rl_tail_start, at, rl_response_spread)
    bulk = below + rl_tail_start * beyond(rl_tail_start, at, rl_response_spread)
    return smaller(bulk, response_length)
