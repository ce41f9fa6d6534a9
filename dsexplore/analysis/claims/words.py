"""What a claim is found by: its words, figures, note, document, author, date and address."""

from __future__ import annotations

from dsexplore.analysis.claims.check import Finding
from dsexplore.analysis.claims.claim import Claim

_THOUSAND = 1000


def words_of(claim: Claim, finding: Finding | None) -> str:
    """All words of a claim, with what was computed once it is checked."""
    computed = (
        (claim.note, claim.because)
        if finding is None
        else (
            finding.states_text,
            finding.gives_text,
            finding.note,
            finding.because,
            finding.verdict,
            finding.standing,
        )
    )
    about = (claim.id, claim.claim, claim.document, claim.source, claim.author)
    place = (claim.date, claim.section, claim.at)
    return " ".join((*about, *place, *computed, _grouped(claim)))


def is_found(claim: Claim, finding: Finding | None, typed: str) -> bool:
    """Whether each word typed is somewhere in a claim's words, in any case."""
    words = words_of(claim, finding).lower()
    return all(word in words for word in typed.lower().split())


def _grouped(claim: Claim) -> str:
    """The printed figures with commas, as they are often written."""
    states = claim.states
    items = states if isinstance(states, tuple) else () if states is None else (states,)
    return " ".join(f"{item:,.0f}" for item in items if abs(item) >= _THOUSAND)
