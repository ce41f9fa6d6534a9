"""Choices of serving and of RL that can be, the best first. Enter takes one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from dsexplore.analysis.search.choosing import Choice, Chosen
from dsexplore.analysis.search.spaces import SPACES
from dsexplore.document.document import Document
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.names import unit_of
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import PANELS
from dsexplore.text.format import format_value
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.beside import Run
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.screens.full_screen import EXPORT
from dsexplore.tui.screens.keys_here import Key
from dsexplore.tui.screens.search.conditions import limits_of
from dsexplore.tui.screens.search.ranked import RankedScreen
from dsexplore.tui.screens.search.rows import fields_text
from dsexplore.tui.widgets.lines import Line, Row, Span, cropped, right, wrapped
from dsexplore.tui.widgets.writer import Writer

if TYPE_CHECKING:
    from dsexplore.export.reports.report import Report

_LISTED, _TIMES, _MOST = 40, 5, 1_000
# Cells of each column, the last of which holds at least so many of the changed fields.
_PLACE, _FIGURE, _FIELDS = 6, 21, 30
_EXAMPLE = "time_per_output_token<50 ms; serving_precision=fp8"


class ChoicesScreen(RankedScreen):
    """Choices of a panel, and what is other than stated. The answer is a sentence on the change."""

    FINDS: ClassVar[str] = "choices"
    EXAMPLE: ClassVar[str] = _EXAMPLE
    DETAIL_LINES: ClassVar[int] = 4

    def __init__(self, document: Document, table: str) -> None:
        """`table`: the panel that is chosen in, one of those with a space to search."""
        super().__init__(document, "")
        self._table = table
        self._count = _LISTED
        self._chosen: Chosen | None = None
        self._choices: list[Choice] = []
        self._is_partial = False
        self._account = ""

    def headline(self) -> tuple[str, str]:
        """What is ranked, and how far or how whole the search is."""
        title = f"Choices of {PANELS[self._table].title}"
        by = f" by {short_label(self._chosen.space.by)}" if self._chosen else ""
        return title + by, self.progress() or ("partial" if self._is_partial else "")

    def rows(self, width: int) -> list[Row]:
        """The account of the search, and a row for each choice, named by its place."""
        written = Writer(width)
        self.say_conditions(written)
        if self._account:
            written.text(self._account, "plain", 4)
        found = self._chosen
        if found is None or not self._choices:
            return written.rows
        room = width - _PLACE - _FIELDS
        results = found.space.results[: max(1, room // _FIGURE)]
        heads = "".join(f" {right(short_label(name), _FIGURE - 1)}" for name in results)
        head = cropped([(f"{'':{_PLACE}}{heads}  other than stated", "heading")], width)
        return [
            *written.rows,
            Row(head),
            *(self._row(each, results, width) for each in self._choices),
        ]

    def _row(self, choice: Choice, results: tuple[str, ...], width: int) -> Row:
        texts = [format_value(choice.results[name], unit_of(name), 3) for name in results]
        texts[0] = with_half_width(texts[0], choice.results[results[0]], choice.interval)
        cells: list[Span] = [(right(f"{choice.place:,}", _PLACE), "label")]
        cells += [(right(text, _FIGURE), "value") for text in texts]
        cells.append((f"  {fields_text(self._changes(choice)) or 'the stated one'}", "dim"))
        return Row(cropped(cells, width), f"{choice.place}")

    def detail(self, width: int) -> list[Line]:
        """All that a choice changes."""
        choice = self._under_cursor
        if choice is None:
            return []
        said = fields_text(self._changes(choice)) or "This is the stated one"
        return [((f" {line}", "plain"),) for line in wrapped(f"{said}.", width - 2, 4)]

    def follow(self) -> None:
        """Take the choice under the cursor."""
        choice, found = self._under_cursor, self._chosen
        if choice is None or found is None:
            return
        changes = self._changes(choice)
        if not changes:
            self.dismiss("This is the stated one.")
            return
        try:
            self._document.take(changes, f"choice {fields_text(changes)}")
        except ScenarioError as error:
            self.say(str(error), "problem")
            return
        self.changed = next(iter(changes))
        by = found.space.by
        result = format_value(choice.results[by], unit_of(by))
        self.dismiss(
            f"Took choice {choice.place:,}, {short_label(by)} {result}. Undo takes it back."
        )

    def found(self, result: Any) -> None:
        """Show the choices, the best first."""
        found, self._is_partial = result
        self._chosen = found
        self._choices = found.best(self._count)
        self._account = found.summary() if found.fitting else found.why_none()
        self.draw_from_top()
        if self._choices and self._under_cursor is None:
            self.put_cursor(f"{self._choices[0].place}")

    def refused(self, error: ScenarioError) -> None:
        """Say in place of the rows why there is no choice."""
        self._account, self._choices = f"{error}.", []
        super().refused(error)

    def more(self) -> None:
        """List more choices."""
        self._count = min(self._count * _TIMES, _MOST)
        if self._chosen:
            self.found((self._chosen, self._is_partial))

    def report(self) -> Report | None:
        """The choices that are listed."""
        from dsexplore.export.reports.choices import choices_report  # noqa: PLC0415 - few export

        found = self._chosen
        return choices_report(found, self._choices) if found and self._choices else None

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("w", RankedScreen.condition, "only with"),
        Key("r", RankedScreen.rank, "rank by"),
        Key("m", more, "more"),
        *EXPORT,
    )

    def _begin(self) -> None:
        scenario, by, space_of = self._document.scenario, self._by, SPACES[self._table]
        limits = limits_of(self._conditions)

        def work(run: Run) -> tuple[Chosen, bool]:
            space = space_of(scenario, by)
            found = Chosen(scenario, space, limits, goes_on=run.goes_on, told=run.told)
            return found, not run.goes_on()

        self.compute(work, at_once=False)

    def _changes(self, choice: Choice) -> Mapping[str, Value]:
        """The fields that a choice sets, those of the prediction behind its rank among them."""
        found = self._chosen
        if found is None:
            return {}
        return (dict(found.space.predicted) if found.is_predicted else {}) | found.differing(choice)

    @property
    def _under_cursor(self) -> Choice | None:
        place = self.cursor.name
        return next((each for each in self._choices if f"{each.place}" == place), None)
