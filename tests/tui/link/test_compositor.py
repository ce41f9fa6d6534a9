"""What a terminal has been sent, cell by cell, is what the screen shows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from rich.console import Console
from textual._compositor import CompositorUpdate, LayoutUpdate
from textual._context import visible_screen_stack

from dsexplore.tui.app import ExplorerApp
from dsexplore.tui.link.compositor import CellsUpdate, FrontCompositor

SIZES = [(80, 24), (200, 60)]
_PIECE = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[[0-9;]*m|(\n)|(.)", re.DOTALL)
# Edits, columns that scroll, pages, dialogs over the main screen, screens of their own.
KEYS = (
    *("right", "right", "down", "pagedown", "left", "tab", "pagedown", "down", "up"),
    *("right_square_bracket", "p", "escape", "b", "tab", "question_mark", "pagedown", "escape"),
    *("slash", "l", "a", "y", "escape", "z", "c", "escape", "h", "escape"),
)


class Terminal:
    """Cells as a terminal has them after what it was sent."""

    def __init__(self, width: int, height: int) -> None:
        self.rows = [[" "] * width for _ in range(height)]
        self._console = Console(force_terminal=True, color_system=None, width=width)

    def take(self, update: CompositorUpdate) -> None:
        x = y = 0
        for line, column, feed, character in _PIECE.findall(update.render_segments(self._console)):
            if line:
                x, y = int(column) - 1, int(line) - 1
            elif feed:
                x, y = 0, y + 1
            elif character:
                self.rows[y][x] = character
                x += 1

    @property
    def text(self) -> list[str]:
        return ["".join(row) for row in self.rows]


def frame(screen: FrontCompositor, full: bool = False, screen_stack: Any = None) -> object:
    """As Textual has it; other tests draw no frame until somebody looks."""
    visible_screen_stack.set(screen_stack or [])
    whole = full or screen.size.region in screen._dirty_regions
    return screen.render_full_update() if whole else screen.render_partial_update()


@pytest.mark.parametrize("size", SIZES)
async def test_after_every_key_the_terminal_has_what_the_screen_shows(explore, monkeypatch, size):
    terminal = Terminal(*size)

    def display(app: ExplorerApp, screen: object, update: object) -> None:
        if isinstance(update, CellsUpdate | LayoutUpdate) and not app._batch_count:
            sent = app.yet_to_show(update)
            if sent is not None:
                terminal.take(sent)

    monkeypatch.setattr(ExplorerApp, "_display", display)
    monkeypatch.setattr(FrontCompositor, "render_update", frame, raising=False)
    async with explore(size=size) as user:
        for key in KEYS:
            await user.press(key)
            assert terminal.text == user.screen, key
