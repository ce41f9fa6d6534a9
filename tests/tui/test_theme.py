"""Themes: the user's, or the default and a word about it."""

from __future__ import annotations

from rich.color import Color, ColorSystem

from dsexplore.tui.settings import Settings
from dsexplore.tui.themes import DARK, LIGHT
from tests.tui.explorer import Start


async def test_an_unknown_theme_falls_back_and_says_so(explore: Start) -> None:
    async with explore(settings=Settings(theme="solarised-mauve")) as user:
        assert user.message == "There is no theme 'solarised-mauve'; terminal is used."
        assert user.app.theme == "terminal"


async def test_a_known_theme_is_taken(explore: Start) -> None:
    async with explore(settings=Settings(theme="textual-light")) as user:
        assert user.app.theme == "textual-light"
        assert user.message == ""


async def test_nothing_blinks_or_moves_by_itself(explore: Start) -> None:
    async with explore() as user:
        assert user.app.animation_level == "none"
        await user.press("o")
        assert user.app.focused is not None
        assert user.app.focused.cursor_blink is False  # type: ignore[attr-defined]


def test_meanings_keep_apart_on_a_terminal_of_sixteen_colours() -> None:
    greys = {0, 7, 8, 15}
    for theme in (DARK, LIGHT):
        names = (theme.primary, theme.warning, theme.success, theme.accent, theme.error)
        shown = [Color.parse(name or "").downgrade(ColorSystem.STANDARD).number for name in names]
        assert len({*shown} - greys) == len(names), theme.name
