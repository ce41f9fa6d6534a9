"""Layouts that fit, searched beside the screen, and one taken undoably."""

from __future__ import annotations

import asyncio

from dsexplore.engine import evaluate
from dsexplore.tui.dialogs.layouts import LayoutsDialog
from tests.tui.explorer import Explorer, Start

# So few accelerators that a search takes a moment.
SMALL = {"num_gpus": 32, "global_batch_size": 64, "gpus_per_node": 8}


def words(user: Explorer) -> str:
    """What the dialog shows, without its frame."""
    return " ".join(user.shown.replace("│", " ").split())


async def searched(user: Explorer) -> LayoutsDialog:
    await user.press("L")
    dialog = user.app.screen
    assert isinstance(dialog, LayoutsDialog)
    async with asyncio.timeout(30):
        while dialog.is_searching:
            await asyncio.sleep(0.01)
    await user.pilot.pause(0.05)
    await user.settle()
    return dialog


async def test_the_fastest_layout_is_taken_and_undone(explore: Start) -> None:
    async with explore("llama-3-70b") as user:
        user.document.take(SMALL, "a small cluster")
        stated = user.document.scenario
        dialog = await searched(user)
        assert "layouts are possible and fit" in words(user)
        assert "compute_time" in user.shown
        await user.press("down", "enter")
        taken = user.document.scenario
        assert dialog.changed in taken.differs_in(stated)
        assert "Undo takes it back" in user.message
        values = evaluate(taken.inputs())
        assert values["memory_headroom"] > 0
        assert values["layout_problem"] == ""
        await user.press("z")
        assert user.document.scenario == stated


async def test_escape_leaves_and_what_has_no_layout_says_why(explore: Start) -> None:
    async with explore("llama-3-70b") as user:
        user.document.take(SMALL | {"memory_capacity": "1 GB"}, "a small cluster")
        await searched(user)
        assert "ruled out are" in words(user)
        await user.press("escape")
        user.document.take({"num_layers": "unknown"}, "no depth")
        await searched(user)
        assert "num_layers" in user.shown
        await user.press("escape")
        assert user.app.screen is user.main
