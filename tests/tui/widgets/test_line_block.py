"""What is repainted: the said cells, and with them the old line becomes the new one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dsexplore.tui.widgets.line_block import changed_cells
from dsexplore.tui.widgets.lines import Line, width_of

ROLES = ("plain", "value", "dim")
SPAN = st.tuples(st.text(alphabet="ab1 模", max_size=4), st.sampled_from(ROLES))
LINE = st.lists(SPAN, max_size=6).map(tuple)


def cells(line: Line, width: int) -> list[tuple[str, str]]:
    """A line as a terminal holds it: a wide character takes two cells."""
    held: list[tuple[str, str]] = []
    for text, role in line:
        for character in text:
            held.append((character, role))
            held += [("", role)] * (width_of([(character, "plain")]) - 1)
    return held + [(" ", "ground")] * (width - len(held))


@given(LINE, LINE)
def test_repainting_the_said_cells_turns_the_old_line_into_the_new(old: Line, new: Line) -> None:
    width = max(width_of(old), width_of(new)) + 3
    start, length = changed_cells(old, new)
    screen, wanted = cells(old, width), cells(new, width)
    screen[start : start + length] = wanted[start : start + length]
    assert screen == wanted
    assert start >= 0 <= length


@given(LINE)
def test_a_line_that_is_the_same_is_not_repainted(line: Line) -> None:
    assert changed_cells(line, line) == (0, 0)


def test_a_value_in_the_middle_is_repainted_alone() -> None:
    old: Line = ((" Layers ", "label"), ("61", "value"), ("  ≥ 1", "dim"))
    new: Line = ((" Layers ", "label"), ("62", "value"), ("  ≥ 1", "dim"))
    assert changed_cells(old, new) == (8, 2)
