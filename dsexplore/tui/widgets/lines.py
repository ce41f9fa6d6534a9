"""Lines of text in roles: pages make them, widgets draw them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal, overload

from rich import cells

from dsexplore.text.plain import clean

Role = Literal[
    "plain",
    "label",
    "value",
    "dim",
    "heading",
    "title",
    "active",
    "changed",
    "better",
    "worse",
    "problem",
    "key",
    "bar",
    "bar2",
    "bar3",
    "typed",
    "selected",
    "caret",
]
Span = tuple[str, Role]
Line = tuple[Span, ...]

_EIGHTHS = " ▏▎▍▌▋▊▉"


class Row:
    """A line of a sheet, and the name of its field or quantity; empty where it has none.

    A line may be made only once somebody sees it: most of a long sheet is out of sight.
    """

    __slots__ = ("_line", "name")

    def __init__(self, line: Line | Callable[[], Line], name: str = "") -> None:
        self._line = line
        self.name = name

    @property
    def line(self) -> Line:
        """What it shows."""
        if callable(self._line):
            self._line = self._line()
        return self._line


class RowLines(Sequence[Line]):
    """The lines of rows, made as they are asked for."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Line: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...

    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        """A line, or some of them as they are."""
        if isinstance(index, slice):
            return tuple([row.line for row in self._rows[index]])
        return self._rows[index].line


BLANK = Row(())


# Characters of one cell, as nearly all are here: measured at each key, they are known at a glance.
NARROW = f" -~–…·×÷±µ°≤≥←↑→↓↵▲▼▸●✓✗─━│{_EIGHTHS[1:]}█▓▒░"
_only_narrow = re.compile(f"[{NARROW}]*").fullmatch


def is_narrow(text: str) -> bool:
    """Whether each character of a text is known to take one cell."""
    return text.isascii() or _only_narrow(text) is not None


def cell_len(text: str) -> int:
    """Width of a text in cells."""
    return len(text) if text.isascii() or _only_narrow(text) else cells.cell_len(text)


def width_of(spans: Iterable[Span]) -> int:
    """Width of spans in cells."""
    return sum([len(text) if text.isascii() else cell_len(text) for text, _ in spans])


def fitted(text: str, width: int) -> str:
    """Text cut or padded to a width in cells; a cut shows as an ellipsis."""
    if width <= 0:
        return ""
    text = clean(text)
    taken = cell_len(text)
    if taken > width:
        return cells.set_cell_size(text, width - 1) + "…"
    return text + " " * (width - taken)


def right(text: str, width: int) -> str:
    """Text at the right end of a width; cut like `fitted` where it is too long."""
    text = clean(text)
    short = width - cell_len(text)
    return " " * short + text if short >= 0 else fitted(text, width)


def cropped(spans: Sequence[Span], width: int) -> Line:
    """Spans cut to a width, without padding; a cut shows as an ellipsis."""
    # What is plainly clean is not asked twice: there are hundreds of spans at each key.
    spans = [
        span if span[0].isascii() and span[0].isprintable() else (clean(span[0]), span[1])
        for span in spans
    ]
    if width_of(spans) <= width:
        return tuple(spans)
    kept: list[Span] = []
    left = width
    for text, role in spans:
        if cell_len(text) >= left:
            kept.append((fitted(text, left), role) if cell_len(text) > left else (text, role))
            break
        kept.append((text, role))
        left -= cell_len(text)
    return tuple(kept)


def between(left: Sequence[Span], end: Sequence[Span], width: int) -> Line:
    """Spans at the left and spans at the right end of a width; the left gives way."""
    room = width - width_of(end)
    start = cropped(left, room)
    gap = " " * max(0, room - width_of(start))
    return cropped((*start, (gap, "plain"), *end), width)


def banner(text: str, width: int) -> Line:
    """The title of a panel or page where several stand one under another."""
    title = f" {text} "
    return cropped(((title, "title"), ("━" * (width - cell_len(title)), "dim")), width)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans with those of one role side by side made one."""
    made: list[Span] = []
    for text, role in spans:
        if made and made[-1][1] == role:
            made[-1] = made[-1][0] + text, role
        else:
            made.append((text, role))
    return made


def wrapped(text: str, width: int, most: int) -> list[str]:
    """Text broken at spaces into at most so many lines; a cut shows as an ellipsis.

    A word that is too wide, as a path is, begins where it stands and goes on in the next line.
    """
    lines = _broken(clean(text), width)
    if width > 1 and any(cell_len(line) > width for line in lines):
        lines = tuple(_filled(clean(text).split(), width))
    if len(lines) > most:
        lines = (*lines[: most - 1], f"{lines[most - 1]} …")
    return [fitted(line, width).rstrip() for line in lines[:most]]


def _filled(words: Iterable[str], width: int) -> Iterator[str]:
    """Words in lines, those that are too wide for one running on."""
    line = ""
    for word in words:
        joined_ = f"{line} {word}" if line else word
        if cell_len(joined_) > width >= cell_len(word):
            yield line
            joined_ = word
        *full, line = _pieces(joined_, width)
        yield from full
    yield line


def in_full(text: str, width: int) -> list[str]:
    """Text broken at spaces into as many lines as it takes; so is a word that is too wide."""
    words = clean(text).split()
    pieces = (piece for word in words for piece in _pieces(word, max(2, width)))
    return [fitted(line, width).rstrip() for line in _broken(" ".join(pieces), width)]


def _pieces(word: str, width: int) -> list[str]:
    """A word in pieces that fit; a wide character takes two cells."""
    step = width if cell_len(word) == len(word) else width // 2
    return [word[at : at + step] for at in range(0, len(word), step)]


# Most sentences stay as they are from key to key.
@lru_cache(1024)
def _broken(text: str, width: int) -> tuple[str, ...]:
    lines: list[str] = []
    taken = 0
    for word in text.split():
        size = cell_len(word)
        if lines and taken + 1 + size <= width:
            lines[-1] += f" {word}"
            taken += 1 + size
        else:
            lines.append(word)
            taken = size
    return tuple(lines)


def bar(share: float, width: int) -> str:
    """A bar of eighth blocks for a share of a width; empty where the share is not known."""
    if not 0 <= share <= 1:
        share = 1.0 if share > 1 else 0.0
    eighths = round(share * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)


def placed_bar(start: float, end: float, width: int) -> str:
    """A bar from one share of a width to another; at least one cell, however short."""
    first = min(round(start * width), width - 1)
    cells = max(1, round(end * width) - first)
    return (" " * first + "█" * cells)[:width].ljust(width)


def spread_over(shares: Sequence[float], width: int) -> list[int]:
    """So many cells of a width for each share: whole ones that add up, at least 1 for any share."""
    cells = [max(1, round(share * width)) if share > 0 else 0 for share in shares]
    if cells:
        longest = cells.index(max(cells))
        cells[longest] = max(1, cells[longest] + width - sum(cells))
    return cells


def packed(pieces: Sequence[Sequence[Span]], width: int) -> list[list[Span]]:
    """Pieces one after another, on as many lines as they need; none is broken over two."""
    lines: list[list[Span]] = []
    for piece in pieces:
        if lines and width_of(lines[-1]) + 2 + width_of(piece) <= width:
            lines[-1] += [("  ", "plain"), *piece]
        else:
            lines.append([*piece])
    return lines
