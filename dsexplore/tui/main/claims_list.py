"""The list of claims over the main screen, opened again as it was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsexplore.tui.main.session import Session

if TYPE_CHECKING:
    from dsexplore.tui.screens.claims.screen import ClaimsScreen


class ClaimsList:
    """Opens the list, and says which scenario was opened from it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._document = session.document
        self._left: ClaimsScreen | None = None

    def show(self, claim: str = "") -> None:
        """List claims, as the list was left or with the cursor on one."""
        from dsexplore.tui.screens.claims.screen import ClaimsScreen  # noqa: PLC0415 - only when asked for

        self._left = ClaimsScreen(self._document, self._left, self._session.own_claims)
        if claim:
            self._left.go_to(claim)
        self._session.ask(self._left, self._opened)

    def show_answers(self) -> None:
        """Published answers to one question, side by side."""
        from dsexplore.tui.screens.answers.screen import AnswersScreen  # noqa: PLC0415 - only when asked for

        self._session.ask(AnswersScreen(self._document), self._opened)

    def _opened(self, field: str) -> None:
        if field:
            self._session.go_to(field)
        document = self._document
        if document.is_modified:
            how = "with its unsaved changes"
        elif document.as_opened == document.scenario:
            how = "as the claim has it: it changes nothing"
        else:
            how = "as the claim has it: its changes are marked"
        self._session.say(f"Opened {document.name} {how}.")
