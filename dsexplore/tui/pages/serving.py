"""The page of serving: speed, cost and revenue of a day, prices beside scores."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from math import isnan
from typing import TYPE_CHECKING

from dsexplore.analysis.service.drawn import TITLES, drawn
from dsexplore.analysis.service.service import Limits, Service, ServiceError, requests
from dsexplore.text.format import format_value
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.pages.memory import states
from dsexplore.tui.pages.page import Page, tab
from dsexplore.tui.widgets.lines import Role
from dsexplore.tui.widgets.writer import columns

if TYPE_CHECKING:
    from dsexplore.analysis.claims.benchmarks import BenchmarkTable, PriceAndScores
    from dsexplore.scenario.scenario import Scenario

_TABLE = "deepseek-r1"
# Rows of a plot, batches that it is drawn from, and columns of a page with room for two plots.
_UP = 7
_FEW = 12
_TWO_PLOTS = 64
_NAME = 22
_SCORE = 8


@tab("Serving", "Serve", chooses_in="serving")
def serving(page: Page) -> None:
    """Decoding and prefill of one accelerator, the fleet's day, prices beside scores."""
    _decoding(page)
    page.heading("Prefill on one GPU")
    page.results(
        "prefill_tokens_per_second_per_gpu",
        "computed_prefill_tokens_per_second_per_gpu",
    )
    page.evidence("prefill_tokens_per_second_per_gpu")
    page.heading("What a user is promised")
    page.results("ttft", "time_per_output_token", "longest_token_gap", "requests_per_second")
    if page.document.scenario.serving.prefill_placement == "apart":
        page.results("kv_transfer_time", "prefill_share_held")
    _under_load(page)
    page.heading("Memory of a decoding GPU")
    page.bars(
        "serving_weight_memory",
        "serving_cache_memory",
        "memory_reserve",
    )
    capacity = format_value(page.document.scenario.hardware.memory_capacity, "byte", 3)
    page.result("decode_memory_per_gpu", f"of {capacity}")
    page.result("largest_decode_batch")
    if page.document.results["attention_layers"] and page.document.results["state_layers"]:
        page.result("kv_cache_per_request")
    states(page)
    page.heading("Cost and price per million tokens")
    page.results(
        "cost_per_million_output_tokens",
        "cost_per_million_input_tokens",
        "mean_input_price",
        "output_price_over_cost",
    )
    page.offer("search", ": the cheapest degrees, batch and precisions.")
    page.heading("A day of serving")
    _day(page)
    page.heading("Price beside scores")
    _scores(page)
    page.warnings()


def _decoding(page: Page) -> None:
    """How fast one accelerator generates, and where the time of a step goes."""
    bound = page.document.result_text("decode_bound")
    page.heading("Decoding on one GPU")
    page.results(
        "decode_tokens_per_second_per_gpu",
        "decode_tokens_per_second_per_request",
    )
    page.evidence("decode_tokens_per_second_per_gpu")
    page.result("decode_network_speed_limit", "at most")
    page.result("decode_step_time", f"by {bound}" if bound else "")
    page.bars(
        "decode_dense_time",
        "decode_expert_time",
        "decode_attention_time",
        "decode_overhead",
        "decode_network_time",
    )
    page.text("Shares are of the parts, before two micro-batches hide any of the network.")


def _under_load(page: Page) -> None:
    """What waiting and reading prompts make of the promises, as requests keep coming."""
    page.heading("At the load that keeps this batch decoding")
    page.results(
        "service_load",
        "loaded_ttft",
        "prompt_wait",
        "batch_wait",
        "loaded_time_per_output_token",
        "service_cost_per_million_output_tokens",
    )
    _curves(page)


def _curves(page: Page) -> None:
    """Both times as the load rises, beside each other where there is room; and what is kept."""
    page.heading("As the load rises, in requests per second")
    try:
        service, kept = _loaded(_This(page.document.scenario))
    except ServiceError as error:
        page.text(f"No load is served: {error}")
        return
    side_by_side = page.width >= _TWO_PLOTS
    columns = (page.width - 4) // 2 if side_by_side else page.width - 1
    plots = [[title, *drawn(service, name, columns, _UP)] for name, title in TITLES.items()]
    rows = zip(*plots, strict=True) if side_by_side else ((row,) for plot in plots for row in plot)
    for row in rows:
        line = "  ".join(f"{part:<{columns}}" for part in row)
        page.line(((f" {line.rstrip()}"[: page.width], "plain"),))
    page.text(kept, "plain")


def _kept(service: Service, limits: Limits) -> str:
    """The largest load that keeps the stated limits and its cost, or capacity without any."""
    if not limits.ttft and not limits.time_per_token:
        return (
            f"Capacity is {requests(service.most.load)}, where queues grow without end. Limits on "
            "the Serving panel (ttft_limit, time_per_token_limit) say how much of it keeps them."
        )
    try:
        found = service.largest(limits)
    except ServiceError as error:
        return f"No load keeps the limits. {error}"
    cost = "" if isnan(found.cost) else f" at {format_value(found.cost, 'USD/Mtoken', 3)}"
    return (
        f"Limits are kept up to {requests(found.load)}{cost}: a batch of "
        f"{format_value(found.batch, 'sequence', 3)}, the first token in "
        f"{format_value(found.ttft, 'second', 3)}, then one every "
        f"{format_value(found.time_per_token, 'second', 3)}. Capacity is "
        f"{requests(service.most.load)}."
    )


class _This:
    """A scenario that is only the same as itself: what it has been asked need not be again."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def __hash__(self) -> int:
        return id(self.scenario)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _This) and other.scenario is self.scenario


@lru_cache(maxsize=2)
def _loaded(this: _This) -> tuple[Service, str]:
    """The service of a scenario, and what is kept of its limits; once, and not at every key."""
    inputs = this.scenario.inputs()
    service = Service(inputs, _FEW)
    return service, _kept(service, Limits(inputs["ttft_limit"], inputs["time_per_token_limit"]))


def _day(page: Page) -> None:
    """GPUs, cost and revenue of a day, where its tokens are stated."""
    stated = page.document.scenario.serving
    if not stated.input_tokens_per_day and not stated.output_tokens_per_day:
        page.text("No tokens per day are stated on the Serving panel.")
        return
    page.results(
        "decode_gpus_needed",
        "prefill_gpus_needed",
        "serving_gpus_held",
        "serving_utilization",
        "serving_cost_per_day",
        "revenue_per_day",
    )
    page.bars(
        "input_revenue_per_day",
        "output_revenue_per_day",
    )
    page.result("profit_per_day")
    page.result("margin", "profit over cost")
    page.result("margin_of_revenue", "profit over revenue")


def _scores(page: Page) -> None:
    """Models side by side: the price of their tokens, and their scores under it."""
    try:
        table, models = _priced()
    except ScenarioError as error:  # of a file of the user's own
        page.text(str(error), "problem")
        return
    prices = [format_value(found.output_price, "USD", 3) for found in models]
    _columns(page, "", [found.model.short for found in models], "dim")
    _columns(page, "Output price per M", prices, "value")
    for benchmark in table.benchmarks:
        scores = [found.scores.get(benchmark.name) for found in models]
        texts = ["–" if score is None else f"{score:g}" for score in scores]
        _columns(page, benchmark.name, texts, "plain")
    page.text(f"{table.source}, {table.published}. – is not published.")


@cache
def _priced() -> tuple[BenchmarkTable, list[PriceAndScores]]:
    """The table that ships, read once and not at every key."""
    from dsexplore.analysis.claims.benchmarks import load_benchmarks, price_and_scores  # noqa: PLC0415 - the start must not pay for it

    table = load_benchmarks(_TABLE)
    return table, price_and_scores(table)


def _columns(page: Page, label: str, cells: Sequence[str], role: Role) -> None:
    """A row of the table; where it is too narrow for both, the label has a line of its own."""
    room = min(_SCORE, (page.width - 1) // max(1, len(cells)))
    name = min(_NAME, page.width - 1 - room * len(cells))
    if name < _NAME and label:
        page.line([(f" {label}", "label")])
        label = ""
    page.line(columns((label, "label"), cells, role, (max(name, 0), room)))
