"""Hours: GPU-hours, days and steps of the pre-training run."""

from dsexplore.engine.constants import (
    HOURS_PER_DAY,
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
)
from dsexplore.engine.elementwise import ratio, where
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import DEFINITION, MFU, V3_COST
from dsexplore.engine.quantity import quantity


@quantity(
    "GPU-hour",
    source=V3_COST + "; " + MFU,
    only_when={
        "predicted_tokens_per_second_per_gpu": ("utilization", "predicted"),
        "measured_gpu_hours": ("utilization", "measured"),
        "assumed_mfu": ("utilization", "assumed"),
    },
    better="less",
)
def pretraining_gpu_hours(
    utilization,
    pretraining_flops,
    assumed_mfu,
    mfu_peak_flops,
    goodput,
    gpu_hours_per_trillion_tokens,
    stated_pretraining_gpu_hours,
    pretraining_tokens,
    predicted_tokens_per_second_per_gpu,
    measured_gpu_hours,
):
    """GPU-hours of pre-training: as measured, from FLOP and MFU, or from the predicted step."""
    if utilization == "predicted":
        seconds = ratio(pretraining_tokens, predicted_tokens_per_second_per_gpu)
        return if_any(pretraining_tokens, seconds / SECONDS_PER_HOUR / goodput)
    if utilization == "assumed":
        useful = ratio(pretraining_flops, assumed_mfu * mfu_peak_flops * SECONDS_PER_HOUR)
        return if_any(pretraining_tokens, useful / goodput)
    nobody_stated_it = (stated_pretraining_gpu_hours == 0) & (gpu_hours_per_trillion_tokens == 0)
    return where(nobody_stated_it & (pretraining_tokens != 0), float("nan"), measured_gpu_hours)


@quantity("day", source=DEFINITION, better="less")
def pretraining_days(pretraining_gpu_hours, num_gpus):
    """Days of pre-training on the whole cluster."""
    return pretraining_gpu_hours / num_gpus / HOURS_PER_DAY


@quantity("token/s", source=DEFINITION, better="more")
def tokens_per_second_per_gpu(pretraining_tokens, pretraining_gpu_hours):
    """Training speed over the whole run: tokens per second and accelerator."""
    return ratio(pretraining_tokens, pretraining_gpu_hours * SECONDS_PER_HOUR)


@quantity("token/day", source=DEFINITION, better="more")
def tokens_per_day(tokens_per_second_per_gpu, num_gpus):
    """Training speed of the cluster: tokens per day."""
    return tokens_per_second_per_gpu * num_gpus * SECONDS_PER_DAY


@quantity("step", source=DEFINITION)
def optimizer_steps(pretraining_tokens, global_batch_size, sequence_length):
    """Optimiser steps of the pre-training run."""
    return pretraining_tokens / (global_batch_size * sequence_length)
