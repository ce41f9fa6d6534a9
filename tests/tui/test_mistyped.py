"""A word typed where letters are keys only finds: it was a mistake, and is said to be one."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from dsexplore.tui.dialogs.find import FindDialog
from dsexplore.tui.screens.explain.screen import ExplainScreen
from tests.tui.explorer import Start, keys_of


# m and o ask, e explains, w saves, q leaves, z undoes: each of them begins or is in a word.
@pytest.mark.parametrize(
    "word", ["memory", "output", "experts", "width", "query", "bubble", "num_gpus"]
)
async def test_a_word_typed_on_the_main_screen_is_undone_and_looked_for(
    explore: Start, word: str
) -> None:
    async with explore() as user:
        await user.press("right", "right", "z")
        before, view = user.document.state, user.main.session.view()
        await user.type(word)
        assert isinstance(user.app.screen, FindDialog)
        assert user.app.screen.query_one(Input).value == word
        assert "letters did as keys is undone" in user.shown
        await user.press("escape")
        assert user.document.state is before
        assert user.main.session.view() == view
        await user.press("y")
        assert user.message.startswith("Redone")


async def test_keys_that_begin_no_word_are_keys_and_keep_their_order(explore: Start) -> None:
    async with explore() as user:
        await user.press("right", "z", "y", "z", "y")
        assert user.document.is_modified
        await user.press("down", "e")
        assert isinstance(user.app.screen, ExplainScreen)


@pytest.mark.parametrize(("typed", "found"), [("width", True), ("wj", False)])
async def test_a_pause_of_the_program_is_none_of_the_user(
    explore: Start, typed: str, found: bool
) -> None:
    async with explore() as user:
        first, *others = keys_of(typed)
        user.app.typed_ahead.add(first)
        # The time for the next letter is over, and the others have come long since.
        user.app.typed_ahead.add(user.app.end_pause)
        for key in others:
            user.app.typed_ahead.add(key)
        await user.settle()
        if found:
            assert isinstance(user.app.screen, FindDialog)
        else:
            # First the dialog that w opens, and then a letter typed in it.
            assert user.app.screen.query_one(Input).value.endswith("j")
