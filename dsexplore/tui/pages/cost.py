"""The page of cost."""

from __future__ import annotations

from dsexplore.tui.pages.overview import stages
from dsexplore.tui.pages.page import Page, tab


@tab("Cost")
def cost(page: Page) -> None:
    """Rent stage by stage, and what the headline leaves out."""
    page.heading("Rent, by stage")
    page.bars(*stages(page.document))
    page.results(
        ("All stages", "total_cost"),
        ("GPU-hours", "total_gpu_hours"),
        ("One after another", "total_days"),
        ("A million tokens", "pretraining_cost_per_million_tokens"),
    )
    page.heading("What the headline leaves out")
    page.results(
        ("Experiments", "experiments_cost"),
        ("Staff", "staff_cost"),
        ("With both", "cost_with_development"),
        ("Buying the cluster", "cluster_cost"),
        ("Owning it, these hours", "cost_of_ownership"),
        ("Energy", "energy"),
        ("Its price", "energy_cost"),
        ("CO2", "carbon"),
    )
    page.warnings()
