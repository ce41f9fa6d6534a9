"""The pages of results: what each shows, in which order, under which words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dsexplore.document.document import Document
from dsexplore.engine import GRAPH
from dsexplore.tui.lines import BLANK, Row
from dsexplore.tui.views.overview import overview, stages
from dsexplore.tui.views.pipeline_chart import pipeline
from dsexplore.tui.views.results import (
    bars,
    heading,
    named_result,
    result,
    results,
    warning_lines,
)
from dsexplore.tui.views.rl_page import reinforcement
from dsexplore.tui.views.serving_page import serving
from dsexplore.tui.views.step_pages import compute, memory, network


@dataclass(frozen=True, slots=True)
class Page:
    """A page's title, and how it is drawn at a width."""

    title: str
    # The title where there is little room.
    short: str
    rows: Callable[[Document, int], list[Row]]


def parameters(document: Document, width: int) -> list[Row]:
    """Where the weights sit, and which a token reaches."""
    return [
        heading("Parameters", width),
        *results(
            document,
            (
                ("Total", "total_parameters"),
                ("Known how", "parameters_basis"),
                ("Active a token", "active_parameters"),
                ("without the embedding", "active_parameters_without_embedding"),
                ("Multiplied with", "matmul_parameters"),
                ("MTP modules, apart", "mtp_parameters"),
            ),
            width,
        ),
        BLANK,
        heading("Where they sit", width),
        *bars(
            document,
            (
                ("Routed experts", "routed_expert_parameters"),
                ("Shared experts", "shared_expert_parameters"),
                ("Dense feed-forward", "dense_ffn_parameters"),
                ("Attention", "attention_parameters"),
                ("Routers", "router_parameters"),
                ("Norms", "norm_parameters"),
                ("Embedding", "embedding_parameters"),
                ("Head", "head_parameters"),
            ),
            width,
        ),
        BLANK,
        heading("What a token reaches", width),
        *bars(
            document,
            (
                ("Its routed experts", "active_expert_parameters"),
                ("All the rest", "non_expert_parameters"),
            ),
            width,
        ),
        result(document, "Share of experts", "expert_activation_share", width),
        *warning_lines(document, width),
    ]


def cost(document: Document, width: int) -> list[Row]:
    """Stage by stage, and what the headline leaves out."""
    return [
        heading("Rent, by stage", width),
        *bars(document, stages(document), width),
        result(document, "All stages", "total_cost", width),
        result(document, "GPU-hours", "total_gpu_hours", width),
        result(document, "One after another", "total_days", width),
        result(document, "A million tokens", "pretraining_cost_per_million_tokens", width),
        BLANK,
        heading("What the headline leaves out", width),
        *results(
            document,
            (
                ("Experiments", "experiments_cost"),
                ("Staff", "staff_cost"),
                ("With both", "cost_with_development"),
                ("Buying the cluster", "cluster_cost"),
                ("Owning it, these hours", "cost_of_ownership"),
                ("Energy", "energy"),
                ("Its price", "energy_cost"),
                ("CO2", "carbon"),
            ),
            width,
        ),
        *warning_lines(document, width),
    ]


def everything(document: Document, width: int) -> list[Row]:
    """Every quantity by subject, under the name that files and commands use."""
    rows: list[Row] = []
    for subject, quantities in GRAPH.subjects().items():
        rows.append(heading(subject, width))
        rows += [named_result(document, found.name, width) for found in quantities]
        rows.append(BLANK)
    return rows[:-1]


PAGES = (
    Page("Overview", "Over", overview),
    Page("Parameters", "Params", parameters),
    Page("Compute", "Comp", compute),
    Page("Memory", "Mem", memory),
    Page("Network", "Net", network),
    Page("Pipeline", "Pipe", pipeline),
    Page("Cost", "Cost", cost),
    Page("RL", "RL", reinforcement),
    Page("Serving", "Serve", serving),
    Page("All", "All", everything),
)
