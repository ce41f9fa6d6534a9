"""A sweep on the screen: drawn at any size, read at the cursor, taken undoably, stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsexplore.analysis.sweep.axis import read_axis
from dsexplore.analysis.sweep.grid import Sweep, sweep
from dsexplore.library.open import load
from dsexplore.tui.screens.sweep.plot import Look, bar_rows, curve_lines, map_lines, place_under
from dsexplore.tui.screens.sweep.screen import SweepScreen
from dsexplore.tui.widgets.lines import width_of
from tests.tui.explorer import Start, text_of


def swept(*axes: str) -> Sweep:
    return sweep(load("deepseek-v3"), [read_axis(words) for words in axes], ["step_time"])


SIZES = [(80, 15), (120, 31), (200, 51), (60, 6), (20, 4)]


def test_plots_stay_within_their_size_and_mark_the_cursor() -> None:
    curve = swept("num_gpus=256:16384:doubling")
    grid = swept("micro_batch_size=1:64:64", "num_gpus=256:16384:500")
    for size in SIZES:
        lines = curve_lines(Look(curve, "step_time", (3,), (2,)), *size)
        shades = map_lines(Look(grid, "step_time", (3, 250), (0, None)), *size)
        for drawn in (lines, shades):
            assert len(drawn) <= max(size[1], 4), size
            assert max(map(width_of, drawn)) <= size[0], size
            assert sum(text_of(line).count("▲") for line in drawn) == 1, size
            roles = [role for line in drawn for _, role in line]
            assert roles.count("selected") == 1, size
        assert "◆" in text_of(lines[-2]), size


def test_the_cell_that_is_drawn_for_a_point_is_the_points_own() -> None:
    curve = swept("num_gpus=256:16384:doubling")
    for place in range(len(curve.axes[0].values)):
        look = Look(curve, "step_time", (place,), (None,))
        under = text_of(curve_lines(look, 80, 15)[-2])
        assert place_under(look, 80, 15, under.index("▲"), 3) == (place,)
    grid = swept("micro_batch_size=1,2,4", "num_gpus=1024,2048,4096")
    for at in ((0, 0), (1, 2), (2, 1)):
        look = Look(grid, "step_time", at, (None, None))
        drawn = map_lines(look, 80, 15)
        x = text_of(drawn[-3]).index("▲")
        y = next(y for y, line in enumerate(drawn) if text_of(line).startswith("▸"))
        assert place_under(look, 80, 15, x, y) == at


def test_a_gap_is_marked_under_a_curve_and_is_no_shade_of_a_map() -> None:
    curve = swept("num_gpus=2000,2048,4096")
    drawn = curve_lines(Look(curve, "step_time", (1,), (1,)), 60, 12)
    assert text_of(drawn[-2]).count("✗") == 1
    grid = swept("micro_batch_size=1,8", "num_gpus=1024,2048")
    shades = map_lines(Look(grid, "step_time", (0, 0), (0, 1)), 60, 12)
    # A micro-batch of 8 leaves fewer micro-batches than the stages need.
    assert "····" in text_of(shades[1])
    assert "none" in text_of(shades[-1])


def test_words_are_bars_and_the_present_one_is_marked() -> None:
    found = swept("recompute=all")
    rows = bar_rows(Look(found, "step_time", (0,), (0,)), 80)
    assert [row.name for row in rows] == ["0", "1", "2"]
    assert "◆" in text_of(rows[0].line)
    assert all(width_of(row.line) <= 80 for row in rows)


async def test_a_point_is_read_taken_and_undone(explore: Start) -> None:
    async with explore() as user:
        stated = user.document.scenario
        await user.go_to("num_gpus")
        await user.press("s")
        assert isinstance(user.app.screen, SweepScreen)
        assert "GPUs 2,048" in user.shown
        await user.press("end")
        assert "16,384" in user.shown
        assert "DualPipe" in user.shown
        await user.press("left", "left", "enter")
        assert user.app.screen is user.main
        assert user.document.scenario.value("num_gpus") == 4096
        assert user.message == "GPUs: 4,096. Undo takes it back."
        await user.press("z")
        assert user.document.scenario == stated
        await user.press("s", "right", "n", "escape")
        assert user.document.scenario == stated
        assert user.message == ""


async def test_a_picture_is_written_and_no_file_is_replaced_by_enter(
    explore: Start, own_folders: Path
) -> None:
    async with explore() as user:
        await user.go_to("price_per_gpu_hour")
        await user.press("s", "x", "enter")
        written = own_folders / "deepseek-v3.html"
        page = written.read_text(encoding="utf-8")
        assert "total_cost by price_per_gpu_hour" in page and "<svg" in page
        assert "Exported to" in user.shown
        written.write_text("mine", encoding="utf-8")
        await user.press("ctrl+e", "enter")
        assert "is there already" in user.shown
        assert written.read_text(encoding="utf-8") == "mine"


async def test_a_second_field_makes_a_map_at_any_size(explore: Start) -> None:
    async with explore() as user:
        await user.go_to("num_gpus")
        await user.press("s", "o")
        await user.type("micro_batch")
        await user.press("enter")
        assert "upwards Micro-batch" in user.shown
        await user.resize(200, 60)
        await user.press("up", "right", "enter")
        scenario = user.document.scenario
        assert (scenario.value("num_gpus"), scenario.value("micro_batch_size")) == (4096, 2)


@pytest.mark.usefixtures("work_waits_to_be_stopped")
async def test_bad_values_are_refused_in_words_and_a_long_sweep_is_stopped(explore: Start) -> None:
    async with explore() as user:
        await user.go_to("num_gpus")
        await user.press("s", "v", "ctrl+u")
        await user.type("9:1:3")
        await user.press("enter")
        assert "which falls" in user.shown
        await user.press("ctrl+u")
        await user.type("1:100000:5000")
        await user.press("enter")
        assert isinstance(user.app.screen, SweepScreen)
        await user.press("o")
        await user.type("hidden_size")
        await user.press("enter", "escape")
        await user.computed()
        assert "partial" in user.screen[0]
        await user.press("escape")
        assert user.app.screen is user.main
