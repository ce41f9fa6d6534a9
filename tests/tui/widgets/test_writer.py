"""Rows that are written: none is wider than there is room, groups stand apart, figures line up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dsexplore.tui.widgets.lines import width_of
from dsexplore.tui.widgets.writer import Writer, columns


def texts(written: Writer) -> list[str]:
    return ["".join(text for text, _ in row.line) for row in written.rows]


def test_a_heading_stands_apart_from_what_is_above_it() -> None:
    written = Writer(12)
    written.heading("One")
    written.line(((" a", "label"),), "num_gpus")
    written.heading("Two")
    assert texts(written) == [" One ──────", " a", "", " Two ──────"]
    assert [row.name for row in written.rows] == ["", "num_gpus", "", ""]


@given(st.text(max_size=200), st.integers(4, 60))
def test_nothing_is_wider_than_there_is_room(text: str, width: int) -> None:
    written = Writer(width)
    written.text(text, most=4)
    written.line(columns((text, "label"), [text, text], "value", (9, 7)))
    assert len(written.rows) <= 5
    assert all(width_of(row.line) <= width for row in written.rows)


def test_cells_end_under_each_other_and_never_touch() -> None:
    rows = [columns((label, "label"), cells, "value", (6, 8)) for label, cells in (
        ("short", ["1 B", "2 B"]), ("much longer", ["12,345,678 B", "2 B"]))]  # fmt: skip
    assert ["".join(text for text, _ in row) for row in rows] == [
        " short      1 B     2 B",
        " much … 12,345…     2 B",
    ]


def test_a_title_without_room_goes_on_in_the_next_line() -> None:
    title = "In figures: DeepSeek-R1, as Epoch AI estimated it in January 2025"
    for width in (40, 55, 64):
        writer = Writer(width)
        writer.heading(title)
        lines = ["".join(text for text, _ in row.line) for row in writer.rows]
        assert all(len(line) <= width for line in lines)
        assert " ".join(" ".join(lines).replace("─", " ").split()) == title
