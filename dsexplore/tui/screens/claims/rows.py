"""Claims as rows: printed, computed, verdict; and one claim in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from dsexplore.analysis.claims.check import Claim, Finding, verdict_counts
from dsexplore.analysis.claims.parts import Part
from dsexplore.text.plain import clean
from dsexplore.tui.widgets.lines import Line, Role, Row, Span, fitted, right, width_of
from dsexplore.tui.widgets.writer import Writer, columns

_ID = 4
_FIGURE, _WIDE_FIGURE = 14, 22
_NARROW = 80
_DEVIATION = 8
_VERDICT = 13
_STANDING = 23
# Fewer cells of a claim say nothing: the detail has it whole.
_CLAIM = 24
_ROLES: dict[str, Role] = {
    "reproduced": "value",
    "rough": "plain",
    "contradicted": "problem",
    "disclosed": "dim",
    "undecided": "dim",
}
_WORTH: dict[str, Role] = {"holds": "value", "unsupported": "problem", "not judged": "dim"}
# Not by colour alone.
_MARKS = {"reproduced": "✓", "rough": "≈", "contradicted": "✗", "disclosed": "·", "undecided": "?"}


def worth_role(standing: str) -> Role:
    """How a standing is drawn."""
    return _WORTH.get(standing, "plain")


def claim_rows(claims: Sequence[Claim], found: Mapping[str, Finding], width: int) -> list[Row]:
    """Claims by document, each with its finding once it is checked."""
    written = Writer(width)
    if not claims:
        written.text("No claim has this verdict and standing in this document.", "plain")
    for document, group in groupby(claims, key=lambda claim: claim.document):
        written.heading(document)
        written.line(_titles(width))
        for claim in group:
            written.line(_claim(claim, found.get(claim.id), width), claim.id)
    return written.rows


def claim_lines(
    claim: Claim, finding: Finding | None, width: int, *, is_whole: bool = False
) -> list[Line]:
    """A claim: its words, its finding, its recipe; long sentences cut, unless it is the whole."""
    written = Writer(width)

    def say(sentence: str, role: Role = "dim", most: int = 2) -> None:
        written.text(sentence, role, None if is_whole else most)

    say(f"{claim.id}: {claim.claim}", "plain")
    if finding is not None:
        say(finding.sentence, _ROLES[finding.verdict], 1)
        say(f"{finding.standing}: {finding.because}", worth_role(finding.standing))
        for one in finding.readings:
            say(f"{one.says}: {one.gives_text}", "plain", 1)
        for problem in finding.problems:
            say(problem, "problem")
        if finding.note:
            say(finding.note, "plain")
    if claim.gives is not None:
        say(f"= {claim.gives.text}", "plain", 1)
    if claim.parts:
        say(" · ".join(map(_part, claim.parts)), most=3)
    place = (claim.document, claim.author, claim.date, claim.section, claim.at)
    if where := " · ".join(filter(None, place)):
        say(where)
    return [row.line for row in written.rows]


def _part(part: Part) -> str:
    """A scenario of a claim: its name in the recipe, its origin, its changes."""
    called = f"{part.alias}: " if part.alias else "of "
    made = ", ".join(f"{name} = {_raw(value)}" for name, value in part.changes.items())
    return f"{called}{part.origin}{f' with {made}' if made else ''}"


def _raw(value: object) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def counts_text(findings: Sequence[Finding]) -> str:
    """How many claims have which verdict."""
    return " · ".join(f"{number} {name}" for name, number in verdict_counts(findings).items())


def _titles(width: int) -> list[Span]:
    figures = columns(("", "dim"), ("printed", "computed"), "dim", (_ID, _figure(width)))
    return [*figures, (right("off by", _DEVIATION), "dim")]


def _claim(claim: Claim, finding: Finding | None, width: int) -> list[Span]:
    spans: list[Span] = [(f" {fitted(claim.id, _ID)}", "label")]
    if finding is None:
        spans.append((right("…", _figure(width)), "dim"))
    else:
        role = _ROLES[finding.verdict]
        spans += [
            (right(f" {clean(finding.states_text)}", _figure(width)), "plain"),
            (right(f" {clean(finding.gives_text)}", _figure(width)), "value"),
            (right(finding.deviation_text, _DEVIATION), "dim"),
            (f"  {_MARKS[finding.verdict]} {fitted(finding.verdict, _VERDICT)}", role),
        ]
        if width < _NARROW:  # half a standing says nothing
            return spans
        spans.append((f"{fitted(finding.standing, _STANDING)}", worth_role(finding.standing)))
    if width - width_of(spans) < _CLAIM:
        return [*spans[:-1], (spans[-1][0].rstrip(), spans[-1][1])]
    return [*spans, (clean(claim.claim), "plain")]


def _figure(width: int) -> int:
    """A figure whole comes before the claim in words, which the detail has."""
    return min(_WIDE_FIGURE, _FIGURE + max(0, width - _NARROW) // 2)
