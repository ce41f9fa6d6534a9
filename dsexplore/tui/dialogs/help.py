"""Help: what the explorer is, how values are typed, every key and what it does."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from dsexplore.tui.dialogs.dialog import Dialog
from dsexplore.tui.keys.actions import ACTIONS, shown_key
from dsexplore.tui.keys.keymap import Keymap

_ABOUT = (
    "What training a large language model costs, and why. Every change of a parameter is followed "
    "at once by the results; what differs from the baseline is marked * and carries its change.",
    "Values are typed as people write them: 14.8T, 671B, 989 TFLOP/s, 50 GB/s, 22.8 %, $2, 3.7 d, "
    "1_024, 2**20, 2048*8, 98.32/8. GB is 1e9 bytes, GiB is 2**30.",
    "A value that is refused stays on its row with the reason; the last good one stays in force.",
)

_KEYS = 20


class HelpScreen(Dialog):
    """Everything a key does, read off the table of actions."""

    def __init__(self, keys: Keymap) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """A text that scrolls."""
        with Vertical():
            yield Static("Help: Escape leaves", classes="prompt", markup=False)
            with VerticalScroll(can_focus=True):
                yield Static("\n\n".join(_ABOUT) + "\n", markup=False)
                yield Static(help_table(self._keys))

    def on_mount(self) -> None:
        """The arrows scroll."""
        self.query_one(VerticalScroll).focus()


def help_table(keys: Keymap) -> Table:
    """Every action: its keys at the left, its title and help at the right."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=_KEYS)
    table.add_column(ratio=1)
    for action in ACTIONS:
        bound = "  ".join(shown_key(key) for key in keys[action.name])
        table.add_row(Text(bound, style="bold"), Text(f"{action.title}\n{action.help}"))
    return table
