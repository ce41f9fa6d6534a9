"""The page of every quantity."""

from __future__ import annotations

from dsexplore.document.document import Document
from dsexplore.engine import GRAPH
from dsexplore.tui.pages.blocks import heading, named_result
from dsexplore.tui.widgets.lines import BLANK, Row


def everything(document: Document, width: int) -> list[Row]:
    """Every quantity by subject, under the name that files and commands use."""
    rows: list[Row] = []
    for subject, quantities in GRAPH.subjects().items():
        rows.append(heading(subject, width))
        rows += [named_result(document, found.name, width) for found in quantities]
        rows.append(BLANK)
    return rows[:-1]
