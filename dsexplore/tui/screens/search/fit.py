"""What makes it fit: the nearest changes after which the layout does. Enter takes one, undoably."""

from __future__ import annotations

from typing import Any, ClassVar

from dsexplore.analysis.search.judging import STEP
from dsexplore.analysis.search.nearest import Change, nearest
from dsexplore.analysis.search.ranking import MEMORY
from dsexplore.document.document import Document
from dsexplore.engine.names import unit_of
from dsexplore.text.format import format_value
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.beside import Run
from dsexplore.tui.screens.computing import ComputingScreen
from dsexplore.tui.screens.search.rows import change_rows, fields_text
from dsexplore.tui.widgets.lines import Line, Row, wrapped
from dsexplore.tui.widgets.writer import Writer

_NONE = (
    "No change of one field or two makes it fit. {search} searches every layout of these "
    "accelerators, and says what stands in the way."
)


class FitScreen(ComputingScreen):
    """Changes, the fewest fields first, each with its step. The answer is a sentence on one."""

    FOLLOWS: ClassVar[str] = "take it"
    DETAIL_LINES: ClassVar[int] = 2

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        # A field that was changed, once a change is taken.
        self.changed = ""
        self._changes: list[Change] | None = None
        self._is_whole = True
        self._problem = ""

    def on_mount(self) -> None:
        """Try beside the screen."""
        super().on_mount()
        scenario = self._document.scenario

        def work(run: Run) -> tuple[list[Change], bool]:
            return nearest(scenario, run.goes_on, run.told), run.goes_on()

        self.compute(work, at_once=False)

    def headline(self) -> tuple[str, str]:
        """What is missing, and how far the tries are."""
        note = "" if self._is_whole else "partial: it was stopped"
        return "What makes it fit", self.progress() or note

    def rows(self, width: int) -> list[Row]:
        """What stands in the way now, and the changes."""
        document = self._document
        written = Writer(width)
        for problem in document.warnings([STEP, MEMORY]):
            written.text(f"✗ {problem}", "problem")
        if self._problem:
            written.text(self._problem, "problem")
        if self._changes is None:
            return written.rows
        if not self._changes:
            written.text(_NONE.format(search=self.here.key_of("search")), "plain")
            return written.rows
        stated = float(document.results[STEP])
        step = format_value(stated, unit_of(STEP), 3)
        written.text(f"With room for it the step would take {step}.")
        written.blank()
        return [*written.rows, *change_rows(document.scenario, self._changes, stated, width)]

    def detail(self, width: int) -> list[Line]:
        """The change under the cursor in full."""
        change = self._chosen
        said = wrapped(fields_text(change.fields), width - 2, 2) if change else []
        return [((f" {line}", "value"),) for line in said]

    @property
    def _chosen(self) -> Change | None:
        name = self.cursor.name
        return self._changes[int(name)] if self._changes and name else None

    def follow(self) -> None:
        """Take the change under the cursor."""
        change = self._chosen
        if change is None:
            return
        said = fields_text(change.fields)
        try:
            self._document.take(change.fields, said)
        except ScenarioError as error:
            self.say(str(error), "problem")
            return
        self.changed = next(iter(change.fields))
        self.dismiss(f"{said}: it fits. Undo takes it back.")

    def found(self, result: Any) -> None:
        """Show the changes."""
        self._changes, self._is_whole = result
        self.draw_from_top()

    def refused(self, error: ScenarioError) -> None:
        """Say why nothing can be tried."""
        self._problem = f"{error}."
        self.draw()
