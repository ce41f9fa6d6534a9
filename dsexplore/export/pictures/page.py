"""A page of words and bars as a picture: letters in their columns, blocks as hatched boxes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from dsexplore.export.pictures.caption import Caption, Captioned
from dsexplore.export.pictures.svg import Drawing
from dsexplore.text.plain import Printable
from dsexplore.text.plot import dots_in

_CELL, _LINE = 8, 18
_LEFT, _TOP, _BELOW = 24, 82, 24
# Blocks that fill a part of their cell from the left, in eighths.
_EIGHTHS = {character: 8 - place for place, character in enumerate("█▉▊▋▌▍▎▏")}
# Fills of the other blocks, told apart without colour.
_SHADED = {"░": "#fff", "▒": "url(#lean)", "▓": "url(#cross)", "▞": "url(#dots)"}
_BLOCKS = re.compile(rf"[█▉▊▋▌▍▎▏]+|{'|'.join(f'{each}+' for each in _SHADED)}")
_BRAILLE = re.compile("[\u2801-\u28ff]")
# Words in columns stand apart by two blanks at least.
_WORDS = re.compile(r"\S+(?: \S+)*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line: its text, the fill of bars in it, and whether its words are bold."""

    text: str
    fill: str
    is_bold: bool = False


def page(caption: Caption, lines: Sequence[Sequence[Piece]], columns: int) -> Printable:
    """Lines of at most so many columns; a letter takes one, a wide one two."""
    bottom = _TOP + _LINE * len(lines) + _BELOW
    drawn = Captioned(caption, bottom, 2 * _LEFT + _CELL * columns)
    for place, line in enumerate(lines):
        column = 0
        for piece in line:
            _draw(drawn.drawing, piece, _LEFT + _CELL * column, _TOP + _LINE * place)
            column += _columns(piece.text)
    return drawn.svg()


def _draw(drawing: Drawing, piece: Piece, x: float, y: float) -> None:
    text = piece.text

    def beside(place: int) -> float:
        """Where the text in front of a place ends."""
        return x + _CELL * _columns(text[:place])

    for found in _BLOCKS.finditer(text):
        blocks = found.group()
        fill = _SHADED.get(blocks[0], piece.fill)
        wide = _CELL * sum(_EIGHTHS.get(each, 8) for each in blocks) / 8
        drawing.box(beside(found.start()), y + 3, wide, _LINE - 5, fill)
    for found in _BRAILLE.finditer(text):
        for across, down in dots_in(found.group()):
            left = beside(found.start()) + _CELL * (across + 0.5) / 2
            drawing.dot((left, y + _LINE * (down + 0.5) / 4))
    blank = _BRAILLE.sub(" ", _BLOCKS.sub(lambda found: " " * len(found.group()), text))
    for found in _WORDS.finditer(blank):
        words = found.group()
        there = beside(found.start()), y + _LINE - 5
        drawing.letters(there, words, _CELL * _columns(words), is_bold=piece.is_bold)


def _columns(text: str) -> int:
    """The columns that a text takes: two for a wide letter."""
    if text.isascii():
        return len(text)
    return sum(1 + (unicodedata.east_asian_width(each) in "WF") for each in text)
