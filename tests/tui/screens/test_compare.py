"""Comparing on the screen: what differs, and which fields make the difference."""

from __future__ import annotations

import pytest

from dsexplore.tui.screens.compare.screen import CompareScreen, CompareWith
from dsexplore.tui.screens.explain.screen import ExplainScreen
from tests.tui.explorer import NARROW, WIDE, Start

SIZES = (NARROW, WIDE)


@pytest.mark.parametrize("size", SIZES)
async def test_a_change_is_compared_with_the_baseline(
    explore: Start, size: tuple[int, int]
) -> None:
    async with explore(size=size) as user:
        await user.go_to("price_per_gpu_hour")
        await user.type("4")
        await user.press("enter")
        await user.press("c")
        assert isinstance(user.app.screen, CompareWith)
        await user.press("enter")
        assert isinstance(user.app.screen, CompareScreen)
        assert "total_cost: $5.576 M in the baseline, $11.15 M in deepseek-v3, × 2" in user.shown
        cause = next(line for line in user.screen if "Price per GPU-hour" in line)
        assert "× 2" in cause
        assert "▲" in cause


async def test_two_estimates_of_rl_differ_by_named_fields(explore: Start) -> None:
    async with explore("deepseek-r1-zero-disclosed", size=WIDE) as user:
        await user.press("c")
        await user.type("zero-est")
        await user.press("enter")
        assert "Compare deepseek-r1-zero-estimate → deepseek-r1-zero-disclosed" in user.screen[0]
        assert "What makes the difference" in user.shown
        assert "rl_cost" in user.shown
        await user.press("n")
        assert "Compare deepseek-r1-zero-disclosed → deepseek-r1-zero-estimate" in user.screen[0]


async def test_enter_on_a_result_says_what_makes_it_and_e_explains_it(explore: Start) -> None:
    async with explore("llama-3-70b", size=WIDE) as user:
        await user.press("c")
        await user.type("deepseek-v3")
        await user.press("enter")
        while "▸pretraining_days" not in user.shown:
            await user.press("down")
        await user.press("enter")
        assert " pretraining_days: 54.20 d in deepseek-v3" in user.shown
        await user.press("e")
        assert isinstance(user.app.screen, ExplainScreen)
        await user.press("escape")
        await user.press("escape")
        assert user.app.screen is user.main


async def test_the_same_scenario_twice_differs_in_nothing(explore: Start) -> None:
    async with explore() as user:
        await user.press("c")
        await user.press("enter")
        assert "do not differ" in user.shown


async def test_three_answers_to_what_r1_cost_stand_side_by_side(explore: Start) -> None:
    async with explore("deepseek-r1", size=WIDE) as user:
        await user.press("c")
        await user.type("r1-100k")
        await user.press("enter")
        await user.press("c")
        await user.type("r1-epoch")
        await user.press("enter")
        assert user.screen[0].count("→") == 2
        costs = next(line for line in user.screen if line[1:].startswith("post_training_cost "))
        assert costs.count("$") == 3
        assert user.shown.count("What makes the difference") >= 1
        await user.press("n")
        assert user.screen[0].startswith(" dsexplore  Compare deepseek-r1-epoch →")


async def test_from_the_explanation_of_a_field_that_differs_g_leads_to_its_row(
    explore: Start,
) -> None:
    async with explore("llama-3-70b", size=WIDE) as user:
        await user.press("c")
        await user.type("deepseek-v3")
        await user.press("enter")
        while "▸num_gpus" not in user.shown:
            await user.press("down")
        await user.press("e")
        await user.press("g")
        assert user.app.screen is user.main
        assert user.field == "num_gpus"
