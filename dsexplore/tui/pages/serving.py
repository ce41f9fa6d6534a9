"""The page of serving: how fast tokens come, what a day brings in, price beside scores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from dsexplore.document.document import Document
from dsexplore.text.format import format_value
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.pages.blocks import bars, heading, result, results, warning_lines, words
from dsexplore.tui.widgets.lines import BLANK, Role, Row, Span, clean, cropped, fitted, right

if TYPE_CHECKING:
    from dsexplore.analysis.claims.benchmarks import BenchmarkTable, PriceAndScores

_TABLE = "deepseek-r1"
_NAME = 22
_SCORE = 8


def serving(document: Document, width: int) -> list[Row]:
    """Decoding and prefill of one accelerator, the fleet's day, prices beside scores."""
    bound = document.result_text("decode_bound")
    bound_by = f"bound by {bound}" if bound else ""
    return [
        heading("Decoding, one accelerator", width),
        *results(
            document,
            (
                ("Tokens a second", "decode_tokens_per_second_per_gpu"),
                ("of one request", "decode_tokens_per_second_per_request"),
            ),
            width,
        ),
        result(document, "by network alone", "decode_network_speed_limit", width, "at most"),
        result(document, "One step", "decode_step_time", width, bound_by),
        *bars(
            document,
            (
                ("Common weights", "decode_dense_time"),
                ("Experts", "decode_expert_time"),
                ("Attention", "decode_attention_time"),
                ("Small kernels", "decode_overhead"),
                ("Network, part hidden", "decode_network_time"),
            ),
            width,
        ),
        *words("Shares are of the parts, before what two micro-batches hide.", width),
        BLANK,
        heading("Prefill, one accelerator", width),
        *results(
            document,
            (
                ("Tokens a second", "prefill_tokens_per_second_per_gpu"),
                ("without those cached", "computed_prefill_tokens_per_second_per_gpu"),
            ),
            width,
        ),
        BLANK,
        heading("Memory of one that decodes", width),
        *bars(
            document,
            (
                ("Weights", "serving_weight_memory"),
                ("KV cache", "serving_cache_memory"),
                ("Reserve", "memory_reserve"),
            ),
            width,
        ),
        result(document, "Needed", "decode_memory_per_gpu", width,
               f"of {document.field_text('memory_capacity')}"),
        result(document, "Largest batch", "largest_decode_batch", width),
        BLANK,
        heading("A million tokens", width),
        *results(
            document,
            (
                ("Cost, generated", "cost_per_million_output_tokens"),
                ("Cost, read", "cost_per_million_input_tokens"),
                ("Price, read", "mean_input_price"),
                ("Generated, price/cost", "output_price_over_cost"),
            ),
            width,
        ),
        BLANK,
        *_day(document, width),
        BLANK,
        *_scores(width),
        *warning_lines(document, width),
    ]  # fmt: skip


def _day(document: Document, width: int) -> list[Row]:
    """What a day needs, costs and brings in, where its tokens are stated."""
    serving = document.scenario.serving
    rows = [heading("A day", width)]
    if not serving.input_tokens_per_day and not serving.output_tokens_per_day:
        return rows + words("No tokens a day are stated on the Serving panel.", width)
    rows += results(
        document,
        (
            ("GPUs, decoding", "decode_gpus_needed"),
            ("GPUs, prefill", "prefill_gpus_needed"),
            ("GPUs held", "serving_gpus_held"),
            ("Share in use", "serving_utilization"),
            ("Cost", "serving_cost_per_day"),
            ("Revenue", "revenue_per_day"),
        ),
        width,
    )
    rows += bars(
        document,
        (("from tokens read", "input_revenue_per_day"),
         ("from generated ones", "output_revenue_per_day")),
        width,
    )  # fmt: skip
    rows += results(document, (("Profit", "profit_per_day"),), width)
    return [*rows, result(document, "Margin", "margin", width, "profit over cost")]


def _scores(width: int) -> list[Row]:
    """Models side by side: the price of their tokens, and their scores under it."""
    try:
        table, models = _priced()
    except ScenarioError as error:  # of a file of the user's own
        return [heading("Price beside scores", width), *words(str(error), width, "problem")]
    names = [found.model.short for found in models]
    prices = [_price(found.output_price) for found in models]
    rows = [
        heading("Price beside scores", width),
        _columns("", names, width, "dim"),
        _columns("A million generated", prices, width, "value"),
    ]
    for benchmark in table.benchmarks:
        scores = [found.scores.get(benchmark.name) for found in models]
        texts = ["–" if score is None else f"{score:g}" for score in scores]
        rows.append(_columns(benchmark.name, texts, width, "plain"))
    return rows + words(f"{table.source}, {table.published}. – is not published.", width)


@cache
def _priced() -> tuple[BenchmarkTable, list[PriceAndScores]]:
    """The table that ships, read once and not at every key."""
    from dsexplore.analysis.claims.benchmarks import load_benchmarks, price_and_scores  # noqa: PLC0415 - the start must not pay for it

    table = load_benchmarks(_TABLE)
    return table, price_and_scores(table)


def _price(price: float) -> str:
    return "–" if math.isnan(price) else format_value(price, "USD", 3)


def _columns(label: str, cells: Sequence[str], width: int, role: Role) -> Row:
    """A row of the table: its label gives way before the columns run together."""
    name = min(_NAME, max(12, width - 1 - _SCORE * len(cells)))
    room = min(_SCORE, max(4, (width - 1 - name) // max(1, len(cells))))
    spans: list[Span] = [(f" {fitted(label, name)}", "label")]
    spans += [(f" {right(clean(cell), room - 1)}", role) for cell in cells]
    return Row(cropped(spans, width))
