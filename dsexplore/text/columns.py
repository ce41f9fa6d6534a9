"""Rows of text as a table aligned for a terminal, and sentences between them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from itertools import zip_longest

from dsexplore.text.plain import clean

_GAP = "  "
# A cell may be folded at a blank that follows no sign, and after a mark joining two words.
_JOINT = re.compile(r"(?<![×÷])(?= )|(?<=\w[/_-])(?=\w)")
# Text is never folded to fewer columns than these.
_NARROWEST = 20


def aligned(
    rows: Sequence[Sequence[str]],
    numbers: Sequence[int] = (),
    columns: int | None = None,
    names: int = 1,
    hang: int = 0,
) -> list[str]:
    """Lines of a table with aligned columns, numbers to the right.

    Beyond `columns` characters, cells are folded; the first `names` columns only if it must be.
    What is folded of the first column is indented by `hang` from its second line on.
    """
    cells = [[_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    if columns is not None:
        widths = _narrowed(cells, widths, columns, names)
    return [line for row in cells for line in _row(row, widths, numbers, hang)]


def _row(row: Sequence[str], widths: Sequence[int], numbers: Sequence[int], hang: int) -> list[str]:
    folded = [
        _cell(cell, width, 0 if place else hang)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return [
        _GAP.join(
            f"{text:>{width}}" if place in numbers else f"{text:{width}}"
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in zip_longest(*folded, fillvalue="")
    ]


def _cell(cell: str, width: int, hang: int) -> list[str]:
    lines = [""]
    for piece in _JOINT.split(cell):
        if lines[-1].strip() and len(lines[-1] + piece) > width:
            lines.append(" " * hang + piece.lstrip())
        else:
            lines[-1] += piece
    return lines


def _narrowed(
    cells: Sequence[Sequence[str]], widths: Sequence[int], columns: int, names: int
) -> list[int]:
    """Column widths with which lines fit, as far as cells can be folded; widest first."""
    found = list(widths)
    least = [
        max(len(piece.strip()) for cell in column for piece in _JOINT.split(cell))
        for column in zip(*cells, strict=True)
    ]
    over = sum(found) + len(_GAP) * (len(found) - 1) - columns
    for places in (range(names, len(found)), range(names)):
        while over > 0:
            wide = [place for place in places if found[place] > least[place]]
            if not wide:
                break
            found[max(wide, key=found.__getitem__)] -= 1
            over -= 1
    return found


def folded(text: str, columns: int | None, indent: str = "", then: str | None = None) -> list[str]:
    """A text folded to so many columns; `then` is the indent of all lines but the first.

    No line ends between a number and its per cent sign. Without columns it is one line.
    """
    text = clean(text)
    if columns is None:
        return [indent + text]
    lines = textwrap.wrap(
        text.replace(" %", "\N{NO-BREAK SPACE}%"),
        max(columns, _NARROWEST),
        initial_indent=indent,
        subsequent_indent=indent if then is None else then,
        break_on_hyphens=False,
    )
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def percent(share: float, digits: int = 1, *, signed: bool = True) -> str:
    """A share as a percentage for reading; a dash where unknown."""
    if share - share != 0:  # nan or infinite
        return "–"
    return f"{100 * share:{'+' if signed else ''}.{digits}f} %"


def _line(cell: str) -> str:
    """A cell on one line: a file's words may hold anything."""
    return " ".join(clean(cell).split())
