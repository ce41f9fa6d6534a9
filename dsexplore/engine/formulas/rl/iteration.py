"""An RL iteration: times of its parts, which of them run side by side, and their GPU-hours."""

from dsexplore.engine.again import once_more
from dsexplore.engine.assumptions import POST_TRAINING_MFU
from dsexplore.engine.constants import BF16_BYTES, SECONDS_PER_HOUR
from dsexplore.engine.elementwise import larger, ratio, where
from dsexplore.engine.idioms import if_any, link_between
from dsexplore.engine.papers import AREAL, DEFINITION, HYBRIDFLOW, R1_FRAMEWORK
from dsexplore.engine.quantity import quantity

_STATED_OR_PREDICTED = (
    "RL trains at the MFU of its own where one is assumed, else as training is predicted to."
)

# Query, key, value, output, two norms and three matrices of a block without experts.
_TENSORS_BESIDE_EXPERTS = 9


# Times of the parts
@quantity("second", source=R1_FRAMEWORK, assumes=POST_TRAINING_MFU, better="less")
def reward_time(
    reward, reward_latency, rl_reward_flops, rl_rollouts, rl_generators, post_training_flops_per_gpu
):
    """Time to judge a rollout's answers: a stated delay, and a judge's forward pass if any."""
    if reward == "rules":
        return reward_latency
    rate = rl_generators * post_training_flops_per_gpu
    return reward_latency + ratio(rl_reward_flops, rl_rollouts * rate)


@quantity("second", source=R1_FRAMEWORK, assumes=_STATED_OR_PREDICTED, better="less")
def log_probability_time(
    rl_utilization,
    rl_log_probability_flops,
    rl_rollouts,
    rl_trainers,
    post_training_flops_per_gpu,
    rl_forward_passes,
    rl_forward_time,
):
    """Time of the old policy's and the reference's forward passes over a rollout's answers."""
    rate = rl_trainers * post_training_flops_per_gpu
    by_rate = ratio(rl_log_probability_flops, rl_rollouts * rate)
    if rl_utilization == "assumed":
        return by_rate
    return if_any(rl_forward_passes, rl_forward_passes * rl_forward_time)


@quantity("second", source=R1_FRAMEWORK, assumes=_STATED_OR_PREDICTED, better="less")
def policy_update_time(
    rl_utilization,
    rl_update_flops,
    rl_value_flops,
    rl_pass_flops,
    rl_rollouts,
    rl_trainers,
    post_training_flops_per_gpu,
    rl_mini_batches,
    rl_step_time,
):
    """Time to learn from a rollout, all updates and a value model's included."""
    flops = rl_update_flops + rl_value_flops
    by_rate = ratio(flops, rl_rollouts * rl_trainers * post_training_flops_per_gpu)
    if rl_utilization == "assumed":
        return by_rate
    return rl_mini_batches * rl_step_time * ratio(flops, rl_pass_flops)


@quantity("", source=DEFINITION)
def rl_tensors(num_layers, num_moe_layers, num_routed_experts, ffn_matrices):
    """Tensors of weights that generators receive: each matrix of an expert is one."""
    experts = where(num_routed_experts > 0, num_moe_layers * num_routed_experts, 0.0)
    return _TENSORS_BESIDE_EXPERTS * num_layers + experts * ffn_matrices


@quantity(
    "second",
    source=HYBRIDFLOW + ": weights are gathered from the trainers and laid out anew",
    assumes="Each accelerator sees all weights in BF16; colocated, they are gathered, then handed "
    "over.",
    better="less",
)
def weight_transfer_time(
    rl_placement,
    total_parameters,
    rl_gpus,
    gpus_per_node,
    scale_up_bandwidth,
    scale_out_bandwidth,
    network_efficiency,
    rl_tensors,
    tensor_transfer_time,
):
    """Time until every generator has its weights of the new policy, all at once."""
    bandwidth = link_between(rl_gpus, gpus_per_node, scale_up_bandwidth, scale_out_bandwidth)
    turns = 2.0 if rl_placement == "colocated" else 1.0
    moving = ratio(turns * BF16_BYTES * total_parameters, bandwidth * network_efficiency)
    return where(rl_gpus > 1, moving + rl_tensors * tensor_transfer_time, 0.0)


@quantity("second", assumes="An iteration has a fixed cost, whatever its size.", better="less")
def rl_overhead_time(rl_iteration_overhead):
    """Time of an RL iteration beside its parts."""
    return rl_iteration_overhead


# What runs side by side
@quantity("second", source=AREAL, better="less")
def rollout_period(rollout_is_steady, rollout_time, rollout_prefill_time, rollout_throughput_time):
    """Time from one finished rollout to the next.

    Where new answers take the place of those that end, none waits for the longest.
    """
    steady = rollout_prefill_time + rollout_throughput_time
    return where(rollout_is_steady > 0, steady, rollout_time)


@quantity("second", source=AREAL + "; " + HYBRIDFLOW, better="less")
def rl_iteration_time(
    rl_placement,
    rl_staleness,
    rollout_period,
    reward_time,
    log_probability_time,
    policy_update_time,
    weight_transfer_time,
    rl_overhead_time,
):
    """Time of a rollout and all that follows it, one after another or side by side."""
    generating = rollout_period + reward_time
    learning = log_probability_time + policy_update_time
    between = weight_transfer_time + rl_overhead_time
    in_turn = generating + learning + between
    if rl_placement == "colocated":
        return in_turn
    side_by_side = larger(generating, learning) + between
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
rl_overhead_gpu_hours = _hours(
    "rl_overhead_time", "rl_gpus", "RL's accelerators between the parts of an iteration"
)
