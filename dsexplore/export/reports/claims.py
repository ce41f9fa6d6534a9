"""A report on claims: printed and computed figures, arithmetic, standing, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from dsexplore.analysis.claims.check import Finding, standing_counts, verdict_counts
from dsexplore.export.reports.answers import figure_cell
from dsexplore.export.reports.report import Cell, Report, Table

_HEAD = ("id", "claim", "printed", "computed", "off by", "arithmetic", "standing")


def claims_report(findings: Sequence[Finding], title: str = "Claims") -> Report:
    """A table for each document."""
    tables = [
        _table(document, [*group])
        for document, group in groupby(findings, key=lambda found: found.claim.document)
    ]
    counts = (verdict_counts(findings), standing_counts(findings))
    said = [", ".join(f"{number} {word}" for word, number in found.items()) for found in counts]
    counted = f"Arithmetic: {said[0]}. Standing: {said[1]}."
    return Report(title, [counted], tables, data=_data(findings))


def _table(document: str, findings: Sequence[Finding]) -> Table:
    rows = [_row(found) for found in findings]
    return Table(document, _HEAD, rows, (2, 3, 4), words=[_words(found) for found in findings])


def _data(findings: Sequence[Finding]) -> list[Sequence[Cell]]:
    """A row for each claim: figures as numbers in the unit of their column."""
    head = ("id", "states", "gives", "unit", "deviation", "verdict", "standing", "because", "claim",
            "document", "author", "date", "section", "address", "source")  # fmt: skip
    rows: list[Sequence[Cell]] = [head]
    for found in findings:
        claim = found.claim
        figures = (figure_cell(claim.states), figure_cell(found.gives))
        rows.append(
            (
                *(claim.id, *figures, claim.gives_unit, figure_cell(found.deviation)),
                *(found.verdict, found.standing, found.because, claim.claim, claim.document),
                *(claim.author, claim.date, claim.section, claim.address, claim.source),
            )
        )
    return rows


def _row(found: Finding) -> tuple[str, ...]:
    return (
        found.claim.id,
        found.claim.claim,
        found.states_text,
        found.gives_text,
        found.deviation_text,
        found.verdict,
        found.standing,
    )


def _words(found: Finding) -> str:
    """Why it stands so, and where it is printed."""
    claim = found.claim
    place = (claim.source, claim.author, claim.date, claim.section, claim.at)
    return " ".join(filter(None, (found.because, found.note, ", ".join(filter(None, place)))))
