"""An RL iteration: times of its parts, which of them run side by side, and their GPU-hours."""

from dsexplore.engine.again import once_more
from dsexplore.engine.assumptions import POST_TRAINING_MFU
from dsexplore.engine.constants import SECONDS_PER_HOUR
from dsexplore.engine.elementwise import larger, ratio, where
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import if_any, link_between
from dsexplore.engine.papers import AREAL, DEFINITION, HYBRIDFLOW, R1_FRAMEWORK


# Times of the parts
@quantity("GPU", source=HYBRIDFLOW + "; " + AREAL)
def rl_trainers(rl_gpus, rl_placement, generator_share):
    """Accelerators that learn from RL's answers: all in turn, or those set apart for it."""
    return rl_gpus if rl_placement == "colocated" else rl_gpus * (1 - generator_share)


@quantity("second", source=R1_FRAMEWORK, assumes=POST_TRAINING_MFU)
def reward_time(
    reward, reward_latency, rl_reward_flops, rl_rollouts, rl_generators, post_training_flops_per_gpu
):
    """Time to judge a rollout's answers: a stated delay, and a judge's forward pass if any."""
    if reward == "rules":
        return reward_latency
    rate = rl_generators * post_training_flops_per_gpu
    return reward_latency + ratio(rl_reward_flops, rl_rollouts * rate)


@quantity("second", source=R1_FRAMEWORK, assumes=POST_TRAINING_MFU)
def log_probability_time(
    rl_log_probability_flops, rl_rollouts, rl_trainers, post_training_flops_per_gpu
):
    """Time of the old policy's and the reference's forward passes over a rollout's answers."""
    rate = rl_trainers * post_training_flops_per_gpu
    return ratio(rl_log_probability_flops, rl_rollouts * rate)


@quantity("second", source=R1_FRAMEWORK, assumes=POST_TRAINING_MFU)
def policy_update_time(
    rl_update_flops, rl_value_flops, rl_rollouts, rl_trainers, post_training_flops_per_gpu
):
    """Time to learn from a rollout, all updates and a value model's included."""
    rate = rl_trainers * post_training_flops_per_gpu
    return ratio(rl_update_flops + rl_value_flops, rl_rollouts * rate)


@quantity(
    "second",
    source=HYBRIDFLOW + ": weights are laid out anew for generating",
    assumes="All generators receive weights at once.",
)
def weight_transfer_time(
    decode_weight_bytes,
    rl_gpus,
    gpus_per_node,
    scale_up_bandwidth,
    scale_out_bandwidth,
    network_efficiency,
):
    """Time until every generator has its weights of the new policy, all at once."""
    bandwidth = link_between(rl_gpus, gpus_per_node, scale_up_bandwidth, scale_out_bandwidth)
    moving = ratio(decode_weight_bytes, bandwidth * network_efficiency)
    return where(rl_gpus > 1, moving, 0.0)


# What runs side by side
@quantity("second", source=AREAL)
def rollout_period(
    rl_placement,
    rl_staleness,
    rollout_time,
    rollout_prefill_time,
    rollout_serial_time,
    rollout_throughput_time,
):
    """Time from one finished rollout to the next, with several under way at once.

    Generators set apart have as many rollouts under way as they may run ahead.
    """
    if rl_placement == "colocated":
        return rollout_time
    serial = rollout_serial_time / larger(rl_staleness, 1.0)
    return rollout_prefill_time + larger(serial, rollout_throughput_time)


@quantity("second", source=AREAL + "; " + HYBRIDFLOW)
def rl_iteration_time(
    rl_placement,
    rl_staleness,
    rollout_period,
    reward_time,
    log_probability_time,
    policy_update_time,
    weight_transfer_time,
):
    """Time of a rollout and all that follows it, one after another or side by side."""
    generating = rollout_period + reward_time
    learning = log_probability_time + policy_update_time
    in_turn = generating + learning + weight_transfer_time
    if rl_placement == "colocated":
        return in_turn
    side_by_side = larger(generating, learning) + weight_transfer_time
    return where(rl_staleness >= 1, side_by_side, in_turn)


# GPU-hours of the parts, as predicted
@quantity("GPU-hour", source=DEFINITION)
def rollout_gpu_hours(rl_rollouts, rollout_period, rl_generators):
    """GPU-hours of generating RL's answers, waiting for the longest included."""
    return if_any(rl_rollouts, rl_rollouts * rollout_period * rl_generators / SECONDS_PER_HOUR)


def _hours(seconds, gpus, what):
    return once_more(
        "rollout_gpu_hours", f"GPU-hours of {what}.", rollout_period=seconds, rl_generators=gpus
    )


reward_gpu_hours = _hours("reward_time", "rl_generators", "judging RL's answers")
log_probability_gpu_hours = _hours(
    "log_probability_time",
    "rl_trainers",
    "the old policy's and the reference's forward passes in RL",
)
policy_update_gpu_hours = _hours("policy_update_time", "rl_trainers", "learning from RL's answers")
weight_transfer_gpu_hours = _hours(
    "weight_transfer_time", "rl_gpus", "RL's accelerators while they wait for new weights"
)
