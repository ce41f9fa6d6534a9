"""The action that finds."""

from __future__ import annotations

from dsexplore.tui.main.finder import Finder


class FindActions:
    """Asks what to find, and goes there."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def find(self) -> None:
        """Find anything, and go there."""
        self._finder.look_for("")
