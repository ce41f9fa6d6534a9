"""Help: the explorer in a few words, how values are typed, and every key."""

from __future__ import annotations

from collections.abc import Iterator

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from dsexplore.tui.dialogs.dialog import ReadingDialog
from dsexplore.tui.dialogs.keys import key_table
from dsexplore.tui.dialogs.words import Said
from dsexplore.tui.keys.actions import ACTIONS, shown_key, shown_together
from dsexplore.tui.keys.keymap import Keymap

_ABOUT = (
    "What training a large language model costs, and why. The results follow every change of a "
    "parameter at once; a value that differs from the baseline is marked * with its change.",
    "▲ and ▼ say whether a result rose or fell, + before them that this is better and - that it is "
    "worse; ~ that it is sure to no more than a tenth.",
    "Values are typed as people write them: 14.8T, 671B, 989 TFLOP/s, 50 GB/s, 22.8 %, $2, 3.7 d, "
    "1_024, 2**20, 2048*8, 98.32/8. GB is 1e9 bytes, GiB is 2**30.",
    "A refused value stays on its row with the reason; the last valid one stays in force.",
)

_KEYS, _FEW = 20, 5
# What matters first, on either side: actions, and what their keys are for in a few words.
_FIRST: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("row_up", "row_down"), "Go to a field.", "Go to a result."),
    (("nudge_down", "nudge_up"), "Change the field by a step; every result follows.", ""),
    (("edit",), "Type a value, or choose one.", "Explain the result: its formula and sources."),
    (("explain",), "Explain the field: what it is for, and its source.", ""),
    (("target",), "", "Set a target for the result, and find what meets it."),
    (("compare",), "", "Compare with another scenario."),
    (("next_tab",), "Next panel of parameters.", "Next page of results."),
    (("go_to_page",), "Go to a page of results by its letter.",
     "Go to a page by its letter."),
    (("other_side",), "Go to the results.", "Go to the parameters, to change one."),
    (("find",), "Find anything by name.", "Find anything by name."),
    (("undo",), "Undo.", "Undo."),
    (("save",), "Save.", "Save."),
    (("quit",), "Leave; unsaved work is asked about.", "Leave; unsaved work is asked about."),
)  # fmt: skip


class HelpScreen(ReadingDialog):
    """The keys that matter here; once more, everything that keys do, as the table has it."""

    def __init__(self, keys: Keymap, *, on_results: bool) -> None:
        self._again = " or ".join(shown_key(key) for key in keys["help"])
        super().__init__(f"Keys that matter here; {self._again} shows all, Escape leaves")
        self._keys = keys
        self._on_results = on_results
        self._is_whole = False

    def content(self) -> ComposeResult:
        """A text that scrolls."""
        with VerticalScroll(can_focus=True):
            yield key_table(self._first(), _FEW)

    async def on_key(self, event: events.Key) -> None:
        """Show everything."""
        if event.key not in self._keys["help"] or self._is_whole:
            return
        event.stop()
        self._is_whole = True
        self.query_one(".prompt", Said).update("Help: Escape leaves")
        text = self.query_one(VerticalScroll)
        await text.remove_children()
        await text.mount(Said("\n\n".join(_ABOUT) + "\n"), key_table(self._all(), _KEYS))
        text.scroll_home(animate=False)

    def _first(self) -> Iterator[tuple[str, str]]:
        """What matters on this side."""
        for names, on_parameters, on_results in _FIRST:
            keys = shown_together([key for name in names for key in self._keys[name][:1]])
            text = on_results if self._on_results else on_parameters
            if keys and text:
                yield keys, text

    def _all(self) -> Iterator[tuple[str, str]]:
        """Every action: its keys, then its title and help."""
        for action in ACTIONS:
            bound = "  ".join(shown_key(key) for key in self._keys[action.name])
            yield bound, f"{action.title}\n{action.help}"
