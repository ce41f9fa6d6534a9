"""Cost of post-training, stage by stage and part by part."""

from dsexplore.engine.again import once_more
from dsexplore.engine.elementwise import where, without_unknown
from dsexplore.engine.measured_run import carried_over
from dsexplore.engine.papers import DEFINITION
from dsexplore.engine.quantity import quantity


@quantity("GPU-hour", source=DEFINITION, better="less")
def post_training_hours(
    measured_run, post_training_gpu_hours, measured_hours_factor, sft_gpu_hours, rl_gpu_hours
):
    """GPU-hours after pre-training: as stated, or those of fine-tuning and RL together.

    Stated ones change as the measured run's do.
    """
    stated = carried_over(
        measured_run, "post_training_gpu_hours", post_training_gpu_hours, measured_hours_factor
    )
    return where(post_training_gpu_hours > 0, stated, sft_gpu_hours + rl_gpu_hours)


@quantity("USD", source=DEFINITION, better="less")
def post_training_cost(post_training_hours, price_per_gpu_hour):
    """Rent of the GPU-hours after pre-training."""
    return without_unknown(post_training_hours, price_per_gpu_hour)


def _rent(hours, what):
    return once_more("post_training_cost", f"Rent of {what}.", post_training_hours=hours)


sft_cost = _rent("sft_gpu_hours", "the GPU-hours of fine-tuning, rejection sampling included")
rl_cost = _rent("rl_gpu_hours", "the GPU-hours of all RL phases")

# Stages of post-training
cold_start_cost = _rent("cold_start_gpu_hours", "fine-tuning before RL")
first_rl_cost = _rent("first_rl_gpu_hours", "the first phase of RL")
rejection_cost = _rent("rejection_gpu_hours", "generating and choosing fine-tuning samples")
fine_tuning_cost = _rent("fine_tuning_gpu_hours", "supervised fine-tuning without its sampling")
later_rl_cost = _rent("later_rl_gpu_hours", "the later phases of RL")
distillation_cost = _rent(
    "distillation_gpu_hours", "fine-tuning the distilled models, which no total counts"
)

# Parts of RL, as predicted
rollout_cost = _rent("rollout_gpu_hours", "generating RL's answers, as predicted")
reward_cost = _rent("reward_gpu_hours", "judging RL's answers, as predicted")
log_probability_cost = _rent(
    "log_probability_gpu_hours",
    "the old policy's and the reference's forward passes, as predicted",
)
policy_update_cost = _rent("policy_update_gpu_hours", "learning from RL's answers, as predicted")
weight_transfer_cost = _rent(
    "weight_transfer_gpu_hours", "waiting for new weights in RL, as predicted"
)
rl_overhead_cost = _rent(
    "rl_overhead_gpu_hours", "RL between the parts of an iteration, as predicted"
)
rl_idle_cost = _rent(
    "rl_idle_gpu_hours", "RL's accelerators that wait for the other side, as predicted"
)
rl_predicted_cost = _rent("rl_predicted_gpu_hours", "RL with all its parts, as predicted")


@quantity(
    "GPU",
    assumes="All stages of post-training hold as many accelerators as RL.",
)
def post_training_gpus(post_training_gpu_hours, num_gpus, rl_gpus):
    """Accelerators that post-training holds: RL's, or the cluster where only hours are stated."""
    return where(post_training_gpu_hours > 0, num_gpus, rl_gpus)
