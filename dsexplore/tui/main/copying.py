"""What can be copied from the place where one is: a value, its row, the page."""

from __future__ import annotations

import re

from dsexplore.scenario.scenario import FIELDS
from dsexplore.tui.main.session import Session
from dsexplore.tui.widgets.line_block import Sheet

_MARK = "▸"
# A picture that stays as it is without a network.
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def copied_texts(session: Session) -> dict[str, tuple[str, str]]:
    """By key: what would be copied, in a word or two, and its text."""
    side, document = session.side, session.document
    found = {}
    if name := side.name:
        value = document.field_text(name) if name in FIELDS else document.result_text(name)
        found["v"] = (f"the value {value}", value)
    rows = lines_of(side.sheet)
    if here := [line for line in rows if line.startswith(_MARK)]:
        found["r"] = ("the row", here[0].removeprefix(_MARK).strip())
    found["p"] = ("the page", page_text(side.sheet))
    return found


def lines_of(sheet: Sheet) -> list[str]:
    """Every line of a sheet as text."""
    return ["".join(text for text, _ in line).rstrip() for line in sheet.lines]


def page_text(sheet: Sheet) -> str:
    """A whole sheet as text, without the cursor's mark."""
    plain = (line.replace(_MARK, " ", 1) if line[:1] == _MARK else line for line in lines_of(sheet))
    return "\n".join(plain) + "\n"


def without_fonts(svg: str) -> str:
    """A picture that fetches nothing: the viewer's own fonts do."""
    return _FONT_FACE.sub("", svg)
