"""Cost: what the headline counts, stage by stage, and what it leaves out."""

from dsexplore.engine.constants import (
    DAYS_PER_YEAR,
    HOURS_PER_DAY,
    JOULES_PER_KWH,
    SECONDS_PER_HOUR,
    TOKENS_PER_MILLION,
)
from dsexplore.engine.graph import quantity
from dsexplore.engine.numeric import ratio, where, without_unknown
from dsexplore.engine.papers import CLUSTER_COST, R1_COST, V3_COST


@quantity("USD", source=V3_COST)
def pretraining_cost(pretraining_gpu_hours, price_per_gpu_hour):
    """Rent of the GPU-hours of pre-training."""
    return pretraining_gpu_hours * price_per_gpu_hour


@quantity("USD", source=V3_COST)
def context_extension_cost(context_extension_gpu_hours, price_per_gpu_hour):
    """Rent of the GPU-hours of context extension."""
    return without_unknown(context_extension_gpu_hours, price_per_gpu_hour)


@quantity("GPU-hour", source=V3_COST)
def post_training_hours(post_training_gpu_hours, sft_gpu_hours, rl_gpu_hours):
    """GPU-hours after pre-training: as stated, or those of fine-tuning and RL together."""
    by_stage = sft_gpu_hours + rl_gpu_hours
    return where(post_training_gpu_hours > 0, post_training_gpu_hours, by_stage)


@quantity("USD", source=V3_COST)
def sft_cost(sft_gpu_hours, price_per_gpu_hour):
    """Rent of the GPU-hours of fine-tuning, rejection sampling included."""
    return without_unknown(sft_gpu_hours, price_per_gpu_hour)


@quantity("USD", source="Erdil 2025, 'What went into training DeepSeek-R1?', Epoch AI, section RL")
def rl_cost(rl_gpu_hours, price_per_gpu_hour):
    """Rent of the GPU-hours of all RL phases."""
    return without_unknown(rl_gpu_hours, price_per_gpu_hour)


# Stages of post-training, and the parts of RL


@quantity("USD", source=R1_COST)
def cold_start_cost(cold_start_gpu_hours, price_per_gpu_hour):
    """Rent of fine-tuning before RL."""
    return without_unknown(cold_start_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=R1_COST)
def first_rl_cost(first_rl_gpu_hours, price_per_gpu_hour):
    """Rent of the first phase of RL."""
    return without_unknown(first_rl_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=R1_COST)
def rejection_cost(rejection_gpu_hours, price_per_gpu_hour):
    """Rent of generating and choosing fine-tuning samples."""
    return without_unknown(rejection_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=R1_COST)
def fine_tuning_cost(fine_tuning_gpu_hours, price_per_gpu_hour):
    """Rent of supervised fine-tuning, sampling apart."""
    return without_unknown(fine_tuning_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=R1_COST)
def later_rl_cost(later_rl_gpu_hours, price_per_gpu_hour):
    """Rent of the later phases of RL."""
    return without_unknown(later_rl_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=R1_COST)
def distillation_cost(distillation_gpu_hours, price_per_gpu_hour):
    """Rent of fine-tuning the distilled models, which the total leaves out."""
    return without_unknown(distillation_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=R1_COST)
def rollout_cost(rollout_gpu_hours, price_per_gpu_hour):
    """Rent of generating RL's answers, as predicted."""
    return without_unknown(rollout_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=R1_COST)
def reward_cost(reward_gpu_hours, price_per_gpu_hour):
    """Rent of judging RL's answers, as predicted."""
    return without_unknown(reward_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=R1_COST)
def log_probability_cost(log_probability_gpu_hours, price_per_gpu_hour):
    """Rent of the old policy's and the reference's forward passes, as predicted."""
    return without_unknown(log_probability_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=R1_COST)
def policy_update_cost(policy_update_gpu_hours, price_per_gpu_hour):
    """Rent of learning from RL's answers, as predicted."""
    return without_unknown(policy_update_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=R1_COST)
def weight_transfer_cost(weight_transfer_gpu_hours, price_per_gpu_hour):
    """Rent of waiting for new weights in RL, as predicted."""
    return without_unknown(weight_transfer_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=R1_COST)
def rl_idle_cost(rl_idle_gpu_hours, price_per_gpu_hour):
    """Rent of accelerators that wait for the other side in RL, as predicted."""
    return without_unknown(rl_idle_gpu_hours, price_per_gpu_hour)


@quantity("USD", source=R1_COST)
def rl_predicted_cost(rl_predicted_gpu_hours, price_per_gpu_hour):
    """Rent of RL with all its parts, as predicted."""
    return without_unknown(rl_predicted_gpu_hours, price_per_gpu_hour)


# Everything together


@quantity("USD", source=V3_COST)
def post_training_cost(post_training_hours, price_per_gpu_hour):
    """Rent of the GPU-hours after pre-training."""
    return without_unknown(post_training_hours, price_per_gpu_hour)


@quantity("GPU-hour", source=V3_COST)
def total_gpu_hours(pretraining_gpu_hours, context_extension_gpu_hours, post_training_hours):
    """GPU-hours of all stages together."""
    return pretraining_gpu_hours + context_extension_gpu_hours + post_training_hours


@quantity("USD", source=V3_COST)
def total_cost(pretraining_cost, context_extension_cost, post_training_cost):
    """Rent of all stages together: what a headline means by the cost of training."""
    return pretraining_cost + context_extension_cost + post_training_cost


@quantity("GPU", source="As stated for RL, where post-training follows from its stages")
def post_training_gpus(post_training_gpu_hours, num_gpus, rl_gpus):
    """Accelerators that post-training holds: RL's, or the cluster where only hours are stated."""
    return where(post_training_gpu_hours > 0, num_gpus, rl_gpus)


@quantity("day", source="GPU-hours over the GPUs that run side by side")
def total_days(
    pretraining_days, context_extension_gpu_hours, num_gpus, post_training_hours, post_training_gpus
):
    """Days of all stages, one after another, each on its own accelerators."""
    hours = context_extension_gpu_hours / num_gpus + post_training_hours / post_training_gpus
    return pretraining_days + hours / HOURS_PER_DAY


@quantity("USD", source=CLUSTER_COST)
def experiments_cost(experiments_multiplier, total_cost):
    """Rent of experiments and failed runs, as a multiple of the final run's."""
    return experiments_multiplier * total_cost


@quantity("USD", source=CLUSTER_COST)
def staff_cost(staff, staff_cost_per_year, staff_years):
    """Pay of the people who made the model."""
    return staff * staff_cost_per_year * staff_years


@quantity("USD", source=CLUSTER_COST)
def cluster_cost(num_gpus, gpu_price):
    """Price of buying the cluster that the run holds."""
    return num_gpus * gpu_price


@quantity("joule", source="Patterson et al. 2021, arXiv:2104.10350, section 2")
def energy(total_gpu_hours, gpu_power, power_usage_effectiveness):
    """Energy of all stages at the meter of the site."""
    return total_gpu_hours * SECONDS_PER_HOUR * gpu_power * power_usage_effectiveness


@quantity("gram", source="Patterson et al. 2021, arXiv:2104.10350, section 2")
def carbon(energy, carbon_intensity):
    """CO2 emitted for that energy."""
    return energy / JOULES_PER_KWH * carbon_intensity


@quantity("USD", source="Patterson et al. 2021, arXiv:2104.10350, section 2")
def energy_cost(energy, electricity_price):
    """Price of that energy."""
    return energy / JOULES_PER_KWH * electricity_price


@quantity("USD", source=CLUSTER_COST)
def cost_of_ownership(total_gpu_hours, gpu_price, gpu_lifetime, energy_cost):
    """What the hours cost who owns the cluster: its write-off and its energy."""
    hours_of_life = gpu_lifetime * DAYS_PER_YEAR * HOURS_PER_DAY
    return ratio(total_gpu_hours * gpu_price, hours_of_life) + energy_cost


@quantity("USD", source=CLUSTER_COST)
def cost_with_development(total_cost, experiments_cost, staff_cost):
    """The headline's cost with the experiments and the people that it leaves out."""
    return total_cost + experiments_cost + staff_cost


@quantity("USD/Mtoken", source="The run's cost over its tokens")
def pretraining_cost_per_million_tokens(pretraining_cost, pretraining_tokens):
    """Cost of training on a million tokens."""
    return ratio(pretraining_cost, pretraining_tokens / TOKENS_PER_MILLION)
