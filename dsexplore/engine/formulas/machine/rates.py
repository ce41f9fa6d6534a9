"""Machine: rates an accelerator reaches, and its nodes."""

from typing import Any

from dsexplore.engine.assumptions import NEAREST_RECIPE, SHARE_OF_PEAK
from dsexplore.engine.constants import (
    BF16_BYTES,
    FP4_WITH_SCALE_BYTES,
    FP8_WITH_SCALE_BYTES,
    INT8_BYTES,
)
from dsexplore.engine.elementwise import fails, larger, ratio, smaller, where
from dsexplore.engine.idioms import stated_or
from dsexplore.engine.papers import (
    ACTIVATIONS,
    DEFINITION,
    FLASH_ATTENTION_3,
    POWER_LIMIT,
    RECIPES_OF_FP8,
    V3_TRAINING,
)
from dsexplore.engine.quantity import quantity

# Tensor cores read rows of whole 16 bytes: eight values of BF16.
VALUES_ALIGNED = 8


# Matrix products
def _reached(peak, share, kernel_speed):
    """The rate that kernels reach of a peak; however fast they are, they reach no more than it."""
    return smaller(peak * share * kernel_speed, peak)


@quantity(
    "fraction",
    source=POWER_LIMIT,
    assumes="Products draw all the power there is, and a lower clock needs a lower voltage.",
)
def clock_share(power_limit, gpu_power, power_exponent):
    """Clock under a power limit relative to that without one, where the limit is lower.

    Power goes with the cube of the clock; the memory's clock stays.
    """
    limited = (power_limit > 0) & fails(power_limit >= gpu_power)
    return where(limited, ratio(power_limit, gpu_power) ** power_exponent, 1.0)


@quantity("", assumes="What the accelerator and the stack lose in training multiplies.")
def kernel_speed(kernel_factor, sustained_rate, clock_share):
    """Speed of products and attention in a training step relative to kernels measured alone."""
    return kernel_factor * sustained_rate * clock_share


@quantity("FLOP/s", assumes=SHARE_OF_PEAK)
def bf16_gemm_rate(bf16_flops, gemm_efficiency, kernel_speed):
    """Rate of large BF16 matrix products, at most the peak."""
    return _reached(bf16_flops, gemm_efficiency, kernel_speed)


def share_of_peak(
    precision: str,
    fp8_recipe: str,
    fp4_flops: Any,
    gemm_efficiency: Any,
    fp8_gemm_efficiency: Any,
    block_128_gemm_efficiency: Any,
    mxfp8_gemm_efficiency: Any,
    nvfp4_gemm_efficiency: Any,
    int8_gemm_efficiency: Any,
) -> Any:
    """Share of a precision's peak that large matrix products reach, by their scaling."""
    if precision == "bf16":
        return gemm_efficiency
    if precision == "fp4":
        return stated_or(nvfp4_gemm_efficiency, fp8_gemm_efficiency)
    if precision == "int8":
        return stated_or(int8_gemm_efficiency, gemm_efficiency)
    by_block = stated_or(mxfp8_gemm_efficiency, fp8_gemm_efficiency)
    unstated = where(fp4_flops > 0, by_block, fp8_gemm_efficiency)
    return {
        "auto": unstated,
        "per_tensor": fp8_gemm_efficiency,
        "rowwise": fp8_gemm_efficiency,
        "block_128": stated_or(block_128_gemm_efficiency, fp8_gemm_efficiency),
        "mxfp8": by_block,
        "nvfp4": unstated,
    }[fp8_recipe]


@quantity("fraction", source=RECIPES_OF_FP8, assumes=NEAREST_RECIPE)
def gemm_share(
    precision,
    fp8_recipe,
    fp4_flops,
    gemm_efficiency,
    fp8_gemm_efficiency,
    block_128_gemm_efficiency,
    mxfp8_gemm_efficiency,
    nvfp4_gemm_efficiency,
    int8_gemm_efficiency,
):
    """Share of the training precision's peak that large matrix products reach, by their scaling."""
    return share_of_peak(
        precision,
        fp8_recipe,
        fp4_flops,
        gemm_efficiency,
        fp8_gemm_efficiency,
        block_128_gemm_efficiency,
        mxfp8_gemm_efficiency,
        nvfp4_gemm_efficiency,
        int8_gemm_efficiency,
    )


def peak_of(precision: str, bf16: Any, fp8: Any, fp4: Any, int8: Any) -> Any:
    """The peak of matrix products in a precision."""
    return {"bf16": bf16, "fp8": fp8, "fp4": fp4, "int8": int8}[precision]


@quantity("FLOP/s", source=DEFINITION)
def precision_peak(precision, bf16_flops, fp8_flops, fp4_flops, int8_flops):
    """Peak of one accelerator in the training precision."""
    return peak_of(precision, bf16_flops, fp8_flops, fp4_flops, int8_flops)


@quantity("FLOP/s", assumes=SHARE_OF_PEAK)
def gemm_rate(precision_peak, gemm_share, kernel_speed):
    """Rate of large matrix products in the training precision, at most the peak."""
    return _reached(precision_peak, gemm_share, kernel_speed)


@quantity("byte", source=RECIPES_OF_FP8)
def gemm_element_bytes(precision):
    """Bytes of a value that a matrix product reads, its scale included."""
    return {
        "bf16": BF16_BYTES,
        "fp8": FP8_WITH_SCALE_BYTES,
        "fp4": FP4_WITH_SCALE_BYTES,
        "int8": INT8_BYTES,
    }[precision]


@quantity("byte/s", assumes=SHARE_OF_PEAK)
def memory_rate(memory_bandwidth, memory_efficiency):
    """Bandwidth reached by memory-bound kernels."""
    return memory_bandwidth * memory_efficiency


@quantity("fraction", source=FLASH_ATTENTION_3, assumes="Backward loses as much as forward.")
def library_attention_share(attention_library, flash_2_efficiency, attention_efficiency):
    """Speed of the stack's library of fused attention relative to the fastest measured.

    FlashAttention 2 makes no use of what came after Ampere.
    """
    if attention_library != "flash_2":
        return 1.0
    slower = smaller(ratio(flash_2_efficiency, attention_efficiency), 1.0)
    return where(flash_2_efficiency > 0, slower, 1.0)


@quantity("", assumes="What library and stack lose multiplies.")
def fused_attention_factor(attention_factor, library_attention_share):
    """Speed of fused attention in a step relative to the fastest kernels measured alone."""
    return attention_factor * library_attention_share


@quantity("FLOP/s", assumes=SHARE_OF_PEAK)
def attention_rate(
    flash_attention,
    bf16_flops,
    attention_efficiency,
    fused_attention_factor,
    gemm_efficiency,
    unaligned_efficiency,
    query_key_dim,
    kernel_speed,
):
    """Rate of attention forward over long sequences.

    Of a fused kernel, or of batched products where it is not fused; tensor cores take rows of
    whole 16 bytes, and heads of another width do without them.
    """
    batched = where(query_key_dim % VALUES_ALIGNED == 0, gemm_efficiency, unaligned_efficiency)
    share = where(flash_attention > 0, attention_efficiency * fused_attention_factor, batched)
    return _reached(bf16_flops, share, kernel_speed)


@quantity("FLOP/s", assumes=SHARE_OF_PEAK)
def attention_backward_rate(
    flash_attention,
    bf16_flops,
    attention_backward_efficiency,
    fused_attention_factor,
    attention_rate,
    kernel_speed,
):
    """Rate of attention backward over long sequences; as forward where it is not fused."""
    share = attention_backward_efficiency * fused_attention_factor
    fused = _reached(bf16_flops, share, kernel_speed)
    return where(flash_attention > 0, fused, attention_rate)


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


@quantity("FLOP/s", assumes=SHARE_OF_PEAK)
def serving_attention_rate(bf16_flops, attention_efficiency, sustained_rate, clock_share):
    """Rate of fused attention in serving, as it was measured alone but for the clock."""
    return _reached(bf16_flops, attention_efficiency, sustained_rate * clock_share)
