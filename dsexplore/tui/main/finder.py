"""Looking for anything, and going there: fields, results, pages, actions, presets, claims.

The dialog is imported when it is first asked for: the start must not pay for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dsexplore.scenario.field import value_text
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.plain import clean
from dsexplore.tui.main.claims_list import ClaimsList
from dsexplore.tui.main.opening import Opening
from dsexplore.tui.main.session import Session

if TYPE_CHECKING:
    from dsexplore.tui.keys.keymap import Keymap


class Finder:
    """Asks what to find, and goes there."""

    def __init__(
        self,
        session: Session,
        keys: Keymap,
        perform: Callable[[str], None],
        opening: Opening,
        claims: ClaimsList,
    ) -> None:
        self._session = session
        self._document = session.document
        self._keys = keys
        self._goes: dict[str, Callable[[str], None]] = {
            "field": self._to_field,
            "result": session.go_to_result,
            "panel": session.go_to_panel,
            "page": session.go_to_page,
            "action": perform,
            "preset": opening.open,
            "claim": claims.show,
            "state": session.jump,
        }

    def look_for(self, typed: str) -> None:
        """Find anything, with a word typed already."""
        from dsexplore.tui.dialogs.find import FindDialog  # noqa: PLC0415 - as said above

        self._session.ask(FindDialog(self._document, self._keys, typed), self._go)

    def _go(self, answer: str) -> None:
        kind, _, goal = answer.partition(":")
        self._session.close_others()
        self._goes[kind](goal)

    def _to_field(self, name: str) -> None:
        """Show a field; of one that the present choices make no use of, the choice that does."""
        spec = FIELDS[name]
        ruled = spec.ruled_out_by(self._document.scenario.value)
        if ruled is None:
            self._session.go_to(name)
            return
        chooser, allowed = FIELDS[ruled[0]], ruled[1]
        words = " or ".join(value_text(chooser, value) for value in allowed)
        now = clean(self._document.field_text(chooser.name))
        self._session.go_to(chooser.name)
        self._session.say(
            f"{spec.label} is used where {chooser.label} is {words}; it is {now} here."
        )
