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

# Later stages
context_extension_hours = interval("context_extension_hours", "context_extension_spread", _HOURS)
context_extension_cost = interval("context_extension_cost", "context_extension_spread", _HOURS)
post_training_hours = interval("post_training_hours", "post_training_spread", _HOURS)
post_training_cost = interval("post_training_cost", "post_training_spread", _HOURS)
sft_cost = interval("sft_cost", "sft_spread", _HOURS)
rl_gpu_hours = interval("rl_gpu_hours", "rl_spread", _HOURS)
rl_cost = interval("rl_cost", "rl_spread", _HOURS)

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
