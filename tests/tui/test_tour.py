"""The tour: each step waits until the user has done it, on a scenario of its own."""

from __future__ import annotations

import gc
import weakref

from dsexplore.tui.main.screen import MainScreen
from dsexplore.tui.widgets.lines import wrapped
from tests.tui.explorer import Explorer, Start


def at(user: Explorer) -> str:
    """Which step the screen says."""
    return next(
        (line.split("Tour ")[1].split(" of")[0] for line in user.screen if "Tour " in line), ""
    )


async def test_ten_steps_done_by_their_keys_and_the_own_work_as_it_was(explore: Start) -> None:
    async with explore() as user:
        # What to press is said whole at the first start, on the narrowest screens too.
        first = user.main._first_words()
        among_parameters, user.main.session.on_results = first, True
        among_results = user.main._first_words()
        assert "↵ types one" in among_parameters
        assert "↵ says why" in among_results
        user.main.session.on_results = False
        for said in (among_parameters, among_results):
            assert all(key in said for key in ("↵", "tab", "←→", "?", "F2"))
            assert not wrapped(said, 78, 2)[-1].endswith("…")
        await user.press("right", "f2")
        mine = user.app._tour[1].session.document
        assert mine.scenario.value("num_layers") == 62
        down = user.listed.index("experts_per_token")
        doings = (
            ["down"] * down,
            ["left", "right", "right"],
            ["g", "n"],
            ["m", "enter"],
            ["H", *"b200", "enter"],
            ["L", "escape", "escape"],
            ["o", *"r1-ep", "enter"],
            ["tab", "tab", "g", "o", "down", "e", "escape"],
            ["C", "enter"],
            ["z"],
        )
        for step, keys in enumerate(doings, 1):
            # What belongs to another step is no step done.
            is_on_main = isinstance(user.app.screen, MainScreen)
            await user.press(*(("i", "i") if is_on_main else ("down", "up")))
            assert at(user) == str(step), user.shown
            await user.press(*keys)
        assert "That was the tour." in user.shown
        await user.resize(62, 20)
        bar = " ".join(line.strip() for line in user.screen[-3:])
        assert "q goes back to your own work, as you left it." in bar
        assert mine.scenario.value("num_layers") == 62
        await user.press("q")
        assert user.document is mine
        assert user.message == "Back from the tour."
        assert "Layers" in user.row


async def test_a_screen_that_was_closed_on_the_tour_is_let_go(explore: Start) -> None:
    async with explore() as user:
        await user.press("f2")
        await user.press("h")
        assert user.app.screen is not user.main
        screen = weakref.ref(user.app.screen)
        assert "Tour 1 of" in user.shown
        await user.press("escape")
        # What Textual still remembers of the last screen goes with the next.
        await user.press("question_mark", "escape")
        assert user.app.screen is user.main
        gc.collect()
        assert screen() is None
