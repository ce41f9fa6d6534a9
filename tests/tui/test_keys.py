"""Every key does what the help says of it, and typing in a row loses nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from dsexplore.scenario.scenario import FIELDS
from dsexplore.tui.actions import ACTIONS, BY_NAME
from dsexplore.tui.screens.ask_path import PathDialog
from dsexplore.tui.screens.choose import OpenDialog, PresetDialog
from dsexplore.tui.screens.claims import ClaimsScreen
from dsexplore.tui.screens.compare import CompareScreen
from dsexplore.tui.screens.explain import ExplainScreen
from dsexplore.tui.screens.help import HelpScreen
from dsexplore.tui.screens.leave import LeaveDialog
from dsexplore.tui.screens.recover import RecoverDialog
from dsexplore.tui.screens.target import TargetDialog
from tests.tui.explorer import NARROW, WIDE, Explorer, Start, text_of

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
    await user.press(key, key, key)
    assert user.field == "num_layers"


@promise
async def row_down(user: Explorer, key: str) -> None:
    await user.press(key)
    assert user.field == "hidden_size"
    assert "Hidden size" in user.row
    await user.press("tab")
    await user.press("end", "home", key)
    assert user.cursor == "total_gpu_hours"
    assert user.result("GPU-hours").startswith("▸")


@promise
async def page_up(user: Explorer, key: str) -> None:
    await user.press("end")
    last = user.parameters.scroll_offset.y
    await user.press(key, key, key, key)
    assert user.field == "num_layers"
    assert user.parameters.scroll_offset.y == 0 <= last


@promise
async def page_down(user: Explorer, key: str) -> None:
    await user.press(key)
    names = list(FIELDS)
    moved = names.index(user.field) - names.index("num_layers")
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
    assert user.field == "stated_active_parameters"
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
    assert user.main.on_results
    await user.press(key)
    assert "[Architecture]" in user.shown


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
async def next_page(user: Explorer, key: str) -> None:
    await user.press(key)
    assert (user.page, user.panel) == ("Parameters", "architecture")
    await user.press("tab", key)
    assert (user.page, user.panel) == ("Compute", "architecture")
    assert "FLOP a token, trained" in user.shown


@promise
async def previous_page(user: Explorer, key: str) -> None:
    await user.press(key)
    assert (user.page, user.panel) == ("All", "architecture")
    await user.press("tab", key)
    assert user.page == "Serving"


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
    assert user.message.startswith("Layers: back to that of")
    assert "deepseek-v3" in user.message


@promise
async def hold_mfu(user: Explorer, key: str) -> None:
    mfu = user.document.results["mfu"]
    hours = user.document.results["pretraining_gpu_hours"]
    await user.press(key)
    assert user.message == "MFU is held at 39.08 %: hours follow from it now."
    assert user.document.results["pretraining_gpu_hours"] == pytest.approx(hours)
    await user.type("30")
    assert user.document.results["mfu"] == pytest.approx(mfu)
    assert user.document.results["pretraining_gpu_hours"] < 0.6 * hours


@promise
async def baseline(user: Explorer, key: str) -> None:
    await user.type("32")
    await user.press("enter")
    await user.show_page("Parameters")
    assert "▼" in user.result("Total")
    await user.press(key)
    assert "against this" in user.message
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
async def compare(user: Explorer, key: str) -> None:
    await user.press("right", key)
    await user.press("enter")
    assert isinstance(user.app.screen, CompareScreen)
    assert "num_layers" in user.shown


@promise
async def claims(user: Explorer, key: str) -> None:
    await user.press(key)
    assert isinstance(user.app.screen, ClaimsScreen)
    assert "✓ reproduced" in user.shown


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
async def recover(user: Explorer, key: str) -> None:
    await user.press(key)
    assert user.message == "No broken-off session left unsaved work."
    assert not isinstance(user.app.screen, RecoverDialog)


@promise
async def help_(user: Explorer, key: str) -> None:
    await user.press(key)
    assert isinstance(user.app.screen, HelpScreen)
    await user.press("escape")
    assert user.app.screen is user.main


@promise
async def quit_(user: Explorer, key: str) -> None:
    await user.press("right", key)
    assert isinstance(user.app.screen, LeaveDialog)
    await user.press("escape")
    await user.press("z", key)
    assert user.app._exit


def test_no_action_is_left_untested() -> None:
    assert PROMISES.keys() == BY_NAME.keys()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    ("name", "key"), [(action.name, key) for action in ACTIONS for key in action.keys]
)
async def test_each_key_does_what_the_help_says(
    explore: Start, name: str, key: str, size: tuple[int, int]
) -> None:
    async with explore(size=size) as user:
        await PROMISES[name](user, key)


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


@pytest.mark.parametrize(
    "key", ["ctrl+o", "f1", "ctrl+s", "f12", "ctrl+q"], ids=lambda key: f"key {key}"
)
async def test_a_command_keeps_what_is_being_typed(explore: Start, key: str) -> None:
    async with explore() as user:
        await user.type("32")
        await user.press(key)
        assert user.app.screen is not user.main
        await user.press("escape")
        assert user.document.scenario.value("num_layers") == 32
        await user.press("z")
        assert user.message == "Undone: Layers: 32"


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
        assert user.message == "^q or q leaves."
        assert user.app._running


# Typing


@pytest.mark.parametrize("begin", [*"0123456789", "-", "+", "$", "("])
async def test_digits_signs_and_dollars_begin_an_edit(explore: Start, begin: str) -> None:
    async with explore() as user:
        await user.press(begin)
        assert user.editing is not None
        assert user.editing.text == begin
        assert begin in user.row


async def test_letters_are_commands_until_a_row_is_edited(explore: Start) -> None:
    async with explore() as user:
        await user.press("b")
        assert "against this" in user.message
        await user.press("1")
        await user.type("b5")
        assert "1b5" in user.row
        await user.press("escape", "n")
        assert user.panel == "hardware"


async def test_each_key_press_that_leaves_a_value_is_followed_at_once(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        seen = []
        for character in "61*2":
            await user.press(character)
            seen.append((user.document.scenario.value("num_layers"), user.result("Parameters")))
        assert [layers for layers, _ in seen] == [6, 61, 61, 122]
        assert "671.0 B" in seen[1][1]
        assert seen[2][1] == seen[1][1]
        assert seen[3][1] in user.shown
        assert "▲" in seen[3][1]


async def test_a_bad_value_stays_on_the_row_and_the_last_good_one_in_force(
    explore: Start,
) -> None:
    async with explore(size=WIDE) as user:
        await user.type("61x")
        assert "61x" in user.row
        assert "✗" in user.row
        assert "found '61x'; allowed: a whole number of layers" in user.shown
        assert user.message == "Not in force; the last valid value stays."
        assert user.document.scenario.value("num_layers") == 61
        await user.press("down")
        assert user.field == "hidden_size"
        assert "61x" in user.parameter_lines[1]
        await user.press("up")
        assert "found '61x'" in user.shown
        await user.press("enter", "end", "backspace", "enter")
        assert user.row.split()[:3] == ["▸", "Layers", "61"]
        assert "✗" not in user.shown


async def test_escape_forgets_a_bad_value(explore: Start) -> None:
    async with explore() as user:
        await user.type("61x")
        await user.press("enter")
        assert "✗" in user.row
        await user.press("enter", "escape")
        assert "✗" not in user.row
        assert user.document.scenario.value("num_layers") == 61


async def test_keys_that_arrive_together_are_followed_in_their_order(explore: Start) -> None:
    # As over a slow link: the row moves before the digits after the arrow are typed in it.
    async with explore() as user:
        await user.press("down", "9", "6", "enter", "down", "enter", *"500", "tab", "v", "7")
        value = user.document.scenario.value
        assert (value("num_layers"), value("hidden_size"), value("vocab_size")) == (61, 96, 500)
        assert (user.page, user.main.on_results, user.editing) == ("Parameters", True, None)


async def test_what_is_typed_ahead_of_a_dialog_is_no_command(explore: Start) -> None:
    async with explore() as user:
        before = user.document.scenario
        await user.press("o", *"mbr")
        assert user.document.scenario is before
        assert user.app.screen is not user.main


async def test_fast_typing_loses_nothing(explore: Start) -> None:
    # All in one go: no frame is drawn between the keys.
    async with explore() as user:
        await user.press(*"61*2", "down", *"2**13", "enter", "down", "down", "down", "down")
        value = user.document.scenario.value
        assert (value("num_layers"), value("hidden_size")) == (122, 8192)
        long = "+".join(["11"] * 40)
        await user.press("home", *long, "enter")
        assert user.document.scenario.value("num_layers") == 440


@pytest.mark.parametrize(
    ("pasted", "layers"), [("48", 48), ("  48\n", 48), ("48\n99", 48), ("\n", 61), ("", 61)]
)
async def test_paste(explore: Start, pasted: str, layers: int) -> None:
    async with explore() as user:
        await user.paste(pasted)
        await user.press("enter" if pasted.strip() else "escape")
        assert user.document.scenario.value("num_layers") == layers
        assert not user.document.drafts


async def test_paste_in_an_edit_goes_in_at_the_cursor(explore: Start) -> None:
    async with explore() as user:
        await user.type("15")
        await user.press("left")
        await user.paste("2\x1b[31m")
        assert user.editing is not None
        assert user.editing.text == "12[31m5"


async def test_paste_on_results_or_a_choice_changes_nothing(explore: Start) -> None:
    async with explore() as user:
        before = user.document.scenario
        await user.go_to("attention")
        await user.paste("gqa")
        assert "← and → change it" in user.message
        await user.press("tab")
        await user.paste("48")
        assert user.document.scenario is before


async def test_selection_and_cursor(explore: Start) -> None:
    async with explore() as user:
        await user.press("enter", "7")
        assert user.editing is not None
        text = lambda: user.editing and user.editing.text  # noqa: E731
        assert text() == "7"
        await user.press("8", "9", "shift+left", "shift+left", "1")
        assert text() == "71"
        await user.press("home", "2", "end", "3")
        assert text() == "2713"
        await user.press("shift+home", "4")
        assert text() == "4"
        await user.type("5*6 7")
        await user.press("ctrl+w", "8")
        assert text() == "45*6 8"
        await user.press("ctrl+a", "delete")
        assert text() == "5*6 8"
        await user.press("right", "ctrl+k", "0")
        assert text() == "50"
        await user.press("ctrl+e", "left", "ctrl+u")
        assert text() == "0"
        await user.press("escape")
        assert user.document.scenario.value("num_layers") == 61


async def test_enter_keeps_escape_reverts_and_arrows_keep_and_go_on(explore: Start) -> None:
    async with explore() as user:
        value = user.document.scenario.value
        await user.press("4", "escape")
        assert (user.document.scenario.value("num_layers"), user.field) == (61, "num_layers")
        await user.press("4", "0", "down")
        assert (user.document.scenario.value("num_layers"), user.field) == (40, "hidden_size")
        await user.press("8", "0", "up")
        assert (user.document.scenario.value("hidden_size"), user.field) == (80, "num_layers")
        await user.press("5", "0", "tab")
        assert user.document.scenario.value("num_layers") == 50
        assert user.main.on_results
        assert value("num_layers") == 61  # what was in force before is another scenario


async def test_a_page_key_keeps_what_is_typed(explore: Start) -> None:
    async with explore() as user:
        await user.press("4", "0", "pagedown")
        assert user.document.scenario.value("num_layers") == 40
        assert user.editing is None
        assert user.field != "num_layers"


async def test_one_edit_is_one_step_of_undo(explore: Start) -> None:
    async with explore() as user:
        await user.type("123")
        await user.press("enter", "z")
        assert user.document.scenario.value("num_layers") == 61
        await user.press("z")
        assert user.message == "There is nothing to undo."


async def test_an_edit_that_changes_nothing_is_no_step(explore: Start) -> None:
    async with explore() as user:
        await user.press("enter", "enter", "4", "escape")
        assert not user.document.is_modified
        await user.press("z")
        assert user.message == "There is nothing to undo."


# Rows


async def test_a_choice_hides_the_rows_that_do_not_apply(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        assert "KV rank" in user.shown
        assert "KV heads" not in user.shown
        await user.go_to("attention")
        await user.press("right")
        assert user.document.scenario.value("attention") == "gqa"
        assert "KV rank" not in user.shown
        assert "KV heads" in user.shown
        await user.press("z")
        assert "KV rank" in user.shown


async def test_enter_takes_the_next_choice_and_turns_a_switch(explore: Start) -> None:
    async with explore() as user:
        await user.go_to("attention")
        await user.press("enter")
        assert user.document.scenario.value("attention") == "gqa"
        await user.go_to("tie_embeddings")
        await user.press("enter")
        assert user.document.scenario.value("tie_embeddings") is True
        assert "yes" in user.row


async def test_what_is_unknown_shows_as_a_word_and_its_results_as_dashes(
    explore: Start,
) -> None:
    async with explore("gpt-4-reported", size=WIDE) as user:
        assert "unknown" in user.row
        assert user.result("Parameters").split()[1] == "–"
        assert "The shape of the model is not known" in user.shown
        assert "nan" not in user.shown.lower().replace("finance", "")
        assert "inf" not in user.shown.lower()


async def test_unknown_can_be_typed_and_replaced(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        await user.press("enter")
        await user.type("unknown")
        assert user.result("Parameters").split()[1] == "–"
        await user.press("enter", "6", "1", "enter")
        assert user.result("Parameters").split()[1] == "671.0"


# Marks


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_what_differs_from_the_baseline_is_marked_until_the_next(
    explore: Start, size: tuple[int, int]
) -> None:
    async with explore(size=size) as user:
        await user.type("32")
        await user.press("enter")
        assert user.row.startswith("▸*Layers")
        assert "was 61" in user.row
        assert " deepseek-v3 *" in user.title
        await user.show_page("Compute")
        assert "▼" in user.result("Causal attention")
        assert user.result("Causal attention").rstrip() in user.shown
        assert "▼" in user.result("Matrices")
        if size == NARROW:
            assert "▼" in text_of(user.main.query_one("#summary").lines[0])
        await user.press("b")
        assert not any(mark in user.shown for mark in "▲▼")
        assert " deepseek-v3 *" in user.title


async def test_undo_back_to_the_baseline_clears_every_mark(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        before = user.screen
        await user.type("32")
        await user.press("enter", "z", "down", "up")
        assert user.screen == before


async def test_every_field_can_be_reached_and_shows_its_help(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        seen = set()
        for _ in range(6):
            await user.press("home")
            while True:
                seen.add(user.field)
                lines = user.parameter_lines
                first_words = FIELDS[user.field].help.split()[:2]
                help_line = lines[next(i for i, s in enumerate(lines) if s[0] == "▸") + 1]
                assert help_line.split()[:2] == first_words
                assert user.row.rstrip() in user.shown
                before = user.field
                await user.press("down")
                if user.field == before:
                    break
            await user.press("n")
        hidden = {n for n, spec in FIELDS.items() if not user.document.applies(spec)}
        assert seen == set(FIELDS) - hidden
