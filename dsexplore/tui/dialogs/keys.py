"""The dialog that lists every key."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from dsexplore.tui.dialogs.dialog import Dialog


class KeysDialog(Dialog):
    """The keys of one screen, for which its last line has no room."""

    def __init__(self, of: str, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._of = of
        self._keys = keys

    def compose(self) -> ComposeResult:
        """A row a key."""
        table = Table.grid(padding=(0, 2, 0, 0))
        for key, text in (*self._keys, ("q", "leave, as esc does")):
            table.add_row(Text(key, style="bold"), Text(text))
        with Vertical():
            yield Static(f"{self._of}: Escape leaves", classes="prompt", markup=False)
            yield Static(table)
