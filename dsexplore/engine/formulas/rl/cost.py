"""What post-training costs, stage by stage and part by part."""

from dsexplore.engine.elementwise import where, without_unknown
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import DEFINITION


@quantity("GPU-hour", source=DEFINITION)
def post_training_hours(post_training_gpu_hours, sft_gpu_hours, rl_gpu_hours):
    """GPU-hours after pre-training: as stated, or those of fine-tuning and RL together."""
    by_stage = sft_gpu_hours + rl_gpu_hours
    return where(post_training_gpu_hours > 0, post_training_gpu_hours, by_stage)


@quantity("USD", source=DEFINITION)
def sft_cost(sft_gpu_hours, price_per_gpu_hour):
    """Rent of the GPU-hours of fine-tuning, rejection sampling included."""
    return without_unknown(sft_gpu_hours, price_per_gpu_hour)


@quantity("USD", source="Erdil 2025, 'What went into training DeepSeek-R1?', Epoch AI, section RL")
def rl_cost(rl_gpu_hours, price_per_gpu_hour):
    """Rent of the GPU-hours of all RL phases."""
    return without_unknown(rl_gpu_hours, price_per_gpu_hour)


# Stages of post-training, and the parts of RL
@quantity("USD", source=DEFINITION)
def cold_start_cost(cold_start_gpu_hours, price_per_gpu_hour):
    """Rent of fine-tuning before RL."""
    return without_unknown(cold_start_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=DEFINITION)
def first_rl_cost(first_rl_gpu_hours, price_per_gpu_hour):
    """Rent of the first phase of RL."""
    return without_unknown(first_rl_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=DEFINITION)
def rejection_cost(rejection_gpu_hours, price_per_gpu_hour):
    """Rent of generating and choosing fine-tuning samples."""
    return without_unknown(rejection_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=DEFINITION)
def fine_tuning_cost(fine_tuning_gpu_hours, price_per_gpu_hour):
    """Rent of supervised fine-tuning, sampling apart."""
    return without_unknown(fine_tuning_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=DEFINITION)
def later_rl_cost(later_rl_gpu_hours, price_per_gpu_hour):
    """Rent of the later phases of RL."""
    return without_unknown(later_rl_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=DEFINITION)
def distillation_cost(distillation_gpu_hours, price_per_gpu_hour):
    """Rent of fine-tuning the distilled models, which the total leaves out."""
    return without_unknown(distillation_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=DEFINITION)
def rollout_cost(rollout_gpu_hours, price_per_gpu_hour):
    """Rent of generating RL's answers, as predicted."""
    return without_unknown(rollout_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=DEFINITION)
def reward_cost(reward_gpu_hours, price_per_gpu_hour):
    """Rent of judging RL's answers, as predicted."""
    return without_unknown(reward_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=DEFINITION)
def log_probability_cost(log_probability_gpu_hours, price_per_gpu_hour):
    """Rent of the old policy's and the reference's forward passes, as predicted."""
    return without_unknown(log_probability_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=DEFINITION)
def policy_update_cost(policy_update_gpu_hours, price_per_gpu_hour):
    """Rent of learning from RL's answers, as predicted."""
    return without_unknown(policy_update_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=DEFINITION)
def weight_transfer_cost(weight_transfer_gpu_hours, price_per_gpu_hour):
    """Rent of waiting for new weights in RL, as predicted."""
    return without_unknown(weight_transfer_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=DEFINITION)
def rl_idle_cost(rl_idle_gpu_hours, price_per_gpu_hour):
    """Rent of accelerators that wait for the other side in RL, as predicted."""
    return without_unknown(rl_idle_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=DEFINITION)
def rl_predicted_cost(rl_predicted_gpu_hours, price_per_gpu_hour):
    """Rent of RL with all its parts, as predicted."""
    return without_unknown(rl_predicted_gpu_hours, price_per_gpu_hour)


# Everything together
@quantity("USD", source=DEFINITION)
def post_training_cost(post_training_hours, price_per_gpu_hour):
    """Rent of the GPU-hours after pre-training."""
    return without_unknown(post_training_hours, price_per_gpu_hour)


@quantity(
    "GPU",
    assumes="All stages of post-training hold as many accelerators as RL.",
)
def post_training_gpus(post_training_gpu_hours, num_gpus, rl_gpus):
    """Accelerators that post-training holds: RL's, or the cluster where only hours are stated."""
    return where(post_training_gpu_hours > 0, num_gpus, rl_gpus)
