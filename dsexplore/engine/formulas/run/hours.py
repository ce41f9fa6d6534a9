"""Time: GPU-hours and days of the pre-training run."""

from dsexplore.engine.constants import (
    HOURS_PER_DAY,
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    TOKENS_PER_TRILLION,
)
from dsexplore.engine.elementwise import ratio, where
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import DEFINITION


@quantity(
    "GPU-hour",
    source="DeepSeek-V3 report, arXiv:2412.19437, table 1; PaLM, appendix B",
    only_when={"predicted_tokens_per_second_per_gpu": ("utilization", "predicted")},
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
):
    """GPU-hours of pre-training: from the FLOP and the MFU, as measured, or from the step."""
    if utilization == "predicted":
        seconds = ratio(pretraining_tokens, predicted_tokens_per_second_per_gpu)
        return where(pretraining_tokens == 0, 0.0, seconds / SECONDS_PER_HOUR / goodput)
    if utilization == "assumed":
        useful = ratio(pretraining_flops, assumed_mfu * mfu_peak_flops * SECONDS_PER_HOUR)
        return where(pretraining_tokens == 0, 0.0, useful / goodput)
    by_rate = gpu_hours_per_trillion_tokens * pretraining_tokens / TOKENS_PER_TRILLION
    measured = where(stated_pretraining_gpu_hours > 0, stated_pretraining_gpu_hours, by_rate)
    nobody_stated_it = (stated_pretraining_gpu_hours == 0) & (gpu_hours_per_trillion_tokens == 0)
    return where(nobody_stated_it & (pretraining_tokens != 0), float("nan"), measured)


@quantity("day", source=DEFINITION)
def pretraining_days(pretraining_gpu_hours, num_gpus):
    """Days of pre-training on the whole cluster."""
    return pretraining_gpu_hours / num_gpus / HOURS_PER_DAY


@quantity("token/s", source=DEFINITION)
def tokens_per_second_per_gpu(pretraining_tokens, pretraining_gpu_hours):
    """Tokens that one accelerator trains in a second."""
    return ratio(pretraining_tokens, pretraining_gpu_hours * SECONDS_PER_HOUR)


@quantity("token/day", source="DeepSeek-AI 2025, arXiv:2505.09343, table 4")
def tokens_per_day(tokens_per_second_per_gpu, num_gpus):
    """Tokens that the cluster trains in a day."""
    return tokens_per_second_per_gpu * num_gpus * SECONDS_PER_DAY


@quantity("step", source=DEFINITION)
def optimizer_steps(pretraining_tokens, global_batch_size, sequence_length):
    """Optimiser steps of the pre-training run."""
    return pretraining_tokens / (global_batch_size * sequence_length)
