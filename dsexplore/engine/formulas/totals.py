"""Totals: what all stages of a run cost together, and what headlines leave out."""

from dsexplore.engine.constants import (
    DAYS_PER_YEAR,
    HOURS_PER_DAY,
    JOULES_PER_KWH,
    SECONDS_PER_HOUR,
)
from dsexplore.engine.elementwise import ratio
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import CLUSTER_COST, DEFINITION, V3_COST


@quantity("GPU-hour", source=V3_COST)
def total_gpu_hours(pretraining_gpu_hours, context_extension_gpu_hours, post_training_hours):
    """GPU-hours of all stages together."""
    return pretraining_gpu_hours + context_extension_gpu_hours + post_training_hours


@quantity("USD", source=V3_COST)
def total_cost(pretraining_cost, context_extension_cost, post_training_cost):
    """Rent of all stages together: what a headline means by the cost of training."""
    return pretraining_cost + context_extension_cost + post_training_cost


@quantity("day", source=DEFINITION)
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


@quantity("day", source=DEFINITION)
def training_cost_in_days_of_revenue(total_cost, revenue_per_day):
    """Days whose revenue equals the rent of training the model."""
    return ratio(total_cost, revenue_per_day)
