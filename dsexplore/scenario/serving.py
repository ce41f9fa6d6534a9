"""The serving panel: prices of tokens, and the shape of the requests."""

from __future__ import annotations

from typing import ClassVar

from dsexplore.scenario.fields import count, number
from dsexplore.scenario.panel import Panel


class Serving(Panel):
    """What a served token is sold for, and the context and batch it is decoded in."""

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
    cache_hit_rate: float = number(
        "Cache hits",
        "fraction",
        "Share of the tokens read that the cache holds.",
        default=0.0,
        le=1,
    )
    kv_length: float = number(
        "Context",
        "token",
        "Tokens of context that a request holds, on average.",
        section="Requests",
        default=4096.0,
        le=1e12,
    )
    decode_batch: int = count(
        "Decode batch",
        "sequence",
        "Requests that one accelerator decodes together.",
        default=32,
        gt=0,
        le=10**9,
        nudge="power of two",
    )
