"""Engine: the part of the serving panel about the software that serves, and its precisions."""

from __future__ import annotations

from typing import Literal

from dsexplore.scenario.declare import choice, count, number
from dsexplore.scenario.panel import Part

_GPUS = 10**6


class Engine(Part):
    """Precisions of weights, cache, attention and exchange, and what an engine's own work takes."""

    serving_precision: Literal["bf16", "fp8", "fp4", "int8"] = choice(
        "Serving precision",
        "Precision in which products of served weights are computed; the head stays in BF16.",
        section="Precision in serving",
        default="bf16",
    )
    weight_precision: Literal["auto", "bf16", "fp8", "int8", "int4", "mxfp4", "nvfp4"] = choice(
        "Weight precision",
        "Precision in which served weights are kept and read. auto: that of their products; "
        "int8 and int4 with a scale of 2 bytes for each group of them.",
        default="auto",
    )
    weight_group: int = count(
        "Weight group",
        "",
        "Weights in INT8 or INT4 that share a scale.",
        default=128,
        gt=0,
        le=10**6,
        applies=("weight_precision", ("int8", "int4")),
        nudge="power of two",
    )
    dense_weight_precision: Literal["auto", "bf16", "fp8"] = choice(
        "Precision but experts",
        "Precision of served weights outside routed experts, and of their products. auto: as all "
        "others.",
        default="auto",
    )
    serving_fp8_recipe: Literal["auto", "per_tensor", "rowwise", "block_128", "mxfp8"] = choice(
        "Serving FP8 scales",
        "What shares a scale in served products in FP8: a tensor, a row, a block of 128 or of 32 "
        "values. auto: as in training.",
        default="auto",
        applies=("serving_precision", ("fp8",)),
    )
    kv_cache_precision: Literal["bf16", "fp8", "fp4"] = choice(
        "KV cache precision",
        "Precision in which keys and values, or latents, are kept and read. fp4: with a scale of "
        "a byte for 16 values.",
        default="bf16",
    )
    serving_attention_precision: Literal["bf16", "fp8"] = choice(
        "Attention precision", "Precision of attention's products in serving.", default="bf16"
    )
    serving_dispatch_precision: Literal["auto", "nvfp4", "fp8", "bf16"] = choice(
        "Served dispatch",
        "Precision of served tokens on their way to experts. auto: as in training.",
        default="auto",
    )
    serving_combine_precision: Literal["auto", "nvfp4", "fp8", "bf16"] = choice(
        "Served combine",
        "Precision of experts' outputs on their way back in serving. auto: as in training.",
        default="auto",
    )
    serving_gemm_efficiency: float = number(
        "Serving efficiency",
        "fraction",
        "Share of the peak reached by serving's matrix products; 0: as in training.",
        section="Engine",
        default=0.0,
        le=1,
    )
    decode_attention_factor: float = number(
        "Decode attention speed",
        "",
        "Speed of the engine's attention in decoding relative to the accelerator's own rates.",
        default=1.0,
        ge=0.01,
        le=4,
    )
    serving_expert_imbalance: float = number(
        "Served expert load",
        "",
        "Tokens at the busiest accelerator's experts over the mean in serving, where several "
        "share a layer's experts and none has second copies.",
        default=1.3,
        ge=1,
        le=1000,
    )
    evened_expert_imbalance: float = number(
        "Evened expert load",
        "",
        "Tokens at the busiest accelerator's experts over the mean in serving, where second "
        "copies of busy experts even them out.",
        default=1.1,
        ge=1,
        le=1000,
    )
    expert_traffic: float = number(
        "Expert traffic",
        "",
        "Bytes that move beside experts' products in serving, relative to copying each token "
        "once on each way and one activation. 1.5: TensorRT-LLM in BF16 on H100, H200 and B200.",
        default=1.5,
        le=100,
    )
    quantised_expert_traffic: float = number(
        "Quantised traffic",
        "",
        "The same of experts in FP8 or FP4, whose inputs are scaled. TensorRT-LLM: 1.4 to 2.2 "
        "with a scale for a tensor, 3 for blocks.",
        default=2.5,
        le=100,
    )
    serving_overlap: float = number(
        "Serving overlap",
        "fraction",
        "Share of the shorter of compute and communication hidden by two micro-batches.",
        default=0.75,
        le=1,
    )
    kernel_overhead: float = number(
        "Kernel overhead",
        "second",
        "Time per layer and micro-batch in small kernels beside products and attention: norms, "
        "rotation, quantising, gaps between kernels.",
        default=20e-6,
        le=1,
    )
    moe_kernel_overhead: float = number(
        "MoE kernel overhead",
        "second",
        "Time per layer with experts and micro-batch in small kernels of their own: choosing "
        "experts, sorting tokens, adding outputs.",
        default=45e-6,
        le=1,
    )
    decode_launch: Literal["graphs", "eager"] = choice(
        "Decode launch",
        "How a decoding step's kernels are launched. graphs: at once, as captured; eager: one by "
        "one by the host, for which the accelerator waits where that takes longer.",
        default="graphs",
    )
    eager_layer_time: float = number(
        "Eager layer launch",
        "second",
        "Time in which the host launches a dense layer of a decoding step kernel by kernel: some "
        "25 of 8 to 10 us.",
        default=250e-6,
        le=1,
        applies=("decode_launch", ("eager",)),
    )
    eager_moe_layer_time: float = number(
        "Eager MoE launch",
        "second",
        "Time in which the host launches a layer with experts of a decoding step kernel by kernel. "
        "1.6 ms: about 10 tokens per second of DeepSeek-V3 for one request by an early vLLM, bound "
        "by its launches.",
        default=1.6e-3,
        le=1,
        applies=("decode_launch", ("eager",)),
    )
    step_host_time: float = number(
        "Host time, decode",
        "second",
        "Time of a decoding step in which the accelerator waits for the host: scheduling, "
        "sampling.",
        default=0.0,
        le=10,
    )
    request_host_time: float = number(
        "Host time, request",
        "second",
        "Time per request of a decoding step in which the accelerator waits for the host.",
        default=0.0,
        le=1,
    )
    dense_serving_spread: float = number(
        "Dense serving spread",
        "",
        "Log standard deviation of a predicted speed of serving a dense model beside what is due "
        "to the accelerator. It rests on 40 measured speeds, each source left out.",
        default=0.12,
        le=1,
    )
    moe_serving_spread: float = number(
        "MoE serving spread",
        "",
        "Log standard deviation of a predicted speed of serving a mixture of experts beside what "
        "is due to the accelerator. It rests on 29 measured speeds, each source left out.",
        default=0.23,
        le=1,
    )
