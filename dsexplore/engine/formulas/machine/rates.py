"""Machine: rates an accelerator reaches, and its nodes."""

from dsexplore.engine.again import once_more
from dsexplore.engine.assumptions import SHARE_OF_PEAK
from dsexplore.engine.elementwise import larger, ratio, smaller, where
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import stated_or
from dsexplore.engine.papers import (
    ACTIVATIONS,
    DEFINITION,
    V3_TRAINING,
)


# Matrix products
def _reached(peak, share, kernel_factor):
    """The rate that kernels reach of a peak; however fast they are, they reach no more than it."""
    return smaller(peak * share * kernel_factor, peak)


@quantity("FLOP/s", assumes=SHARE_OF_PEAK)
def bf16_gemm_rate(bf16_flops, gemm_efficiency, kernel_factor):
    """Rate of large BF16 matrix products, at most the peak."""
    return _reached(bf16_flops, gemm_efficiency, kernel_factor)


@quantity("FLOP/s", assumes=SHARE_OF_PEAK)
def gemm_rate(
    precision, bf16_gemm_rate, fp8_flops, fp4_flops, fp8_gemm_efficiency, kernel_factor
):  # fmt: skip
    """Rate of large matrix products in the training precision; FP4 at FP8's share of its peak."""
    if precision == "bf16":
        return bf16_gemm_rate
    peak = {"fp8": fp8_flops, "fp4": fp4_flops}[precision]
    return _reached(peak, fp8_gemm_efficiency, kernel_factor)


@quantity("byte/s", assumes=SHARE_OF_PEAK)
def memory_rate(memory_bandwidth, memory_efficiency):
    """Bandwidth reached by memory-bound kernels."""
    return memory_bandwidth * memory_efficiency


@quantity("FLOP/s", assumes=SHARE_OF_PEAK)
def attention_rate(
    flash_attention, bf16_flops, attention_efficiency, gemm_efficiency, kernel_factor
):
    """Rate of attention: of a fused kernel, or of batched products where it is not fused."""
    share = where(flash_attention > 0, attention_efficiency, gemm_efficiency)
    return _reached(bf16_flops, share, kernel_factor)


@quantity("FLOP/s", source=DEFINITION)
def mfu_peak_flops(mfu_peak, bf16_flops, fp8_flops, communication_sms, sm_count):
    """Peak of one accelerator against which MFU is measured."""
    return {
        "bf16": bf16_flops,
        "fp8": fp8_flops,
        "fp8_less_communication": fp8_flops * (1 - communication_sms / sm_count),
    }[mfu_peak]


# With 20 of 132 SMs lent, DeepSeek's profile shows 1.07 to 1.09 times the compute time, not 1.18.
@quantity(
    "",
    source=V3_TRAINING,
    assumes="Power that lent SMs save raises the clock of the others, and makes up for a share.",
    undefined="communication takes every streaming multiprocessor",
)
def lent_slowdown(communication_sms, sm_count, lent_sm_loss):
    """Compute time beside communication, relative to compute with every SM."""
    left = sm_count - lent_sm_loss * communication_sms
    return where(communication_sms > 0, ratio(sm_count, left), 1.0)


@quantity("FLOP/s", assumes=SHARE_OF_PEAK)
def serving_gemm_rate(
    serving_precision,
    serving_gemm_efficiency,
    bf16_flops,
    fp8_flops,
    fp4_flops,
    gemm_efficiency,
    fp8_gemm_efficiency,
    kernel_factor,
):
    """Rate of large matrix products in the serving precision.

    Serving's own efficiency where it is stated, else training's; FP4 at FP8's share of its peak.
    """
    peak = {"bf16": bf16_flops, "fp8": fp8_flops, "fp4": fp4_flops}[serving_precision]
    share = gemm_efficiency if serving_precision == "bf16" else fp8_gemm_efficiency
    return peak * stated_or(serving_gemm_efficiency, smaller(share * kernel_factor, 1.0))


# Activations of one layer and token
@quantity(
    "",
    source=ACTIVATIONS,
    assumes="By default attention is fused, as in every present-day training framework.",
)
def flash_attention(attention_kernel):
    """Whether attention is fused, its scores never stored: 1 or 0."""
    return 0.0 if attention_kernel == "plain" else 1.0


@quantity("node", source=DEFINITION)
def num_nodes(num_gpus, gpus_per_node):
    """Nodes of the cluster; a part of one counts as one."""
    return larger(num_gpus / gpus_per_node, 1.0)


@quantity("", assumes="Serving engines fuse attention, however the model was trained.")
def serving_flash_attention():
    """Whether attention is fused in serving: it is."""
    return 1.0


serving_attention_rate = once_more(
    "attention_rate",
    "Rate of attention in serving, of a fused kernel.",
    flash_attention="serving_flash_attention",
)
