"""Plots: curves, bars and maps, each with its title, units, source and the scenario's name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dsexplore.export.pictures.caption import WIDTH, Caption, Captioned
from dsexplore.export.pictures.scale import Scale
from dsexplore.export.pictures.svg import DASHES, FILLS
from dsexplore.text.plain import Printable

_PLOT = 360
_LEFT, _RIGHT, _TOP, _BELOW = 120, 40, 74, 64
# Pixels of a letter beside a bar, and of the least scale.
_LETTER, _LEAST_BARS = 6.5, 120.0
_ROW = 26
# Points of a curve that are marked at most.
_MOST_MARKS = 24
_LEGEND = 20


@dataclass(frozen=True, slots=True)
class Series:
    """A curve: its name and points, gaps as nan; low and high of each where it is uncertain."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    # Points alone, without a line through them.
    is_loose: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its name, its parts by name one after another, and words behind it."""

    name: str
    parts: Sequence[tuple[str, float]]
    said: str = ""
    # From which number it starts, other than 0.
    start: float = 0.0


def curves(
    caption: Caption, series: Sequence[Series], x: tuple[str, str], y: tuple[str, str]
) -> Printable:
    """Curves over one scale; `x` and `y` are the name and the unit of each."""
    legend = _LEGEND * len(series) if len(series) > 1 else 0
    page = Captioned(caption, _TOP + _PLOT + _BELOW + legend)
    across = Scale.of([each for one in series for each in one.x], x[1], may_log=True)
    heights = [each for one in series for row in (one.y, one.low, one.high) for each in row]
    up = Scale.of(heights, y[1], may_log=True)
    draw = page.drawing
    width = WIDTH - _LEFT - _RIGHT
    bottom = _TOP + _PLOT

    def at(point_x: float, point_y: float) -> tuple[float, float]:
        return _LEFT + across.share(point_x) * width, bottom - up.share(point_y) * _PLOT

    for mark in across.marks():
        there = at(mark, up.low)[0]
        draw.line([(there, bottom), (there, bottom + 5)], width=1)
        draw.text((there, bottom + 20), across.text(mark), size=12, anchor="middle")
    for mark in up.marks():
        there = at(across.low, mark)[1]
        draw.line([(_LEFT, there), (WIDTH - _RIGHT, there)], "1 4", 0.6)
        draw.text((_LEFT - 8, there + 4), up.text(mark), size=12, anchor="end")
    draw.line([(_LEFT, _TOP), (_LEFT, bottom), (WIDTH - _RIGHT, bottom)], width=1)
    by = " (logarithmic)"
    draw.text((_LEFT, _TOP - 6), y[0] + (by if up.by_logarithms else ""), size=12)
    below = x[0] + (by if across.by_logarithms else "")
    draw.text((WIDTH - _RIGHT, bottom + 40), below, size=12, anchor="end")
    for place, one in enumerate(series):
        for run in _runs(one.x, one.low, one.high):
            edge = [at(each_x, each) for each_x, each, _ in run]
            draw.band([*edge, *(at(each_x, each) for each_x, _, each in reversed(run))])
        every = max(1, math.ceil(len(one.x) / _MOST_MARKS))
        for run in _runs(one.x, one.y, one.y):
            points = [at(each_x, each) for each_x, each, _ in run]
            if not one.is_loose:
                draw.line(points, DASHES[place % len(DASHES)])
            for point in points[:: 1 if one.is_loose else every]:
                draw.mark(point, place)
        if legend:
            beside = bottom + 44 + _LEGEND * place
            draw.line([(_LEFT, beside), (_LEFT + 44, beside)], DASHES[place % len(DASHES)])
            draw.mark((_LEFT + 22, beside), place)
            draw.text((_LEFT + 54, beside + 4), one.name, size=12)
    return page.svg()


def _runs(
    x: Sequence[float], one: Sequence[float], other: Sequence[float]
) -> list[list[tuple[float, float, float]]]:
    """Points side by side without a gap."""
    runs: list[list[tuple[float, float, float]]] = [[]]
    for point in zip(x, one, other, strict=False):
        if all(math.isfinite(each) for each in point):
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def bars(caption: Caption, rows: Sequence[Bar], unit: str) -> Printable:
    """A bar for each row, its parts hatched apart; one whose number is unknown has words alone."""
    names = list(dict.fromkeys(name for row in rows for name, _ in row.parts if name))
    legend = _LEGEND * math.ceil(len(names) / 3) + 10 if names else 0
    page = Captioned(caption, _TOP + _ROW * len(rows) + _BELOW + legend)
    draw = page.drawing
    ends = [_end(row) for row in rows]
    scale = Scale.of([*ends, *(row.start for row in rows)], unit, from_zero=True)
    longest = max((len(row.name) for row in rows), default=0)
    left = min(_LEFT + 7 * max(0, longest - 14), 380)
    width = _room_for_bars(rows, scale, left)
    bottom = _TOP + _ROW * len(rows)

    def at(number: float) -> float:
        return left + scale.share(number) * width

    for mark in scale.marks():
        draw.line([(at(mark), _TOP), (at(mark), bottom)], "1 4", 0.6)
        draw.text((at(mark), bottom + 18), scale.text(mark), size=12, anchor="middle")
    for place, row in enumerate(rows):
        y = _TOP + _ROW * place + 4
        draw.text((left - 8, y + 14), row.name, size=12, anchor="end")
        start = row.start
        for name, part in row.parts:
            if not math.isfinite(part):
                continue
            fill = FILLS[names.index(name) % len(FILLS)] if name else FILLS[2]
            low, high = sorted((at(start), at(start + part)))
            draw.box(low, y, high - low, _ROW - 8, fill)
            start += part
        beyond = max(at(start), at(row.start)) if math.isfinite(start) else left
        # Words that would leave the page end at its edge.
        is_long = beyond + 6 + _LETTER * len(row.said) > WIDTH
        where = (WIDTH - 8, y + 14) if is_long else (beyond + 6, y + 14)
        draw.text(where, row.said, size=12, anchor="end" if is_long else "start")
    draw.line([(at(0.0), _TOP), (at(0.0), bottom)], width=1.2)
    for place, name in enumerate(names):
        across, down = left + place % 3 * 250, bottom + 40 + _LEGEND * (place // 3)
        draw.box(across, down - 10, 24, 12, FILLS[place % len(FILLS)])
        draw.text((across + 30, down), name, size=12)
    return page.svg()


def _room_for_bars(rows: Sequence[Bar], scale: Scale, left: float) -> float:
    """The width of the scale: bars are shorter where their words would else stand upon them."""
    widths = [float(WIDTH - left - 150)]
    for row in rows:
        end = _end(row)
        share = max(scale.share(row.start), scale.share(end)) if math.isfinite(end) else 0.0
        if share > 0:
            widths.append((WIDTH - 14 - left - _LETTER * len(row.said)) / share)
    return max(min(widths), _LEAST_BARS)


def _end(row: Bar) -> float:
    known = [part for _, part in row.parts if math.isfinite(part)]
    return row.start + sum(known) if known else math.nan


def shaded_map(
    caption: Caption,
    values: Sequence[Sequence[float]],
    upwards: Sequence[str],
    across: Sequence[str],
    axes: tuple[str, str],
    unit: str,
) -> Printable:
    """A cell for each pair of values, from light to dark, gaps crossed out.

    A row of `values` for each of the texts `upwards`, the first at the bottom; `axes` name both.
    """
    page = Captioned(caption, _TOP + _PLOT + _BELOW + 30)
    draw = page.drawing
    scale = Scale.of([each for row in values for each in row], unit)
    width, bottom = WIDTH - _LEFT - _RIGHT, _TOP + _PLOT
    tall, wide = _PLOT / len(upwards), width / len(across)
    for row, line in enumerate(values):
        for column, value in enumerate(line):
            share = scale.share(value) if math.isfinite(value) else math.nan
            corner = _LEFT + column * wide, bottom - (row + 1) * tall
            draw.shade(*corner, wide + 0.3, tall + 0.3, share)
    for place in _few(len(upwards), 12):
        draw.text((_LEFT - 8, bottom - (place + 0.5) * tall + 4), upwards[place], anchor="end")
    for place in _few(len(across), 7):
        draw.text((_LEFT + (place + 0.5) * wide, bottom + 20), across[place], anchor="middle")
    draw.text((_LEFT, _TOP - 6), axes[0], size=12)
    draw.text((WIDTH - _RIGHT, bottom + 40), axes[1], size=12, anchor="end")
    steps = 6
    for step in range(steps):
        share = step / (steps - 1)
        x = _LEFT + step * 130
        draw.shade(x, bottom + 52, 24, 14, share)
        number = scale.low + (scale.high - scale.low) * share
        draw.text((x + 30, bottom + 64), scale.text(number), size=12)
    return page.svg()


def _few(count: int, most: int) -> list[int]:
    """Some of so many places, evenly."""
    return [*range(0, count, math.ceil(count / most))]
