"""History: a line of states to walk along, and what a new change does to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dsexplore.document.history import History


def test_there_is_nothing_to_undo_or_redo_at_first() -> None:
    history: History[int] = History()
    assert history.undo(0) is None
    assert history.redo(0) is None
    assert history.undo(0) is None


def test_undo_and_redo_walk_along_the_states() -> None:
    history: History[str] = History()
    history.push("a")
    history.push("b")
    assert history.undo("c") == "b"
    assert history.undo("b") == "a"
    assert history.undo("a") is None
    assert history.redo("a") == "b"
    assert history.redo("b") == "c"
    assert history.redo("c") is None


def test_a_new_change_forgets_what_was_undone() -> None:
    history: History[str] = History()
    history.push("a")
    assert history.undo("b") == "a"
    history.push("a")
    assert history.redo("c") is None
    assert history.undo("c") == "a"


def test_a_long_session_keeps_the_last_steps_and_not_all() -> None:
    history: History[int] = History()
    for state in range(5000):
        history.push(state)
    now, steps = 5000, 0
    while (before := history.undo(now)) is not None:
        assert before == now - 1
        now, steps = before, steps + 1
    assert 500 <= steps < 5000


@given(st.lists(st.sampled_from(["change", "undo", "redo"]), max_size=60))
def test_any_walk_is_that_of_a_cursor_over_a_list(actions: list[str]) -> None:
    history: History[int] = History()
    states, cursor = [0], 0
    now = 0
    for number, action in enumerate(actions, start=1):
        if action == "change":
            history.push(now)
            now = number
            states = [*states[: cursor + 1], now]
            cursor += 1
        elif action == "undo":
            found = history.undo(now)
            assert (found is None) == (cursor == 0)
            cursor = max(cursor - 1, 0)
        else:
            found = history.redo(now)
            assert (found is None) == (cursor == len(states) - 1)
            cursor = min(cursor + 1, len(states) - 1)
        if action != "change" and found is not None:
            now = found
        assert now == states[cursor]
