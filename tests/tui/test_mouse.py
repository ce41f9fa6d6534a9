"""The mouse: a click goes there, the wheel moves, a drag nudges; all of it off by a setting."""

from __future__ import annotations

from dsexplore.tui.link.driver import PacedDriver
from tests.tui.explorer import WIDE, Explorer, Start


def sgr(button: int, x: int, y: int, end: str = "M") -> str:
    """What a terminal sends for a button at a cell."""
    return f"\x1b[<{button};{x + 1};{y + 1}{end}"


async def test_a_click_on_a_tab_shows_it_and_one_on_a_row_of_a_full_screen_goes_there(
    explore: Start,
) -> None:
    async with explore(size=WIDE) as user:
        for title in (" Cost ", " Parallel "):
            x = user.screen[2].index(title) + 1
            await user.burst(sgr(0, x, 2) + sgr(0, x, 2, "m"))
        assert (user.page, user.panel) == ("Cost", "parallelism")
        assert not user.on_results
        await user.press("C")
        y = 8
        await user.burst(sgr(0, 9, y) + sgr(0, 9, y, "m"))
        assert user.screen[y].startswith("▸")


async def row_of(user: Explorer, label: str) -> int:
    return next(y for y, line in enumerate(user.screen) if label in line)


async def test_click_wheel_and_drag_do_what_keys_do(explore: Start) -> None:
    async with explore() as user:
        y = await row_of(user, "Hidden size")
        await user.burst(sgr(0, 4, y) + sgr(0, 4, y, "m"))
        assert user.field == "hidden_size"
        # Four cells to the right are two steps up, and two to the left one down.
        y = await row_of(user, "Layers")
        await user.burst(sgr(0, 30, y) + sgr(32, 32, y) + sgr(32, 34, y))
        assert (user.field, user.document.scenario.value("num_layers")) == ("num_layers", 63)
        await user.burst(sgr(32, 32, y) + sgr(0, 32, y, "m"))
        assert user.document.scenario.value("num_layers") == 62
        await user.press("z", "z", "z")
        assert not user.document.is_modified
        await user.burst(sgr(65, 4, 8))
        assert user.listed.index(user.field) == 3
        await user.burst(sgr(64, 4, 8))
        assert user.listed.index(user.field) == 0


async def test_the_mouse_goes_along_a_curve_and_a_drag_takes_the_cursor_along(
    explore: Start,
) -> None:
    async with explore() as user:
        await user.press("s")
        points = []
        for typed in (
            sgr(0, 79, 6) + sgr(0, 79, 6, "m"),
            sgr(64, 20, 8),
            sgr(0, 30, 8) + sgr(32, 26, 8),
            sgr(0, 11, 8, "m"),
        ):
            await user.burst(typed)
            points.append(
                next(line for line in user.screen if line.startswith(" Layers")).split()[1]
            )
        # The last of the values, the one before it, two further, and the first.
        assert points == ["73", "72", "70", "49"]


def test_moves_without_a_button_are_not_asked_for_and_nothing_is_where_the_mouse_is_off() -> None:
    for mouse, asked in ((True, "\x1b[?1000h\x1b[?1002h\x1b[?1006h"), (False, "")):
        sent: list[str] = []
        driver = PacedDriver.__new__(PacedDriver)
        driver.__dict__.update(_mouse=mouse, sender=type("S", (), {"send": sent.append}))
        driver._enable_mouse_support()
        assert "".join(sent) == asked
