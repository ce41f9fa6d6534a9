"""The actions that change the document: nudges, resets, the baseline, undo and redo."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from dsexplore.scenario.scenario import FIELDS
from dsexplore.tui.main.file_actions import AskingActions
from dsexplore.tui.widgets.lines import clean


class ChangingActions(AskingActions):
    """The part of the main screen that changes what is open, and says what it did."""

    # Whether keys go to the results and not to the parameters.
    on_results: bool

    @property
    @abstractmethod
    def field(self) -> str:
        """The field that is focused."""

    def action_nudge_up(self) -> None:
        """Raise the field by a step that suits it."""
        self.nudge(1)

    def action_nudge_down(self) -> None:
        """Lower the field by a step that suits it."""
        self.nudge(-1)

    def nudge(self, direction: int) -> None:
        """Move the field to its neighbour, or say that it has none."""
        if self.on_results:
            return
        name = self.field
        moved: list[bool] = []
        made = self.attempt(lambda: moved.append(self.document.nudge(name, direction)))
        if made and not moved[0]:
            self.say(f"{FIELDS[name].label} goes no further this way; type a value.")
            self.draw()

    def action_reset(self) -> None:
        """Put the field back to its preset's value."""
        if self.on_results:
            return
        name = self.field
        origin: list[str] = []
        if self.attempt(lambda: origin.append(self.document.reset(name))):
            went = f"back to that of {origin[0]}." if origin[0] else "nothing to go back to."
            self.say(f"{FIELDS[name].label}: {went}")
            self.draw()

    def action_hold_mfu(self) -> None:
        """Assume the MFU that was measured, so that hours follow what is changed."""
        if self.attempt(self.document.hold_mfu):
            self.say(
                f"MFU is held at {self.document.result_text('mfu')}: hours follow from it now."
            )
            self.draw()

    def action_baseline(self) -> None:
        """Compare with what is open now."""
        self.attempt(self.document.set_baseline)
        self.say("Changes are marked against this from here on; open another scenario to compare.")
        self.draw()

    def action_free_baseline(self) -> None:
        """Compare with the preset or file as it was opened."""
        self.attempt(self.document.free_baseline)
        self.say(f"Changes are marked against {self.document.name} as it was opened.")
        self.draw()

    def action_undo(self) -> None:
        """Take back a refused text, or else the last change."""
        if self.document.drafts:
            name, draft = next(reversed(self.document.drafts.items()))
            self.document.revert(name)
            self.say(f"Forgotten: {FIELDS[name].label}: {clean(draft.text)}, which was refused.")
            self.draw()
            return
        self._travel(self.document.undo, "Undone", "There is nothing to undo.")

    def action_redo(self) -> None:
        """Make the last undone change again."""
        self._travel(self.document.redo, "Redone", "There is nothing to redo.")

    def _travel(self, step: Callable[[], str], done: str, nothing: str) -> None:
        change = step()
        self.say(f"{done}: {change}" if change else nothing)
        self.draw()
