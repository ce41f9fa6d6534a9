"""A screen that forgets no change, which all others are made from."""

from __future__ import annotations

from textual.screen import Screen, ScreenResultType
from textual.widget import Widget

from dsexplore.tui.link.compositor import FrontCompositor


class WholeScreen(Screen[ScreenResultType]):
    """Draws what its widgets have changed also where it has something to draw itself.

    Textual's own forgets the widgets' changes then: the cells stayed as they were until the next
    change of the same widget.
    """

    def __init__(self) -> None:
        super().__init__()
        self._compositor = FrontCompositor()

    def show_now(self) -> None:
        """Send what has changed: Textual's own way there is a round of messages and a timer.

        What must be laid out or styled first goes that way.
        """
        if not self.is_current or self.app._batch_count:
            return
        widgets = [self, *self.walk_children(Widget)]
        if any(each._layout_required or each._refresh_styles_required for each in widgets):
            return
        for each in widgets:
            if each._repaint_required and each is not self:
                each._repaint_required = False
                if each.display:
                    self._dirty_widgets.add(each)
        self._on_timer_update()

    def _on_timer_update(self) -> None:
        if self._repaint_required:
            self._compositor.update_widgets(self._dirty_widgets)
        super()._on_timer_update()
