"""Answers as rows: when, by whom, printed, computed, standing; and one in full."""

from __future__ import annotations

from dsexplore.analysis.claims.answers import Answer, Answers, part_text
from dsexplore.text.plain import clean
from dsexplore.tui.screens.claims.rows import worth_role
from dsexplore.tui.widgets.lines import Line, Row, Span, fitted, right
from dsexplore.tui.widgets.writer import Writer

_DATE, _NAME, _FIGURE, _STANDING = 11, 10, 12, 23


def rows_of(found: Answers, width: int) -> list[Row]:
    """A line for each answer, the oldest first."""
    written = Writer(width)
    written.heading(found.title)
    names = f" {'of':{_DATE}}{'answer':{_NAME}}"
    figures = "".join(right(word, _FIGURE) for word in ("printed", "computed"))
    written.line([(f"{names}{figures}  standing", "dim")])
    for answer in found.answers:
        written.line(_answer(answer), answer.name)
    return written.rows


def answer_lines(answer: Answer, width: int) -> list[Line]:
    """An answer in full: what it says, counts and is worth, and where it stands."""
    found, written = answer.finding, Writer(width)
    written.text(f"{answer.name}: {found.claim.claim}", "plain", 2)
    if answer.parts:
        counted = (f"{name} {part_text(answer, name)}" for name in answer.parts)
        written.text(f"It counts {', '.join(counted)}.", "value", 2)
    written.text(f"{found.standing}: {found.because}", worth_role(found.standing), 3)
    for problem in found.problems:
        written.text(problem, "problem", 1)
    if found.note:
        written.text(found.note, "plain", 1)
    place = (found.claim.author, found.claim.source, found.claim.section, found.claim.address)
    written.text(" · ".join(filter(None, place)), "dim", 2)
    return [row.line for row in written.rows]


def _answer(answer: Answer) -> list[Span]:
    found = answer.finding
    spans: list[Span] = [
        (f" {fitted(found.claim.date, _DATE)}", "dim"),
        (fitted(answer.name, _NAME), "label"),
        (right(f" {clean(found.states_text)}", _FIGURE), "plain"),
        (right(f" {clean(found.gives_text)}", _FIGURE), "value"),
        (f"  {fitted(found.standing, _STANDING)}", worth_role(found.standing)),
    ]
    if answer.replaced_by:
        spans.append((f"by {', '.join(answer.replaced_by)} ", "changed"))
    return [*spans, (clean(found.claim.author), "plain")]
