"""The actions that ask why: explaining, targets, comparing, claims.

Each screen is imported when it is first asked for: the start must not pay for it.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from dsexplore.engine.names import is_result
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.main.edit_actions import ChangingActions

if TYPE_CHECKING:
    from dsexplore.tui.screens.claims.screen import ClaimsScreen


class AuditingActions(ChangingActions):
    """The part of the main screen that opens screens about numbers."""

    # As it was left; opened again, it goes on from there.
    _claims: ClaimsScreen | None = None

    @property
    @abstractmethod
    def result_name(self) -> str:
        """The field or quantity that the results' cursor is on; empty where none is in sight."""

    @abstractmethod
    def go_to(self, field: str) -> None:
        """Show a field's panel, with the field focused."""

    @abstractmethod
    def point_at(self, field: str) -> None:
        """Focus a field, whichever side shows."""

    def action_explain(self) -> None:
        """Show what a number is made of."""
        from dsexplore.tui.screens.explain.screen import ExplainScreen  # noqa: PLC0415 - as said above

        name = self.result_name if self.on_results else self.field
        if not name:
            self.say("The cursor is on nothing that could be explained.")
            self.draw()
            return
        self.app.push_screen(ExplainScreen(self.document, name), self._went)

    def _went(self, field: str | None) -> None:
        if field:
            self.go_to(field)

    def action_target(self) -> None:
        """Ask what would make a result what it is to be."""
        from dsexplore.tui.dialogs.find_name import FindName  # noqa: PLC0415 - as said above

        name = self.result_name if self.on_results else ""
        if is_result(name):
            self._aim_at(name)
            return
        prompt = "What would it take? The result that is to have a target"
        self.app.push_screen(FindName(self.document, prompt, are_results=True), self._aim_at)

    def _aim_at(self, name: str | None) -> None:
        from dsexplore.tui.dialogs.target import TargetDialog  # noqa: PLC0415 - as said above

        if not name:
            return
        dialog = TargetDialog(self.document, name)

        def done(said: str | None) -> None:
            if dialog.changed:
                self.point_at(dialog.changed)
            self._told(said)

        self.app.push_screen(dialog, done)

    def action_compare(self) -> None:
        """Lay another scenario beside this one."""
        from dsexplore.tui.screens.compare.screen import CompareWith  # noqa: PLC0415 - as said above

        self.app.push_screen(CompareWith(self.document), self._compare_with)

    def _compare_with(self, name: str | None) -> None:
        from dsexplore.tui.screens.compare import screen as compare  # noqa: PLC0415 - as said above

        if not name:
            return
        try:
            first = compare.chosen(self.document, name)
        except ScenarioError as error:
            self.say(str(error), "problem")
            self.draw()
            return
        self.app.push_screen(compare.CompareScreen(self.document, first), self._went)

    def action_claims(self) -> None:
        """Check what was claimed."""
        from dsexplore.tui.screens.claims.screen import ClaimsScreen  # noqa: PLC0415 - as said above

        try:
            self._claims = ClaimsScreen(self.document, self._claims)
        except ScenarioError as error:  # of a file of the user's own
            self.say(str(error), "problem")
            self.draw()
            return
        self.app.push_screen(self._claims, self._opened_claim)

    def _opened_claim(self, field: str | None) -> None:
        if field is None:
            return
        if field:
            self.go_to(field)
            marked = "what it changes is marked"
        else:
            marked = "it changes nothing"
        self.say(f"Opened {self.document.name} as the claim has it: {marked}.")
        self.draw()
