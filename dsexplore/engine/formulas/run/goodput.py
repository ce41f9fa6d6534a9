"""Goodput: how often a run stops, how often it should save itself, and what share of it is left."""

from dsexplore.engine.constants import HOURS_PER_DAY, SECONDS_PER_HOUR
from dsexplore.engine.elementwise import exp, expm1, ratio, sqrt, where
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import CHECKPOINTS, FAILURES


@quantity("failure/hour", source=FAILURES)
def failures_per_hour(num_gpus, gpu_mean_time_to_failure):
    """Failures of the cluster an hour, each accelerator failing by itself; 0 if none ever does."""
    never = gpu_mean_time_to_failure == 0
    return where(never, 0.0, ratio(num_gpus, gpu_mean_time_to_failure))


@quantity("failure/day", source=FAILURES)
def failures_per_day(failures_per_hour):
    """Failures that stop the run in a day."""
    return failures_per_hour * HOURS_PER_DAY


@quantity("failure", source=FAILURES)
def failures_of_run(failures_per_day, pretraining_days):
    """Failures that stop the pre-training run from its beginning to its end."""
    return where(failures_per_day == 0, 0.0, failures_per_day * pretraining_days)


@quantity("second", source=FAILURES)
def time_between_failures(failures_per_hour):
    """Mean time that the cluster runs until something fails; unknown where nothing does."""
    return ratio(SECONDS_PER_HOUR, failures_per_hour)


@quantity("second", source=CHECKPOINTS)
def checkpoint_interval(time_between_failures, checkpoint_time):
    """Training between two checkpoints that loses least: Young's root in Daly's higher order.

    From checkpoints of twice the time between failures on, one of those.
    """
    share = checkpoint_time / (2 * time_between_failures)
    young = sqrt(2 * checkpoint_time * time_between_failures)
    daly = young * (1 + sqrt(share) / 3 + share / 9) - checkpoint_time
    return where(share < 1, daly, time_between_failures)


@quantity("fraction", source=CHECKPOINTS)
def checkpoint_share(checkpoint_interval, checkpoint_time):
    """Share of the time between failures that is spent on writing checkpoints."""
    return where(
        checkpoint_time == 0, 0.0, ratio(checkpoint_time, checkpoint_interval + checkpoint_time)
    )


@quantity("fraction", source=CHECKPOINTS)
def predicted_goodput(
    failures_per_hour, time_between_failures, checkpoint_interval, checkpoint_time, restart_time
):
    """Share of the hours in which training moves on, at the best checkpoint interval.

    The rest writes checkpoints, repeats what was lost since the last one, and restarts.
    """
    segment = checkpoint_interval + checkpoint_time
    at_risk = segment / time_between_failures
    moving = where(segment == 0, 1.0, ratio(checkpoint_interval, segment))
    kept = where(at_risk == 0, 1.0, ratio(at_risk, expm1(at_risk)))
    share = moving * kept * exp(-ratio(restart_time, time_between_failures))
    return where(failures_per_hour == 0, 1.0, share)
