"""Keys that arrive in one read act in the order typed, on the screens they open and close."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import OptionList

from dsexplore.document.document import Document
from dsexplore.tui.dialogs.find_action import FindAction
from dsexplore.tui.dialogs.open import OpenDialog
from dsexplore.tui.screens.claims.screen import ClaimsScreen
from dsexplore.tui.screens.explain.screen import ExplainScreen
from tests.tui.explorer import Explorer, Start

ENTER, ESCAPE, UP, DOWN, PAGE_UP, PAGE_DOWN = "\r", "\x1b", "\x1b[A", "\x1b[B", "\x1b[5~", "\x1b[6~"
CLEAR, CTRL_P, CTRL_L, CTRL_Q, CTRL_S, F12 = "\x15", "\x10", "\x0c", "\x11", "\x13", "\x1b[24~"


def is_editing(user: Explorer) -> bool:
    return user.app.screen is user.main and user.editing is not None


async def test_what_follows_the_enter_that_closes_a_dialog_goes_to_the_screen_below(
    explore: Start, own_folders: Path
) -> None:
    async with explore() as user:
        await user.burst(f"48{ENTER}{CTRL_S}{CLEAR}mine.toml{ENTER}z{DOWN}5")
        assert [file.name for file in own_folders.iterdir()] == ["mine.toml"]
        assert Document(str(own_folders / "mine.toml")).scenario.value("num_layers") == 48
        assert is_editing(user)
        assert user.editing is not None
        assert (user.field, user.editing.text) == ("hidden_size", "5")


async def test_a_second_enter_in_the_same_read_is_not_the_dialogs(explore: Start) -> None:
    async with explore() as user:
        for keys in ("oh100", "Ah100", "cgrok", "R", CTRL_P + "row down", "W", "x", "P"):
            await user.burst(f"{keys}{ENTER}{ENTER}{ENTER}")
            while user.app.screen is not user.main or user.editing:
                await user.burst(ESCAPE)
                await user.press("escape")
        assert user.app.return_code is None


async def test_every_screen_takes_what_was_typed_ahead_of_it(explore: Start) -> None:
    async with explore() as user:
        await user.burst(f"{CTRL_P}claims{ENTER}{DOWN}{DOWN}")
        claims = user.app.screen
        assert isinstance(claims, ClaimsScreen)
        assert claims.cursor.row > 0
        await user.burst(f"/v3{ESCAPE}")
        await user.press("escape", "escape")
        assert user.app.screen is user.main
        await user.burst(f"e/total_cost{ENTER}{DOWN}{ENTER}")
        assert isinstance(user.app.screen, ExplainScreen)
        assert len(user.app.screen._path) == 3
        await user.burst("qqqtmfu\r50 %\rz")
        assert user.app.screen is user.main
        assert user.message.startswith("Undone")


@pytest.mark.parametrize(
    ("burst", "screen"),
    [
        (f"{CTRL_P}{PAGE_UP}{PAGE_DOWN}", FindAction),
        (f"C{PAGE_DOWN}{PAGE_UP}{PAGE_UP}", ClaimsScreen),
        (f"o{PAGE_UP}nothing of that name{PAGE_UP}{PAGE_DOWN}{UP}{CLEAR}~nosuch/x", OpenDialog),
    ],
)
async def test_paging_and_odd_names_in_a_screen_just_opened_do_no_harm(
    explore: Start, burst: str, screen: type
) -> None:
    async with explore() as user:
        await user.burst(burst)
        assert isinstance(user.app.screen, screen)


async def test_a_screen_closed_by_the_very_next_key_leaves_nothing_behind(explore: Start) -> None:
    async with explore() as user:
        await user.press("C", "escape", "o", "escape", "e", "right", "escape", "escape", "C", "q")
        await user.press("C", "down", "?", "escape", "escape")
        await user.burst(f"{ESCAPE}{F12}")
        await user.press("escape", "down")
        assert user.app.screen is user.main
        assert user.field == "hidden_size"


async def test_nothing_typed_behind_the_key_that_leaves_is_followed(explore: Start) -> None:
    async with explore() as user:
        await user.burst(f"C{CTRL_Q}48{ENTER}")
        assert user.app.return_code == 0
        assert not user.document.is_modified


async def test_a_resize_amid_keys_comes_in_its_turn(explore: Start) -> None:
    async with explore() as user:
        await user.press("o")
        await user.resize(40, 10)
        await user.resize(120, 40)
        await user.burst(f"r1{ENTER}")
        assert user.document.name.startswith("deepseek-r1")


async def test_redrawing_leaves_what_is_typed_and_the_screen_on_top(explore: Start) -> None:
    async with explore() as user:
        await user.burst(f"4{CTRL_L}8")
        assert user.editing is not None
        assert user.editing.text == "48"
        await user.burst(f"{ENTER}or1{CTRL_L}{ENTER}{CTRL_L}C{CTRL_L}")
        assert isinstance(user.app.screen, ClaimsScreen)
        assert user.document.name.startswith("deepseek-r1")


async def test_pages_of_a_list_without_room_move_by_one(explore: Start) -> None:
    async with explore(size=(60, 15)) as user:
        await user.burst("\tt")
        found = user.app.screen.query_one(OptionList)
        found.styles.height = 0
        await user.burst("")
        for keys, at in ((PAGE_DOWN, 1), (PAGE_DOWN, 2), (PAGE_UP, 1)):
            await user.burst(keys)
            assert found.highlighted == at
