"""The pages of results, in the order of their tabs: a module each, which holds its title."""

from __future__ import annotations

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
