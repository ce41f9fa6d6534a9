"""Typing in a row loses nothing: what is valid is followed at once, what is not says why."""

from __future__ import annotations

import pytest

from tests.tui.explorer import WIDE, Start


async def test_digits_signs_and_dollars_begin_an_edit(explore: Start) -> None:
    async with explore() as user:
        for begin in (*"0123456789", "-", "+", "$", "("):
            await user.press(begin)
            assert user.editing is not None, begin
            assert user.editing.text == begin
            assert begin in user.row
            await user.press("escape")
            assert user.editing is None


async def test_letters_are_commands_until_a_row_is_edited(explore: Start) -> None:
    async with explore() as user:
        await user.press("b")
        assert "from here on" in user.message
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
        assert "▲" in seen[3][1]


async def test_a_bad_value_stays_on_the_row_and_the_last_good_one_in_force(
    explore: Start,
) -> None:
    async with explore(size=WIDE) as user:
        await user.type("61x")
        assert "61x" in user.row
        assert "✗" in user.row
        assert "found '61x'; allowed: a whole number of layers" in user.shown
        assert user.message == "Not in force; the value before it stays."
        assert user.document.scenario.value("num_layers") == 61
        await user.press("down")
        assert user.field == "hidden_size"
        assert "61x" in user.parameter_lines[2]
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
        assert (user.page, user.on_results, user.editing) == ("Parameters", True, None)


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


async def test_what_a_paste_leaves_out_is_said(explore: Start) -> None:
    async with explore() as user:
        await user.paste("48\n99\n\n7\n")
        assert user.message == "A field takes one line: 2 more lines are left out. esc reverts it."
        await user.press("escape")
        assert user.document.scenario.value("num_layers") == 61
        await user.paste("+1" * 101)
        assert user.message == "A field takes 200 characters: the rest is left out."
        await user.press("escape", "T")
        await user.paste("A run\nof two lines\n")
        await user.press("enter")
        assert user.document.scenario.title.endswith("A run of two lines")


async def test_paste_in_an_edit_goes_in_at_the_cursor(explore: Start) -> None:
    async with explore() as user:
        await user.type("15")
        await user.press("left")
        await user.paste("2\x1b[31m")
        assert user.editing is not None
        assert user.editing.text == "12[31m5"


async def test_arithmetic_with_other_fields_is_followed_as_typed(explore: Start) -> None:
    async with explore() as user:
        await user.go_to("expert_parallel")
        await user.press("enter")
        await user.type("num_gpus/8")
        await user.press("enter")
        assert user.document.scenario.value("expert_parallel") == 256
        await user.press("enter")
        await user.type("expert_parallel / 4")
        await user.press("enter")
        assert user.document.scenario.value("expert_parallel") == 64


async def test_a_bare_number_is_read_in_the_unit_shown_and_said_to_be(explore: Start) -> None:
    async with explore() as user:
        await user.go_to("bf16_flops")
        await user.type("755")
        assert user.message == "Read as 755 TFLOP/s, the unit shown."
        await user.press("enter")
        assert user.document.scenario.value("bf16_flops") == 755e12
        await user.type("989e12")
        await user.press("enter")
        assert user.document.scenario.value("bf16_flops") == 989e12


async def test_a_long_number_is_shown_short_and_typed_whole(explore: Start) -> None:
    async with explore() as user:
        await user.go_to("memory_capacity")
        assert "85.52 GB" in user.row
        await user.press("enter")
        assert user.editing is not None
        assert user.editing.text == "85520809984 B"
        await user.press("enter")
        assert user.document.scenario.value("memory_capacity") == 85520809984
        await user.type("80")
        assert user.message == "Read as 80 GB, the unit shown."
        await user.press("enter")
        assert "was 85.52 GB" in user.row


async def test_paste_on_results_or_a_choice_changes_nothing(explore: Start) -> None:
    async with explore() as user:
        before = user.document.scenario
        await user.go_to("attention")
        await user.paste("gqa")
        assert "← and → change it" in user.message
        await user.press("tab")
        await user.paste("48")
        assert user.document.scenario is before
        assert user.message == "What is pasted goes into a field of the parameters."


async def test_selection_and_cursor(explore: Start) -> None:
    async with explore() as user:
        await user.press("enter", "7")
        assert user.editing is not None
        text = lambda: user.editing and user.editing.text  # noqa: E731 - asked twice
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
        assert user.on_results
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


async def test_an_accelerator_is_chosen_and_brings_its_figures(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        await user.go_to("gpu")
        await user.type("4090")
        assert user.editing is None
        assert "chosen from a list" in user.message
        before = user.document.scenario.hardware
        await user.press("enter", *"h200", "enter")
        after = user.document.scenario.hardware
        assert (after.preset, after.memory_capacity) != (before.preset, before.memory_capacity)
        assert after.preset.startswith("h200")
        await user.press("z")
        assert user.document.scenario.hardware == before


async def test_another_name_for_an_accelerator_is_offered_as_nothing_but_a_name(
    explore: Start,
) -> None:
    async with explore(size=WIDE) as user:
        await user.go_to("gpu")
        before = user.document.scenario.hardware
        await user.press("enter", *"my chip", "enter")
        after = user.document.scenario.hardware
        assert after == before.reading({"gpu": "my chip"})
        assert "my chip" in user.message
