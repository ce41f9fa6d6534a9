"""Rows: which of them show, what stands in them, and what is marked."""

from __future__ import annotations

import pytest

from dsexplore.document.document import Document
from dsexplore.scenario.scenario import FIELDS
from dsexplore.tui.main.field_help import range_here
from tests.tui.explorer import NARROW, WIDE, Start, text_of

SIZES = (NARROW, WIDE)


# Rows


async def test_a_choice_hides_the_rows_that_do_not_apply(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        assert "KV rank" in user.shown
        assert "KV heads" not in user.shown
        await user.go_to("attention")
        await user.press("left")
        assert user.document.scenario.value("attention") == "gqa"
        assert "KV rank" not in user.shown
        assert "KV heads" in user.shown
        await user.press("z")
        assert "KV rank" in user.shown


async def test_enter_lists_choices_by_first_letter_and_turns_a_switch(explore: Start) -> None:
    async with explore() as user:
        await user.go_to("attention")
        await user.press("enter", "enter")
        assert user.document.scenario.value("attention") == "mla"
        await user.press("enter", "g", "enter")
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
        assert user.shown.count("was 61") == 1
        assert " deepseek-v3 *" in user.title
        await user.show_page("Compute")
        assert "▼" in user.result("Training FLOP  ")
        assert user.result("Training FLOP  ").rstrip() in user.shown
        assert "▼" in user.result("Matrix FLOP")
        if size == NARROW:
            assert "▼" in text_of(user.main.query_one("#summary").lines[0])
        await user.press("b")
        assert not any(mark in user.shown for mark in "▲▼")
        assert " deepseek-v3 *" in user.title


async def test_undo_back_to_the_baseline_clears_every_mark(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        await user.settle()
        before = user.screen
        await user.type("32")
        await user.press("enter", "z", "down", "up")
        assert user.screen == before


async def test_every_field_can_be_reached_and_shows_its_help(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        await user.press("i")
        seen = set()
        for _ in range(6):
            await user.press("home")
            while True:
                seen.add(user.field)
                title, said, *_ = user.help_lines
                assert FIELDS[user.field].label in title
                assert said.split()[:2] == FIELDS[user.field].help.split()[:2]
                assert user.row.rstrip() in user.shown
                before = user.field
                await user.press("down")
                if user.field == before:
                    break
            await user.press("n")
        hidden = {n for n, spec in FIELDS.items() if not user.document.applies(spec)}
        assert seen == set(FIELDS) - hidden


async def test_undo_forgets_a_refused_text_before_it_takes_back_an_edit(explore: Start) -> None:
    async with explore() as user:
        await user.type("32")
        await user.press("enter")
        await user.go_to("hidden_size")
        await user.type("0")
        await user.press("enter")
        assert user.document.drafts
        await user.press("z")
        assert "refused" in user.message
        assert not user.document.drafts
        assert user.document.scenario.value("num_layers") == 32
        await user.press("z")
        assert user.document.scenario.value("num_layers") == 61


async def test_hints_say_what_makes_sense_here(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        said = lambda: " ".join(" ".join(user.help_lines).split())  # noqa: E731 - asked often
        # What divides both the 256 experts and the 128 accelerators of a stage.
        await user.go_to("expert_parallel")
        assert "divides 128" in user.row
        assert "1, 2, 4, 8, 16, 32, 64, 128" in said()
        await user.go_to("num_routed_experts")
        await user.type("96")
        await user.press("enter")
        await user.go_to("expert_parallel")
        assert "divides 32" in user.row
        await user.press("z")
        await user.go_to("pipeline_parallel")
        assert "at most 61" in user.row
        assert "1, 2, 4, 8, 16, 32" in said()
        await user.go_to("num_gpus")
        assert "Multiple of 1024" in said()
        await user.go_to("global_batch_size")
        assert "Multiple of 128" in said()
        await user.go_to("tensor_parallel")
        assert "GPUs 2048 = Tensor 1 × Pipeline 16 ×" in said()


def test_a_hint_says_something() -> None:
    document = Document("qwen3-8b")
    hints = {name: range_here(document, spec) for name, spec in FIELDS.items()}
    # Any number of accelerators is a multiple of 1; a share is at most all of it.
    assert not {hints[name] for name in ("num_gpus", "assumed_mfu", "kernel_overhead")} - {""}
    assert hints["micro_batch_size"] == "only 1"
    assert hints["sequence_length"] == "at most 131072"


async def test_what_every_run_must_have_shows_where_nobody_has_set_it(explore: Start) -> None:
    async with explore("qwen3-8b") as user:
        for panel, fields in (
            ("hardware", {"num_gpus"}),
            ("parallelism", {"tensor_parallel", "pipeline_parallel"}),
            ("pretraining", {"pretraining_tokens", "global_batch_size", "utilization"}),
        ):
            user.main.session.parameters.show_panel(panel)
            assert fields <= {*user.listed}
            # A dense model has no experts to spread.
            assert "expert_parallel" not in user.listed
        # The first to be set folds none of the others.
        await user.go_to("tensor_parallel")
        before = user.listed
        await user.press("right")
        assert user.listed == before
