"""What is typed after / is found by any of its names, and gone to."""

from __future__ import annotations

import pytest

from dsexplore.tui.dialogs.find import FindDialog
from dsexplore.tui.screens.claims.screen import ClaimsScreen
from tests.tui.explorer import NARROW, WIDE, Start


async def test_fields_are_found_by_label_name_flag_key_and_short_form(explore: Start) -> None:
    async with explore() as user:
        for typed, field in (
            ("--pipeline-model-parallel-size", "pipeline_parallel"),
            ("pp", "pipeline_parallel"),
            ("mbs", "micro_batch_size"),
            ("num_hidden_layers", "num_layers"),
            ("num_experts_per_tok", "experts_per_token"),
            ("--moe-router-topk", "experts_per_token"),
            ("gradient_checkpointing", "recompute"),
            ("tensor_parallel_size", "serving_tensor_parallel"),
            ("first_k_dense_replace", "num_dense_layers"),
            ("hidden size", "hidden_size"),
        ):
            await user.press("/")
            await user.paste(typed)
            await user.press("enter")
            assert user.field == field, typed


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_result_is_gone_to_on_the_page_that_shows_it(
    explore: Start, size: tuple[int, int]
) -> None:
    async with explore(size=size) as user:
        await user.press("/")
        await user.type("bubble share")
        await user.press("enter")
        assert user.on_results
        assert user.cursor == "bubble_share"
        assert "▸Bubble share of step" in user.shown


async def test_pages_panels_actions_and_presets_are_found(explore: Start) -> None:
    async with explore() as user:
        await user.press("/")
        await user.type("network")
        await user.press("enter")
        assert (user.page, user.on_results) == ("Network", True)
        await user.press("/")
        await user.type("parallelism")
        await user.press("enter")
        assert (user.panel, user.on_results) == ("parallelism", False)
        await user.press("/")
        await user.type("set baseline")
        await user.press("enter")
        assert "from here on" in user.message
        await user.press("/")
        await user.type("llama-3.1-405b")
        await user.press("enter")
        assert user.document.name == "llama-3.1-405b"


async def test_claims_are_found_from_any_screen(explore: Start) -> None:
    async with explore() as user:
        await user.press("L", "ctrl+f")
        assert isinstance(user.app.screen, FindDialog)
        await user.type("2,664,000")
        await user.press("enter")
        assert isinstance(user.app.screen, ClaimsScreen)
        assert user.app.screen.cursor.name == "p01"
        await user.press("escape")
        assert user.app.screen is user.main


async def test_a_field_without_use_leads_to_the_choice_that_would_use_it(explore: Start) -> None:
    async with explore("llama-3.1-405b") as user:
        await user.press("/")
        await user.type("kv_lora_rank")
        await user.press("enter")
        assert user.field == "attention"
        assert "is used where Attention is mla" in user.message


async def test_what_is_read_meanwhile_leaves_the_cursor_on_the_nearest(explore: Start) -> None:
    async with explore() as user:
        await user.press("/")
        await user.type("b200")
        await user.app.workers.wait_for_complete()
        await user.settle()
        # Presets are listed later than fields, and this one is nearer.
        assert "▸b200-180gb-sxm" in user.shown
