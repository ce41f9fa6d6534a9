"""Any size of the terminal: nothing is lost between two of them, nothing sticks out."""

from __future__ import annotations

import itertools

import pytest

from tests.tui.explorer import Explorer, Start

SIZES = ((60, 15), (80, 24), (99, 30), (100, 30), (120, 40), (200, 60), (40, 10), (80, 24))


def assert_whole(user: Explorer) -> None:
    """Every strip is as wide as the screen, and there is one a row."""
    width, height = user.app.size
    strips = user.strips
    assert len(strips) == height
    assert {strip.cell_length for strip in strips} == {width}


async def test_resizing_keeps_the_row_and_what_is_being_typed(explore: Start) -> None:
    async with explore() as user:
        await user.go_to("scale_out_bandwidth")
        await user.type("25 G")
        for width, height in SIZES:
            await user.resize(width, height)
            assert_whole(user)
            assert user.field == "scale_out_bandwidth"
            assert user.editing is not None
            assert user.editing.text == "25 G"
            if (width, height) == (40, 10):
                assert "40 x 10 is too small; 60 x 15 will do." in user.shown
                assert "Scale-out" not in user.shown
            else:
                assert user.row.rstrip() in user.shown
        await user.type("B/s")
        await user.press("enter")
        assert user.document.scenario.value("scale_out_bandwidth") == 25e9


async def test_every_page_and_panel_fits_every_size(explore: Start) -> None:
    async with explore("deepseek-r1-epoch") as user:
        for width, height in SIZES[:-2]:
            await user.resize(width, height)
            for _ in range(6):
                await user.press("n")
                assert_whole(user)
            await user.press("tab")
            for _ in range(8):
                await user.press("v")
                assert_whole(user)
                await user.press("end")
                assert user.result_lines[-1].rstrip() in user.shown
            await user.press("tab")


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("", "down", "▸ Hidden"),
        ("?", "escape", "▸ Layers"),
        ("C", "question_mark", "Claims: Escape leaves"),
    ],
)
async def test_keys_in_a_tiny_terminal_do_nothing_on_any_screen(
    explore: Start, before: str, after: str, shown: str
) -> None:
    async with explore() as user:
        await user.burst(before)
        screens, there = len(user.app.screen_stack), user.shown
        await user.resize(59, 24)
        assert "59 x 24 is too small; 60 x 15 will do." in user.shown
        await user.burst("7q\r\x1b[B\x0f\x1b[6~z\t\x11")
        await user.paste("99")
        await user.resize(40, 10)
        assert user.screen[0].strip() == "40 x 10 is too small; 60 x 15 will do."
        await user.resize(80, 24)
        assert (len(user.app.screen_stack), user.shown) == (screens, there)
        assert not user.document.is_modified
        await user.press(after)
        assert shown in user.shown


async def test_a_taller_screen_leaves_no_room_empty(explore: Start) -> None:
    async with explore() as user:
        await user.press("end", "tab")
        await user.press("end")
        above = user.results.above
        assert above > 0
        await user.resize(150, 60)
        assert user.results.above == 0
        assert user.parameters.above == 0
        assert user.row.rstrip() in user.shown


async def test_there_is_a_word_about_what_does_not_show(explore: Start) -> None:
    async with explore() as user:
        assert "more ─" in user.screen[3]
        hidden = user.parameters.below
        assert f"↓ {hidden} more" in user.screen[3]
        await user.press("end")
        assert f"↑ {user.parameters.above}" in user.screen[3]
        await user.resize(120, 60)
        assert "more" not in user.screen[3]


async def test_dialogs_fit_every_size(explore: Start) -> None:
    for key, (width, height) in itertools.product(
        ("o", "w", "question_mark"), ((60, 15), (80, 24))
    ):
        async with explore(size=(width, height)) as user:
            await user.press(key)
            assert_whole(user)
            assert "╭" in user.shown
            assert "╰" in user.shown
