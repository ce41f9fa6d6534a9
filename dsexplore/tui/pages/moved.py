"""A page without what stayed as it was."""

from __future__ import annotations

from collections.abc import Container, Sequence

from dsexplore.tui.widgets.lines import BLANK, Row


def only_moved(rows: Sequence[Row], moved: Container[str], unmoved: str) -> list[Row]:
    """The rows of what moved, under their headings; a sentence where nothing did.

    `unmoved` is that sentence.
    """
    kept: list[Row] = []
    heading: Row | None = None
    # Under a heading of a result that moved, its picture too.
    is_drawn = False
    for row in rows:
        is_heading = any(role == "heading" for _, role in row.line)
        if is_heading:
            heading, is_drawn = row, row.name in moved
        is_picture = is_drawn and not row.name and bool(row.line)
        if is_picture or row.name in moved:
            if heading is not None:
                kept += [*([BLANK] if kept else ()), heading]
                heading = None
            kept += [] if is_heading else [row]
    return kept or [Row(((f" {unmoved}", "dim"),))]
