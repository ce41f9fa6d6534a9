"""Bounds: the low and high ends of intervals of 80 %, each beside its result."""

from dsexplore.engine.assumptions import INDEPENDENT_ERRORS, SAME_WAY
from dsexplore.engine.intervals import interval, interval_of_parts

_HOURS = "Hours are as uncertain as what they follow from; price and number are as stated."

# A predicted step
predicted_step_time = interval("step_time", "step_time_spread", INDEPENDENT_ERRORS)
predicted_tokens_per_second_per_gpu = interval(
    "predicted_tokens_per_second_per_gpu", "step_time_spread", INDEPENDENT_ERRORS
)
predicted_mfu = interval("predicted_mfu", "step_time_spread", INDEPENDENT_ERRORS)
memory_per_gpu = interval(
    "memory_per_gpu", "memory_spread", "Errors of the memory of a run are lognormal."
)

# Pre-training
mfu = interval("mfu", "pretraining_spread", _HOURS)
pretraining_gpu_hours = interval("pretraining_gpu_hours", "pretraining_spread", _HOURS)
pretraining_days = interval("pretraining_days", "pretraining_spread", _HOURS)
pretraining_cost = interval("pretraining_cost", "pretraining_spread", _HOURS)
pretraining_cost_per_million_tokens = interval(
    "pretraining_cost_per_million_tokens", "pretraining_spread", _HOURS
)
mfu_full = interval("mfu_full", "pretraining_spread", _HOURS)
hfu = interval("hfu", "pretraining_spread", _HOURS)
achieved_flops_per_gpu = interval("achieved_flops_per_gpu", "pretraining_spread", _HOURS)
tokens_per_second_per_gpu = interval("tokens_per_second_per_gpu", "pretraining_spread", _HOURS)
tokens_per_day = interval("tokens_per_day", "pretraining_spread", _HOURS)

# Later stages
context_extension_hours = interval("context_extension_hours", "context_extension_spread", _HOURS)
context_extension_cost = interval("context_extension_cost", "context_extension_spread", _HOURS)
post_training_hours = interval("post_training_hours", "post_training_spread", _HOURS)
post_training_cost = interval("post_training_cost", "post_training_spread", _HOURS)
sft_cost = interval("sft_cost", "sft_spread", _HOURS)
rl_gpu_hours = interval("rl_gpu_hours", "rl_spread", _HOURS)
rl_days = interval("rl_days", "rl_spread", _HOURS)
rl_cost = interval("rl_cost", "rl_spread", _HOURS)
rl_iteration_time = interval("rl_iteration_time", "rl_iteration_spread", INDEPENDENT_ERRORS)
rollout_time = interval("rollout_time", "rl_iteration_spread", INDEPENDENT_ERRORS)
weight_transfer_time = interval("weight_transfer_time", "rl_iteration_spread", INDEPENDENT_ERRORS)
rl_predicted_days = interval("rl_predicted_days", "rl_iteration_spread", INDEPENDENT_ERRORS)
rl_predicted_gpu_hours = interval(
    "rl_predicted_gpu_hours", "rl_iteration_spread", INDEPENDENT_ERRORS
)

# Serving
decode_tokens_per_second_per_gpu = interval(
    "decode_tokens_per_second_per_gpu", "served_speed_spread", INDEPENDENT_ERRORS
)
decode_tokens_per_second_per_request = interval(
    "decode_tokens_per_second_per_request", "served_speed_spread", INDEPENDENT_ERRORS
)
prefill_tokens_per_second_per_gpu = interval(
    "prefill_tokens_per_second_per_gpu", "served_speed_spread", INDEPENDENT_ERRORS
)
output_tokens_per_second_per_gpu = interval(
    "output_tokens_per_second_per_gpu", "served_speed_spread", INDEPENDENT_ERRORS
)
ttft = interval("ttft", "served_speed_spread", INDEPENDENT_ERRORS)
time_per_output_token = interval("time_per_output_token", "served_speed_spread", INDEPENDENT_ERRORS)

# Serving under load
_UNDER_LOAD = "All times of an engine err alike, at the load that keeps the stated batch under way."
loaded_ttft = interval("loaded_ttft", "served_speed_spread", _UNDER_LOAD)
loaded_time_per_output_token = interval(
    "loaded_time_per_output_token", "served_speed_spread", _UNDER_LOAD
)
service_load = interval("service_load", "served_speed_spread", _UNDER_LOAD)
service_cost_per_million_output_tokens = interval(
    "service_cost_per_million_output_tokens", "served_speed_spread", _UNDER_LOAD
)

# All stages
total_gpu_hours = interval_of_parts(
    "total_gpu_hours",
    ("pretraining_gpu_hours", "context_extension_hours", "post_training_hours"),
    SAME_WAY,
)
total_days = interval_of_parts(
    "total_days", ("pretraining_days", "context_extension_hours", "post_training_hours"), SAME_WAY
)
total_cost = interval_of_parts(
    "total_cost", ("pretraining_cost", "context_extension_cost", "post_training_cost"), SAME_WAY
)

# What headlines leave out
_OF_HOURS = "What follows from hours is as uncertain as they are."
experiments_cost = interval_of_parts("experiments_cost", ("total_cost",), _OF_HOURS)
cost_with_development = interval_of_parts(
    "cost_with_development", ("total_cost", "experiments_cost"), _OF_HOURS
)
energy = interval_of_parts("energy", ("total_gpu_hours",), _OF_HOURS)
energy_cost = interval_of_parts("energy_cost", ("energy",), _OF_HOURS)
carbon = interval_of_parts("carbon", ("energy",), _OF_HOURS)
experiments_energy = interval_of_parts("experiments_energy", ("energy",), _OF_HOURS)
energy_with_experiments = interval_of_parts(
    "energy_with_experiments", ("energy", "experiments_energy"), _OF_HOURS
)
carbon_with_experiments = interval_of_parts(
    "carbon_with_experiments", ("energy_with_experiments",), _OF_HOURS
)
water = interval_of_parts("water", ("energy",), _OF_HOURS)
water_with_experiments = interval_of_parts(
    "water_with_experiments", ("energy_with_experiments",), _OF_HOURS
)
experiments_days = interval_of_parts("experiments_days", ("total_days",), _OF_HOURS)
cost_of_ownership = interval_of_parts(
    "cost_of_ownership", ("total_gpu_hours", "energy_cost"), _OF_HOURS
)
