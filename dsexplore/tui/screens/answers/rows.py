"""Answers as rows: when, by whom, printed, computed, standing; and one in full."""

from __future__ import annotations

from dsexplore.analysis.claims.answers import Answer, Answers, part_text
from dsexplore.text.plain import clean
from dsexplore.tui.screens.claims.rows import worth_role
from dsexplore.tui.widgets.lines import Line, Role, Row, Span, fitted, right
from dsexplore.tui.widgets.writer import Writer

_DATE, _NAME, _FIGURE, _GAP = 11, 10, 12, 2
# Fewer cells of an author say nothing: the detail has it whole.
_AUTHOR = 20


def rows_of(found: Answers, width: int) -> list[Row]:
    """A line for each answer, the oldest first."""
    written = Writer(width)
    written.heading(found.title)
    names = f" {'of':{_DATE}}{'answer':{_NAME}}"
    figures = "".join(right(word, _FIGURE) for word in ("printed", "computed"))
    worth = max((len(_worth(answer)) for answer in found.answers), default=0) + _GAP
    head = f"{names}{figures}  {'standing':{worth}}"
    has_authors = width - len(head) >= _AUTHOR
    written.line([(f"{head}{'by' if has_authors else ''}", "dim")])
    for answer in found.answers:
        spans = _answer(answer, worth)
        written.line(spans if has_authors else spans[:-1], answer.name)
    return written.rows


def answer_lines(answer: Answer, width: int, *, is_whole: bool = False) -> list[Line]:
    """What an answer says, counts and is worth; long sentences cut, unless it is the whole."""
    found, written = answer.finding, Writer(width)

    def say(sentence: str, role: Role, most: int) -> None:
        written.text(sentence, role, None if is_whole else most)

    say(f"{answer.name}: {found.claim.claim}", "plain", 2)
    if answer.parts:
        counted = (f"{name} {part_text(answer, name)}" for name in answer.parts)
        say(f"It counts {', '.join(counted)}.", "value", 2)
    say(f"{found.standing}: {found.because}", worth_role(found.standing), 3)
    for problem in found.problems:
        say(problem, "problem", 1)
    if found.note:
        say(found.note, "plain", 1)
    place = (found.claim.author, found.claim.source, found.claim.section, found.claim.at)
    say(" · ".join(filter(None, place)), "dim", 2)
    return [row.line for row in written.rows]


def _worth(answer: Answer) -> str:
    """The standing of an answer, and which others replaced it."""
    replaced = f" by {', '.join(answer.replaced_by)}" if answer.replaced_by else ""
    return f"{answer.finding.standing}{clean(replaced)}"


def _answer(answer: Answer, worth: int) -> list[Span]:
    found = answer.finding
    return [
        (f" {fitted(found.claim.date, _DATE)}", "dim"),
        (fitted(answer.name, _NAME), "label"),
        (right(f" {clean(found.states_text)}", _FIGURE), "plain"),
        (right(f" {clean(found.gives_text)}", _FIGURE), "value"),
        (f"  {fitted(_worth(answer), worth)}", worth_role(found.standing)),
        (clean(found.claim.author), "plain"),
    ]
