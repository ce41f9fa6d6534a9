"""Served weights: their precision, bytes and rates, and which of them an accelerator holds."""

from dsexplore.engine.assumptions import NEAREST_RECIPE, SHARE_OF_PEAK
from dsexplore.engine.constants import (
    BF16_BYTES,
    FP4_BY_16_BYTES,
    FP4_WITH_SCALE_BYTES,
    INT8_BYTES,
)
from dsexplore.engine.elementwise import larger, ratio, smaller, where
from dsexplore.engine.formulas.machine.rates import peak_of, share_of_peak
from dsexplore.engine.idioms import if_any, stated_or
from dsexplore.engine.papers import BLOCK_SCALES, DEFINITION, V3_DEPLOYMENT, V3_SERVICE
from dsexplore.engine.quantity import quantity


def _kept_bytes(precision, group):
    """Bytes of a weight kept in a precision, its share of a scale included."""
    scale = BF16_BYTES / group
    return {
        "bf16": BF16_BYTES,
        "fp8": BF16_BYTES / 2,
        "int8": INT8_BYTES + scale,
        "int4": INT8_BYTES / 2 + scale,
        "fp4": FP4_WITH_SCALE_BYTES,
        "mxfp4": FP4_WITH_SCALE_BYTES,
        "nvfp4": FP4_BY_16_BYTES,
    }[precision]


# Precision
@quantity("byte/parameter", source=BLOCK_SCALES)
def serving_weight_bytes(serving_precision, weight_precision, weight_group):
    """Bytes per served weight, scales of INT8, INT4 and FP4 included."""
    if weight_precision == "auto":
        return INT8_BYTES if serving_precision == "int8" else _kept_bytes(serving_precision, 1)
    return _kept_bytes(weight_precision, weight_group)


@quantity("byte/parameter", source=BLOCK_SCALES)
def dense_weight_bytes(dense_weight_precision, serving_weight_bytes):
    """Bytes per served weight outside routed experts."""
    if dense_weight_precision == "auto":
        return serving_weight_bytes
    return _kept_bytes(dense_weight_precision, 1)


def _rate(own, peak, share, sustained):
    """Rate that products reach of a peak: serving's own share of it, or that of large ones."""
    return peak * stated_or(own, smaller(share * sustained, 1.0))


@quantity(
    kind="text",
    assumes="A model trained in FP8 or FP4 is served with the scales it was trained with.",
)
def serving_recipe(serving_fp8_recipe, precision, fp8_recipe):
    """Scaling recipe of served products: stated, training's where it had one, or by hardware."""
    if serving_fp8_recipe != "auto":
        return serving_fp8_recipe
    return fp8_recipe if precision in ("fp8", "fp4") else "auto"


@quantity("FLOP/s", assumes=SHARE_OF_PEAK)
def serving_gemm_rate(
    serving_precision,
    serving_recipe,
    serving_gemm_efficiency,
    bf16_flops,
    fp8_flops,
    fp4_flops,
    int8_flops,
    gemm_efficiency,
    fp8_gemm_efficiency,
    block_128_gemm_efficiency,
    mxfp8_gemm_efficiency,
    nvfp4_gemm_efficiency,
    int8_gemm_efficiency,
    sustained_rate,
    clock_share,
):
    """Rate of large matrix products in the serving precision, scaled as in training.

    Serving's own efficiency where it is stated, else the accelerator's.
    """
    return _rate(
        serving_gemm_efficiency,
        peak_of(serving_precision, bf16_flops, fp8_flops, fp4_flops, int8_flops) * clock_share,
        share_of_peak(
            serving_precision,
            serving_recipe,
            fp4_flops,
            gemm_efficiency,
            fp8_gemm_efficiency,
            block_128_gemm_efficiency,
            mxfp8_gemm_efficiency,
            nvfp4_gemm_efficiency,
            int8_gemm_efficiency,
        ),
        sustained_rate,
    )


@quantity("FLOP/s", assumes=NEAREST_RECIPE)
def dense_gemm_rate(
    dense_weight_precision,
    serving_gemm_rate,
    serving_recipe,
    serving_gemm_efficiency,
    bf16_flops,
    fp8_flops,
    fp4_flops,
    int8_flops,
    gemm_efficiency,
    fp8_gemm_efficiency,
    block_128_gemm_efficiency,
    mxfp8_gemm_efficiency,
    nvfp4_gemm_efficiency,
    int8_gemm_efficiency,
    sustained_rate,
    clock_share,
):
    """Rate of large matrix products outside routed experts in serving."""
    if dense_weight_precision == "auto":
        return serving_gemm_rate
    return _rate(
        serving_gemm_efficiency,
        peak_of(dense_weight_precision, bf16_flops, fp8_flops, fp4_flops, int8_flops) * clock_share,
        share_of_peak(
            dense_weight_precision,
            serving_recipe,
            fp4_flops,
            gemm_efficiency,
            fp8_gemm_efficiency,
            block_128_gemm_efficiency,
            mxfp8_gemm_efficiency,
            nvfp4_gemm_efficiency,
            int8_gemm_efficiency,
        ),
        sustained_rate,
    )


@quantity("byte/s", assumes=SHARE_OF_PEAK)
def weight_read_rate(memory_bandwidth, weight_read_efficiency):
    """Bandwidth at which products of few rows read weights."""
    return memory_bandwidth * weight_read_efficiency


@quantity("byte/s", assumes=SHARE_OF_PEAK)
def cache_read_rate(memory_bandwidth, cache_read_efficiency, decode_attention_factor):
    """Bandwidth at which attention in decoding reads the KV cache, at most the peak."""
    return memory_bandwidth * smaller(cache_read_efficiency * decode_attention_factor, 1.0)


@quantity("FLOP/s", assumes=SHARE_OF_PEAK)
def served_attention_rate(serving_attention_precision, serving_attention_rate, fp8_attention_gain):
    """Rate of attention in serving, in its precision."""
    if serving_attention_precision == "bf16":
        return serving_attention_rate
    return serving_attention_rate * fp8_attention_gain


@quantity("FLOP/s", source=DEFINITION)
def served_attention_peak(serving_attention_precision, bf16_flops, fp8_flops):
    """Peak of the precision of attention's products in serving; 0 if the accelerator has none."""
    return bf16_flops if serving_attention_precision == "bf16" else fp8_flops


# What an accelerator holds
@quantity("GPU", source=V3_SERVICE)
def decode_expert_group(num_routed_experts, decode_expert_parallel, expert_parallel):
    """Accelerators sharing a layer's routed experts in decoding; 1 for a model without experts."""
    stated = stated_or(decode_expert_parallel, expert_parallel)
    return where(num_routed_experts > 0, stated, 1.0)


@quantity("GPU", source=DEFINITION)
def serving_group(serving_tensor_parallel, decode_expert_group, serving_pipeline):
    """Accelerators that share one copy of the weights in decoding."""
    return larger(serving_tensor_parallel, decode_expert_group) * serving_pipeline


@quantity("parameter", source=V3_DEPLOYMENT)
def apart_parameters(shared_experts_apart, shared_expert_parameters):
    """Weights of shared experts on accelerators of their own."""
    return where(shared_experts_apart, shared_expert_parameters, 0.0)


@quantity("parameter", source=DEFINITION)
def served_dense_parameters(
    non_expert_parameters, embedding_parameters, head_parameters, apart_parameters
):
    """Served weights outside routed experts, without embedding, head and shared experts apart."""
    ends = embedding_parameters + head_parameters
    return larger(non_expert_parameters - ends - apart_parameters, 0.0)


@quantity("parameter", source=V3_DEPLOYMENT)
def served_expert_parameters(active_expert_parameters, apart_parameters):
    """Weights of the experts a token is sent to: its routed experts and shared experts apart."""
    return active_expert_parameters + apart_parameters


@quantity(
    "parameter",
    source=V3_DEPLOYMENT + "; " + V3_SERVICE,
    assumes="Shared experts apart hold accelerators in proportion to their load.",
)
def held_expert_parameters(
    routed_expert_parameters,
    redundant_experts,
    num_routed_experts,
    computed_experts_per_token,
    num_shared_experts,
    shared_experts_apart,
    decode_expert_group,
    num_moe_layers,
    expert_parameters,
    serving_expert_tensor_parallel,
):
    """Routed experts' weights per accelerator in decoding, at least one expert of each layer.

    Experts cut among several count their part. Shared experts apart take their share of the
    accelerators, so all are equally busy.
    """
    copies = 1 + ratio(redundant_experts, num_routed_experts)
    crowded = ratio(computed_experts_per_token + num_shared_experts, computed_experts_per_token)
    crowded = where(shared_experts_apart, crowded, 1.0)
    held = routed_expert_parameters * copies * crowded / decode_expert_group
    held = larger(held, num_moe_layers * expert_parameters)
    return if_any(routed_expert_parameters, held / serving_expert_tensor_parallel)


@quantity("byte", assumes="The output head is served in BF16.")
def served_head_bytes(head_weights, head_bias, vocab_size, serving_tensor_parallel):
    """Bytes per accelerator of its part of the output head, which is served in BF16."""
    return BF16_BYTES * (head_weights + head_bias * vocab_size) / serving_tensor_parallel


@quantity("byte", source=DEFINITION)
def decode_dense_bytes(
    served_dense_parameters, dense_weight_bytes, served_head_bytes, serving_tensor_parallel
):
    """Bytes per accelerator of weights that every token passes, over all stages of a pipeline."""
    return (
        served_dense_parameters * dense_weight_bytes / serving_tensor_parallel + served_head_bytes
    )


@quantity("byte", source=DEFINITION)
def decode_expert_bytes(held_expert_parameters, serving_weight_bytes):
    """Bytes of routed experts' weights per accelerator in decoding, over all stages."""
    return held_expert_parameters * serving_weight_bytes


@quantity("byte", source=DEFINITION)
def decode_weight_bytes(decode_dense_bytes, decode_expert_bytes):
    """Bytes of weights that a token reads in a decoding step, per accelerator of each stage."""
    return decode_dense_bytes + decode_expert_bytes
