"""A key is drawn once, and a refusal of whatever an action does is said under the sheets."""

from __future__ import annotations

from collections import Counter

import pytest
from textual import events

from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.keys.actions import ACTIONS
from dsexplore.tui.main.screen import MainScreen
from tests.tui.explorer import Start

# All actions, from both sides and while a row is edited; and typing, good and bad.
_KEYS = [action.keys[0] for action in ACTIONS if action.name != "quit"]
KEYS = (
    *_KEYS,
    *("tab", *_KEYS, "home", "tab"),
    *(press for key in _KEYS for press in ("5", key)),
    *("n", "1", "2", "x", "backspace", "left", "enter", "enter", "7", "escape", "z", "up"),
)


@pytest.fixture
def draws(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Each key that the main screen was given, and how often it was drawn for it.

    What a layout asks for afterwards, of a side that has come into sight, is not the key's.
    """
    drawn: list[tuple[str, int]] = []
    count = Counter[str]()
    draw, take_key = MainScreen.draw, MainScreen.take_key

    def counted_draw(self: MainScreen) -> None:
        count["draws"] += 1
        draw(self)

    def counted_key(self: MainScreen, event: events.Key) -> bool:
        before = count["draws"]
        was_taken = take_key(self, event)
        drawn.append((event.key, count["draws"] - before))
        return was_taken

    monkeypatch.setattr(MainScreen, "draw", counted_draw)
    monkeypatch.setattr(MainScreen, "take_key", counted_key)
    return drawn


async def test_a_key_is_drawn_once(explore: Start, draws: list[tuple[str, int]]) -> None:
    async with explore() as user:
        for key in KEYS:
            await user.press(key)
            if user.app.screen is not user.main:
                await user.press("escape")
    assert [key for key, times in draws if times > 1] == []
    assert sum(times for _, times in draws) > 100


async def test_a_typed_digit_is_drawn_once(explore: Start, draws: list[tuple[str, int]]) -> None:
    async with explore() as user:
        await user.type("61x")
        await user.press("left", "shift+home", "enter")
    assert draws == [(key, 1) for key in ("6", "1", "x", "left", "shift+home", "enter")]


async def test_a_refusal_is_said_and_the_next_key_clears_it(explore: Start) -> None:
    def refused() -> None:
        raise ScenarioError("num_layers", "-1", "a whole number of layers")

    async with explore() as user:
        user.main.session.run(refused)
        assert user.message == "num_layers: found -1; allowed: a whole number of layers"
        await user.press("down")
        assert user.message == ""
