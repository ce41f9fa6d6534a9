"""Layouts that fit, searched beside the screen: drawn, stopped, and one taken undoably."""

from __future__ import annotations

import gc
import weakref

import pytest

from dsexplore.engine import evaluate
from dsexplore.tui.screens.computing import ComputingScreen
from dsexplore.tui.screens.search.plot import trade_lines
from dsexplore.tui.screens.search.screen import SearchScreen
from dsexplore.tui.widgets.lines import width_of
from tests.tui.explorer import Explorer, Start, text_of

# So few accelerators that a search takes a moment.
SMALL = {"num_gpus": 16, "global_batch_size": 32, "gpus_per_node": 8}


async def computed(user: Explorer, key: str) -> ComputingScreen:
    await user.press(key)
    return await user.computed()


def words(user: Explorer) -> str:
    return " ".join(user.shown.split())


async def test_the_fastest_layout_is_taken_and_undone(explore: Start) -> None:
    async with explore("llama-3-8b") as user:
        user.document.take(SMALL, "a small cluster")
        stated = user.document.scenario
        await computed(user, "L")
        assert "layouts are possible and fit" in words(user)
        assert "●" in user.shown
        await user.press("f")
        first = next(line for line in user.screen if line.startswith("▸"))
        assert first.split()[1] == "1"
        await user.press("f", "down", "enter")
        taken = user.document.scenario
        assert taken.differs_in(stated)
        assert "Undo takes it back" in user.message
        values = evaluate(taken.inputs())
        assert values["memory_headroom"] > 0
        assert values["layout_problem"] == ""
        await user.press("z")
        assert user.document.scenario == stated


async def test_conditions_hold_and_what_has_no_layout_says_why(explore: Start) -> None:
    async with explore("llama-3-8b") as user:
        user.document.take(SMALL, "a small cluster")
        await computed(user, "L")
        await user.press("w")
        await user.type("tensor_parallel")
        await user.press("enter")
        assert "such as memory_headroom>0" in words(user).replace("│ ", "")
        await user.type("=4; memory_headroom>=10 GB")
        await computed(user, "enter")
        # What they are kept to stands above the list.
        assert "Only with tensor_parallel=4; memory_headroom>=10 GB." in user.shown
        rows = [line.split() for line in user.screen[5:12]]
        assert {row[row.index("GB") + 1] for row in rows if "GB" in row} == {"4"}
        await user.press("escape")
        user.document.take({"memory_capacity": "1 GB"}, "little memory")
        await computed(user, "L")
        assert "ruled out are" in words(user)
        await user.press("escape")
        user.document.take({"num_layers": "unknown"}, "no depth")
        await computed(user, "L")
        assert "num_layers" in user.shown
        await user.press("escape")
        assert user.app.screen is user.main


async def test_clusters_are_searched_under_a_deadline_and_one_is_taken(explore: Start) -> None:
    async with explore("llama-3-8b") as user:
        user.document.take({**SMALL, "pretraining_tokens": 1e11}, "a small cluster")
        stated = user.document.scenario
        await user.press("L", "escape")
        await user.press("g")
        await user.type("many")
        await user.press("enter")
        assert "a whole number of GPUs" in words(user)
        await user.press("ctrl+u")
        await user.paste("16:32; h100-80gb-sxm=$3")
        await computed(user, "enter")
        assert "Clusters by Pre-training cost" in user.screen[0]
        await user.press("w")
        await user.paste("num_gpus>=32")
        await computed(user, "enter")
        assert sum("✗ none" in line for line in user.screen) == 1
        await user.press("enter")
        taken = user.document.scenario
        assert (taken.value("num_gpus"), taken.value("price_per_gpu_hour")) == (32, 3)
        assert "Undo takes it back" in user.message
        await user.press("z")
        assert user.document.scenario == stated


async def test_serving_and_rl_are_searched_where_they_are_shown(explore: Start) -> None:
    async with explore("deepseek-r1-zero-predicted") as user:
        stated = user.document.scenario
        for page, result in (
            ("Serving", "cost_per_million_output_tokens"),
            ("RL", "rl_days"),
        ):
            await user.show_page(page)
            if not user.on_results:
                await user.press("tab")
            await computed(user, "L")
            assert f"Choices of {page}" in user.screen[0]
            assert "can be." in words(user)
            before = evaluate(stated.inputs())[result]
            await user.press("enter")
            assert "Undo takes it back" in user.message
            assert user.document.results[result] < before
            await user.press("z")
            assert user.document.scenario == stated
        await user.press("tab")
        await user.go_to("decode_batch")
        await computed(user, "L")
        await user.press("w")
        await user.paste("decode_memory_per_gpu<1 GB")
        await computed(user, "enter")
        assert "ruled out are" in words(user)


@pytest.mark.usefixtures("work_waits_to_be_stopped")
async def test_a_search_that_is_stopped_is_partial(explore: Start) -> None:
    async with explore("llama-3-8b") as user:
        user.document.take(SMALL, "a small cluster")
        await user.press("L", "escape")
        await user.computed()
        assert "partial" in user.screen[0]


async def test_what_makes_it_fit_is_one_key_from_its_cross(explore: Start) -> None:
    async with explore("llama-3.1-405b") as user:
        user.document.set("memory_capacity", "55 GB")
        stated = user.document.scenario
        await user.show_page("Memory")
        assert "make it fit" in user.shown
        await computed(user, "f")
        assert "Recomputation full" in user.shown
        await user.press("enter")
        assert user.document.results["memory_headroom"] >= 0
        assert "it fits" in user.message
        await user.press("z")
        assert user.document.scenario == stated


def test_a_frontier_is_drawn_within_its_size_and_marks_two_layouts() -> None:
    points = [(50e9, 30.0), (60e9, 25.0), (80e9, 19.0)]
    for width, height in ((38, 8), (90, 20), (20, 5)):
        drawn = trade_lines(points, points[1:], points[2], points[0], width, height)
        assert len(drawn) == height
        assert max(map(width_of, drawn)) <= width
        text = "".join(text_of(line) for line in drawn[:-2])
        assert text.count("●") == text.count("◆") == 1
    assert trade_lines([], [], None, None, 40, 8) == []


async def test_what_was_found_is_not_held_once_it_is_left(explore: Start) -> None:
    async with explore("llama-3-8b") as user:
        user.document.take(SMALL, "a small cluster")
        screen = await computed(user, "L")
        assert isinstance(screen, SearchScreen)
        found = weakref.ref(screen._search)
        await user.press("escape")
        assert user.app.screen is user.main
        gc.collect()
        assert found() is None
