"""A page of results as a picture, of one width on every terminal."""

from __future__ import annotations

from typing import Any

from dsexplore.document.document import Document
from dsexplore.export.pictures.found import of_page
from dsexplore.export.pictures.page import Piece
from dsexplore.text.plain import Printable
from dsexplore.tui.pages.page import Tab
from dsexplore.tui.widgets.lines import Role

WIDTH = 100
_FILLS: dict[Role, str] = {"bar": "#444", "bar2": "url(#lean)", "bar3": "#ccc"}
_OTHERS = "#444"
_BOLD: frozenset[Role] = frozenset({"heading", "title", "problem", "changed", "better", "worse"})


def page_picture(tab: Tab, document: Document, found: Any = None) -> Printable:
    """The page of a tab as SVG; `found` as in `Page`."""
    lines = [
        [Piece(text, _FILLS.get(role, _OTHERS), role in _BOLD) for text, role in row.line]
        for row in tab.rows(document, WIDTH, found)
    ]
    return of_page(f"{tab.title} of {document.name}", document.scenario, lines, WIDTH)
