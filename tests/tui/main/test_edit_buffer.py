"""A line of text being typed, held against a plain model of one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dsexplore.tui.main.edit_buffer import EditBuffer
from tests.points import holds_at

KEYS = (
    *("left", "right", "home", "end", "ctrl+a", "ctrl+e", "ctrl+left", "ctrl+right"),
    *("shift+left", "shift+right", "shift+home", "shift+end", "ctrl+shift+a"),
    *("backspace", "delete", "ctrl+d", "ctrl+u", "ctrl+k", "ctrl+w", "alt+backspace"),
)


@holds_at(
    ("keys", "left", "cursor"),
    [
        (["home", "delete"], "4.8 T", 0),
        (["end", "backspace"], "14.8 ", 5),
        (["end", "left", "ctrl+u"], "T", 0),
        (["home", "right", "ctrl+k"], "1", 1),
        (["end", "ctrl+w"], "14.8 ", 5),
        (["end", "ctrl+left", "backspace"], "14.8T", 4),
        (["home", "ctrl+right", "delete"], "14.8T", 4),
        (["backspace"], "", 0),
        (["left", "backspace"], "14.8 T", 0),
        (["home", "shift+right", "shift+right", "delete"], ".8 T", 0),
        (["right", "shift+home", "backspace"], "", 0),
        (["home", "ctrl+shift+a", "delete"], "", 0),
    ],
)
def test_editing_keys(keys: list[str], left: str, cursor: int) -> None:
    buffer = EditBuffer.over("14.8 T")
    assert all(buffer.press(key) for key in keys)
    assert (buffer.text, buffer.cursor) == (left, cursor)


def test_the_first_character_replaces_what_is_selected() -> None:
    buffer = EditBuffer.over("61")
    assert buffer.selection == (0, 2)
    buffer.insert("3")
    buffer.insert("2")
    assert buffer.text == "32"


@holds_at("key", ["enter", "escape", "up", "down", "tab", "f1", "ctrl+o", "x", "5"])
def test_other_keys_are_not_its_business(key: str) -> None:
    buffer = EditBuffer.over("61")
    assert not buffer.press(key)
    assert buffer == EditBuffer.over("61")


@given(st.lists(st.one_of(st.sampled_from(KEYS), st.text(max_size=20).map(lambda s: "+" + s))))
def test_cursor_and_selection_stay_within_printable_text(steps: list[str]) -> None:
    buffer = EditBuffer.over("2048*8")
    for step in steps:
        if step.startswith("+"):
            buffer.insert(step[1:])
        else:
            assert buffer.press(step)
        assert 0 <= buffer.cursor <= len(buffer.text) <= 200
        assert 0 <= buffer.anchor <= len(buffer.text)
        assert buffer.text.isprintable()


@given(st.text(alphabet="0123456789.*+TGB ", max_size=40), st.integers(0, 40))
def test_an_insertion_and_its_deletion_leave_the_text(text: str, place: int) -> None:
    buffer = EditBuffer(text, min(place, len(text)), min(place, len(text)))
    buffer.insert("x")
    buffer.press("backspace")
    assert (buffer.text, buffer.cursor) == (text, min(place, len(text)))
