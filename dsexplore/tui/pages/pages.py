"""The pages of results, in the order of their tabs: a module each, which holds its title."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from dsexplore.tui.pages.page import Tab

_FOLDER = "dsexplore.tui.pages"


def _tab_in(module: str) -> Tab:
    held = vars(import_module(f"{_FOLDER}.{module}")).values()
    return next(found for found in held if isinstance(found, Tab))


PAGES = tuple(
    _tab_in(module)
    for module in (
        "overview",
        "model",
        "step",
        "memory",
        "network",
        "pipeline",
        "cost",
        "rl",
        "serving",
        "everything",
    )
)

# Pages of the board alone: each has a screen of its own besides.
_BESIDES = ("layouts", "sweep", "claims")
# The board's where nobody has chosen any.
_USUAL = ("pipeline", "network", "memory")
USUAL = tuple(_tab_in(module) for module in _USUAL)


def chosen_pages(titles: Sequence[str]) -> tuple[Tab, ...]:
    """The pages of these titles, as far as there are any; the usual ones for want of them."""
    by_title = {page.title: page for page in PAGES}
    if not by_title.keys() >= set(titles):
        by_title = {page.title: page for page in board_pages()}
    return tuple(by_title[title] for title in titles if title in by_title) or USUAL


def board_pages() -> tuple[Tab, ...]:
    """Every page that the board can show."""
    return (*PAGES, *map(_tab_in, _BESIDES))
