"""What has changed on a screen, drawn by the widgets in front of it and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.console import Console
from textual._compositor import Compositor, CompositorUpdate
from textual.geometry import Region
from textual.widget import Widget

from dsexplore.tui.link.shown import Piece


class _Placed(NamedTuple):
    """A widget, where it is, and as much of that as is in sight."""

    widget: Widget
    region: Region
    in_sight: Region


class CellsUpdate(CompositorUpdate):
    """The cells to draw again, and no others."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces

    @property
    def regions(self) -> list[Region]:
        """Where it draws."""
        return [Region(x, y, strip.cell_length, 1) for x, y, strip in self.pieces]

    def render_segments(self, console: Console) -> str:
        """What the terminal is sent."""
        pieces = [f"\x1b[{y + 1};{x + 1}H{strip.render(console)}" for x, y, strip in self.pieces]
        return "".join(pieces)


class FrontCompositor(Compositor):
    """Asks the widgets that changed for the cells that changed.

    Textual's own has all draw every line, and cuts these at every edge on the screen.
    """

    def render_partial_update(self) -> CellsUpdate | None:  # type: ignore[override]  # one of them
        """What has changed since the last time."""
        dirty = self._dirty_regions.copy()
        self._dirty_regions.clear()
        placed = [
            _Placed(widget, region, region.intersection(clip))
            for widget, (region, clip) in self.visible_widgets.items()
        ]
        spans = self._regions_to_spans(dirty)
        pieces = [piece for y, start, end in spans for piece in _pieces(placed, y, start, end)]
        return CellsUpdate(pieces) if pieces else None


def _pieces(placed: Sequence[_Placed], y: int, start: int, end: int) -> Iterator[Piece]:
    """Part of a line as widgets draw it, the first of them in front of the others."""
    for index, (widget, region, in_sight) in enumerate(placed):
        left, right = max(start, in_sight.x), min(end, in_sight.right)
        if left < right and in_sight.y <= y < in_sight.bottom:
            behind = placed[index + 1 :]
            if start < left:
                yield from _pieces(behind, y, start, left)
            row = Region(left - region.x, y - region.y, right - left, 1)
            yield Piece(left, y, widget.render_lines(row)[0])
            if right < end:
                yield from _pieces(behind, y, right, end)
            return
