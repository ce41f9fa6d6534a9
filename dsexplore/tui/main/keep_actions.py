"""Actions on what is kept: states of the history, and their names.

Each screen is imported when it is first asked for: the start must not pay for it.
"""

from __future__ import annotations

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
