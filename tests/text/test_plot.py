"""Plots in characters: what is high is drawn high, and what is missing is not drawn."""

from __future__ import annotations

import math

from dsexplore.text.plot import curve, shaded


def test_a_rising_line_rises() -> None:
    lines = curve([(0, 0), (1, 1)], 10, 5)
    assert [len(line) for line in lines] == [10] * 5
    assert lines[0].strip() == lines[0][8:]
    assert lines[-1].strip() == lines[-1][:2]


def test_a_level_line_of_one_row_of_dots() -> None:
    assert curve([(0, 0), (1, 0)], 3, 1) == ["\N{BRAILLE PATTERN DOTS-78}" * 3]


def test_a_curve_is_broken_at_a_gap() -> None:
    assert curve([(0, 0), (0.5, math.nan), (1, 0)], 3, 1)[0][1] == " "


def test_dots_are_not_joined() -> None:
    assert curve([], 3, 1, [(0, 0), (1, 0)]) == [
        "\N{BRAILLE PATTERN DOTS-7} \N{BRAILLE PATTERN DOTS-8}"
    ]


def test_a_map_has_its_first_row_at_the_bottom_and_marks_gaps() -> None:
    assert shaded([[0, 1], [2, 3], [math.nan, 3]], 4, 9) == ["··██", "▓▓██", "░░▒▒"]


def test_a_map_too_large_keeps_its_ends() -> None:
    lines = shaded([[row + column for column in range(100)] for row in range(50)], 20, 10)
    assert (len(lines), {*map(len, lines)}) == (10, {20})
    assert (lines[0][-1], lines[-1][0]) == ("█", "░")


def test_a_map_of_nothing_known_is_all_gaps() -> None:
    assert shaded([[math.nan]], 1, 1) == ["·"]
