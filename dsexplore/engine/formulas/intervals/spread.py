"""Spread: the log standard deviation of what is predicted, by how it is known."""

from dsexplore.engine.assumptions import INDEPENDENT_ERRORS, SHARED_ERRORS
from dsexplore.engine.elementwise import ratio, sqrt, where
from dsexplore.engine.measured_run import (
    acting_on,
    detail_of_run,
    premises_changed,
    unless_restated,
)
from dsexplore.engine.quantity import quantity

_IN_FORCE = "The run has the values that were in force where its hours were stated."


# A predicted step
@quantity("", assumes="Formulas miss more of mixtures of experts than of dense models.")
def model_spread(num_routed_experts, dense_spread, moe_spread):
    """Spread that the formulas of a step miss by themselves: of a dense model, or of experts."""
    return where(num_routed_experts > 0, moe_spread, dense_spread)


@quantity("", assumes=INDEPENDENT_ERRORS)
def step_time_spread(accelerator_spread, software_spread, model_spread):
    """Log standard deviation of the predicted step: of accelerator, software and formulas."""
    return sqrt(accelerator_spread**2 + software_spread**2 + model_spread**2)


# A measured run under other premises
measured_hours_carried = acting_on(
    "measured_run_changed",
    "Whether measured hours are carried over to another run, in any premise: 1 or 0.",
    _IN_FORCE,
)
accelerator_changed = premises_changed(
    "Whether the accelerator is another than in the measured run: 1 or 0.", _IN_FORCE, ("gpu",)
)
software_changed = premises_changed(
    "Whether the software stack is another than in the measured run: 1 or 0.",
    _IN_FORCE,
    ("software_stack",),
)
measured_run_accelerator_spread = detail_of_run(
    "accelerator_spread", "Accelerator spread of the measured run.", _IN_FORCE
)
measured_run_software_spread = detail_of_run(
    "software_spread", "Software spread of the measured run.", _IN_FORCE
)


@quantity("", assumes=SHARED_ERRORS)
def accelerator_change_spread(
    accelerator_changed, accelerator_spread, measured_run_accelerator_spread
):
    """Spread of hours carried over to another accelerator: that of both; 0 on the same one."""
    both = sqrt(accelerator_spread**2 + measured_run_accelerator_spread**2)
    return where(accelerator_changed > 0, both, 0.0)


@quantity("", assumes=SHARED_ERRORS)
def software_change_spread(software_changed, software_spread, measured_run_software_spread):
    """Spread of hours carried over to another software stack: that of both; 0 on the same one."""
    both = sqrt(software_spread**2 + measured_run_software_spread**2)
    return where(software_changed > 0, both, 0.0)


@quantity(
    "",
    assumes=SHARED_ERRORS,
    only_when={
        "measured_hours_carried": ("measured_basis", "mfu", "prediction"),
        "accelerator_change_spread": ("measured_basis", "mfu", "prediction"),
        "software_change_spread": ("measured_basis", "mfu", "prediction"),
        "model_spread": ("measured_basis", "mfu", "prediction"),
    },
)
def measured_hours_spread(
    measured_basis,
    measured_hours_carried,
    accelerator_change_spread,
    software_change_spread,
    model_spread,
):
    """Log standard deviation of measured hours: 0 under their premises, else of what changed.

    Hours that are held as hours, whatever changes, are stated and have none.
    """
    if measured_basis == "hours":
        return 0.0
    changed = sqrt(accelerator_change_spread**2 + software_change_spread**2 + model_spread**2)
    return where(measured_hours_carried > 0, changed, 0.0)


# Stages of a run
@quantity(
    "",
    assumes="An MFU that is assumed, and hours that are measured, have no spread of their own.",
    only_when={
        "step_time_spread": ("utilization", "predicted"),
        "measured_hours_spread": ("utilization", "measured"),
    },
)
def pretraining_spread(utilization, step_time_spread, measured_hours_spread):
    """Log standard deviation of the hours of pre-training, by how MFU is known."""
    return {
        "assumed": 0.0,
        "measured": measured_hours_spread,
        "predicted": step_time_spread,
    }[utilization]


@quantity("", assumes=SHARED_ERRORS)
def context_extension_spread(measured_run, measured_hours_spread):
    """Log standard deviation of the hours of context extension: 0 as stated."""
    return unless_restated(measured_run, "context_extension_gpu_hours", measured_hours_spread)


@quantity(
    "",
    assumes="Post-training at the MFU of pre-training is as uncertain as that is.",
    only_when={"pretraining_spread": ("rl_utilization", "pretraining", "measured", "predicted")},
)
def post_training_rate_spread(rl_utilization, pretraining_spread):
    """Log standard deviation of the speed at which post-training works through its FLOP."""
    return 0.0 if rl_utilization == "assumed" else pretraining_spread


@quantity("", assumes=SHARED_ERRORS)
def sft_spread(
    measured_run, measured_sft_gpu_hours, measured_hours_spread, post_training_rate_spread
):
    """Log standard deviation of the hours of fine-tuning, by how most of them are known."""
    measured = unless_restated(measured_run, "measured_sft_gpu_hours", measured_hours_spread)
    return where(measured_sft_gpu_hours > 0, measured, post_training_rate_spread)


@quantity("", assumes=INDEPENDENT_ERRORS)
def served_speed_spread(
    accelerator_spread,
    serving_accelerator_spread,
    num_routed_experts,
    dense_serving_spread,
    moe_serving_spread,
):
    """Log standard deviation of a predicted speed of serving."""
    own = where(num_routed_experts > 0, moe_serving_spread, dense_serving_spread)
    return sqrt(accelerator_spread**2 + serving_accelerator_spread**2 + own**2)


@quantity("", assumes=INDEPENDENT_ERRORS)
def rl_iteration_spread(accelerator_spread, software_spread, rollout_spread):
    """Log standard deviation of a predicted RL iteration: accelerator, software and formulas."""
    return sqrt(accelerator_spread**2 + software_spread**2 + rollout_spread**2)


@quantity(
    "",
    assumes=SHARED_ERRORS,
    only_when={
        "rl_iteration_spread": ("rl_utilization", "predicted"),
        "measured_hours_spread": ("rl_utilization", "measured"),
        "post_training_rate_spread": ("rl_utilization", "pretraining", "assumed"),
    },
)
def rl_spread(
    rl_utilization,
    measured_run,
    measured_hours_spread,
    rl_iteration_spread,
    post_training_rate_spread,
):
    """Log standard deviation of the hours of RL, by how they are known."""
    if rl_utilization == "measured":
        return unless_restated(measured_run, "measured_rl_gpu_hours", measured_hours_spread)
    if rl_utilization == "predicted":
        return rl_iteration_spread
    return post_training_rate_spread


@quantity("", assumes="The errors of fine-tuning and RL go the same way.")
def post_training_spread(
    measured_run,
    post_training_gpu_hours,
    measured_hours_spread,
    sft_gpu_hours,
    sft_spread,
    rl_gpu_hours,
    rl_spread,
):
    """Log standard deviation of the hours after pre-training: fine-tuning's and RL's, by hours."""
    stated = unless_restated(measured_run, "post_training_gpu_hours", measured_hours_spread)
    hours = sft_gpu_hours + rl_gpu_hours
    shared = ratio(sft_gpu_hours * sft_spread + rl_gpu_hours * rl_spread, hours)
    return where(post_training_gpu_hours > 0, stated, where(hours == 0, 0.0, shared))
