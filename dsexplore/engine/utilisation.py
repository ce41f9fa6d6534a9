"""Utilisation: what share of the peak becomes model FLOP, by which peak and which counting."""

from dsexplore.engine.constants import SECONDS_PER_HOUR
from dsexplore.engine.graph import quantity
from dsexplore.engine.numeric import ratio
from dsexplore.engine.papers import MFU


@quantity("FLOP/s", source="The accelerator's data sheet; the SMs lent to communication taken off")
def mfu_peak_flops(mfu_peak, bf16_flops, fp8_flops, communication_sms, sm_count):
    """The peak of one accelerator that MFU is measured against."""
    return {
        "bf16": bf16_flops,
        "fp8": fp8_flops,
        "fp8_less_communication": fp8_flops * (1 - communication_sms / sm_count),
    }[mfu_peak]


@quantity("FLOP/s", source=MFU)
def achieved_flops_per_gpu(pretraining_flops, pretraining_gpu_hours):
    """Model FLOP a second of one accelerator, over all the hours that are paid for."""
    return ratio(pretraining_flops, pretraining_gpu_hours * SECONDS_PER_HOUR)


@quantity("fraction", source=MFU, only_when={"predicted_mfu": ("utilization", "predicted")})
def mfu(utilization, assumed_mfu, achieved_flops_per_gpu, mfu_peak_flops, predicted_mfu):
    """Model FLOP utilisation: assumed, measured from the hours of the run, or predicted."""
    return {
        "assumed": assumed_mfu,
        "measured": ratio(achieved_flops_per_gpu, mfu_peak_flops),
        "predicted": predicted_mfu,
    }[utilization]


@quantity("fraction", source=MFU)
def mfu_full(mfu, counted_flops_per_token, training_flops_per_token_full):
    """The same utilisation with attention counted as the whole square."""
    return mfu * ratio(training_flops_per_token_full, counted_flops_per_token)


@quantity("fraction", source=MFU)
def hfu(mfu, counted_flops_per_token, hardware_flops_per_token):
    """Hardware FLOP utilisation: what is computed twice counts twice; causal."""
    return mfu * ratio(hardware_flops_per_token, counted_flops_per_token)


@quantity("text", source="The scenario's own choices")
def mfu_basis(utilization, mfu_peak, flop_accounting):
    """Which peak, which counting, and how the utilisation is known."""
    peak = {
        "bf16": "BF16 peak",
        "fp8": "FP8 peak",
        "fp8_less_communication": "FP8 peak less communication",
    }[mfu_peak]
    counting = {"six_nd": "6ND", "causal": "causal", "full": "full attention"}[flop_accounting]
    return f"of {peak}, {counting}, {utilization}"
