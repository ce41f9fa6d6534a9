"""Plots in characters: a curve of Braille dots, a map of shades. Each is a rectangle of text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

# A Braille character is two dots wide and four high; the bit of each dot, from the top left.
_ACROSS, _UP = 2, 4
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BRAILLE = 0x2800
# From little to much; a gap is none of them.
SHADES = "░▒▓█"
GAP = "·"

# Places of a point across and up, each from 0 to 1; nan where there is none.
Point = tuple[float, float]


def curve(
    points: Sequence[Point], columns: int, rows: int, dots: Iterable[Point] = ()
) -> list[str]:
    """Lines of a curve through points in order, broken at gaps; `dots` stand for themselves."""
    canvas = [[0] * columns for _ in range(rows)]
    width, height = _ACROSS * columns - 1, _UP * rows - 1

    def mark(x: float, y: float) -> None:
        across, down = round(x * width), height - round(y * height)
        canvas[down // _UP][across // _ACROSS] |= _DOTS[down % _UP][across % _ACROSS]

    for x, y in dots:
        if _is_there(x, y):
            mark(x, y)
    before: Point | None = None
    for x, y in points:
        if not _is_there(x, y):
            before = None
            continue
        start = before or (x, y)
        steps = max(1, round(abs(x - start[0]) * width), round(abs(y - start[1]) * height))
        for step in range(steps + 1):
            share = step / steps
            mark(start[0] + share * (x - start[0]), start[1] + share * (y - start[1]))
        before = (x, y)
    return ["".join(chr(_BRAILLE + bits) if bits else " " for bits in row) for row in canvas]


def dots_in(character: str) -> list[tuple[int, int]]:
    """The dots of a Braille character: how far from the left, and from the top.

    >>> dots_in("\u2805")
    [(0, 0), (0, 2)]
    """
    bits = ord(character) - _BRAILLE
    return [(x, y) for y, row in enumerate(_DOTS) for x, bit in enumerate(row) if bits & bit]


def _is_there(x: float, y: float) -> bool:
    return not math.isnan(x) and not math.isnan(y)


def framed(
    lines: Sequence[str], up: tuple[str, str], across: tuple[str, str], margin: int
) -> list[str]:
    """A plot's lines with axes: the least and the most of each, labels up within a margin.

    >>> framed(["ab", "cd"], ("0", "9"), ("1", "2"), 1)
    ['9 │ab', '0 │cd', '  └──', '   1 2']
    """
    room = len(lines[0])
    beside = {0: up[1], len(lines) - 1: up[0]}
    body = [f"{beside.get(row, ''):>{margin}} │{line}".rstrip() for row, line in enumerate(lines)]
    gap = max(1, room - len(across[0]) - len(across[1]))
    return [
        *body,
        f"{'':{margin}} └{'─' * room}",
        f"{'':{margin}}  {across[0]}{' ' * gap}{across[1]}",
    ]


def shaded(values: Sequence[Sequence[float]], columns: int, rows: int) -> list[str]:
    """Lines of a map, its first row of values at the bottom, each value a block of one shade.

    Shades are quarters of the way from the least value to the most. Of more values than there is
    room for, some are left out evenly.
    """
    known = [value for row in values for value in row if not math.isnan(value)]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    down = chosen(len(values), rows)
    across = chosen(len(values[0]), columns)
    wide = max(1, columns // len(across))
    return [
        "".join(shade(values[row][column], low, high) * wide for column in across)
        for row in reversed(down)
    ]


def chosen(count: int, room: int) -> list[int]:
    """So many places of a row as there is room for, its ends among them."""
    if count <= room:
        return [*range(count)]
    return [round(place * (count - 1) / (room - 1)) for place in range(room)] if room > 1 else [0]


def shade(value: float, low: float, high: float) -> str:
    """The shade of a value between the least and the most; a dot in a gap."""
    if math.isnan(value):
        return GAP
    share = (value - low) / (high - low) if high > low else 1.0
    return SHADES[min(int(share * len(SHADES)), len(SHADES) - 1)]


def bar(share: float, columns: int) -> str:
    """A bar as long as a share of the columns, to an eighth of one.

    >>> bar(0.5, 8), bar(0.25, 6)
    ('████', '█▌')
    """
    eighths = round(min(max(share, 0.0), 1.0) * columns * 8)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (" ▏▎▍▌▋▊▉"[rest] if rest else "")
