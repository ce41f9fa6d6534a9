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
    for row in rows:
        if any(role == "heading" for _, role in row.line):
            heading = row
        elif row.name in moved:
            if heading is not None:
                kept += [*([BLANK] if kept else ()), heading]
                heading = None
            kept.append(row)
    return kept or [Row(((f" {unmoved}", "dim"),))]
