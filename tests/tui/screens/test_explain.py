"""Explaining on the screen: Enter follows a name, Escape returns along the path."""

from __future__ import annotations

import pytest

from dsexplore.explanation.explain import explain
from dsexplore.library.open import load
from dsexplore.tui.dialogs.find_name import FindName
from dsexplore.tui.dialogs.leave import LeaveDialog
from dsexplore.tui.screens.explain.rows import explanation_rows
from dsexplore.tui.screens.explain.screen import ExplainScreen
from tests.tui.explorer import NARROW, WIDE, Start

SIZES = (NARROW, WIDE)


@pytest.mark.parametrize("size", SIZES)
async def test_a_result_shows_its_formula_its_values_and_its_source(
    explore: Start, size: tuple[int, int]
) -> None:
    async with explore(size=size) as user:
        await user.go_to_result("pretraining_days")
        await user.press("e")
        assert isinstance(user.app.screen, ExplainScreen)
        assert "Explain pretraining_days" in user.screen[0]
        assert "pretraining_gpu_hours / num_gpus" in user.shown
        assert "2.664 M GPU-h / 2,048" in user.shown
        assert "= 54.20 d" in user.shown
        assert "Source: " in user.shown


def test_an_assumption_is_told_apart_from_a_source() -> None:
    rows = explanation_rows(explain(load("deepseek-v3"), "lent_slowdown"), 80)
    shown = " ".join(words for row in rows for words, _ in row.line)
    assert "Source: DeepSeek-V3 report" in shown and "Assumes: Power that lent SMs save" in shown


async def test_enter_on_a_result_explains_it(explore: Start) -> None:
    async with explore() as user:
        await user.go_to_result("pretraining_gpu_hours")
        await user.press("enter")
        assert "Explain pretraining_gpu_hours" in user.screen[0]


async def test_enter_follows_and_escape_goes_back_along_the_path(explore: Start) -> None:
    async with explore() as user:
        await user.go_to_result("pretraining_days")
        await user.press("e")
        await user.press("enter")
        assert "Explain pretraining_days › pretraining_gpu_hours" in user.screen[0]
        await user.press("enter")
        assert "Explain … › pretraining_gpu_hours › " in user.screen[0]
        await user.press("escape")
        await user.press("escape")
        assert "Explain pretraining_days " in user.screen[0]
        assert [line for line in user.screen if line.startswith("▸pretraining_gpu_hours")]
        await user.press("escape")
        assert user.app.screen is user.main


async def test_a_field_shows_where_its_value_is_from(explore: Start) -> None:
    async with explore() as user:
        await user.go_to("num_gpus")
        await user.press("e")
        assert "2,048" in user.shown
        assert "DeepSeek-V3 report" in user.shown
        assert "Origin: " in user.shown
        assert "Used by" in user.shown


async def test_an_edited_field_says_that_it_was_edited(explore: Start) -> None:
    async with explore() as user:
        await user.go_to("num_gpus")
        await user.press("right", "e")
        origin = next(line for line in user.screen if "Origin: " in line)
        assert "changed; it was 2,048" in origin


async def test_slash_finds_any_name(explore: Start) -> None:
    async with explore() as user:
        await user.press("e")
        await user.press("/")
        assert isinstance(user.app.screen, FindName)
        await user.type("rl flops")
        await user.press("enter")
        assert "› rl_flops" in user.screen[0]


async def test_g_leads_to_the_row_of_the_field(explore: Start) -> None:
    async with explore() as user:
        await user.go_to_result("pretraining_days")
        await user.press("e")
        await user.press("down", "g")
        assert user.app.screen is user.main
        assert user.field == "num_gpus"
        assert not user.on_results


async def test_question_mark_shows_the_keys_of_the_screen(explore: Start) -> None:
    async with explore() as user:
        await user.press("e")
        await user.press("question_mark")
        assert "find a name" in user.shown
        await user.press("escape")
        assert isinstance(user.app.screen, ExplainScreen)


async def test_leaving_the_program_from_a_screen_asks_about_unsaved_work(explore: Start) -> None:
    async with explore() as user:
        await user.press("right", "e")
        await user.press("ctrl+q")
        assert isinstance(user.app.screen, LeaveDialog)


@pytest.mark.parametrize("size", SIZES)
async def test_every_name_can_be_explained_at_every_size(
    explore: Start, size: tuple[int, int]
) -> None:
    async with explore(size=size) as user:
        for name in ("layout_problem", "mfu_basis", "bubble_time", "expected_nodes_per_token"):
            user.app.push_screen(ExplainScreen(user.document, name))
            await user.settle()
            assert name in user.shown
            assert all(len(line) <= size[0] for line in user.screen)
            await user.press("escape")


async def test_where_the_cursor_is_on_nothing_that_is_said(explore: Start) -> None:
    async with explore() as user:
        await user.show_page("Pipeline")
        while user.cursor:
            await user.press("down")
            if user.results.below == 0:
                break
        if not user.cursor:
            await user.press("e")
            assert "nothing" in user.message


async def test_a_result_is_found_by_its_label_and_headed_by_it(explore: Start) -> None:
    async with explore() as user:
        await user.press("tab", "e")
        await user.press("/")
        await user.type("cluster purchase")
        await user.press("enter")
        assert user.screen[2].startswith(" Cluster purchase price  ")
        assert "cluster_cost" in user.screen[0]
