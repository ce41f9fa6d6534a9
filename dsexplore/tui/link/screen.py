"""A screen that forgets no change, which all others are made from."""

from __future__ import annotations

from textual.screen import Screen, ScreenResultType


class WholeScreen(Screen[ScreenResultType]):
    """Draws what its widgets have changed also where it has something to draw itself.

    Textual's own forgets the widgets' changes then: the cells stayed as they were until the next
    change of the same widget.
    """

    def _on_timer_update(self) -> None:
        if self._repaint_required:
            self._compositor.update_widgets(self._dirty_widgets)
        super()._on_timer_update()
