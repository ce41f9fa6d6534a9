"""A report on published answers to one question, side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dsexplore.analysis.claims.answers import Answers, answer_rows
from dsexplore.analysis.claims.expression import Value
from dsexplore.export.pictures.caption import Caption
from dsexplore.export.pictures.plots import Bar, bars
from dsexplore.export.plots.bars import bar_lines
from dsexplore.export.reports.report import Cell, Picture, Report, Table
from dsexplore.text.format import format_value
from dsexplore.text.plain import Printable

_COMPUTED = "computed"


def answers_report(found: Answers) -> Report:
    """A table with a column for each answer, the computed figures as bars, and each in words."""
    names = [answer.name for answer in found.answers]
    rows = [(row.label, *row.cells) for row in answer_rows(found)]
    table = Table("Side by side", ("", *names), rows)
    listed = []
    for answer in found.answers:
        claim, finding = answer.finding.claim, answer.finding
        said = f"{answer.name}: {claim.claim} {finding.standing.capitalize()}: {finding.because}"
        place = ", ".join(filter(None, (claim.source, claim.section, claim.at)))
        words = (said, *finding.problems, finding.note, place)
        listed.append(" ".join(filter(None, words)))
    return Report(
        found.title, [], [table], _pictures(found), [("Each in words", listed)], _data(found)
    )


def _pictures(found: Answers) -> list[Picture]:
    """What follows from each answer's own inputs, beside each other; none without two figures."""
    units = {answer.finding.claim.gives_unit for answer in found.answers}
    figures = [
        (answer.name, float(gives))
        for answer in found.answers
        if isinstance(gives := answer.finding.gives, float) and math.isfinite(gives)
    ]
    if len(units) != 1 or len(figures) < 2:
        return []
    unit = units.pop()
    rows = [(name, figure, format_value(figure, unit)) for name, figure in figures]
    title = f"{found.title} As {_COMPUTED} from each answer's own inputs"

    def draw() -> Printable:
        caption = Caption(title, "", "Each answer's own inputs, computed by dsexplore.")
        drawn = [Bar(name, [("", figure)], said) for name, figure, said in rows]
        return bars(caption, drawn, unit)

    return [Picture(title, draw, bar_lines(rows))]


def _data(found: Answers) -> list[Sequence[Cell]]:
    """A row for each answer: figures as numbers, a column for each quantity that any counts."""
    counted = found.counted()
    head = ("id", "date", "author", "states", "gives", "unit", *counted, "verdict", "standing",
            "replaced_by", "because", "claim", "source", "address")  # fmt: skip
    rows: list[Sequence[Cell]] = [head]
    for answer in found.answers:
        finding, claim = answer.finding, answer.finding.claim
        rows.append(
            (
                *(answer.name, claim.date, claim.author),
                *(figure_cell(claim.states), figure_cell(finding.gives), claim.gives_unit),
                *(figure_cell(answer.parts.get(name)) for name in counted),
                *(finding.verdict, finding.standing, " ".join(answer.replaced_by)),
                *(finding.because, claim.claim, claim.source, claim.address),
            )
        )
    return rows


def figure_cell(value: Value | None) -> Cell:
    """A figure, or several in one cell; empty where none is known."""
    if isinstance(value, tuple):
        return " ".join(f"{item:.12g}" for item in value)
    return None if value is None or math.isnan(value) else value
