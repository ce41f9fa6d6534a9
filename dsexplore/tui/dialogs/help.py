"""Help: the explorer in a few words, how values are typed, and every key."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from dsexplore.tui.dialogs.dialog import Dialog
from dsexplore.tui.dialogs.keys import key_table
from dsexplore.tui.dialogs.words import Said
from dsexplore.tui.keys.actions import ACTIONS, shown_key
from dsexplore.tui.keys.keymap import Keymap

_ABOUT = (
    "What training a large language model costs, and why. The results follow every change of a "
    "parameter at once; a value that differs from the baseline is marked * with its change.",
    "Values are typed as people write them: 14.8T, 671B, 989 TFLOP/s, 50 GB/s, 22.8 %, $2, 3.7 d, "
    "1_024, 2**20, 2048*8, 98.32/8. GB is 1e9 bytes, GiB is 2**30.",
    "A refused value stays on its row with the reason; the last valid one stays in force.",
)

_KEYS = 20


class HelpScreen(Dialog):
    """Everything a key does, read off the table of actions."""

    def __init__(self, keys: Keymap) -> None:
        super().__init__("Help: Escape leaves")
        self._keys = keys

    def content(self) -> ComposeResult:
        """A text that scrolls."""
        with VerticalScroll(can_focus=True):
            yield Said("\n\n".join(_ABOUT) + "\n")
            yield key_table(self._rows(), _KEYS)

    def on_mount(self) -> None:
        """The arrows scroll."""
        self.query_one(VerticalScroll).focus()

    def _rows(self) -> Iterator[tuple[str, str]]:
        """Every action: its keys, then its title and help."""
        for action in ACTIONS:
            bound = "  ".join(shown_key(key) for key in self._keys[action.name])
            yield bound, f"{action.title}\n{action.help}"
