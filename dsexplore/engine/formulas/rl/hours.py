"""GPU-hours and days of RL, and the MFU and price they imply."""

from dsexplore.engine.again import once_more
from dsexplore.engine.constants import (
    HOURS_PER_DAY,
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    TOKENS_PER_MILLION,
)
from dsexplore.engine.elementwise import larger, ratio, smaller, where
from dsexplore.engine.idioms import if_any, stated_or
from dsexplore.engine.measured_run import at_rl_sizes_of_run, carried_over, rl_sizes_changed
from dsexplore.engine.papers import AREAL, DEFINITION, MFU, RL_ESTIMATE
from dsexplore.engine.quantity import quantity


@quantity("FLOP/step", source=DEFINITION)
def rl_flops_per_step(rl_flops, first_rl_steps, later_rl_steps):
    """FLOP of RL per gradient step, over all RL phases."""
    steps = first_rl_steps + later_rl_steps
    return if_any(steps, ratio(rl_flops, steps))


@quantity("GPU-hour/step", source=DEFINITION)
def rl_predicted_gpu_hours_per_step(rl_predicted_gpu_hours, first_rl_steps, later_rl_steps):
    """GPU-hours of RL per gradient step, predicted from the parts of a rollout."""
    steps = first_rl_steps + later_rl_steps
    return if_any(steps, ratio(rl_predicted_gpu_hours, steps))


@quantity("step", source=DEFINITION)
def rl_last_phase_steps(last_phase_gradient_steps, rl_gradient_steps):
    """Gradient steps of the last RL phase."""
    return stated_or(last_phase_gradient_steps, rl_gradient_steps)


measured_rl_changed = rl_sizes_changed(
    "Whether the RL differs from the one whose hours were measured, in steps, answers or their "
    "lengths: 1 or 0.",
    "Hours of RL hold for the steps, answers and lengths on which they were measured.",
)
measured_rl_phase_steps = at_rl_sizes_of_run(
    "rl_phase_steps", "Gradient steps of a phase of the RL whose hours were measured."
)
measured_rl_last_phase_steps = at_rl_sizes_of_run(
    "rl_last_phase_steps", "Gradient steps of the last phase of the RL whose hours were measured."
)
measured_rl_flops_per_step = at_rl_sizes_of_run(
    "rl_flops_per_step", "FLOP per gradient step of the RL whose hours were measured, counted here."
)
measured_rl_predicted_gpu_hours_per_step = at_rl_sizes_of_run(
    "rl_predicted_gpu_hours_per_step",
    "GPU-hours predicted per gradient step of the RL whose hours were measured.",
)


@quantity("step", source=DEFINITION)
def rl_phase_steps(rl_gradient_steps):
    """Gradient steps of one RL phase, of all but the last."""
    return rl_gradient_steps


@quantity(
    "",
    source=MFU,
    assumes="What measured_basis holds of the measured RL carries over to another size.",
    only_when={
        "rl_flops_per_step": ("measured_basis", "mfu"),
        "measured_rl_flops_per_step": ("measured_basis", "mfu"),
        "rl_predicted_gpu_hours_per_step": ("measured_basis", "prediction"),
        "measured_rl_predicted_gpu_hours_per_step": ("measured_basis", "prediction"),
        "measured_rl_changed": ("measured_basis", "mfu", "prediction"),
    },
)
def measured_rl_step_factor(
    measured_basis,
    measured_rl_changed,
    rl_flops_per_step,
    measured_rl_flops_per_step,
    rl_predicted_gpu_hours_per_step,
    measured_rl_predicted_gpu_hours_per_step,
):
    """GPU-hours per step of RL as a multiple of the measured RL's; 1 at its own sizes.

    1 as well where hours were measured of an RL whose steps are not stated.
    """
    if measured_basis == "hours":
        return 1.0
    if measured_basis == "prediction":
        now, then = rl_predicted_gpu_hours_per_step, measured_rl_predicted_gpu_hours_per_step
    else:
        now, then = rl_flops_per_step, measured_rl_flops_per_step
    return where((measured_rl_changed > 0) & (then > 0), ratio(now, then), 1.0)


@quantity("", source=DEFINITION)
def measured_rl_phase_factor(
    measured_basis, measured_rl_step_factor, rl_phase_steps, measured_rl_phase_steps
):
    """GPU-hours of one RL phase as a multiple of the measured ones: by its steps, and per step."""
    if measured_basis == "hours":
        return 1.0
    is_stated = measured_rl_phase_steps > 0
    steps = where(is_stated, ratio(rl_phase_steps, measured_rl_phase_steps), 1.0)
    return steps * measured_rl_step_factor


measured_rl_last_phase_factor = once_more(
    "measured_rl_phase_factor",
    "GPU-hours of the last RL phase as a multiple of the measured ones.",
    rl_phase_steps="rl_last_phase_steps",
    measured_rl_phase_steps="measured_rl_last_phase_steps",
)


@quantity("GPU-hour", source=DEFINITION)
def measured_rl_phase_gpu_hours(
    measured_run, measured_rl_gpu_hours, measured_hours_factor, measured_rl_phase_factor
):
    """GPU-hours of one RL phase: as measured, or changed as the measured run's and its size."""
    carried = carried_over(
        measured_run, "measured_rl_gpu_hours", measured_rl_gpu_hours, measured_hours_factor
    )
    return if_any(measured_rl_gpu_hours, carried * measured_rl_phase_factor)


@quantity("GPU-hour", source=DEFINITION)
def measured_later_rl_gpu_hours(
    measured_run,
    rl_phases,
    measured_rl_phase_gpu_hours,
    measured_last_phase_gpu_hours,
    measured_hours_factor,
    measured_rl_last_phase_factor,
):
    """GPU-hours of the later RL phases: as measured, or changed as the measured run's and size."""
    stated = carried_over(
        measured_run,
        "measured_last_phase_gpu_hours",
        measured_last_phase_gpu_hours,
        measured_hours_factor,
    )
    stated = if_any(measured_last_phase_gpu_hours, stated * measured_rl_last_phase_factor)
    last = where(measured_last_phase_gpu_hours > 0, stated, measured_rl_phase_gpu_hours)
    return where(rl_phases > 1, (rl_phases - 2) * measured_rl_phase_gpu_hours + last, 0.0)


@quantity("GPU-hour", source=RL_ESTIMATE)
def rl_gpu_hours_by_flops(rl_generated_tokens, rl_flops, post_training_flops_per_gpu):
    """GPU-hours of all RL phases from their FLOP and the MFU that they reach."""
    by_flops = ratio(rl_flops, post_training_flops_per_gpu * SECONDS_PER_HOUR)
    return if_any(rl_generated_tokens, by_flops)


@quantity(
    "GPU-hour",
    source=RL_ESTIMATE,
    only_when={
        "rl_predicted_gpu_hours": ("rl_utilization", "predicted"),
        "rl_gpu_hours_by_flops": ("rl_utilization", "pretraining", "assumed"),
    },
    better="less",
)
def rl_gpu_hours(
    rl_utilization,
    rl_phases,
    rl_gpu_hours_by_flops,
    measured_rl_phase_gpu_hours,
    measured_later_rl_gpu_hours,
    rl_predicted_gpu_hours,
):
    """GPU-hours of all RL phases: from FLOP and MFU, as measured, or as predicted by parts."""
    if rl_utilization == "measured":
        return smaller(rl_phases, 1.0) * measured_rl_phase_gpu_hours + measured_later_rl_gpu_hours
    if rl_utilization == "predicted":
        return rl_predicted_gpu_hours
    return rl_gpu_hours_by_flops


@quantity("day", source=DEFINITION, better="less")
def rl_days(rl_gpu_hours, rl_gpus):
    """Days of RL on its accelerators."""
    return rl_gpu_hours / rl_gpus / HOURS_PER_DAY


@quantity("fraction", source=RL_ESTIMATE)
def rl_implied_mfu(rl_flops, rl_gpu_hours, mfu_peak_flops):
    """MFU implied by RL's FLOP and GPU-hours, of the same peak as pre-training's."""
    return ratio(rl_flops, rl_gpu_hours * SECONDS_PER_HOUR * mfu_peak_flops)


rl_break_even_mfu = once_more(
    "rl_implied_mfu",
    "MFU at which RL would take as many GPU-hours as pre-training.",
    rl_gpu_hours="pretraining_gpu_hours",
)


@quantity(
    "USD",
    source=RL_ESTIMATE,
    assumes="A price per token bounds no cost where its provider decodes larger batches.",
)
def rl_api_cost(rl_generated_tokens, output_price):
    """Cost of RL's generated tokens at the price of an API."""
    return rl_generated_tokens / TOKENS_PER_MILLION * output_price


@quantity("GPU-hour", source=DEFINITION, better="less")
def rl_predicted_gpu_hours(rl_rollouts, rl_iteration_time, rl_gpus):
    """GPU-hours of all RL phases, predicted from the parts of a rollout."""
    hours = rl_rollouts * rl_iteration_time * rl_gpus / SECONDS_PER_HOUR
    return if_any(rl_rollouts, hours)


rl_predicted_days = once_more(
    "rl_days",
    "Days of all RL phases, predicted from the parts of a rollout.",
    rl_gpu_hours="rl_predicted_gpu_hours",
)


@quantity(
    "GPU-hour", source=AREAL, assumes="Accelerators set apart wait while they do no part of RL."
)
def rl_idle_gpu_hours(
    rl_placement,
    rl_staleness,
    rl_rollouts,
    rollout_period,
    reward_time,
    log_probability_time,
    policy_update_time,
    rl_generators,
    rl_trainers,
    rl_predicted_gpu_hours,
):
    """GPU-hours of RL's accelerators set apart while they wait for the other side."""
    if rl_placement == "colocated":
        return 0.0 * rl_predicted_gpu_hours
    generating = rollout_period + reward_time
    learning = log_probability_time + policy_update_time
    # Side by side each waits for what the other takes longer; in turn, for all that it takes.
    ahead = rl_staleness >= 1
    generators_wait = where(ahead, larger(learning - generating, 0.0), learning)
    trainers_wait = where(ahead, larger(generating - learning, 0.0), generating)
    waiting = rl_generators * generators_wait + rl_trainers * trainers_wait
    return where(rl_rollouts == 0, 0.0, rl_rollouts * waiting / SECONDS_PER_HOUR)


@quantity("token/s", source=RL_ESTIMATE, better="more")
def rl_implied_decode_speed(rl_serial_tokens, rl_days):
    """Decode speed at which RL's serial tokens alone would fill its days."""
    return ratio(rl_serial_tokens, rl_days * SECONDS_PER_DAY)
