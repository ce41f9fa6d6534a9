"""The tour as it runs: which step one is at, said under every screen."""

from __future__ import annotations

from textual.screen import Screen

from dsexplore.document.document import Document
from dsexplore.tui.keys.actions import key_of
from dsexplore.tui.keys.keymap import Keymap
from dsexplore.tui.main.screen import MainScreen
from dsexplore.tui.screens.too_small import TooSmall
from dsexplore.tui.tour.steps import BEGINS, END, STEPS, Seen
from dsexplore.tui.widgets.line_block import LineBlock
from dsexplore.tui.widgets.lines import wrapped

_LINES = 3
_BAR = "tour"


class Tour:
    """A main screen with a document of its own, and the steps to take there."""

    def __init__(self, keys: Keymap) -> None:
        self._keys = keys
        self._at = 0
        # Without a journal: nothing of it is kept, and nothing of the user's is touched.
        self.main = MainScreen(Document(BEGINS), keys)

    def look(self, top: Screen[object]) -> None:
        """See whether the step is done, and say what is next under the screen on top."""
        seen = Seen(self.main.session, top)
        while self._at < len(STEPS) and STEPS[self._at].is_done(seen):
            self._at += 1
            self.main.session.performed.clear()
        if not isinstance(top, TooSmall) and top.is_mounted:
            self._say(top)

    def _say(self, top: Screen[object]) -> None:
        bar = next((each for each in top.query_children(LineBlock) if each.id == _BAR), None)
        if bar is None:
            bar = LineBlock(_BAR)
            top.mount(bar)
        width = top.app.size.width
        bar.show([((f" {line}", "key"),) for line in wrapped(self._words(), width - 2, _LINES)])

    def _words(self) -> str:
        bound = {name: key_of(self._keys, name) for name in self._keys}
        if self._at == len(STEPS):
            return END.format(**bound)
        leave = f" ({bound['quit']} leaves)" if self._at == 0 else ""
        return f"Tour {self._at + 1} of {len(STEPS)}{leave}. {STEPS[self._at].text.format(**bound)}"
