"""Totals: the cost of all stages of a run, and the costs headlines leave out."""

from dsexplore.engine.constants import (
    DAYS_PER_YEAR,
    HOURS_PER_DAY,
    JOULES_PER_KWH,
    SECONDS_PER_HOUR,
)
from dsexplore.engine.elementwise import ratio, smaller, where
from dsexplore.engine.papers import CLUSTER_COST, DEFINITION, ENERGY, V3_COST, WATER
from dsexplore.engine.quantity import quantity


@quantity(
    "GPU-hour",
    source=V3_COST,
    at_least_without=("context_extension_hours", "post_training_hours"),
    better="less",
)
def total_gpu_hours(pretraining_gpu_hours, context_extension_hours, post_training_hours):
    """GPU-hours of all stages."""
    return pretraining_gpu_hours + context_extension_hours + post_training_hours


@quantity(
    "USD",
    source=V3_COST,
    at_least_without=("context_extension_cost", "post_training_cost"),
    better="less",
)
def total_cost(pretraining_cost, context_extension_cost, post_training_cost):
    """Rent of all stages, as headlines count the cost of training."""
    return pretraining_cost + context_extension_cost + post_training_cost


@quantity(
    "day",
    assumes="Stages follow one another, each on its own accelerators.",
    at_least_without=("context_extension_hours", "post_training_hours"),
    better="less",
)
def total_days(
    pretraining_days, context_extension_hours, num_gpus, post_training_hours, post_training_gpus
):
    """Days of all stages, without experiments."""
    hours = context_extension_hours / num_gpus + post_training_hours / post_training_gpus
    return pretraining_days + hours / HOURS_PER_DAY


@quantity("USD", source=CLUSTER_COST, better="less")
def experiments_cost(experiments_multiplier, total_cost):
    """Rent of experiments and failed runs, as a multiple of all stages' rent."""
    return experiments_multiplier * total_cost


@quantity("day", assumes="Experiments take the accelerators of the stages.", better="less")
def experiments_days(experiments_multiplier, total_days):
    """Days of experiments and failed runs, as a multiple of all stages' days."""
    return experiments_multiplier * total_days


@quantity("USD", source=CLUSTER_COST, better="less")
def staff_cost(staff, staff_cost_per_year, staff_years):
    """Pay of the people developing the model."""
    return staff * staff_cost_per_year * staff_years


@quantity("USD", source=CLUSTER_COST, better="less")
def cluster_cost(num_gpus, gpu_price):
    """Price of buying the pre-training cluster."""
    return num_gpus * gpu_price


@quantity("watt", source=ENERGY)
def drawn_power(gpu_power, power_limit):
    """Power of one accelerator under load, within its limit."""
    return where(power_limit > 0, smaller(gpu_power, power_limit), gpu_power)


@quantity(
    "joule",
    source=ENERGY,
    assumes="An accelerator draws its stated power at all times.",
    better="less",
)
def energy(total_gpu_hours, drawn_power, power_usage_effectiveness):
    """Energy of all stages, metered at the site, without experiments."""
    return total_gpu_hours * SECONDS_PER_HOUR * drawn_power * power_usage_effectiveness


@quantity("joule", source=ENERGY)
def experiments_energy(experiments_multiplier, energy):
    """Energy of experiments and failed runs, as a multiple of all stages' energy."""
    return experiments_multiplier * energy


@quantity("joule", source=ENERGY, at_least_without=("experiments_energy",), better="less")
def energy_with_experiments(energy, experiments_energy):
    """Energy of all stages, experiments and failed runs, metered at the site."""
    return energy + experiments_energy


@quantity("gram", source=ENERGY, better="less")
def carbon(energy, carbon_intensity):
    """CO2 emitted for the energy of all stages, without experiments."""
    return energy / JOULES_PER_KWH * carbon_intensity


@quantity("gram", source=ENERGY, better="less")
def carbon_with_experiments(energy_with_experiments, carbon_intensity):
    """CO2 emitted for the energy of all stages, experiments and failed runs."""
    return energy_with_experiments / JOULES_PER_KWH * carbon_intensity


@quantity("litre", source=WATER, better="less")
def water(energy, power_usage_effectiveness, water_usage_effectiveness):
    """Water evaporated at the site for all stages, without experiments and power plants."""
    return energy / JOULES_PER_KWH / power_usage_effectiveness * water_usage_effectiveness


@quantity("litre", source=WATER, better="less")
def water_with_experiments(
    energy_with_experiments, power_usage_effectiveness, water_usage_effectiveness
):
    """Water evaporated at the site for all stages, experiments and failed runs."""
    accelerators = energy_with_experiments / JOULES_PER_KWH / power_usage_effectiveness
    return accelerators * water_usage_effectiveness


@quantity("USD", source=ENERGY, better="less")
def energy_cost(energy, electricity_price):
    """Price of the energy of all stages, without experiments."""
    return energy / JOULES_PER_KWH * electricity_price


@quantity(
    "USD",
    source=CLUSTER_COST,
    assumes="Half the price is tied up on average, written off evenly; busy hours pay idle ones.",
    at_least_without=("energy_cost",),
    better="less",
)
def cost_of_ownership(
    total_gpu_hours, gpu_price, gpu_lifetime, cost_of_capital, idle_share, energy_cost
):
    """Cost of all stages on an own cluster: write-off, capital, idle hours and energy."""
    hours_of_year = DAYS_PER_YEAR * HOURS_PER_DAY
    written_off = ratio(total_gpu_hours * gpu_price, gpu_lifetime * hours_of_year)
    tied_up = total_gpu_hours * gpu_price / 2 * cost_of_capital / hours_of_year
    return (written_off + tied_up) / (1 - idle_share) + energy_cost


@quantity(
    "USD", source=CLUSTER_COST, at_least_without=("experiments_cost", "staff_cost"), better="less"
)
def cost_with_development(total_cost, experiments_cost, staff_cost):
    """Cost of all stages with experiments and staff, which headlines leave out."""
    return total_cost + experiments_cost + staff_cost


@quantity("day", source=DEFINITION)
def training_cost_in_days_of_revenue(total_cost, revenue_per_day):
    """Days of revenue that pay for training the model."""
    return ratio(total_cost, revenue_per_day)
