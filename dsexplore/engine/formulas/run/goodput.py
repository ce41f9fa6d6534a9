"""Goodput: how often a run fails, how often it should write a checkpoint, and the useful share."""

from dsexplore.engine.constants import HOURS_PER_DAY, SECONDS_PER_HOUR
from dsexplore.engine.elementwise import exp, expm1, ratio, sqrt, where
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import CHECKPOINTS, FAILURES
from dsexplore.engine.quantity import quantity


@quantity(
    "failure/hour",
    source=FAILURES,
    assumes="Accelerators fail independently of each other, at a constant rate.",
)
def failures_per_hour(num_gpus, gpu_mean_time_to_failure):
    """Failures of the cluster per hour.

    A mean time to failure of 0 stands for accelerators that never fail.
    """
    return if_any(gpu_mean_time_to_failure, ratio(num_gpus, gpu_mean_time_to_failure))


@quantity("failure/day", source=FAILURES)
def failures_per_day(failures_per_hour):
    """Failures of the cluster per day, each of which stops the run."""
    return failures_per_hour * HOURS_PER_DAY


@quantity("failure", source=FAILURES)
def failures_of_run(failures_per_day, pretraining_days):
    """Failures during the pre-training run, each of which stops it."""
    return if_any(failures_per_day, failures_per_day * pretraining_days)


@quantity("second", source=FAILURES)
def time_between_failures(failures_per_hour):
    """Mean time between failures of the cluster; unknown where nothing fails."""
    return ratio(SECONDS_PER_HOUR, failures_per_hour)


@quantity("second", source=CHECKPOINTS)
def checkpoint_interval(time_between_failures, checkpoint_time):
    """Training time between two checkpoints that loses least, in Daly's higher order.

    With d to write a checkpoint and M between failures: sqrt(2 d M) (1 + sqrt(d / 2M) / 3 +
    d / 18M) - d, and M itself where d is 2M or more. The root is Young's.
    """
    share = checkpoint_time / (2 * time_between_failures)
    young = sqrt(2 * checkpoint_time * time_between_failures)
    daly = young * (1 + sqrt(share) / 3 + share / 9) - checkpoint_time
    return where(share < 1, daly, time_between_failures)


@quantity("fraction", source=CHECKPOINTS)
def checkpoint_share(checkpoint_interval, checkpoint_time):
    """Share of the time between failures spent writing checkpoints."""
    return if_any(checkpoint_time, ratio(checkpoint_time, checkpoint_interval + checkpoint_time))


@quantity("fraction", source=CHECKPOINTS)
def predicted_goodput(
    failures_per_hour, time_between_failures, checkpoint_interval, checkpoint_time, restart_time
):
    """Share of the hours in which training moves on, at the best checkpoint interval.

    The rest goes into checkpoints, restarts, and work lost since the last checkpoint.
    """
    segment = checkpoint_interval + checkpoint_time
    at_risk = segment / time_between_failures
    moving = where(segment == 0, 1.0, ratio(checkpoint_interval, segment))
    kept = where(at_risk == 0, 1.0, ratio(at_risk, expm1(at_risk)))
    share = moving * kept * exp(-ratio(restart_time, time_between_failures))
    return where(failures_per_hour == 0, 1.0, share)
