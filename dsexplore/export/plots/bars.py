"""Bars in characters: a line for each part, as long as its size."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.text.columns import aligned
from dsexplore.text.plot import bar

_BAR = 40


def bar_lines(rows: Sequence[tuple[str, float, str]]) -> list[str]:
    """A line for each label, size from 0 on, and the size in words; the largest fills the room."""
    most = max((size for _, size, _ in rows), default=0.0)
    cells = [
        [label, f"{bar(size / most if most else 0.0, _BAR):{_BAR}} {said}"]
        for label, size, said in rows
    ]
    return aligned(cells, (0,)) if cells else []
