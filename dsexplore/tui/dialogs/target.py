"""Asking for a target of a result, and answering with the value of a field that meets it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Input, Static

from dsexplore.analysis.solve.search import Point
from dsexplore.analysis.solve.solve import Solution, candidates, solve
from dsexplore.document.document import Document
from dsexplore.scenario.field import value_text
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.plain import clean
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.dialogs.dialog import TypingDialog, said
from dsexplore.tui.dialogs.words import Choices, Option, TypedLine


class TargetDialog(TypingDialog):
    """A target, fields by how much they move the result, and the answer. Enter applies it.

    The dialog's own answer is a sentence on the change.
    """

    def __init__(self, document: Document, of: str) -> None:
        now = clean(document.result_text(of))
        super().__init__(f"What would it take? {of} is {now}; its target:")
        self._document = document
        self._of = of
        self._fields = candidates(document.scenario, of)
        self._solution: Solution | None = None
        # The field that was changed, once one was.
        self.changed = ""

    def content(self) -> ComposeResult:
        """The target, the fields, the answer."""
        yield TypedLine(
            placeholder="an amount, or the name of another quantity; <= or >= before it",
            id="target",
        )
        yield Choices(*(Option(self._line(name)) for name in self._fields))
        yield said("", "", id="answer")
        yield said("↑↓ choose the field, Enter applies the answer, Escape leaves.")

    def on_mount(self) -> None:
        """Begin with the first field."""
        if self._fields:
            self._options.highlighted = 0
        self._answer()

    def on_input_changed(self) -> None:
        """Answer while the target is typed."""
        self._answer()

    def on_option_list_option_highlighted(self) -> None:
        """Answer for another field."""
        self._answer()

    def on_option_list_option_selected(self) -> None:
        """Apply the answer."""
        self._apply()

    def on_input_submitted(self) -> None:
        """Apply the answer."""
        self._apply()

    def _answer(self) -> None:
        self._solution = None
        target, index = self.query_one(Input).value.strip(), self._options.highlighted
        if not self._fields:
            self._say("No field moves this result.")
        elif target and index is not None:
            try:
                found = solve(self._document.scenario, self._of, target, self._fields[index])
            except ScenarioError as error:
                self._say(error.sentence())
            else:
                self._solution = found
                self._say(" ".join([f"{self._sentence(found)}.", *found.problems]))
        else:
            self._say("")

    def _sentence(self, found: Solution) -> str:
        spec = FIELDS[found.field]
        text = f"{spec.label}: {value_text(spec, found.value)}"
        if found.others:
            others = ", ".join(value_text(spec, value) for value in found.others)
            text += f" (also {others})"
        reached = found.said_of(Point(found.value, found.reached, found.target))
        text += f", which makes {found.result} {reached}"
        for neighbour in (found.previous, found.next):
            if neighbour is not None:
                text += f"; {value_text(spec, neighbour.value)} makes {found.said_of(neighbour)}"
        return text

    def _apply(self) -> None:
        found = self._solution
        if found is None:
            return
        try:
            self._document.set(found.field, found.value)
        except ScenarioError as error:
            self._say(str(error))
            return
        self.changed = found.field
        self.dismiss(f"{self._sentence(found)}. Undo takes it back.")

    def _say(self, text: str) -> None:
        self.query_one("#answer", Static).update(clean(text))

    def _line(self, name: str) -> str:
        return f"{name:<36} {clean(self._document.field_shown(name))}"
