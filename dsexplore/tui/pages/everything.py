"""The page of every quantity."""

from __future__ import annotations

from dsexplore.engine import GRAPH
from dsexplore.tui.pages.page import Page, tab


@tab("All")
def everything(page: Page) -> None:
    """Every quantity by subject, under its name in files and commands."""
    for subject, quantities in GRAPH.subjects().items():
        page.heading(subject)
        for found in quantities:
            page.named(found.name)
