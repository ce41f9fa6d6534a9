"""The keys of one screen, and the table in which keys are listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from dsexplore.text.plain import clean
from dsexplore.tui.dialogs.dialog import ReadingDialog

# Where rows have no end.
_MOVES = ("pgup", "up by a screenful; pgdn down, home and end to the ends")


class KeysDialog(ReadingDialog):
    """Every key of one screen; its last line has room for some."""

    def __init__(self, of: str, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__(f"{of}: Escape leaves")
        self._keys = keys

    def content(self) -> ComposeResult:
        """A row per key, which scroll where they have no room."""
        with VerticalScroll(can_focus=True):
            yield key_table((*self._keys, _MOVES))


def key_table(rows: Iterable[tuple[str, str]], width: int | None = None) -> Static:
    """Keys at the left, in so many cells or as many as they need, and their words at the right."""
    listed = [*rows]
    if width is not None:
        width = max([width, *(cell_len(keys) for keys, _ in listed)])
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=width)
    table.add_column(ratio=None if width is None else 1)
    for keys, text in listed:
        table.add_row(Text(clean(keys), style="bold"), Text(text))
    return Static(table)
