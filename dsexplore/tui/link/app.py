"""An application that skips frames nobody can have seen, and sends no cell twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from rich.console import RenderableType
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer

from dsexplore.files.served import is_served
from dsexplore.tui.link.compositor import CellsUpdate
from dsexplore.tui.link.driver import PacedDriver
from dsexplore.tui.link.shown import Piece, Shown

# A link that stands still for longer shows one frame in so many seconds when it comes back.
_PATIENCE = 10.0


class PacedApp(App[None]):
    """Draws at the pace of its terminal: while that is behind, changes wait and are drawn at once.

    Keys are followed all the same, so that a burst costs one frame, not one each.
    """

    def __init__(self, **named: Any) -> None:
        self._shown = Shown()
        # In a browser the server's driver, which the environment names, takes its place.
        super().__init__(driver_class=None if is_served() else PacedDriver, **named)
        # No screen has room for either, and each of their widgets costs a start.
        self._disable_notifications = self._disable_tooltips = True
        # Whether it ended though its user did not leave: a closed page, a server that stops.
        self.is_cut_off = False
        self._unseen: set[Region] = set()
        self._giving_up: Timer | None = None

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        driver = self._driver
        if isinstance(driver, PacedDriver) and driver.pace.is_behind and not self._batch_count:
            skipped = _regions(renderable)
            self._unseen.update(skipped)
            driver.is_awaited = bool(self._unseen)
            if driver.is_awaited and self._giving_up is None:
                self._giving_up = self.set_timer(_PATIENCE, self._give_up)
            # An answer that came in between was told to nobody.
            if driver.is_awaited and not driver.pace.is_behind:
                self.on_caught_up()
            return
        is_drawn = self._running and not self._closed and not self._batch_count
        frame: Any = renderable
        if is_drawn and isinstance(renderable, CellsUpdate | LayoutUpdate):
            frame = self.yet_to_show(renderable)
        if not isinstance(driver, PacedDriver):
            super()._display(screen, frame)
            return
        driver.sender.hold()
        try:
            super()._display(screen, frame)
        finally:
            driver.sender.release()

    def yet_to_show(self, frame: CellsUpdate | LayoutUpdate) -> CellsUpdate | None:
        """What of a frame the terminal does not show already; it will be sent."""
        parts = self._shown.differing(_pieces(frame), self.size)
        return CellsUpdate(parts) if parts else None

    def refresh(
        self, *, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Draw everything, whatever the terminal shows."""
        self._shown.forget()
        return super().refresh(repaint=repaint, layout=layout, recompose=recompose)

    def on_resize(self) -> None:
        """Draw everything: terminals move what they show, each in its own way."""
        self._shown.forget()

    def on_exit_app(self) -> None:
        """End without having been left."""
        self.is_cut_off = True

    def on_caught_up(self) -> None:
        """Draw what was skipped, as it is now."""
        driver = self._driver
        if not isinstance(driver, PacedDriver) or driver.pace.is_behind:
            return
        driver.is_awaited = False
        if self._giving_up is not None:
            self._giving_up.stop()
            self._giving_up = None
        everywhere = self.screen.size.region
        regions = [region.intersection(everywhere) for region in self._unseen]
        self._unseen.clear()
        if regions := [region for region in regions if region]:
            self.screen.refresh(*regions)

    def on_resumed(self) -> None:
        """Draw everything again."""
        self.refresh()

    def _give_up(self) -> None:
        if isinstance(self._driver, PacedDriver):
            self._driver.pace.give_up()
        self._giving_up = None
        self.on_caught_up()


def _regions(update: RenderableType | None) -> list[Region]:
    """Where an update draws on the screen."""
    if isinstance(update, CellsUpdate):
        return update.regions
    return [update.region] if isinstance(update, LayoutUpdate) else []


def _pieces(frame: CellsUpdate | LayoutUpdate) -> Sequence[Piece]:
    if isinstance(frame, CellsUpdate):
        return frame.pieces
    x, first = frame.region.offset
    return [Piece(x, y, Strip.join(line)) for y, line in enumerate(frame.strips, first)]
