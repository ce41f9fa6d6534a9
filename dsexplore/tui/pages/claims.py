"""Published claims about the open preset, for the board: checked once keys rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsexplore.document.state import State
from dsexplore.text.plain import clean
from dsexplore.tui.pages.page import GoesOn, Page, tab

if TYPE_CHECKING:
    from dsexplore.analysis.claims.check import Finding


def findings(state: State, goes_on: GoesOn) -> list[Finding]:
    """What comes of each claim about the open preset or file, as that was published."""
    from dsexplore.analysis.claims.check import check, shipped_claims  # noqa: PLC0415 - the start must not pay for it

    about = (
        claim
        for claim in shipped_claims()
        if any(part.origin == state.source for part in claim.parts)
    )
    return [check(claim) for claim in about if goes_on()]


@tab("Claims", works_out=findings)
def claims(page: Page) -> None:
    """Published claims about this run, each with what follows and the verdict."""
    page.heading(f"Claims about {clean(page.document.state.source)} as published")
    if page.found is None:
        page.text("Checked once keys rest …")
        return
    from dsexplore.tui.screens.claims.rows import claim_rows  # noqa: PLC0415 - the start must not pay for it

    found: list[Finding] = page.found
    if not found:
        page.text("No claim that ships is about it.", "plain")
        return
    by_id = {finding.claim.id: finding for finding in found}
    for row in claim_rows([finding.claim for finding in found], by_id, page.width):
        page.line(row.line)
    page.offer("claims", " shows each in full, and opens its scenario.")
