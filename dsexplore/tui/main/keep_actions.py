"""Actions on what is kept: states of the history, their names, and pinned scenarios.

Each screen is imported when it is first asked for: the start must not pay for it.
"""

from __future__ import annotations

from dsexplore.document.state import Evaluated
from dsexplore.text.plain import clean
from dsexplore.tui.main.session import Session


class KeepActions:
    """Goes about in what there was, and keeps what matters in sight."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._document = session.document

    def history(self) -> None:
        """Show every state there was as a tree, to go to one."""
        from dsexplore.tui.screens.history.screen import HistoryScreen  # noqa: PLC0415 - as said above

        self._session.ask(HistoryScreen(self._document), self._session.jump)

    def name_state(self) -> None:
        """Give the state as it is now a name."""
        from dsexplore.tui.screens.history.screen import NameState  # noqa: PLC0415 - as said above

        def named(title: str) -> None:
            self._document.name_state(title)
            kept = clean(self._document.state.title)
            self._session.say(f"This state is called {kept}." if kept else "It has no name.")

        self._document.commit()
        self._session.ask(NameState(self._document.state), named)

    def pin(self) -> None:
        """Pin this state or a preset as a column, or take a pinned one away."""
        from dsexplore.tui.dialogs.pin import PinDialog  # noqa: PLC0415 - as said above

        desk = self._session.desk

        def chosen(answer: str) -> None:
            place = PinDialog.taken_away(answer)
            if place is None:
                pinned = self._pinned(answer)
                desk.pin(pinned)
                self._session.say(f"Pinned {clean(pinned.name)}: the overview has its column.")
            else:
                self._session.say(f"Took {clean(desk.unpin(place).name)} away.")
            self._document.pins = desk.pins

        self._session.ask(PinDialog(self._document), chosen)

    def _pinned(self, answer: str) -> Evaluated:
        from dsexplore.library.open import find, load  # noqa: PLC0415 - as said above
        from dsexplore.tui.dialogs.pin import THIS  # noqa: PLC0415 - as said above

        if answer != THIS:
            return Evaluated(load(answer), find(answer).name.removesuffix(".toml"))
        mark = " *" if self._document.is_modified else ""
        name = self._document.state.title or f"{self._document.name}{mark}"
        taken = {pin.name for pin in self._document.pins}
        others = (f"{name} {number}" for number in range(2, len(taken) + 2))
        unlike = next(each for each in (name, *others) if each not in taken)
        return Evaluated(self._document.scenario, unlike)
