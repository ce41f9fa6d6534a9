"""Service: the part of the serving panel about prices, tokens, requests and the layout."""

from __future__ import annotations

from typing import Literal

from dsexplore.scenario.declare import choice, count, number, switch
from dsexplore.scenario.panel import Part

_GPUS = 10**6


class Service(Part):
    """Prices and tokens of a day, the shape of the requests, and the layout that serves them."""

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
    ttft_limit: float = number(
        "TTFT limit",
        "second",
        "Longest mean time to the first token that is promised to users; 0: none is stated.",
        section="Promises",
        default=0.0,
        le=1e6,
    )
    time_per_token_limit: float = number(
        "Time per token limit",
        "second",
        "Longest mean time between two tokens that is promised to users; 0: none is stated.",
        default=0.0,
        le=1e6,
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
    serving_answer_length: int = count(
        "Answer length",
        "token",
        "Mean tokens generated per request; 0: as the day's tokens are to its prompts, or twice "
        "what the context adds to a prompt.",
        default=0,
        le=10**12,
        nudge="two digits",
    )
    prompt_spread: float = number(
        "Prompt spread",
        "",
        "Standard deviation of prompts' lengths over their mean; 1: as spread as an exponential.",
        default=1.0,
        le=100,
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
    guessed_tokens: int = count(
        "Guessed tokens",
        "token",
        "Tokens guessed per request and decoding step, which the step verifies; 0: one less than "
        "those gained, rounded up.",
        default=0,
        le=100,
    )
    serving_tensor_parallel: int = count(
        "Serving TP",
        "GPU",
        "Tensor parallel in serving: accelerators sharing the matrices every token passes.",
        section="Deployment",
        default=1,
        gt=0,
        le=100_000,
        nudge="power of two",
    )
    serving_pipeline: int = count(
        "Serving PP",
        "GPU",
        "Pipeline parallel in serving: stages that a request passes one after another, each on "
        "accelerators of its own.",
        default=1,
        gt=0,
        le=10_000,
    )
    serving_pipeline_batches: int = count(
        "Serving PP batches",
        "",
        "Batches under way at once in a pipeline that serves; 0: one for each stage, so that none "
        "is idle.",
        default=0,
        le=10_000,
    )
    prefill_placement: Literal["together", "apart"] = choice(
        "Prefill placement",
        "Where prompts are read. together: by the accelerators that decode, in turn; apart: by "
        "others, which send them the KV cache.",
        default="together",
    )
    prefill_gpu_share: float = number(
        "Prefill GPU share",
        "fraction",
        "Share of serving accelerators that read prompts; 0: as many as are as busy as the decode "
        "batch is full.",
        default=0.0,
        le=0.999,
        applies=("prefill_placement", ("apart",)),
    )
    prefill_chunk: int = count(
        "Prefill chunk",
        "token",
        "Prompt tokens that a tensor-parallel group reads at a time, in the steps of decoding if "
        "one engine does both; 0: whole prompts, decoding waits.",
        default=0,
        le=10**9,
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
        "Expert parallel in prefill; 0: as in decoding where one engine does both, else as in "
        "training.",
        default=0,
        le=_GPUS,
    )
    serving_expert_tensor_parallel: int = count(
        "Served expert TP",
        "GPU",
        "Accelerators that share each routed expert's matrices in serving; each group of them "
        "decodes as one of a tensor-parallel group.",
        default=1,
        gt=0,
        le=_GPUS,
        nudge="power of two",
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
