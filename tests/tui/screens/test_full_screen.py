"""What every screen over the main one gives: saving, leaving and help, in its last line."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

from tests.tui.explorer import NARROW, Explorer, Start


async def test_save_help_and_quit_are_in_the_last_line(explore: Start) -> None:
    async with explore(size=NARROW) as user:
        for key in "hsea":
            await user.press(key)
            assert user.screen[-1].rstrip().endswith("^s save  ? help  ^q quit"), key
            await user.press("escape")
            assert user.app.screen is user.main


async def test_a_screen_saves_the_scenario_and_says_so(
    explore: Start, own_folders: Path, tmp_path: Path
) -> None:
    async with explore() as user:
        await user.type("62")
        await user.press("enter", "h", "ctrl+s", "ctrl+u")
        file = tmp_path / "sixty-two.toml"
        await user.type(str(file))
        await user.press("enter")
        assert user.app.screen is not user.main
        assert "Saved" in _said(user)
        assert file.exists()
        assert not user.document.is_modified
        await user.press("escape")
        assert user.app.screen is user.main


async def test_screens_and_dialogs_that_were_left_are_let_go(explore: Start) -> None:
    async with explore() as user:
        opened = []
        for key in ("h", "e", "o", "question_mark", "D"):
            await user.press(key)
            assert user.app.screen is not user.main
            opened.append(weakref.ref(user.app.screen))
            await user.press("escape")
            assert user.app.screen is user.main
        gc.collect()
        # Textual may remember the last one until the next.
        assert [screen() for screen in opened[:-1]] == [None] * 4


def _said(user: Explorer) -> str:
    return "".join(line.strip() for line in user.screen[-4:-1])
