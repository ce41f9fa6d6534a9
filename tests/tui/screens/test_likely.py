"""Medians in place of results, and the distribution of one of them."""

from __future__ import annotations

from dsexplore.analysis.simulate.simulate import simulate
from dsexplore.library.open import load
from dsexplore.tui.screens.likely.rows import likely_rows
from dsexplore.tui.screens.likely.screen import LikelyScreen
from dsexplore.tui.widgets.lines import width_of
from tests.tui.explorer import WIDE, Start, text_of


def test_rows_say_how_likely_a_budget_is_and_what_carries_the_spread() -> None:
    scenario = load("deepseek-r1-epoch")
    found = simulate(scenario, ["total_cost", "total_parameters"], 4_096)
    rows = likely_rows(scenario, found, "total_cost", [1e3, 6.5e6, 1e9], 80)
    lines = [text_of(row.line) for row in rows]
    assert max(width_of(row.line) for row in rows) <= 80
    budgets = [line for line in lines if line.startswith((" $1,000", " $6.5 M", " $1 B"))]
    assert " 0 %" in budgets[0]
    assert " 100 %" in budgets[-1]
    assert [row.name for row in rows if row.name] == ["rl_phases", "questions_per_step"]
    certain = likely_rows(scenario, found, "total_parameters", [], 80)
    assert "nothing uncertain moves it" in "".join(text_of(row.line) for row in certain)


async def test_medians_stand_in_for_results_on_every_page_and_follow_an_edit(
    explore: Start,
) -> None:
    async with explore("deepseek-r1-epoch", size=WIDE) as user:
        before = user.result("Total cost")
        assert "…" not in before
        await user.press("u")
        assert "medians, 90 % ranges" in user.title
        assert "questions_per_step" in user.message
        assert "$6.58 M  $6.11 … 7.45 M" in user.result("Total cost")
        assert "…" not in user.result("Active")
        await user.go_to("price_per_gpu_hour")
        await user.type("4")
        await user.press("enter")
        assert "$13.2 M" in user.result("Total cost")
        await user.show_page("All")
        row = next(line for line in user.result_lines if "rl_gpu_hours" in line)
        assert "…" in row
        await user.press("z", "u")
        await user.show_page("Overview")
        assert user.result("Total cost") == before
        assert "medians" not in user.title


async def test_a_budget_is_asked_about_and_an_uncertain_field_gone_to(explore: Start) -> None:
    async with explore("deepseek-r1-epoch") as user:
        await user.press("tab", "U")
        assert isinstance(user.app.screen, LikelyScreen)
        await user.press("b")
        await user.type("7 apples")
        await user.press("enter")
        assert "apples" in user.shown
        await user.press("ctrl+u")
        await user.type("$7M")
        await user.press("enter", "end")
        assert "$7 M" in user.shown
        await user.press("enter")
        assert user.field in ("rl_phases", "questions_per_step")


async def test_what_nothing_is_uncertain_about_says_so(explore: Start) -> None:
    async with explore("gpt-4-reported") as user:
        await user.press("U")
        await user.type("total_parameters")
        await user.press("enter")
        assert "nothing uncertain" in user.shown.lower()
        await user.press("escape")
        assert user.app.screen is user.main
