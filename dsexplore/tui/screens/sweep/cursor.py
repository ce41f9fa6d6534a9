"""The cursor in a plot of a sweep: a place among the values of each axis."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size

from dsexplore.analysis.sweep.axis import Axis

_ENDS = 1_000_000
# By key: steps across and up.
MOVES: dict[str, tuple[int, int]] = {
    "left": (-1, 0),
    "h": (-1, 0),
    "right": (1, 0),
    "l": (1, 0),
    "up": (0, 1),
    "down": (0, -1),
    "home": (-_ENDS, 0),
    "end": (_ENDS, 0),
    "pageup": (0, _ENDS),
    "pagedown": (0, -_ENDS),
}


class PlotCursor:
    """Where one is along each axis; the last goes across."""

    def __init__(self) -> None:
        self.at: tuple[int, ...] = ()

    def place(self, axes: Sequence[Axis]) -> int:
        """The number of the point, in the order in which a sweep computes them."""
        place = 0
        for at, axis in zip(self.at, axes, strict=True):
            place = place * len(axis.values) + at
        return place

    def move(self, axes: Sequence[Axis], key: str, room: Size) -> None:
        """Go by a key, in a plot of a size in cells."""
        across, up = MOVES[key]
        at = _moved(self.at[-1], across, axes[-1], room.width)
        if len(axes) == 1:
            self.at = (at,)
        else:
            self.at = _moved(self.at[0], up, axes[0], room.height), at


def _moved(place: int, steps: int, axis: Axis, room: int) -> int:
    """A place so many steps on, each of as many values as it takes to be seen to move."""
    stride = max(1, len(axis.values) // max(room, 1))
    return min(max(place + steps * stride, 0), len(axis.values) - 1)
