"""The page of cost."""

from __future__ import annotations

from dsexplore.analysis.summaries.stages import stages
from dsexplore.tui.pages.page import Page, tab


@tab("Cost")
def cost(page: Page) -> None:
    """Rent stage by stage, and what the headline leaves out."""
    page.heading("Rent by stage")
    page.bars(*stages(page.document.scenario))
    page.results(
        "total_cost",
        "total_gpu_hours",
        "total_days",
        "pretraining_cost_per_million_tokens",
    )
    page.evidence("total_cost")
    page.heading("What the headline leaves out")
    page.results(
        "experiments_cost",
        "staff_cost",
        "cost_with_development",
        "cluster_cost",
        "cost_of_ownership",
        "energy",
        "energy_with_experiments",
        "energy_cost",
        "carbon",
        "carbon_with_experiments",
        "water",
        "water_with_experiments",
        "experiments_days",
    )
    page.warnings()
