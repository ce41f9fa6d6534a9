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


def drawn(history: History[str], now: str) -> list[str]:
    return [f"{'>' if each.is_now else ' '}{each.stem}{each.state}" for each in history.drawn(now)]


def test_a_change_after_undoing_is_a_branch_and_nothing_is_lost() -> None:
    history: History[str] = History()
    history.push("a")
    history.push("b")
    assert history.undo("c") == "b"
    history.push("b")
    assert history.redo("d") is None
    assert drawn(history, "d") == [" a", " b", " ├─c", ">d"]
    assert history.undo("d") == "b"
    assert history.undo("b") == "a"
    # Redo leads where one was last; a jump leads anywhere, and redo after it there.
    number = next(each.number for each in history.drawn("a") if each.state == "c")
    assert history.jump("a", number) == "c"
    assert history.jump("c", number) is None
    assert drawn(history, "c") == [" a", " b", " ├─d", ">c"]
    assert history.undo("c") == "b"
    assert history.redo("b") == "c"
    assert history.jump("c", 99) is None


def test_a_mark_forgets_what_came_since() -> None:
    history: History[str] = History()
    history.push("a")
    history.push("b")
    assert history.undo("c") == "b"
    before, mark = drawn(history, "b"), history.mark()
    assert history.undo("b") == "a"
    history.push("a")
    history.push("x")
    history.forget_since(mark)
    assert drawn(history, "b") == before
    assert history.redo("b") == "c"


def test_a_long_session_keeps_the_last_steps_and_not_all() -> None:
    history: History[int] = History()
    for state in range(5000):
        history.push(state)
    now, steps = 5000, 0
    while (before := history.undo(now)) is not None:
        assert before == now - 1
        now, steps = before, steps + 1
    assert 500 <= steps < 5000


def test_branches_too_are_bounded_and_the_oldest_go_first() -> None:
    history: History[str] = History()
    for state in range(3000):
        history.push("a")
        assert history.undo(f"{state}") == "a"
    kept = [each.state for each in history.drawn("a")]
    assert len(kept) < 1000
    assert kept[-1] == "2999"


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
