"""Words of any origin made fit for a terminal: nothing invisible, no line that is not one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NewType

# Text for standard output. Only writers that clean or escape make it: `in_lines` for people, JSON,
# TOML and CSV for programs. A string of a command's own is refused by the type checker.
Printable = NewType("Printable", str)

# Blank or without width, though Unicode counts them among letters and accents: fillers and joiners.
# Those that choose between forms of an emoji stay.
_HIDDEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\uffa0\U000e0100-\U000e01ef]"
)
_MARK = "\N{REPLACEMENT CHARACTER}"
_SURROGATES = range(0xD800, 0xE000)


def clean(text: str) -> str:
    r"""Text on one line: blanks of every kind become spaces, all else unprintable a mark.

    Unprintable are control characters, those without width, those that turn the direction of text,
    and the halves of characters that stand for undecodable bytes of a file's name.

    >>> clean("a\x1b[2J\nb") == "a\N{REPLACEMENT CHARACTER}[2J b"
    True
    """
    if _shows(text):
        return text
    return "".join(c if _shows(c) else " " if c.isspace() else _MARK for c in text)


def in_escapes(text: str) -> str:
    r"""Text on one line with all that does not show written as in a program, for names and values.

    >>> print(in_escapes("a\x1b[2J\nb"))
    a\x1b[2J\nb
    """
    if _shows(text):
        return text
    return "".join(c if _shows(c) else c.encode("unicode_escape").decode() for c in text)


def by_number(text: str) -> Printable:
    r"""Lines with each character that does not show by its number: \\u001b, \\U000e0100."""
    if all(map(_shows, text.split("\n"))):
        return Printable(text)
    return Printable("".join(c if c == "\n" or _shows(c) else _numbered(c) for c in text))


def _numbered(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}"


def _shows(text: str) -> bool:
    return text.isprintable() and (text.isascii() or not _HIDDEN.search(text))


def in_lines(lines: Iterable[str]) -> Printable:
    """Lines one under another; no line can hold a second one."""
    return Printable("".join(f"{clean(line)}\n" for line in lines))


@lru_cache(32)
def opening_sentence(text: str) -> str:
    """The first sentence of a text, on one line; all of it if it has no other."""
    words = " ".join(text.split())
    first, stop, _ = words.partition(". ")
    return f"{first}." if stop else words


def encodable(text: object) -> object:
    """Text that any file can hold: a half of a character becomes a mark, all else stays."""
    if not isinstance(text, str) or text.isprintable():
        return text
    return "".join(_MARK if ord(c) in _SURROGATES else c for c in text)
