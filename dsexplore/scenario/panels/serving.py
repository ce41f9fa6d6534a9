"""The serving panel: what tokens sell for, what is asked for, and how the model is deployed."""

from __future__ import annotations

from typing import ClassVar, Literal

from dsexplore.scenario.field import choice, count, number, switch
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
        "Price of a million generated tokens.",
        section="Prices",
        default=0.0,
        le=1e6,
    )
    input_price: float = number(
        "Input price", "USD/Mtoken", "Price of a million tokens read.", default=0.0, le=1e6
    )
    cached_input_price: float = number(
        "Cached input price",
        "USD/Mtoken",
        "Price of a million tokens read from the cache.",
        default=0.0,
        le=1e6,
    )
    input_tokens_per_day: float = number(
        "Tokens read",
        "token/day",
        "Tokens of prompts that a day brings, those that the cache holds included.",
        section="A day",
        default=0.0,
        le=1e18,
    )
    output_tokens_per_day: float = number(
        "Tokens generated", "token/day", "Tokens that a day's answers have.", default=0.0, le=1e18
    )
    cache_hit_rate: float = number(
        "Cache hits",
        "fraction",
        "Share of the tokens read that the cache holds.",
        default=0.0,
        le=1,
    )
    serving_gpus: int = count(
        "GPUs that serve",
        "GPU",
        "Accelerators held for serving, on average; 0: as many as the day's tokens need.",
        default=0,
        le=10**8,
    )
    kv_length: float = number(
        "Context",
        "token",
        "Tokens of context that a request holds, on average.",
        section="Requests",
        default=4096.0,
        le=1e12,
    )
    serving_prompt_length: float = number(
        "Prompt",
        "token",
        "Tokens of a prompt, those that the cache holds included; 0: as many as the context.",
        default=0.0,
        le=1e12,
    )
    decode_batch: int = count(
        "Decode batch",
        "sequence",
        "Requests for each accelerator that decode together.",
        default=32,
        gt=0,
        le=10**9,
        nudge="power of two",
    )
    prefill_batch: int = count(
        "Prefill batch",
        "token",
        "Tokens for each accelerator that are read together.",
        default=16_384,
        gt=0,
        le=10**12,
        nudge="power of two",
    )
    tokens_per_decode_step: float = number(
        "Tokens a step",
        "token",
        "Tokens that a request gains in a decoding step; above 1 with tokens guessed ahead.",
        default=1.0,
        ge=1,
        le=100,
    )
    serving_precision: Literal["bf16", "fp8", "fp4"] = choice(
        "Served weights",
        "Precision of the weights and of their products; head and KV cache stay in BF16.",
        section="Deployment",
        default="bf16",
    )
    serving_gemm_efficiency: float = number(
        "GEMM efficiency",
        "fraction",
        "Share of the peak that serving's matrix products reach; 0: as in training.",
        default=0.0,
        le=1,
    )
    serving_tensor_parallel: int = count(
        "Tensor parallel",
        "GPU",
        "Accelerators that share the matrices that every token passes.",
        default=1,
        gt=0,
        le=100_000,
        nudge="power of two",
    )
    decode_expert_parallel: int = count(
        "Experts, decoding",
        "GPU",
        "Accelerators that share the routed experts while decoding; 0: as many as in training.",
        default=0,
        le=_GPUS,
    )
    prefill_expert_parallel: int = count(
        "Experts, prefill",
        "GPU",
        "Accelerators that share the routed experts while reading prompts; 0: as in training.",
        default=0,
        le=_GPUS,
    )
    redundant_experts: int = count(
        "Redundant experts",
        "expert",
        "Second copies of busy routed experts in each layer, which even out the load.",
        default=0,
        le=_GPUS,
    )
    shared_experts_apart: bool = switch(
        "Shared experts apart",
        "Whether shared experts lie on accelerators of their own, so that tokens are sent there.",
    )
    serving_micro_batches: int = count(
        "Micro-batches",
        "",
        "Parts of the batch, 1 or 2: of two, one computes while the other is on the network.",
        default=1,
        gt=0,
        le=2,
    )
    serving_overlap: float = number(
        "Overlap",
        "fraction",
        "Share of the shorter of compute and communication that two micro-batches hide.",
        default=0.75,
        le=1,
    )
    kernel_overhead: float = number(
        "Kernel overhead",
        "second",
        "Time a layer and micro-batch for small kernels: launches, norms, rotation, quantising.",
        default=50e-6,
        le=1,
    )
