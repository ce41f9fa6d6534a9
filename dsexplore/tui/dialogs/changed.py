"""A file that is no longer as this session left it: see the difference, save as, or overwrite."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import OptionList

from dsexplore.files.writing import FileInTheWayError
from dsexplore.library.open import scenario_in
from dsexplore.scenario.field import value_text
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.plain import clean
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.dialogs.dialog import Dialog, said
from dsexplore.tui.dialogs.words import Choices, Option

_WORDS = ("title", "description", "uncertainty", "correlations", "sources", "notes", "unverified")


class ChangedDialog(Dialog):
    """The answer is difference, save as, overwrite, or None for not saving."""

    def __init__(self, error: FileInTheWayError) -> None:
        super().__init__(clean(f"Not saved: {error.file} is not as this session last saw it."))
        self._error = error

    def content(self) -> ComposeResult:
        """What was found, and the answers; an Enter typed ahead does no harm."""
        yield said(clean(f"Found {self._error.found}."), "problem")
        overwrite = "Write it again" if self._error.is_gone else "Overwrite it"
        answers = [
            Option("Save under another name", id="save as"),
            Option(f"{overwrite} with what is open here", id="overwrite"),
            Option("Do not save", id="stay"),
        ]
        if self._error.content is not None:
            answers.insert(0, Option("See the difference", id="difference"))
        yield Choices(*answers)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        self.dismiss(None if event.option.id == "stay" else event.option.id)


class DifferenceDialog(Dialog):
    """The fields in which a file on disk and the open scenario differ. The answer is empty."""

    def __init__(self, name: str, scenario: Scenario, content: bytes) -> None:
        super().__init__(clean(f"{name}: on disk, and open here"))
        self._lines = _difference(scenario, content)

    def content(self) -> ComposeResult:
        """A line for each field."""
        yield Choices(*(Option(clean(line)) for line in self._lines))
        yield said("Enter or Escape goes back.")

    def action_leave(self) -> None:
        """Go back to the question."""
        self.dismiss("")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go back to the question."""
        self.dismiss("")


def _difference(ours: Scenario, content: bytes) -> list[str]:
    try:
        theirs = scenario_in(content)
    except ScenarioError as error:
        return [f"On disk is no scenario: {error}"]
    rows = [
        (spec.label, value_text(spec, theirs.value(name)), value_text(spec, ours.value(name)))
        for name, spec in ((name, FIELDS[name]) for name in ours.differs_in(theirs))
    ]
    lines = [f"{label}: {on_disk} on disk, {here} here" for label, on_disk, here in rows]
    words = [key for key in _WORDS if getattr(ours, key) != getattr(theirs, key)]
    if words:
        lines.append(f"Also different: {', '.join(words)}")
    return lines or ["The same values, written differently."]
