"""Leaving the program: nothing unsaved is left behind without a word."""

from __future__ import annotations

from collections.abc import Callable

from dsexplore.document.state import State
from dsexplore.tui.main.session import Session


class Leaving:
    """Asks what becomes of every unsaved document, and leaves once that is settled.

    `save` saves the open document, asking where if need be, and then goes on.
    """

    def __init__(self, session: Session, save: Callable[[Callable[[], None]], None]) -> None:
        self._session = session
        self._document = session.document
        self._save = save

    def leave(self) -> None:
        """Leave, or ask first."""
        is_kept = self._document.keep()
        if self._session.on_leaving is not None or not self._document.unsaved():
            self._session.leave()
            return
        journal = self._document.journal
        self._ask("" if is_kept or journal is None else journal.problem)

    def _ask(self, problem: str) -> None:
        from dsexplore.tui.dialogs.leave import LeaveDialog  # noqa: PLC0415 - only now, see actions

        self._session.ask(LeaveDialog(self._document, problem), self._answered)

    def _answered(self, answer: str) -> None:
        if answer == "keep":
            self._keep()
        elif answer == "save":
            self._save_next()
        elif answer == "discard":
            for unsaved in self._document.unsaved():
                self._document.give_up(unsaved)
            self._session.leave()
        elif answer.isdecimal():
            self._ask_about(self._document.unsaved()[int(answer)])

    def _keep(self) -> None:
        if self._document.keep():
            self._session.leave()
            return
        journal = self._document.journal
        why = journal.problem if journal else "Unsaved work is not kept in this session."
        self._ask(f"{why} Save it to a file, or try again once that is mended.")

    def _save_next(self) -> None:
        """Save one document after the other; who escapes from one stays."""
        unsaved = self._document.unsaved()
        if not unsaved:
            self._session.leave()
            return
        self._save_one(unsaved[0], self._save_next)

    def _save_one(self, unsaved: State, then: Callable[[], None]) -> None:
        if unsaved.place != self._document.state.place:
            self._document.go_to(unsaved)
        self._save(then)

    def _ask_about(self, unsaved: State) -> None:
        from dsexplore.tui.dialogs.leave import LeaveOneDialog  # noqa: PLC0415 - as above

        def answered(answer: str) -> None:
            if answer == "save":
                self._save_one(unsaved, self.leave)
                return
            if answer == "discard":
                self._document.give_up(unsaved)
            self.leave()

        self._session.ask(LeaveOneDialog(self._document, unsaved), answered)
