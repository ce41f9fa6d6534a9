"""Claims as rows: printed, computed, verdict; and all that is to say of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dsexplore.analysis.claims.check import Claim, Finding, verdict_counts
from dsexplore.analysis.claims.file import Part
from dsexplore.tui.pages.blocks import heading, words
from dsexplore.tui.widgets.lines import (
    BLANK,
    Line,
    Role,
    Row,
    Span,
    clean,
    cropped,
    fitted,
    right,
    wrapped,
)

_ID = 6
_FIGURE, _WIDE_FIGURE = 15, 22
_WIDE = 110
_DEVIATION = 9
_VERDICT = 14
_ROLES: dict[str, Role] = {
    "reproduced": "value",
    "rough": "changed",
    "contradicted": "problem",
    "disclosed": "dim",
    "undecided": "dim",
}
# Not by colour alone.
_MARKS = {"reproduced": "✓", "rough": "≈", "contradicted": "✗", "disclosed": "·", "undecided": "?"}


def claim_rows(claims: Sequence[Claim], found: Mapping[str, Finding], width: int) -> list[Row]:
    """Claims by document, each with its finding where that is known yet."""
    rows: list[Row] = []
    document = ""
    for claim in claims:
        if claim.document != document:
            document = claim.document
            rows += [BLANK] * bool(rows) + [heading(document, width), _columns(width)]
        rows.append(_row(claim, found.get(claim.id), width))
    return rows or words("No claim is like that.", width, "plain")


def claim_lines(claim: Claim, finding: Finding | None, width: int) -> list[Line]:
    """A claim in full: what it says, how it is computed, what follows."""
    texts: list[tuple[str, Role, int]] = [(f"{claim.id}: {claim.claim}", "plain", 2)]
    if claim.gives is not None:
        texts.append((f"= {claim.gives.text}", "plain", 1))
    if claim.parts:
        texts.append((" · ".join(map(_part, claim.parts)), "dim", 3))
    if finding is not None:
        texts.append((finding.sentence, _ROLES[finding.verdict], 1))
        if finding.note:
            texts.append((finding.note, "plain", 2))
    return [
        ((f" {line}", role),)
        for text, role, most in texts
        for line in wrapped(text, width - 2, most)
    ]


def _part(part: Part) -> str:
    """A scenario of a claim, what it is called in the recipe, and what was changed in it."""
    called = f"{part.alias}: " if part.alias else "of "
    made = ", ".join(f"{name} = {_raw(value)}" for name, value in part.changes.items())
    return f"{called}{part.origin}{f' with {made}' if made else ''}"


def _raw(value: object) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def counts_text(findings: Sequence[Finding]) -> str:
    """How many claims have which verdict."""
    return " · ".join(f"{number} {name}" for name, number in verdict_counts(findings).items())


def _columns(width: int) -> Row:
    spans: list[Span] = [(" " * (_ID + 1), "dim")]
    spans += [(right(title, _figure(width)), "dim") for title in ("printed", "computed")]
    return Row(cropped([*spans, (right("off by", _DEVIATION), "dim")], width))


def _row(claim: Claim, finding: Finding | None, width: int) -> Row:
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
    return Row(cropped([*spans, (clean(claim.claim), "plain")], width), claim.id)


def _figure(width: int) -> int:
    return _WIDE_FIGURE if width >= _WIDE else _FIGURE
