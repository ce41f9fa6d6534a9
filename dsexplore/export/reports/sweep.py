"""A report on a sweep: its curve, map or bars, and a row for each point."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from dsexplore.analysis.sweep.axis import Axis
from dsexplore.analysis.sweep.filling import Gap
from dsexplore.analysis.sweep.grid import Grid, Sweep
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.names import unit_of
from dsexplore.export.pictures.found import of_sweep
from dsexplore.export.plots.sweep import plots
from dsexplore.export.reports.report import COLUMNS, Cell, Picture, Report, Table
from dsexplore.export.reports.scenario import about_scenario
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.format import NOT_KNOWN, format_value

# A page shows so many points; CSV has all.
MOST_ROWS = 40


def sweep_report(found: Sweep, scenario: Scenario, base: Scenario | None = None) -> Report:
    """Results over one or several axes."""
    about = about_scenario(scenario, found.names, base)
    over = " and ".join(axis.name for axis in found.axes)
    rows = point_rows(found, MOST_ROWS)
    rest = f"{len(rows)} of {found.size:,} points; CSV has all."
    said = [*([rest] if len(rows) < found.size else []), *gap_sentences(found)]
    head = [*(axis.name for axis in found.axes), *found.names]
    table = Table(f"Results by {over}", head, rows, range(len(head)), said=said)
    return Report(
        f"{about.title}: {', '.join(found.names)} by {over}",
        about.said,
        [*about.tables, table],
        sweep_pictures(found, scenario),
        about.lists,
        [data_head(found), *data_rows(found)],
    )


def sweep_pictures(found: Sweep, scenario: Scenario) -> list[Picture]:
    """A picture for each result."""
    pictures = []
    for name in found.names:
        one = replace(found, names=(name,))
        over = " and ".join(axis.name for axis in found.axes)
        lines = plots(one, COLUMNS)
        pictures.append(Picture(f"{name} by {over}", partial(of_sweep, one, scenario), lines))
    return pictures


# For people


def point_rows(found: Sweep, most: int | None) -> list[list[str]]:
    """A row for each point, or for so many of them, evenly."""
    rows = []
    for place in _places(found, most):
        values = zip(found.axes, found.point(place), strict=True)
        cells = [format_value(value, axis.unit) for axis, value in values]
        rows.append([*cells, *(_result(found, name, place) for name in found.names)])
    return rows


def _places(found: Sweep, most: int | None) -> list[int]:
    evaluated = [place for place in range(found.size) if found.has(place)]
    if most is None or len(evaluated) <= most:
        return evaluated
    last = len(evaluated) - 1
    return [evaluated[round(k * last / (most - 1))] for k in range(most)]


def _result(found: Sweep, name: str, place: int) -> str:
    value = float(found.results[name][place])
    if math.isnan(value):
        return NOT_KNOWN
    low, high = (
        (float(end[place]) for end in found.ends[name]) if name in found.ends else (math.nan,) * 2
    )
    ends = None if math.isnan(low) else (low, high)
    return with_half_width(format_value(value, unit_of(name)), value, ends)


def gap_sentences(found: Sweep) -> list[str]:
    """A sentence on each kind of gap, the first of its points named."""
    return [gap_sentence(found, gap) for gap in found.gaps]


def gap_sentence(grid: Grid, gap: Gap) -> str:
    """How many points have no result, the first of them, and why."""
    values = ", ".join(
        _stated(axis, value) for axis, value in zip(grid.axes, grid.point(gap.first), strict=True)
    )
    are = "is a gap" if gap.points == 1 else "are gaps"
    whose = "" if gap.points == 1 else ", the first of them"
    return f"{gap.points:,} of {grid.size:,} points {are}: at {values}{whose}: {gap.sentence}"


def _stated(axis: Axis, value: Value) -> str:
    return f"{axis.name} {format_value(value, axis.unit)}"


# For programs


def data_head(found: Sweep) -> list[str]:
    """The columns of a point: its values, its results with their intervals, its problem."""
    names = [column for name in found.names for column in (name, *_ends(found, name))]
    return [*(axis.name for axis in found.axes), *names, "problem"]


def _ends(found: Sweep, name: str) -> list[str]:
    """The columns of a result's interval, where it has one."""
    has_any = (
        any(not math.isnan(low) for low in found.ends[name][0]) if name in found.ends else False
    )
    return [f"{name}_low", f"{name}_high"] if has_any else []


def data_rows(found: Sweep) -> Iterator[Sequence[Cell]]:
    """A row for each point in base units, empty where a result is not known."""
    columns = []
    for name in found.names:
        columns.append(found.results[name].tolist())
        if _ends(found, name):
            columns += [end.tolist() for end in found.ends[name]]
    for place, (reason, *numbers) in enumerate(zip(found.reasons.tolist(), *columns, strict=True)):
        if not found.has(place):
            continue
        known = [None if math.isnan(number) else number for number in numbers]
        problem = found.gaps[reason].problem if reason >= 0 else None
        yield [*found.point(place), *known, problem]
