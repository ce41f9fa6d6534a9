"""Keys of the user's own."""

from __future__ import annotations

import asyncio

import pytest

from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.keys.actions import ACTIONS, shown_key
from dsexplore.tui.keys.keymap import actions_by_key, keymap
from dsexplore.tui.settings import Settings
from tests.tui.explorer import GUARD, Start


def test_without_settings_keys_are_the_tables() -> None:
    assert keymap({}) == {action.name: action.keys for action in ACTIONS}


def test_a_key_given_to_one_action_is_taken_from_the_others() -> None:
    keys = keymap({"undo": ["q", "f5"]})
    assert keys["undo"] == ("q", "f5")
    assert keys["quit"] == ("ctrl+q",)
    assert actions_by_key(keys)["q"] == "undo"
    assert "z" not in actions_by_key(keys)


def test_a_key_may_be_written_as_its_character() -> None:
    keys = keymap({"undo": ["?", ","]})
    assert keys["undo"] == ("question_mark", "comma")
    assert "question_mark" not in keys["help"]


def test_a_key_may_be_written_as_the_screen_writes_it() -> None:
    # Control takes no capitals from a terminal, and a held Shift makes one.
    written = ["^t", "Ctrl+T", "F5", "pgup", "↑", "shift+t", "shift+Tab", "ctrl+?"]
    named = ("ctrl+t", "f5", "pageup", "up", "T", "shift+tab", "ctrl+question_mark")
    assert keymap({"undo": written})["undo"] == named
    for action in ACTIONS:
        assert keymap({action.name: [shown_key(key) for key in action.keys]}) == keymap({})


@pytest.mark.parametrize(
    ("remapped", "sentence"),
    [
        ({"unod": ["f5"]}, "keys: found unknown action 'unod'; allowed: undo"),
        ({"undo": ["ctrl+b"]}, "keys.undo: found 'ctrl+b'; allowed: a key that is not reserved"),
        ({"undo": ["escape"]}, "keys.undo: found 'escape'; allowed: a key that is not reserved"),
        ({"undo": ["5"]}, "keys.undo: found '5'; allowed: a key that does not start a value"),
        ({"undo": ["-"]}, "keys.undo: found '-'; allowed: a key that does not start a value"),
        ({"undo": ["ctrl+foo"]}, "keys.undo: found 'ctrl+foo'; allowed: the name of a key"),
        ({"undo": ["q", "ctrl+q"]}, "keys.quit: found no key left; allowed: at least one key"),
        ({"undo": [""]}, "keys.undo: found ''; allowed: the name of a key"),
        ({"undo": ["f5"], "redo": ["f5"]}, "keys.redo: found 'f5'; allowed: a key bound to"),
    ],
)
def test_what_cannot_be_bound_is_refused_in_a_sentence(
    remapped: dict[str, list[str]], sentence: str
) -> None:
    with pytest.raises(ScenarioError) as refusal:
        keymap(remapped)
    assert str(refusal.value).startswith(sentence)


async def test_remapped_keys_work_and_are_the_ones_that_are_shown(explore: Start) -> None:
    settings = Settings(keys={"undo": ["F"], "quit": ["f9"], "open": ["z"]})
    async with explore(settings=settings, size=(120, 40)) as user:
        assert "F undo" in user.screen[-1]
        await user.press("right", "F")
        assert user.message.startswith("Undone")
        await user.press("q", "ctrl+z")
        assert user.app.screen is user.main
        await user.press("z")
        assert user.app.screen is not user.main
        await user.press("escape")
        await user.press("question_mark")
        await user.press("end")
        async with asyncio.timeout(GUARD):  # scrolled a refresh later
            while "F9" not in user.shown:
                await user.settle()
        assert "^q" not in user.shown


async def test_remapped_keys_are_the_ones_of_full_screens_and_of_what_is_said(
    explore: Start,
) -> None:
    remapped = {"save": ["f5"], "find": ["F", "f6"], "help": ["H"], "row_down": ["o"],
                "explain": ["X"], "search": ["f7"], "quit": ["Q", "f8"]}  # fmt: skip
    async with explore(settings=Settings(keys=remapped)) as user:
        assert "X: all of it" in user.shown
        await user.press("f")
        assert "F7 lists faster layouts" in user.message
        await user.press("X")
        assert user.screen[-1].rstrip().endswith("F5 save  H help  F8 quit")
        first = user.app.screen.cursor.row  # type: ignore[attr-defined]
        await user.press("o", "j", "question_mark")
        assert user.app.screen.cursor.row == first + 1  # type: ignore[attr-defined]
        await user.press("H")
        listed = {line.split()[1] for line in user.screen if line.lstrip().startswith("│")}
        assert {"F", "F6", "F5", "H", "F8"} <= listed
        assert not {"/", "^f", "^s", "?", "^q", "q"} & listed
        await user.press("escape", "Q")
        assert user.app.screen is user.main
