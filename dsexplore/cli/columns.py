"""Rows of text as a table: aligned for a terminal, or in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.scenario.text import plain


def aligned(rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> list[str]:
    """Lines of a table whose columns line up, those of numbers at their right."""
    cells = [[_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            f"{cell:>{width}}" if place in numbers else f"{cell:{width}}"
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def in_markdown(rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> list[str]:
    """Lines of a Markdown table; the first row is its head."""
    rule = ["---:" if place in numbers else "---" for place in range(len(rows[0]))]
    body = [[escaped(_line(cell)) for cell in row] for row in rows]
    return [f"| {' | '.join(row)} |" for row in (body[0], rule, *body[1:])]


def percent(share: float, digits: int = 1, *, signed: bool = True) -> str:
    """A share of the measured value as people read it; a dash where it is not known."""
    if share - share != 0:  # nan or infinite
        return "–"
    return f"{100 * share:{'+' if signed else ''}.{digits}f} %"


def _line(cell: str) -> str:
    """A cell on one line: a file's words may hold anything."""
    return " ".join(str(plain(cell)).split())


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in text)
