"""What would it take: a target for a result, answered field by field, and put in force undoably."""

from __future__ import annotations

from dsexplore.tui.dialogs.find_name import FindName
from dsexplore.tui.dialogs.target import TargetDialog
from tests.tui.explorer import Start


async def test_thirty_days_take_a_larger_cluster(explore: Start) -> None:
    async with explore() as user:
        await user.go_to_result("pretraining_days")
        await user.press("t")
        assert isinstance(user.app.screen, TargetDialog)
        await user.paste("30 d")
        assert "GPUs: 3700" in user.shown
        await user.press("enter")
        assert user.document.scenario.hardware.num_gpus == 3700
        assert "Undo takes it back" in user.message
        assert user.field == "num_gpus"
        await user.press("z")
        assert user.document.scenario.hardware.num_gpus == 2048


async def test_a_target_may_be_another_quantity(explore: Start) -> None:
    async with explore("deepseek-r1-zero-estimate") as user:
        await user.press("t")
        assert isinstance(user.app.screen, FindName)
        await user.type("rl_gpu_hours")
        await user.press("enter")
        await user.paste("pretraining_gpu_hours")
        await user.press("down", "down")
        assert "which makes rl_gpu_hours 2.664 M GPU-h" in " ".join(user.shown.split())


async def test_a_target_out_of_reach_is_refused_in_words(explore: Start) -> None:
    async with explore() as user:
        await user.press("tab", "t")
        await user.type("bananas")
        assert "bananas" in user.shown
        assert "allowed" in user.shown
        await user.press("enter")
        assert isinstance(user.app.screen, TargetDialog)
        await user.press("escape")
        assert not user.document.is_modified


async def test_a_whole_number_says_what_the_one_before_it_would_make(explore: Start) -> None:
    async with explore() as user:
        await user.go_to_result("pretraining_days")
        await user.press("t")
        await user.paste("30.001 d")
        text = " ".join(user.shown.replace("│", " ").split())
        assert "GPUs: 3700" in text
        assert "3699 makes ✗ 30.01 d" in text
