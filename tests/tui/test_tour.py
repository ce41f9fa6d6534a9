"""The tour: each step waits until the user has done it, on a scenario of its own."""

from __future__ import annotations

from tests.tui.explorer import Explorer, Start


def at(user: Explorer) -> str:
    """Which step the screen says."""
    return next(
        (line.split("Tour ")[1].split(" of")[0] for line in user.screen if "Tour " in line), ""
    )


async def test_ten_steps_done_by_their_keys_and_the_own_work_as_it_was(explore: Start) -> None:
    async with explore() as user:
        await user.press("right", "f2")
        mine = user.app._tour[1].session.document  # type: ignore[index]
        assert mine.scenario.value("num_layers") == 62
        doings = (
            ["tab", "/", *"experts_per", "enter"],
            ["right"],
            ["g", "n"],
            ["m"],
            ["H", *"b200", "enter"],
            ["L", "escape", "escape"],
            ["o", *"deepseek-r1-epoch", "enter"],
            ["tab", "tab", "g", "o", "down", "e"],
            ["escape", "C", "enter"],
            ["z"],
        )
        for step, keys in enumerate(doings, 1):
            # What belongs to another step is no step done.
            await user.press("i", "i")
            assert at(user) == str(step), user.shown
            await user.press(*keys)
        assert "That was the tour." in user.shown
        assert mine.scenario.value("num_layers") == 62
        await user.press("q")
        assert user.document is mine
        assert user.message == "Back from the tour."
        assert "Layers" in user.row
