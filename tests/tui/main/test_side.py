"""Going from one side to the other on a narrow screen: what shows is what is in force."""

from __future__ import annotations

from tests.tui.explorer import NARROW, Explorer, Start


def drawn_results(user: Explorer) -> list[str]:
    """The results as the terminal has them, without the marks of the cursor."""
    top = user.results.region.y
    height = user.results.size.height
    return [line.rstrip() for line in user.screen[top : top + height]]


def held_results(user: Explorer) -> list[str]:
    """The results as the sheet holds them."""
    top = user.results.above
    lines = user.result_lines[top : top + user.results.size.height]
    held = [line.rstrip() for line in lines]
    return held + [""] * (user.results.size.height - len(held))


async def test_results_that_changed_out_of_sight_are_drawn_anew(explore: Start) -> None:
    async with explore("deepseek-r1-zero-predicted", size=NARROW) as user:
        for page, length in (("Overview", 3000), ("RL", 3200), ("Serving", 3400), ("Cost", 3600)):
            await user.show_page(page)
            assert drawn_results(user) == held_results(user), page
            await user.press("tab")
            await user.go_to("response_length")
            await user.type(str(length))
            await user.press("enter", "tab")
            assert drawn_results(user) == held_results(user), page
            await user.press("tab")


async def test_another_scenarios_page_leaves_nothing_behind(explore: Start) -> None:
    async with explore("deepseek-r1-epoch", size=NARROW) as user:
        await user.show_page("RL")
        await user.press("tab")
        await user.press("o")
        await user.type("deepseek-serving")
        await user.press("enter")
        await user.press("tab")
        assert drawn_results(user) == held_results(user)
        for _ in range(3):
            await user.press("n")
            assert drawn_results(user) == held_results(user)
