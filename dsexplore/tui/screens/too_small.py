"""What a terminal without room for the explorer shows."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.geometry import Size

from dsexplore.tui.link.screen import WholeScreen
from dsexplore.tui.typed_ahead import KeyTaker
from dsexplore.tui.widgets.line_block import ROLE_CLASSES, LineBlock

SMALLEST = Size(60, 15)


class TooSmall(WholeScreen[None], KeyTaker):
    """A sentence over all other screens: no key may act where its effect cannot be seen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = ROLE_CLASSES

    def compose(self) -> ComposeResult:
        """One block of lines."""
        yield LineBlock("too-small")

    def take_key(self, event: events.Key) -> bool:
        """Do nothing, and let nobody else do anything."""
        return True

    def on_mount(self) -> None:
        """Say so at once."""
        self._draw()

    def on_resize(self) -> None:
        """Name the new size."""
        self._draw()

    def _draw(self) -> None:
        size, least = self.app.size, SMALLEST
        said = f"{size.width} x {size.height} is too small; {least.width} x {least.height} will do."
        self.query_one(LineBlock).show([((said, "plain"),)])


def is_too_small(size: Size) -> bool:
    """Whether the explorer has no room."""
    return size.width < SMALLEST.width or size.height < SMALLEST.height
