"""What the terminal shows by now: a cell that it has already is not sent again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from dsexplore.tui.widgets.lines import NARROW, cell_len, is_narrow

# To go on behind so many cells costs more than to send them once more.
_GAP = 6
# Western letters, the lines and blocks of frames, and the dots of plots.
_only_certain = re.compile(f"[{NARROW}¡-¬®-˿─-◼⠀-⣿]*").fullmatch
# What stands in a cell that nothing was sent to.
_UNKNOWN = ""


class Piece(NamedTuple):
    """A piece of a line, and the cell where it begins."""

    x: int
    y: int
    strip: Strip


# What stands in some cells in a row, and how.
_Cells = tuple[list[str], list[Style | None]]


class Shown:
    """Every cell as it was sent last."""

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._lines: list[_Cells] = []

    def forget(self) -> None:
        """Nobody knows what the terminal shows: it is another, or others wrote to it."""
        self._size = Size(0, 0)

    def differing(self, pieces: Iterable[Piece], size: Size) -> list[Piece]:
        """The parts of a frame that the terminal, of this size, does not show yet.

        They count as shown from now on.
        """
        if size != self._size:
            self._size = size
            self._lines = [
                ([_UNKNOWN] * size.width, [None] * size.width) for _ in range(size.height)
            ]
        return [part for piece in pieces for part in self._differing(piece)]

    def _differing(self, piece: Piece) -> Iterator[Piece]:
        x, y, strip = piece
        # A frame for a terminal that has just become smaller.
        if y >= self._size.height or x + strip.cell_length > self._size.width:
            return
        characters, styles = _cells(strip)
        line_of, styles_of = self._lines[y]
        end = x + len(characters)
        before, styles_before = line_of[x:end], styles_of[x:end]
        if before == characters and styles_before == styles:
            return
        line_of[x:end], styles_of[x:end] = characters, styles
        if not _is_certain(strip.text):
            # The last of them may have run over what stands behind.
            rest = self._size.width - end
            line_of[end:], styles_of[end:] = [_UNKNOWN] * rest, [None] * rest
            yield from _in_place(piece)
            return
        changed = [
            place
            for place, (now, then, style, style_before) in enumerate(
                zip(characters, before, styles, styles_before, strict=True)
            )
            # Most styles are the very same, which a comparison does not see at once.
            if now != then or (style is not style_before and style != style_before)
        ]
        for first, last in _runs(changed):
            yield Piece(x + first, y, strip.crop(first, last))


def _cells(strip: Strip) -> _Cells:
    characters: list[str] = []
    styles: list[Style | None] = []
    for text, style, _ in strip:
        width = cell_len(text)
        # Text of wide characters, or of such as stand above others, is what it is as a whole.
        characters += text if _is_certain(text) else [f"{place} {text}" for place in range(width)]
        styles += [style] * width
    return characters, styles


def _is_certain(text: str) -> bool:
    """Whether each character of a text takes one cell on any terminal."""
    return is_narrow(text) or _only_certain(text) is not None


def _in_place(piece: Piece) -> Iterator[Piece]:
    """A piece of a line in stretches, each begun where it belongs.

    Terminals differ in how many cells an emoji or a sign above another takes: what stands behind
    would move with it, and the cells that it leaves would go on showing what they did.
    """
    x, y, strip = piece
    for text, style, _ in strip:
        width = cell_len(text)
        certain = _is_certain(text)
        if not certain:
            yield Piece(x, y, Strip([Segment(" " * width, style)]))
        yield Piece(x, y, Strip([Segment(text if certain else text.rstrip(" "), style)]))
        x += width


def _runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Places in a row, from the first to behind the last, over gaps that are not worth a step."""
    first = last = places[0]
    for place in places:
        if place - last > _GAP:
            yield first, last + 1
            first = place
        last = place
    yield first, last + 1
