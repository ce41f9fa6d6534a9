"""Lines of text: widths are kept whatever the text is made of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich import cells

from dsexplore.tui.widgets.lines import (
    NARROW,
    bar,
    between,
    cell_len,
    clean,
    cropped,
    fitted,
    right,
    width_of,
    wrapped,
)

# Narrow, wide, combining and hostile characters.
TEXT = st.text(alphabet="ab .9模型é́\u200b🔎\t\x1b\n[]", max_size=60).map(clean)
WIDTH = st.integers(1, 80)


@given(TEXT, WIDTH)
def test_fitted_and_right_are_as_wide_as_told(text: str, width: int) -> None:
    assert cell_len(fitted(text, width)) == width
    assert cell_len(right(text, width)) == width


@given(st.lists(TEXT, max_size=5), WIDTH)
def test_cropped_is_no_wider_and_leaves_what_fits(texts: list[str], width: int) -> None:
    spans = [(text, "plain") for text in texts]
    line = cropped(spans, width)  # type: ignore[arg-type]
    assert width_of(line) <= width
    if width_of(spans) <= width:  # type: ignore[arg-type]
        assert list(line) == spans


@given(TEXT, TEXT, WIDTH)
def test_between_is_no_wider_than_told(start: str, end: str, width: int) -> None:
    assert width_of(between([(start, "plain")], [(end, "dim")], width)) <= width


@given(TEXT, WIDTH, st.integers(1, 5))
def test_wrapped_lines_fit(text: str, width: int, most: int) -> None:
    lines = wrapped(text, width, most)
    assert len(lines) <= most
    assert all(cell_len(line) <= width for line in lines)


@given(st.text(max_size=50))
def test_clean_leaves_nothing_that_a_terminal_obeys(text: str) -> None:
    assert clean(text).isprintable()
    assert len(clean(text)) == len(text)


def test_a_cut_shows() -> None:
    assert fitted("Stated parameters", 8) == "Stated …"
    assert wrapped("one two three four", 9, 1)[0].endswith("…")


@given(st.floats(allow_nan=True), st.integers(1, 40))
def test_a_bar_is_as_wide_as_told(share: float, width: int) -> None:
    assert cell_len(bar(share, width)) == width


def test_bars_count_eighths() -> None:
    assert [bar(n / 32, 4) for n in (0, 1, 8, 12, 32)] == ["    ", "▏   ", "█   ", "█▌  ", "████"]


def test_what_is_taken_for_one_cell_is_one() -> None:
    assert {character for character in NARROW if cells.cell_len(character) != 1} == set()
