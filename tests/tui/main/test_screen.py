"""Every key does what the help says of it, and none means two things."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from dsexplore.engine import QUANTITIES
from dsexplore.files.locations import copied_file
from dsexplore.tui.dialogs.help import HelpScreen
from dsexplore.tui.dialogs.leave import LeaveDialog
from dsexplore.tui.dialogs.open import OpenDialog, PresetDialog
from dsexplore.tui.dialogs.recover import RecoverDialog
from dsexplore.tui.dialogs.save_as import PathDialog
from dsexplore.tui.dialogs.target import TargetDialog
from dsexplore.tui.keys.actions import ACTIONS, BY_NAME
from dsexplore.tui.main.screen import MainScreen
from dsexplore.tui.pages.pages import PAGES
from dsexplore.tui.screens.claims.screen import ClaimsScreen
from dsexplore.tui.screens.compare.screen import CompareScreen
from dsexplore.tui.screens.explain.screen import ExplainScreen
from dsexplore.tui.screens.likely.screen import LikelyScreen
from dsexplore.tui.screens.search.fit import FitScreen
from dsexplore.tui.screens.search.screen import SearchScreen
from dsexplore.tui.screens.sweep.find_axis import FindAxis
from dsexplore.tui.screens.sweep.screen import SweepScreen
from tests.tui.explorer import NARROW, WIDE, Explorer, Start

SIZES = (NARROW, WIDE)
Promise = Callable[[Explorer, str], Awaitable[None]]
PROMISES: dict[str, Promise] = {}


def promise(check: Promise) -> Promise:
    """What an action promises: `check` is called like the action, with one of its keys."""
    PROMISES[check.__name__.rstrip("_")] = check
    return check


# Moving about


@promise
async def row_up(user: Explorer, key: str) -> None:
    await user.press("down", "down", key)
    assert user.field == "hidden_size"
    await user.press(key)
    assert user.field == "num_layers"
    await user.press(key, key)
    assert user.row.startswith("▸ Preset deepseek-v3")
    before = user.document.scenario
    await user.press("5", "r", "right", "d", "down")
    assert user.field == "num_layers"
    assert user.document.scenario is before


@promise
async def find(user: Explorer, key: str) -> None:
    await user.press("tab", key)
    await user.type("global-batch-size")
    await user.press("enter")
    assert user.field == "global_batch_size"
    assert not user.on_results


@promise
async def row_down(user: Explorer, key: str) -> None:
    await user.press(key)
    assert user.field == "hidden_size"
    assert "Hidden size" in user.row
    await user.press("tab")
    await user.press("end", "home", key)
    assert user.cursor == "pretraining_cost"
    assert user.result("Pre-training cost").startswith("▸")


@promise
async def page_up(user: Explorer, key: str) -> None:
    await user.press("end")
    last = user.parameters.above
    await user.press(key, key, key, key)
    assert user.field == "num_layers"
    assert user.parameters.above == 0 <= last


@promise
async def page_down(user: Explorer, key: str) -> None:
    await user.press(key)
    moved = user.listed.index(user.field)
    assert 5 < moved <= user.parameters.size.height
    assert user.row.rstrip() in user.shown


@promise
async def first(user: Explorer, key: str) -> None:
    await user.press("end", key)
    assert user.field == "num_layers"
    assert "Shape" in user.shown
    await user.press("tab")
    await user.press("end", key)
    assert user.results.above == 0


@promise
async def last(user: Explorer, key: str) -> None:
    await user.press(key)
    assert user.field == user.listed[-1] == "router_bias"
    assert user.row.rstrip() in user.shown
    await user.press("tab")
    await user.press(key)
    assert user.results.below == 0
    assert user.result_lines[-1].rstrip() in user.shown


@promise
async def other_side(user: Explorer, key: str) -> None:
    assert "[Architecture]" in user.shown
    await user.press(key)
    assert "[Overview]" in user.shown
    assert user.on_results
    await user.press(key)
    assert "[Architecture]" in user.shown


@promise
async def side_before(user: Explorer, key: str) -> None:
    await user.press(key)
    assert user.on_results
    await user.press(key)
    assert not user.on_results


@promise
async def board(user: Explorer, key: str) -> None:
    await user.press(key)
    await user.type("serving")
    await user.press("enter", "escape")
    assert user.message.startswith("The third column shows Pipeline, Network, Memory, Serving, on")


@promise
async def history(user: Explorer, key: str) -> None:
    await user.press("right", key)
    assert "● Layers: 62" in user.shown
    await user.press("up", "enter")
    assert user.document.scenario.value("num_layers") == 61


@promise
async def name_state(user: Explorer, key: str) -> None:
    await user.press("right", key)
    await user.type("a try")
    await user.press("enter")
    assert user.document.state.title == "a try"


@promise
async def pin(user: Explorer, key: str) -> None:
    await user.press("tab", key)
    await user.press("enter")
    assert "pinned" in user.title
    assert any("Against what is pinned" in line for line in user.result_lines)
    await user.press(key, "down", "enter")
    assert "pinned" not in user.title


@promise
async def next_tab(user: Explorer, key: str) -> None:
    await user.press(key)
    assert user.panel == "hardware"
    assert "Accelerator" in user.shown
    await user.press("tab", key)
    assert user.page == "Parameters"
    assert user.panel == "hardware"


@promise
async def previous_tab(user: Explorer, key: str) -> None:
    await user.press(key)
    assert user.panel == "serving"
    await user.press("tab", key)
    assert user.page == "All"


@promise
async def only_moved(user: Explorer, key: str) -> None:
    await user.go_to("price_per_gpu_hour")
    await user.press("right", "tab", "home", key)
    assert "-▲" in user.result("Pre-training cost")
    assert not any("Step time" in line for line in user.result_lines)
    await user.press("v")
    assert user.result_lines == [" Nothing on this page moved; M shows all of it."]
    await user.press(key)
    assert user.result("Parameters")


@promise
async def use_panel(user: Explorer, key: str) -> None:
    await user.go_to("group_size")
    await user.press(key)
    await user.type("r1-epoch")
    await user.press("enter")
    assert user.document.scenario.reinforcement.preset == "deepseek-r1-epoch"
    assert user.document.scenario.architecture.preset == "deepseek-v3"
    await user.press("z", "home", "up", "enter")
    await user.type("r1-epoch")
    await user.press("enter")
    assert user.document.scenario.reinforcement.preset == "deepseek-r1-epoch"
    assert "Preset deepseek-r1-epoch" in user.row


@promise
async def calibrate(user: Explorer, key: str) -> None:
    document = user.document
    document.set("gpu_hours_per_trillion_tokens", 300_000)
    await user.show_page("Compute")
    said = " ".join(" ".join(user.result_lines).split())
    assert "E calibrates the software stack: dsexplore calibrate deepseek-v3" in said
    assert "--step-time '33.2 s'" in said
    before = document.results["step_time"]
    await user.press(key)
    assert "33.2 s" in user.shown
    await user.press("ctrl+u", *"1 h", "enter")
    assert "allowed: " in user.shown
    await user.press("ctrl+u", *"33.2 s", "enter")
    assert "Calibrated: the step goes from 19.4 s" in user.message
    assert before < document.results["step_time"] < 34
    await user.press("z")
    assert document.results["step_time"] == before


@promise
async def repair(user: Explorer, key: str) -> None:
    await user.press(key)
    assert "GPUs 2048 = Tensor 1 × Pipeline 16 × Context 1 ×" in user.message
    await user.go_to("num_gpus")
    await user.type("2050")
    await user.press("enter")
    assert "✗ Data parallel: 2050 GPUs do not divide" in user.shown
    assert "l repairs it" in " ".join(" ".join(user.help_lines).split())
    await user.press(key)
    assert "GPUs 2050 → 3072" in user.shown
    await user.press("enter")
    assert user.document.scenario.value("num_gpus") == 2048
    assert user.field == "num_gpus"


@promise
async def write(user: Explorer, key: str) -> None:
    await user.press("right")
    await user.press("tab")
    assert "DeepSeek-V3, changed" in "".join(user.result_lines)
    await user.press("tab")
    await user.press(
        key, "ctrl+u", *"Mine", "down", "ctrl+u", *"62 layers.", "down", *"Why", "enter"
    )
    scenario = user.document.scenario
    assert (scenario.title, scenario.description) == ("Mine", "62 layers.")
    assert scenario.notes["num_layers"] == "Why"
    assert "Note: Why" in " ".join(user.help_lines)
    await user.press("tab")
    assert "In figures: Mine" in "".join(user.result_lines)
    assert "changed" not in "".join(user.result_lines)
    await user.press("z")
    assert user.document.scenario.title == "DeepSeek-V3"


@promise
async def next_page(user: Explorer, key: str) -> None:
    await user.press(key)
    assert (user.page, user.panel) == ("Parameters", "architecture")
    await user.press("tab", key)
    assert (user.page, user.panel) == ("Compute", "architecture")
    assert "Training FLOP per token" in user.shown


@promise
async def previous_page(user: Explorer, key: str) -> None:
    await user.press(key)
    assert (user.page, user.panel) == ("All", "architecture")
    await user.press("tab", key)
    assert user.page == PAGES[-2].title


@promise
async def go_to_page(user: Explorer, key: str) -> None:
    await user.press(key)
    assert "m Memory" in user.message
    await user.press("m")
    assert (user.page, user.on_results, user.message) == ("Memory", True, "")
    await user.press(key, "escape", key, "t")
    assert user.page == "Cost"


@promise
async def go_to_panel(user: Explorer, key: str) -> None:
    await user.press("tab", key)
    assert "h Hardware" in user.message
    await user.press("h")
    assert (user.panel, user.on_results) == ("hardware", False)


# Changing


@promise
async def nudge_down(user: Explorer, key: str) -> None:
    before = user.document.results["total_parameters"]
    await user.press(key)
    assert user.document.scenario.value("num_layers") == 60
    assert user.document.results["total_parameters"] < before
    await user.go_to("tensor_parallel")
    await user.press(key)
    assert "goes no further" in user.message
    await user.go_to("precision")
    await user.press(key)
    assert user.document.scenario.value("precision") == "bf16"


@promise
async def nudge_up(user: Explorer, key: str) -> None:
    await user.press(key)
    assert user.document.scenario.value("num_layers") == 62
    await user.go_to("tensor_parallel")
    await user.press(key, key)
    assert user.document.scenario.value("tensor_parallel") == 4
    await user.go_to("precision")
    await user.press(key)
    assert user.document.scenario.value("precision") == "fp4"


@promise
async def all_fields(user: Explorer, key: str) -> None:
    folded = user.listed
    assert "index_heads" not in folded
    assert "at defaults" in user.shown
    await user.press(key)
    assert "index_heads" in user.listed
    assert "at defaults" not in user.shown
    await user.press(key)
    assert user.listed == folded


@promise
async def edit(user: Explorer, key: str) -> None:
    await user.press(key)
    assert user.row.split() == ["▸", "Layers", "61"]
    await user.type("14*2")
    assert "14*2" in user.row
    await user.press("enter")
    assert user.document.scenario.value("num_layers") == 28
    await user.press(key)
    await user.type("9")
    await user.press("escape")
    assert user.document.scenario.value("num_layers") == 28


@promise
async def reset(user: Explorer, key: str) -> None:
    await user.type("32")
    await user.press("enter", key)
    assert user.document.scenario.value("num_layers") == 61
    assert user.message.startswith("Layers: back to its value in")
    assert "deepseek-v3" in user.message


@promise
async def distribution(user: Explorer, key: str) -> None:
    await user.go_to("price_per_gpu_hour")
    before = user.document.scenario
    await user.press(key)
    await user.type("lognormal")
    await user.press("enter")
    assert "lognormal = [median" in " ".join(user.shown.split())
    await user.type(" 1.2")
    await user.press("enter")
    stated = user.document.scenario.uncertainty["price_per_gpu_hour"]
    assert (stated.kind, stated.parameters) == ("lognormal", (2.0, 1.2))
    assert "lognormal" in user.message
    await user.press(key, "ctrl+u", "enter")
    assert user.message.endswith("is certain.")
    await user.press("z", "z")
    assert user.document.scenario == before


@promise
async def hold_mfu(user: Explorer, key: str) -> None:
    mfu = user.document.results["mfu"]
    hours = user.document.results["pretraining_gpu_hours"]
    await user.press(key, "enter")
    assert user.message.startswith("GPU-hours follow from assumed MFU: 2.664 M GPU-h")
    assert user.document.results["pretraining_gpu_hours"] == pytest.approx(hours)
    await user.type("30")
    assert user.document.results["mfu"] == pytest.approx(mfu)
    assert user.document.results["pretraining_gpu_hours"] < 0.6 * hours


@promise
async def baseline(user: Explorer, key: str) -> None:
    await user.type("32")
    await user.press("enter")
    await user.show_page("Parameters")
    assert "▼" in user.result("Parameters  ")
    await user.press(key)
    assert "from here on" in user.message
    assert not any(mark in user.shown for mark in "▲▼")
    if user.app.size.width < 100:
        await user.press("tab")
    assert not [line for line in user.parameter_lines if line[1:2] == "*"]


@promise
async def explain(user: Explorer, key: str) -> None:
    await user.press(key)
    assert isinstance(user.app.screen, ExplainScreen)
    assert "Layers" in user.shown
    await user.press("escape")
    await user.press("tab", key)
    assert "total_cost" in user.screen[0]


@promise
async def target(user: Explorer, key: str) -> None:
    await user.press("tab", key)
    assert isinstance(user.app.screen, TargetDialog)
    assert "total_cost is $5.576 M" in user.shown


@promise
async def sweep(user: Explorer, key: str) -> None:
    await user.press(key)
    assert isinstance(user.app.screen, SweepScreen)
    assert "Sweep over Layers" in user.screen[0]
    await user.press("escape", "tab", key)
    assert isinstance(user.app.screen, FindAxis)
    await user.type("price")
    await user.press("enter")
    assert "Total cost by Price" in user.shown


@promise
async def medians(user: Explorer, key: str) -> None:
    await user.press(key)
    assert "medians, 90 % ranges" in user.title
    await user.press(key)
    assert user.message == "Results are shown as they stand."
    assert "medians" not in user.title


@promise
async def likely(user: Explorer, key: str) -> None:
    await user.press("tab", key)
    assert isinstance(user.app.screen, LikelyScreen)
    assert "How likely: Total cost" in user.screen[0]
    assert "Nine times in ten" in user.shown


@promise
async def search(user: Explorer, key: str) -> None:
    # A model of unknown depth is searched at once.
    user.document.set("num_layers", "unknown")
    await user.press(key)
    assert isinstance(user.app.screen, SearchScreen)
    assert "Layouts of 2,048" in user.screen[0]


@promise
async def fit(user: Explorer, key: str) -> None:
    await user.press(key)
    assert user.message.startswith("It fits, with")
    user.document.set("memory_capacity", "40 GB")
    await user.press(key)
    assert isinstance(user.app.screen, FitScreen)
    assert "Memory" in user.screen[2]
    await user.press("escape", "escape")


@promise
async def compare(user: Explorer, key: str) -> None:
    await user.press("right", key)
    await user.press("enter")
    assert isinstance(user.app.screen, CompareScreen)
    assert "Layers" in user.shown


@promise
async def claims(user: Explorer, key: str) -> None:
    await user.press(key)
    assert isinstance(user.app.screen, ClaimsScreen)
    assert "✓ reproduced" in user.shown


@promise
async def answers(user: Explorer, key: str) -> None:
    await user.press(key)
    assert "What did DeepSeek-R1 cost" in user.shown
    await user.press("enter")
    assert user.app.screen is user.main


@promise
async def free_baseline(user: Explorer, key: str) -> None:
    await user.press(key)
    assert user.message
    assert user.app.screen is user.main


@promise
async def undo(user: Explorer, key: str) -> None:
    await user.press(key)
    assert user.message == "There is nothing to undo."
    await user.type("32")
    await user.press("enter", "down", "right", key)
    assert user.document.scenario.value("hidden_size") == 7168
    assert user.message.startswith("Undone: Hidden size")
    await user.press(key)
    assert user.document.scenario.value("num_layers") == 61
    assert user.message == "Undone: Layers: 32"


@promise
async def redo(user: Explorer, key: str) -> None:
    await user.press(key)
    assert user.message == "There is nothing to redo."
    await user.type("32")
    await user.press("enter", "z", key)
    assert user.document.scenario.value("num_layers") == 32
    assert user.message == "Redone: Layers: 32"


# Files, help, leaving: what the dialogs do has tests of its own


@promise
async def open_(user: Explorer, key: str) -> None:
    await user.press(key)
    assert isinstance(user.app.screen, OpenDialog)
    await user.type("405b")
    await user.press("enter")
    assert user.document.name == "llama-3.1-405b"


@promise
async def use_architecture(user: Explorer, key: str) -> None:
    gpus = user.document.scenario.hardware
    await user.press(key)
    assert isinstance(user.app.screen, PresetDialog)
    await user.type("llama-3-8b")
    await user.press("enter")
    assert user.document.scenario.architecture.preset == "llama-3-8b"
    assert user.document.scenario.hardware == gpus


@promise
async def use_hardware(user: Explorer, key: str) -> None:
    shape = user.document.scenario.architecture
    await user.press(key)
    assert isinstance(user.app.screen, PresetDialog)
    await user.type("a100")
    await user.press("enter")
    assert "A100" in user.document.scenario.hardware.gpu
    assert user.document.scenario.architecture == shape


@promise
async def save(user: Explorer, key: str) -> None:
    await user.press(key)
    assert isinstance(user.app.screen, PathDialog)
    await user.press("enter", "right", key)
    assert user.message.startswith("Saved")
    assert not user.document.is_modified


@promise
async def save_as(user: Explorer, key: str) -> None:
    await user.press(key)
    assert isinstance(user.app.screen, PathDialog)
    assert "Save as" in user.shown


@promise
async def save_preset(user: Explorer, key: str) -> None:
    await user.press("right", key)
    assert isinstance(user.app.screen, PathDialog)
    await user.press("enter")
    assert user.message.startswith("Saved")
    await user.press("A")
    await user.type("my-deepseek-v3")
    await user.press("enter")
    assert user.document.scenario.architecture.preset == "my-deepseek-v3"
    assert user.document.scenario.value("num_layers") == 62


@promise
async def export(user: Explorer, key: str) -> None:
    await user.press(key)
    assert isinstance(user.app.screen, PathDialog)
    assert "Export" in user.shown


@promise
async def copy(user: Explorer, key: str) -> None:
    await user.press(key)
    assert user.message == "Copy: v the value 61, r the row, p the page."
    await user.press(key)
    assert user.message.startswith("Copied the value 61: sent to the terminal by OSC 52")
    assert copied_file().read_text() == "61"
    await user.press(key, "r")
    assert copied_file().read_text().split()[:2] == ["Layers", "61"]
    await user.press(key, "p")
    assert "Hidden size" in copied_file().read_text()
    await user.press("tab", "e", key)
    assert "Copy: v the value $5.328 M, r the row, p the page." in user.shown
    await user.press("p")
    assert "Copied the page" in user.shown
    # What it says is whole on a narrow screen too.
    assert f"{copied_file().name}." in "".join(user.screen[-5:]).replace(" ", "")
    assert "pretraining_cost + contex" in copied_file().read_text()
    # So is a row that the screen has no room for.
    await user.press(key, "r")
    row = copied_file().read_text()
    assert row.endswith(QUANTITIES[row.split()[0]].summary)
    await user.press(key, key)
    assert copied_file().read_text() == "$5.328 M"
    await user.press("escape", "tab", "s", key, "r")
    assert copied_file().read_text().startswith("Layers 61   Total cost $5.576 M")
    await user.press("escape")


@promise
async def screenshot(user: Explorer, key: str) -> None:
    await user.press(key, "enter")
    svg = Path("deepseek-v3-screen.svg")
    assert user.message == f"The screen is in {svg}."
    assert "Layers" in svg.read_text()
    assert "font-face" not in svg.read_text(), "it fetches nothing"
    before = [line.rstrip() for line in user.screen]
    await user.press(key, "ctrl+u", *"shot.txt", "enter")
    assert Path("shot.txt").read_text().splitlines() == before


@promise
async def tour(user: Explorer, key: str) -> None:
    await user.press("right")
    mine = user.document
    before = mine.scenario
    await user.press(key)
    assert "Tour 1 of 10" in user.shown
    assert not user.app.main.session.document.is_modified
    # The opened tour is another main screen, and leaving it brings the own one back.
    await user.press("tab", *["right"] * 2, "q")
    assert "Tour" not in user.shown
    assert user.app.main.session.document is mine
    assert (mine.scenario, user.message) == (before, "Back from the tour.")


@promise
async def recover(user: Explorer, key: str) -> None:
    await user.press(key)
    assert user.message == "There is no unsaved work, in this session or from another."
    assert not isinstance(user.app.screen, RecoverDialog)


@promise
async def help_(user: Explorer, key: str) -> None:
    await user.press(key)
    assert isinstance(user.app.screen, HelpScreen)
    await user.press("escape")
    assert user.app.screen is user.main


@promise
async def find_action(user: Explorer, key: str) -> None:
    await user.press(key)
    await user.type("set baseline")
    await user.press("enter")
    assert user.app.screen is user.main
    assert user.message.startswith("Changes from here on")


@promise
async def redraw(user: Explorer, key: str) -> None:
    await user.type("4")
    there = user.shown
    await user.press(key)
    assert user.shown == there
    assert user.editing


@promise
async def quit_(user: Explorer, key: str) -> None:
    await user.press("right", key)
    assert isinstance(user.app.screen, LeaveDialog)
    await user.press("escape")
    await user.press("z", key)
    assert user.app._exit


def test_no_action_is_left_untested() -> None:
    assert PROMISES.keys() == BY_NAME.keys()


# The first key of each action; on a wide screen it may do something else.
_KEYS = [
    pytest.param(size, action.name, action.keys[0], id=f"{action.name}-{size[0]}x{size[1]}")
    for action in ACTIONS
    for size in SIZES
]


@pytest.mark.parametrize(("size", "name", "key"), _KEYS)
async def test_each_key_does_what_the_help_says(
    explore: Start, name: str, key: str, size: tuple[int, int]
) -> None:
    async with explore(size=size) as user:
        await PROMISES[name](user, key)


async def test_a_further_key_does_what_the_first_does(
    explore: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    further = [(key, action.name) for action in ACTIONS for key in action.keys[1:]]
    performed: list[str] = []
    monkeypatch.setattr(MainScreen, "perform", lambda _, name: performed.append(name))
    async with explore() as user:
        for key, _ in further:
            await user.press(key)
    assert performed == [name for _, name in further]


# Keys that collide

PREFIXES = {"ctrl+b", "ctrl+a"}
# A terminal sends these for enter, tab, escape and backspace.
ALIKE = {"ctrl+m", "ctrl+j", "ctrl+i", "ctrl+left_square_bracket", "ctrl+h"}


def test_no_key_is_a_multiplexers_prefix_or_sent_alike() -> None:
    taken = {key for action in ACTIONS for key in action.keys}
    assert not taken & (PREFIXES | ALIKE)


def test_what_flow_control_eats_has_a_second_key() -> None:
    for action in ACTIONS:
        if {"ctrl+s", "ctrl+q"} & set(action.keys):
            assert len(action.keys) > 1, action.name


async def test_while_a_row_is_edited_editing_keys_and_letters_are_no_commands(
    explore: Start,
) -> None:
    editing_keys = {
        *("left", "right", "home", "end", "backspace", "delete"),
        *("ctrl+e", "ctrl+k", "ctrl+u", "ctrl+w", "ctrl+d", "ctrl+left", "ctrl+right"),
    }
    async with explore() as user:
        before = user.document.scenario.value("hidden_size")
        for action in ACTIONS:
            for key in action.keys:
                event_is_text = len(key) == 1 or key in (
                    *("left_square_bracket", "right_square_bracket"),
                    *("full_stop", "comma", "question_mark"),
                )
                if not event_is_text and key not in editing_keys:
                    continue
                await user.press("home", "down", "enter", key)
                assert user.editing is not None, key
                assert user.app.screen is user.main, key
                await user.press("escape")
                assert user.document.scenario.value("hidden_size") == before, key


async def test_a_command_keeps_what_is_being_typed(explore: Start) -> None:
    async with explore() as user:
        for key in ("ctrl+o", "f1", "ctrl+s", "f12", "ctrl+q"):
            await user.type("32")
            await user.press(key)
            assert user.app.screen is not user.main, key
            await user.press("escape")
            assert user.document.scenario.value("num_layers") == 32, key
            await user.press("z")
            assert user.message == "Undone: Layers: 32", key


async def test_undo_while_typing_takes_back_what_is_typed(explore: Start) -> None:
    async with explore() as user:
        await user.type("32")
        await user.press("ctrl+z")
        assert user.row.split()[:3] == ["▸", "Layers", "61"]
        assert user.editing is None
        await user.press("ctrl+y")
        assert user.row.split()[:3] == ["▸*Layers", "32", "was"]


async def test_ctrl_c_says_how_to_leave(explore: Start) -> None:
    async with explore() as user:
        await user.press("ctrl+c")
        assert user.message == "Press q or ^q to leave."
        await user.press("h", "ctrl+c")
        assert "esc leaves this screen, ^q dsexplore." in user.shown
        assert user.app._running


async def test_the_answer_comes_first_on_a_small_screen(explore: Start) -> None:
    async with explore(as_opened=True) as user:
        assert user.on_results
        for words in ("$5.58 M", "GPU-h", "56.7 d", "MFU 39.1 %", "measured", "✓ fits"):
            assert words in user.screen[1]
        for words in ("money goes", "a step goes", "fullest GPU", "█"):
            assert words in user.shown
        await user.press("tab")
        assert "56.7 d" in user.screen[1]
        assert "Layers" in user.shown
