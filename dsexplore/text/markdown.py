"""Text and tables in Markdown that show what they hold, and do nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dsexplore.text.plain import clean

_MARKUP = re.compile(r"[\\`*_~\[\]<>|#&]")
# What would begin a list, a heading or a rule, up to its first sign. A number keeps its own sign.
_BEGINNING = re.compile(r"^(?:\d+(?=[.)](?:\s|$))|(?=[-+=](?:[-=\s]|$)))")


def escaped(text: str) -> str:
    r"""Text on one line that Markdown shows as it is, HTML included.

    >>> print(escaped("<b>[x](javascript:y)"))
    \<b\>\[x\](javascript:y)
    """
    words = " ".join(clean(text).split())
    return _BEGINNING.sub(r"\g<0>\\", _MARKUP.sub(r"\\\g<0>", words))


def in_markdown(rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> list[str]:
    """Lines of a Markdown table; the first row is its head, `numbers` are columns to the right."""
    rule = ["---:" if place in numbers else "---" for place in range(len(rows[0]))]
    body = [[in_cell(cell) for cell in row] for row in rows]
    return [f"| {' | '.join(row)} |" for row in (body[0], rule, *body[1:])]


def in_cell(text: str) -> str:
    """Text in a table: nothing begins with a cell, so a number keeps its sign."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(clean(text).split()))
