"""The layouts that fit, the fastest first, searched beside the screen. Enter takes one."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import OptionList
from textual.worker import Worker, WorkerState, get_current_worker

from dsexplore.analysis.search.account import summary, why_none
from dsexplore.analysis.search.judging import STEP
from dsexplore.analysis.search.ranking import MEMORY, PARTS, Layout, Search, why_not
from dsexplore.document.document import Document
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.names import unit_of
from dsexplore.scenario.field import value_text
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.format import format_change, format_value
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.dialogs.dialog import Dialog, said
from dsexplore.tui.dialogs.words import Choices, Option, Said

_LISTED = 40


class LayoutsDialog(Dialog):
    """Layouts with their step, memory and fields; below, what the highlighted one gains.

    The dialog's own answer is a sentence on the change.
    """

    def __init__(self, document: Document) -> None:
        super().__init__("The fastest layouts of these accelerators")
        self._document = document
        self._search: Search | None = None
        self._layouts: list[Layout] = []
        self.is_searching = True
        # A field that was changed, once a layout is taken.
        self.changed = ""

    def content(self) -> ComposeResult:
        """What was found, the layouts, the highlighted one's gain."""
        yield said("Searching …", id="found")
        yield Choices(id="layouts")
        yield said("", id="about")
        yield said("Enter takes the layout, Escape leaves.")

    def on_mount(self) -> None:
        """Search in a thread of its own, until the dialog is left."""
        self.run_worker(self._searched, thread=True, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what was found, or why nothing was."""
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            if not isinstance(error, ScenarioError):
                raise error or RuntimeError("a search ended without a reason")
            self._say("#found", str(error))
        if event.state is WorkerState.SUCCESS and self._search is not None:
            self._show(self._search)
        self.is_searching = not event.worker.is_finished

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what the layout gains."""
        self._say("#about", self._gain(self._layouts[event.option_index]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the layout."""
        layout = self._layouts[event.option_index]
        assert self._search is not None
        changed = self._search.differing(layout)
        if not changed:
            self.dismiss("This is the stated layout.")
            return
        try:
            self._document.take(changed, f"layout {self._fields(layout)}")
        except ScenarioError as error:
            self._say("#about", str(error))
            return
        self.changed = next(iter(changed))
        step = format_value(layout.results[STEP], unit_of(STEP))
        self.dismiss(f"Took layout {layout.place}, with a step of {step}. Undo takes it back.")

    def _searched(self) -> None:
        worker = get_current_worker()
        found = Search(self._document.scenario, goes_on=lambda: not worker.is_cancelled)
        if not worker.is_cancelled:
            self._layouts = found.best(_LISTED)
            self._search = found

    def _show(self, found: Search) -> None:
        self._say("#found", summary(found) if found.fitting else why_none(found))
        choices = self.query_one(Choices)
        choices.add_options(Option(self._line(each)) for each in self._layouts)
        if self._layouts:
            choices.highlighted = 0
            choices.focus()

    def _line(self, layout: Layout) -> str:
        step = format_value(layout.results[STEP], unit_of(STEP))
        memory = format_value(layout.results[MEMORY], unit_of(MEMORY))
        step = with_half_width(step, layout.results[STEP], layout.interval)
        return f"{layout.place:>3}  {step:<15} {memory:>9}  {self._fields(layout)}"

    def _fields(self, layout: Layout) -> str:
        """The fields in which a layout differs from the stated one."""
        assert self._search is not None
        changed = self._search.differing(layout)
        words = [
            f"{FIELDS[name].label} {value_text(FIELDS[name], v)}" for name, v in changed.items()
        ]
        return ", ".join(words) or "as stated"

    def _gain(self, layout: Layout) -> str:
        """Each part of the step, with its change from the stated layout's."""
        assert self._search is not None
        stated = self._search.open
        is_possible = not why_not(stated)
        told = []
        for part in PARTS:
            value, unit = layout.results[part], unit_of(part)
            change = format_change(stated.values[part], value, unit) if is_possible else ""
            if value or change:
                told.append(f"{part} {format_value(value, unit, 3)} {change}".rstrip())
        return f"{self._fields(layout)}\n{', '.join(told)}"

    def _say(self, where: str, text: str) -> None:
        self.query_one(where, Said).update(text)
