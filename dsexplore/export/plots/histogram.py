"""A distribution in characters: a bar for each of equally wide ranges of a result."""

from __future__ import annotations

from dsexplore.analysis.simulate.simulate import Spread
from dsexplore.engine.names import unit_of
from dsexplore.export.plots.bars import bar_lines
from dsexplore.text.columns import percent
from dsexplore.text.format import format_value


def histogram_lines(name: str, spread: Spread) -> list[str]:
    """The share of samples in each range, which is named by where it begins."""
    if not spread.shares:
        return [f"{name}: {'the same in every sample' if spread.std == 0 else 'never known'}"]
    width = (spread.high - spread.low) / len(spread.histogram)
    rows = [
        (
            format_value(spread.low + place * width, unit_of(name), 3),
            share,
            percent(share, signed=False),
        )
        for place, share in enumerate(spread.histogram)
    ]
    return [f"{name}, samples from", *bar_lines(rows)]
