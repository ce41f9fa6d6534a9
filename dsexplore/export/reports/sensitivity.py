"""A report on what moves a result: its tornado, and each field with its values and changes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from dsexplore.analysis.sensitivity.sensitivity import Point, Sensitivity
from dsexplore.analysis.sensitivity.trial import Trial
from dsexplore.engine.names import unit_of
from dsexplore.export.pictures.found import of_sensitivity
from dsexplore.export.plots.sensitivity import as_table, change_text, field_text
from dsexplore.export.reports.report import COLUMNS, Cell, Picture, Report, Table
from dsexplore.export.reports.scenario import about_scenario
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.format import format_value

_HEAD = ("field", "now", "elasticity", "value", "change")


def sensitivity_report(
    trial: Trial, found: Sequence[Sensitivity], base: Scenario | None = None
) -> Report:
    """What moves a result."""
    about = about_scenario(trial.scenario, [trial.of], base)
    now = format_value(trial.now, unit_of(trial.of))
    rows = [
        (
            each.field if not place else "",
            field_text(each, each.value) if not place else "",
            "" if place or math.isnan(each.elasticity) else f"{each.elasticity:.3g}",
            field_text(each, point.value),
            change_text(point),
        )
        for each in found
        for place, point in enumerate(each.points)
    ]
    return Report(
        f"{about.title}: what moves {trial.of}, {now}",
        about.said,
        [*about.tables, Table("Fields, the strongest first", _HEAD, rows, (1, 2, 3, 4))],
        [sensitivity_picture(trial, found)],
        about.lists,
        data(trial, found),
    )


def sensitivity_picture(trial: Trial, found: Sequence[Sensitivity]) -> Picture:
    """The tornado."""
    draw = partial(of_sensitivity, trial, found)
    return Picture(f"What moves {trial.of}", draw, as_table(trial, found, COLUMNS))


def data(trial: Trial, found: Sequence[Sensitivity]) -> list[Sequence[Cell]]:
    """A row for each value of each field, in base units."""
    head = ["field", "unit", "now", "span", "elasticity", "value", "result", "change", "problem"]
    rows: list[Sequence[Cell]] = [head]
    rows += [
        [
            *(each.field, FIELDS[each.field].unit, each.value, each.span),
            *(known(each.elasticity), point.value),
            *(known(trial.now * (1 + point.change)), known(point.change)),
            why_not(trial, each, point),
        ]
        for each in found
        for point in each.points
    ]
    return rows


def known(number: float) -> float | None:
    """A number, or nothing in place of nan."""
    return None if math.isnan(number) else number


def why_not(trial: Trial, each: Sensitivity, point: Point) -> str | None:
    """Why a value cannot be; nothing where it can."""
    return None if point.is_possible else trial.why_not(each.field, point.value)
