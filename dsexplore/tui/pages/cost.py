"""The page of cost."""

from __future__ import annotations

from dsexplore.document.document import Document
from dsexplore.tui.pages.blocks import bars, heading, result, results, warning_lines
from dsexplore.tui.pages.overview import stages
from dsexplore.tui.widgets.lines import BLANK, Row


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
