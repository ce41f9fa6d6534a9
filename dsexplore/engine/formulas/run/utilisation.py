"""Utilisation: the share of the peak that becomes model FLOP, by peak and way of counting."""

from dsexplore.engine.constants import SECONDS_PER_HOUR
from dsexplore.engine.elementwise import larger, ratio, where
from dsexplore.engine.papers import DEFINITION, HARDWARE_FLOP, MFU
from dsexplore.engine.quantity import quantity


@quantity("FLOP/s", source=MFU, better="more")
def achieved_flops_per_gpu(pretraining_flops, pretraining_gpu_hours):
    """Model FLOP/s of one accelerator, over all hours paid for."""
    return ratio(pretraining_flops, pretraining_gpu_hours * SECONDS_PER_HOUR)


@quantity(
    "fraction",
    source=MFU,
    only_when={
        "predicted_mfu": ("utilization", "predicted"),
        "assumed_mfu": ("utilization", "assumed"),
        "achieved_flops_per_gpu": ("utilization", "measured"),
    },
    better="more",
)
def mfu(utilization, assumed_mfu, achieved_flops_per_gpu, mfu_peak_flops, predicted_mfu):
    """Model FLOP utilisation: assumed, measured from the run's hours, or predicted."""
    return {
        "assumed": assumed_mfu,
        "measured": ratio(achieved_flops_per_gpu, mfu_peak_flops),
        "predicted": predicted_mfu,
    }[utilization]


@quantity("fraction", source=MFU, better="more")
def mfu_full(mfu, counted_flops_per_token, training_flops_per_token_full):
    """Model FLOP utilisation with attention counted in full, without the causal saving."""
    return mfu * ratio(training_flops_per_token_full, counted_flops_per_token)


@quantity("fraction", source=MFU)
def hfu(mfu, counted_flops_per_token, hardware_flops_per_token):
    """Hardware FLOP utilisation: recomputed FLOP count again; causal attention."""
    return mfu * ratio(hardware_flops_per_token, counted_flops_per_token)


@quantity(kind="text", source=DEFINITION)
def mfu_basis(utilization, measured_basis, measured_run_changed, mfu_peak, flop_accounting):
    """How MFU is meant: of which peak, by which counting, and how it is known."""
    peak = {
        "bf16": "BF16 peak",
        "fp8": "FP8 peak",
        "fp8_less_communication": "FP8 peak less communication",
    }[mfu_peak]
    counting = {"six_nd": "6ND", "causal": "causal", "full": "full attention"}[flop_accounting]
    meant = f"of {peak}, {counting}, "
    carried = {
        "mfu": "held from the measured run",
        "prediction": "predicted from the measured run",
        "hours": "stated hours of the measured run",
    }[measured_basis]
    is_carried = (measured_run_changed > 0) & (utilization == "measured")
    return where(is_carried, meant + carried, meant + utilization)


@quantity("fraction", source=MFU, better="more")
def predicted_mfu(predicted_tokens_per_second_per_gpu, counted_flops_per_token, mfu_peak_flops):
    """Model FLOP utilisation of the predicted step, counted as the scenario does."""
    return ratio(predicted_tokens_per_second_per_gpu * counted_flops_per_token, mfu_peak_flops)


@quantity("fraction", source=MFU)
def predicted_mfu_full(
    predicted_tokens_per_second_per_gpu, training_flops_per_token_full, mfu_peak_flops
):
    """Model FLOP utilisation of the predicted step with attention counted in full."""
    rate = predicted_tokens_per_second_per_gpu * training_flops_per_token_full
    return ratio(rate, mfu_peak_flops)


@quantity("fraction", source=MFU)
def predicted_hfu(predicted_tokens_per_second_per_gpu, hardware_flops_per_token, mfu_peak_flops):
    """Hardware FLOP utilisation of the predicted step, recomputation included; causal attention."""
    return ratio(predicted_tokens_per_second_per_gpu * hardware_flops_per_token, mfu_peak_flops)


@quantity("fraction", source=HARDWARE_FLOP + "; " + MFU)
def predicted_hfu_full(
    predicted_tokens_per_second_per_gpu,
    training_flops_per_token_full,
    matmul_flops_per_token,
    head_flops_per_token,
    attention_flops_per_token_full,
    recompute,
    recomputed_layer_share,
    mfu_peak_flops,
):
    """Hardware FLOP utilisation of the predicted step with attention counted in full."""
    # The head is never recomputed.
    layers = larger(matmul_flops_per_token - head_flops_per_token, 0.0)
    again = {
        "none": 0.0,
        "selective": attention_flops_per_token_full,
        "full": recomputed_layer_share * (layers + attention_flops_per_token_full),
    }[recompute]
    rate = predicted_tokens_per_second_per_gpu * (training_flops_per_token_full + again)
    return ratio(rate, mfu_peak_flops)
