"""Words of any origin made fit for a terminal: nothing invisible, no line that is not one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NewType

# Text for standard output. Only writers that clean or escape make it: `in_lines` for people, JSON,
# TOML and CSV for programs. A string of a command's own is refused by the type checker.
Printable = NewType("Printable", str)

_MARK = "\N{REPLACEMENT CHARACTER}"
_SURROGATES = range(0xD800, 0xE000)


def clean(text: str) -> str:
    r"""Text on one line: blanks of every kind become spaces, all else unprintable a mark.

    Unprintable are control characters, those without width, those that turn the direction of text,
    and the halves of characters that stand for undecodable bytes of a file's name.

    >>> clean("a\x1b[2J\nb") == "a\N{REPLACEMENT CHARACTER}[2J b"
    True
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c.isspace() else _MARK for c in text)


def in_lines(lines: Iterable[str]) -> Printable:
    """Lines one under another; no line can hold a second one."""
    return Printable("".join(f"{clean(line)}\n" for line in lines))


def encodable(text: object) -> object:
    """Text that any file can hold: a half of a character becomes a mark, all else stays."""
    if not isinstance(text, str) or text.isprintable():
        return text
    return "".join(_MARK if ord(c) in _SURROGATES else c for c in text)
