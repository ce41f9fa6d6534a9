"""The fastest layouts that fit, for the board: searched again once keys rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsexplore.document.state import State
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.pages.page import GoesOn, Page, tab

if TYPE_CHECKING:
    from dsexplore.analysis.search.ranking import Layout, Search

_MOST = 20


def found_layouts(state: State, goes_on: GoesOn) -> tuple[Search, list[Layout]] | str:
    """The search and its fastest layouts, or why there is none."""
    from dsexplore.analysis.search.account import why_none  # noqa: PLC0415 - as below
    from dsexplore.analysis.search.ranking import Search  # noqa: PLC0415 - the start must not pay for it

    try:
        search = Search(state.current.scenario, goes_on=goes_on)
    except ScenarioError as error:
        return f"{error}."
    if not search.fitting:
        return why_none(search)
    goes_on()
    best = search.best(_MOST)
    search.keep_counts()
    return search, best


@tab("Layouts", works_out=found_layouts)
def layouts(page: Page) -> None:
    """The fastest layouts of these accelerators that fit."""
    page.heading("Fastest layouts that fit")
    if page.found is None:
        page.text("Searched once keys rest …")
        return
    if isinstance(page.found, str):
        page.text(page.found, "plain")
        return
    from dsexplore.analysis.search.account import summary  # noqa: PLC0415 - as said above
    from dsexplore.tui.screens.search.rows import layout_rows  # noqa: PLC0415 - the start must not pay for it

    search, found = page.found
    page.text(summary(search), "plain")
    for row in layout_rows(search, found, page.width):
        page.line(row.line)
    page.offer("search", " lists more, draws the frontier, takes one.")
