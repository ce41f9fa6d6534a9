"""The measured run: its own figures, and how its hours change with its premises."""

from dsexplore.engine.constants import SECONDS_PER_HOUR, TOKENS_PER_TRILLION
from dsexplore.engine.elementwise import fails, is_known, ratio, where
from dsexplore.engine.idioms import stated_or
from dsexplore.engine.measured_run import (
    carried_over,
    extent_of_run,
    in_measured_run,
    premises_changed,
)
from dsexplore.engine.papers import MFU, V3_COST
from dsexplore.engine.quantity import quantity

_CARRIED = "What measured_basis holds of the measured run carries over to another."

measured_run_changed = premises_changed(
    "Whether a premise of the measured run (model, accelerator, layout, precision, batch or "
    "context) has changed since its hours were stated: 1 or 0.",
    "Hours hold under the premises on which they were measured; conventions of counting do not "
    "change them.",
)
measured_run_tokens = extent_of_run(
    "pretraining_tokens",
    "Training tokens of the measured run.",
    "The run has the values that were in force where its hours were stated.",
)
measured_run_flops_per_token = in_measured_run(
    "counted_flops_per_token", "Model FLOP per trained token in the measured run, counted as here."
)
measured_run_peak_flops = in_measured_run(
    "mfu_peak_flops", "Peak of the measured run's accelerator, of the kind that MFU is a share of."
)
measured_run_predicted_speed = in_measured_run(
    "predicted_tokens_per_second_per_gpu",
    "Training speed predicted for the measured run: tokens per second and accelerator.",
)


@quantity("GPU-hour", source=V3_COST)
def measured_run_gpu_hours(
    stated_pretraining_gpu_hours, gpu_hours_per_trillion_tokens, measured_run_tokens
):
    """GPU-hours of pre-training as they were measured."""
    by_rate = gpu_hours_per_trillion_tokens * measured_run_tokens / TOKENS_PER_TRILLION
    return stated_or(stated_pretraining_gpu_hours, by_rate)


@quantity("fraction", source=MFU)
def measured_run_mfu(
    measured_run_flops_per_token,
    measured_run_tokens,
    measured_run_gpu_hours,
    measured_run_peak_flops,
):
    """Model FLOP utilisation of the measured run, under the conventions of this scenario."""
    flops = measured_run_flops_per_token * measured_run_tokens
    return ratio(flops, measured_run_gpu_hours * SECONDS_PER_HOUR * measured_run_peak_flops)


@quantity(
    "",
    source=MFU,
    assumes=_CARRIED,
    only_when={
        "measured_run_changed": ("measured_basis", "mfu", "prediction"),
        "predicted_tokens_per_second_per_gpu": ("measured_basis", "prediction"),
        "measured_run_predicted_speed": ("measured_basis", "prediction"),
        "counted_flops_per_token": ("measured_basis", "mfu"),
        "measured_run_flops_per_token": ("measured_basis", "mfu"),
        "mfu_peak_flops": ("measured_basis", "mfu"),
        "measured_run_peak_flops": ("measured_basis", "mfu"),
    },
)
def measured_hours_factor(
    measured_basis,
    measured_run_changed,
    counted_flops_per_token,
    measured_run_flops_per_token,
    mfu_peak_flops,
    measured_run_peak_flops,
    predicted_tokens_per_second_per_gpu,
    measured_run_predicted_speed,
):
    """GPU-hours per token as a multiple of the measured run's; 1 under its own premises."""
    if measured_basis == "hours":
        return 1.0
    if measured_basis == "prediction":
        factor = ratio(measured_run_predicted_speed, predicted_tokens_per_second_per_gpu)
    else:
        work = ratio(counted_flops_per_token, measured_run_flops_per_token)
        factor = work * ratio(measured_run_peak_flops, mfu_peak_flops)
    return where(measured_run_changed > 0, factor, 1.0)


@quantity("GPU-hour", source=V3_COST, assumes=_CARRIED)
def measured_gpu_hours(
    measured_basis,
    gpu_hours_per_trillion_tokens,
    stated_pretraining_gpu_hours,
    pretraining_tokens,
    measured_run_tokens,
    measured_hours_factor,
):
    """GPU-hours of pre-training by measured hours: in proportion to tokens, changed as held."""
    by_rate = gpu_hours_per_trillion_tokens * pretraining_tokens / TOKENS_PER_TRILLION
    if measured_basis == "hours":
        return stated_or(stated_pretraining_gpu_hours, by_rate)
    neither = fails(is_known(pretraining_tokens) | is_known(measured_run_tokens))
    is_same = neither | (pretraining_tokens == measured_run_tokens)
    share = where(is_same, 1.0, ratio(pretraining_tokens, measured_run_tokens))
    by_run = stated_pretraining_gpu_hours * share
    return where(stated_pretraining_gpu_hours > 0, by_run, by_rate) * measured_hours_factor


@quantity("GPU-hour", source=V3_COST, assumes=_CARRIED, better="less")
def context_extension_hours(measured_run, context_extension_gpu_hours, measured_hours_factor):
    """GPU-hours of context extension: as stated, or changed as the measured run's."""
    return carried_over(
        measured_run,
        "context_extension_gpu_hours",
        context_extension_gpu_hours,
        measured_hours_factor,
    )
