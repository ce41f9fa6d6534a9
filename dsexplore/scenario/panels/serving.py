"""The serving panel: what tokens sell for, what is asked for, and how the model is deployed."""

from __future__ import annotations

from typing import ClassVar, Literal

from dsexplore.scenario.declare import choice, count, number, switch
from dsexplore.scenario.panel import Panel

_GPUS = 10**6


class Serving(Panel):
    """Prices and tokens of a day, the shape of the requests, and the layout that serves them."""

    table: ClassVar[str] = "serving"
    title: ClassVar[str] = "Serving"
    short: ClassVar[str] = "Serve"

    output_price: float = number(
        "Output price",
        "USD/Mtoken",
        "Price per million generated tokens.",
        section="Prices",
        default=0.0,
        le=1e6,
    )
    input_price: float = number(
        "Input price", "USD/Mtoken", "Price per million prompt tokens.", default=0.0, le=1e6
    )
    cached_input_price: float = number(
        "Cached input price",
        "USD/Mtoken",
        "Price per million prompt tokens found in the cache.",
        default=0.0,
        le=1e6,
    )
    input_tokens_per_day: float = number(
        "Input tokens per day",
        "token/day",
        "Prompt tokens per day, cached ones included.",
        section="A day",
        default=0.0,
        le=1e18,
    )
    output_tokens_per_day: float = number(
        "Output tokens per day", "token/day", "Generated tokens per day.", default=0.0, le=1e18
    )
    cache_hit_rate: float = number(
        "Cache hit rate",
        "fraction",
        "Share of prompt tokens found in the cache.",
        default=0.0,
        le=1,
    )
    serving_gpus: int = count(
        "Serving GPUs",
        "GPU",
        "Mean accelerators held for serving; 0: as many as the day's tokens need.",
        default=0,
        le=10**8,
    )
    kv_length: int = count(
        "Context length",
        "token",
        "Mean tokens of context per request.",
        section="Requests",
        default=4096,
        le=10**12,
        nudge="two digits",
    )
    serving_prompt_length: int = count(
        "Prompt length",
        "token",
        "Tokens of a prompt, cached ones included; 0: as many as the context.",
        default=0,
        le=10**12,
        nudge="two digits",
    )
    decode_batch: int = count(
        "Decode batch",
        "sequence",
        "Requests that a tensor-parallel group decodes together.",
        default=32,
        gt=0,
        le=10**9,
        nudge="power of two",
    )
    prefill_batch: int = count(
        "Prefill batch",
        "token",
        "Prompt tokens that a tensor-parallel group reads together.",
        default=16_384,
        gt=0,
        le=10**12,
        nudge="power of two",
    )
    tokens_per_decode_step: float = number(
        "Tokens per decode step",
        "token",
        "Tokens gained per request and decoding step; above 1 with speculative decoding.",
        default=1.0,
        ge=1,
        le=100,
    )
    serving_precision: Literal["bf16", "fp8", "fp4", "int8"] = choice(
        "Serving precision",
        "Precision of served weights and their products; head and KV cache stay in BF16.",
        section="Deployment",
        default="bf16",
    )
    serving_gemm_efficiency: float = number(
        "Serving efficiency",
        "fraction",
        "Share of the peak reached by serving's matrix products; 0: as in training.",
        default=0.0,
        le=1,
    )
    serving_tensor_parallel: int = count(
        "Serving TP",
        "GPU",
        "Tensor parallel in serving: accelerators sharing the matrices every token passes.",
        default=1,
        gt=0,
        le=100_000,
        nudge="power of two",
    )
    decode_expert_parallel: int = count(
        "Decode EP",
        "GPU",
        "Expert parallel in decoding; 0: as in training.",
        default=0,
        le=_GPUS,
    )
    prefill_expert_parallel: int = count(
        "Prefill EP",
        "GPU",
        "Expert parallel in prefill; 0: as in training.",
        default=0,
        le=_GPUS,
    )
    redundant_experts: int = count(
        "Redundant experts",
        "expert",
        "Second copies of busy routed experts per layer, to even out the load.",
        default=0,
        le=_GPUS,
    )
    shared_experts_apart: bool = switch(
        "Shared experts apart",
        "Whether shared experts have accelerators of their own, to which tokens are sent.",
    )
    serving_micro_batches: int = count(
        "Serving micro-batches",
        "",
        "Parts of the batch, 1 or 2: one of two computes while the other communicates.",
        default=1,
        gt=0,
        le=2,
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
        "Time per layer and micro-batch in small kernels: launches, norms, rotation, quantising. "
        "50 us: what one request of Llama 2 7B in BF16 shows on an A100, 104.9 tokens per second "
        "(gpt-fast).",
        default=50e-6,
        le=1,
    )
