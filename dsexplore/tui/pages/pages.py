"""The pages of results: what each shows, in which order, under which words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dsexplore.document.document import Document
from dsexplore.tui.pages.cost import cost
from dsexplore.tui.pages.everything import everything
from dsexplore.tui.pages.memory import memory
from dsexplore.tui.pages.model import parameters
from dsexplore.tui.pages.network import network
from dsexplore.tui.pages.overview import overview
from dsexplore.tui.pages.pipeline import pipeline
from dsexplore.tui.pages.rl import reinforcement
from dsexplore.tui.pages.serving import serving
from dsexplore.tui.pages.step import compute
from dsexplore.tui.widgets.lines import Row


@dataclass(frozen=True, slots=True)
class Page:
    """A page's title, and how it is drawn at a width."""

    title: str
    # The title where there is little room.
    short: str
    rows: Callable[[Document, int], list[Row]]


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
