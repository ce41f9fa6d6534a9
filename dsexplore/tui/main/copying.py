"""What can be copied from the place where one is: a value, its row, the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from dsexplore.document.document import Document
from dsexplore.engine.names import is_result
from dsexplore.scenario.scenario import FIELDS
from dsexplore.tui.widgets.line_block import Sheet
from dsexplore.tui.widgets.lines import Line

_MARK = "▸"
# A picture that stays as it is without a network.
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)

# By key: what would be copied, in a word or two, and its text.
Copied = Mapping[str, tuple[str, str]]


def copied_texts(
    document: Document, name: str, page: Sequence[str], row: str, point: Sequence[Line] = ()
) -> Copied:
    """What can be copied of a page of lines, with the cursor on a row of a name; both may be empty.

    `point`: what is said of the cursor's place where it is on no row, as in a plot.
    """
    found = {}
    if name in FIELDS or is_result(name):
        value = document.field_text(name) if name in FIELDS else document.result_text(name)
        found["v"] = (f"the value {value}", value)
    if row:
        found["r"] = ("the row", row.strip())
    elif said := "".join(map(plain_text, point[:1])).strip():
        found["r"] = ("the point", said)
    found["p"] = ("the page", "\n".join(page) + "\n")
    return found


def offered(texts: Copied) -> str:
    """What to press for which text."""
    return f"Copy: {', '.join(f'{key} {what}' for key, (what, _) in texts.items())}."


def taken(texts: Copied, key: str, again: Sequence[str], copy: Callable[[str], str]) -> str:
    """Copy the text of a key, or the first with the key that asks; says what came of it."""
    key = next(iter(texts)) if key in ("enter", *again) else key
    if key not in texts:
        return ""
    what, text = texts[key]
    return f"Copied {what}: {copy(text)}."


def text_of_sheet(sheet: Sheet) -> tuple[list[str], str]:
    """Every line of a sheet as text without the cursor's mark, and the line that has it."""
    lines = [plain_text(line) for line in sheet.lines]
    row = next((line.removeprefix(_MARK) for line in lines if line.startswith(_MARK)), "")
    return [f" {line[1:]}" if line[:1] == _MARK else line for line in lines], row


def plain_text(line: Line) -> str:
    """A line as text."""
    return "".join(text for text, _ in line).rstrip()


def without_fonts(svg: str) -> str:
    """A picture that fetches nothing: the viewer's own fonts do."""
    return _FONT_FACE.sub("", svg)
