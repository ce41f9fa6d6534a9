"""No cell is sent that the terminal shows already, and none is left out that it does not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from dsexplore.tui.link.shown import Piece, Shown

SIZE = Size(20, 3)
RED = Style(color="red")


def piece(text: str, x: int = 0, y: int = 0, style: Style | None = None) -> Piece:
    return Piece(x, y, Strip([Segment(text, style)]))


def sent(shown: Shown, *pieces: Piece) -> list[tuple[int, int, str]]:
    return [(x, y, strip.text) for x, y, strip in shown.differing(pieces, SIZE)]


def test_what_stands_there_already_is_not_sent_again() -> None:
    shown = Shown()
    first = piece("layers 61"), piece("cost", 0, 1)
    assert sent(shown, *first) == [(0, 0, "layers 61"), (0, 1, "cost")]
    assert sent(shown, *first) == []
    assert sent(shown, piece("layers 62")) == [(8, 0, "2")]
    assert sent(shown, piece("yers 62", 2)) == []


def test_cells_far_apart_are_sent_apart_and_near_ones_together() -> None:
    shown = Shown()
    sent(shown, piece("1 2                3"))
    assert sent(shown, piece("4 5                6")) == [(0, 0, "4 5"), (19, 0, "6")]


def test_another_style_is_another_cell() -> None:
    shown = Shown()
    sent(shown, piece("MFU"))
    assert sent(shown, piece("MFU", style=RED)) == [(0, 0, "MFU")]
    assert sent(shown, piece("MFU", style=Style(color="red"))) == []


def test_wide_characters_are_sent_whole_over_empty_cells() -> None:
    shown = Shown()
    sent(shown, piece("模型 1"))
    assert sent(shown, piece("模型 2")) == [(0, 0, " " * 6), (0, 0, "模型 2")]
    assert sent(shown, piece("ab")) == [(0, 0, "ab")]
    assert sent(shown, piece("模型 2")) == [(0, 0, " " * 6), (0, 0, "模型 2")]


def test_a_flag_is_never_sent_by_halves_and_a_plot_by_its_cells() -> None:
    shown = Shown()
    sent(shown, piece("🇩🇪"), piece("│⡇⢸⡄╭", 0, 1))
    assert sent(shown, piece("🇩🇰"))[-1] == (0, 0, "🇩🇰")
    assert sent(shown, piece("│⡇⢸⡆╭", 0, 1)) == [(3, 1, "⡆")]


def test_no_width_that_a_terminal_gives_a_character_moves_what_stands_behind_it() -> None:
    shown = Shown()
    strip = Strip([Segment("👩‍👧 ❤️  "), Segment("cost", RED)])
    wide = cell_len("👩‍👧 ❤️  ")
    assert sent(shown, piece("MFU", 15), Piece(0, 0, strip)) == [
        (15, 0, "MFU"),
        (0, 0, " " * wide),
        (0, 0, "👩‍👧 ❤️"),
        (wide, 0, "cost"),
    ]
    # Whether it ran over what stands behind is not known.
    assert sent(shown, piece("MFU", 15)) == [(15, 0, "MFU")]


def test_of_a_terminal_that_others_wrote_to_nothing_is_known() -> None:
    shown = Shown()
    sent(shown, piece("MFU"))
    shown.forget()
    assert sent(shown, piece("MFU")) == [(0, 0, "MFU")]
    assert shown.differing([piece("MFU")], Size(30, 3)) != []
    assert shown.differing([piece("beyond", 0, 5), piece("wider than it is", 20)], SIZE) == []


# Narrow and wide characters in two styles.
LINE = st.lists(
    st.tuples(st.text(alphabet="ab1 模", max_size=4), st.sampled_from([None, RED])), max_size=5
)
Cell = tuple[str, Style | None]


def paint(cells: list[Cell], x: int, strip: Strip) -> None:
    """As a terminal does it: half of a wide character takes the other half with it."""
    for text, style, _ in strip:
        for character in text:
            width = cell_len(character)
            if cells[x][0] == "":
                cells[x - 1] = (" ", None)
            if x + width < len(cells) and cells[x + width][0] == "":
                cells[x + width] = (" ", None)
            cells[x : x + width] = [(character, style), *[("", style)] * (width - 1)]
            x += width


@given(st.lists(LINE, min_size=2, max_size=4))
def test_what_is_sent_turns_each_line_into_the_next(lines: list[list[tuple[str, Style]]]) -> None:
    size = Size(40, 1)
    shown, terminal, fresh = Shown(), [(" ", None)] * 40, [(" ", None)] * 40
    for line in lines:
        strip = Strip([Segment(text, style) for text, style in line]).adjust_cell_length(40)
        for x, _, part in shown.differing([Piece(0, 0, strip)], size):
            paint(terminal, x, part)
        paint(fresh, 0, strip)
        assert terminal == fresh
