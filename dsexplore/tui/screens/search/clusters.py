"""Clusters: numbers and kinds of accelerators, each with its best layout. Enter takes one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from dsexplore.analysis.search.account import PREDICTED
from dsexplore.analysis.search.clusters import (
    COST,
    DAYS,
    GPUS,
    HARDWARE,
    Best,
    best_of_each,
    clusters,
    read_gpus,
    read_hardware,
)
from dsexplore.analysis.search.judging import STEP
from dsexplore.document.document import Document
from dsexplore.engine.names import unit_of
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.format import format_value
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.beside import Run
from dsexplore.tui.dialogs.typed import TypedDialog
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.screens.full_screen import EXPORT
from dsexplore.tui.screens.keys_here import Key
from dsexplore.tui.screens.search.conditions import (
    limits_of,
    refusal,
)
from dsexplore.tui.screens.search.ranked import RankedScreen
from dsexplore.tui.screens.search.rows import fields_text
from dsexplore.tui.widgets.lines import Line, Role, Row, Span, cropped, fitted, right, wrapped
from dsexplore.tui.widgets.writer import Writer

if TYPE_CHECKING:
    from dsexplore.export.reports.report import Report

_BETWEEN = ";"
_FORMS = "1024:16384, or 1024,3000; then, if others than its own, h100-80gb-sxm=$2, mi300x"
_DEADLINE = "pretraining_days<=30 d; pretraining_cost<=$5M"
_FIGURE = 11
# Of the accelerator's name, with as much more as there is room for.
_KIND, _WIDE_KIND = 18, 32
_RESULTS = (COST, DAYS, STEP)
_VALUE: Role = "value"


def problem_of_clusters(typed: str, scenario: Scenario) -> str:
    """What is wrong with a line of numbers and kinds of accelerators; empty for nothing."""
    return refusal(lambda: clusters(scenario, *_read(typed)))


def _read(typed: str) -> tuple[tuple[int, ...], tuple[tuple[str, float | None], ...]]:
    numbers, _, kinds = (part.strip() for part in typed.partition(_BETWEEN))
    return read_gpus(numbers) if numbers else (), read_hardware(kinds) if kinds else ()


class ClustersScreen(RankedScreen):
    """Clusters, the cheapest first. The answer is a sentence on the one that was taken."""

    FINDS: ClassVar[str] = "clusters"
    EXAMPLE: ClassVar[str] = _DEADLINE
    DETAIL_LINES: ClassVar[int] = 3

    def __init__(self, document: Document, typed: str) -> None:
        """`typed`: numbers of accelerators, and behind a semicolon their kinds."""
        super().__init__(document, COST)
        self._typed = typed
        self._best: list[Best] | None = None
        self._asked = 0
        self._problem = ""

    def headline(self) -> tuple[str, str]:
        """What is ranked, and how far or how whole the search is."""
        done = self._best
        is_partial = done is not None and len(done) < self._asked
        note = f"partial: {len(done or ())} of {self._asked} clusters" if is_partial else ""
        return f"Clusters by {short_label(self._by)}", self.progress() or note

    def rows(self, width: int) -> list[Row]:
        """The conditions, and a row for each cluster, named by its place."""
        written = Writer(width)
        if self._problem:
            written.text(self._problem, "problem")
        self.say_conditions(written)
        if not self._best:
            return written.rows
        names = list(dict.fromkeys((self._by, *_RESULTS)))
        kind = max(_KIND, min(_WIDE_KIND, width - 12 - _FIGURE * len(names)))
        stated = self._document.scenario.pretraining.utilization
        if any(each.scenario.pretraining.utilization != stated for each in self._best):
            written.text(PREDICTED)
        head = [right("GPUs", 9), f"  {fitted('accelerator', kind)}"]
        head += [right(_short(name), _FIGURE) for name in names]
        rows = [Row(cropped([("".join(head), "heading")], width))]
        rows += [
            Row(cropped(self._cells(each, names, kind), width), f"{place}")
            for place, each in enumerate(self._best)
        ]
        return [*written.rows, *rows]

    def detail(self, width: int) -> list[Line]:
        """The layout of the cluster under the cursor, or why it has none."""
        best = self._chosen
        if best is None:
            return []
        said = fields_text(best.layout.fields) if best.layout else best.why_none
        role: Role = "plain" if best.layout else "problem"
        return [((f" {line}", role),) for line in wrapped(said, width - 2, self.DETAIL_LINES)]

    def follow(self) -> None:
        """Take the cluster under the cursor with its layout."""
        best = self._chosen
        if best is None:
            return
        if best.layout is None:
            self.say(best.why_none, "problem")
            return
        said = _cluster_text(best, self._document.scenario)
        try:
            self._document.take(best.fields, said)
        except ScenarioError as error:
            self.say(str(error), "problem")
            return
        self.changed = GPUS
        self.dismiss(f"Took {said} and its best layout. Undo takes it back.")

    def found(self, result: Any) -> None:
        """Show the clusters."""
        self._best = result
        self.draw_from_top()

    def refused(self, error: ScenarioError) -> None:
        """Say in place of the rows why there is none."""
        self._problem = f"{error}."
        self.draw()

    def others(self) -> None:
        """Search other numbers and kinds of accelerators."""
        self.app.push_screen(asking(self._document, self._typed), self._take_others)

    def report(self) -> Report | None:
        """The clusters with the best layout of each."""
        from dsexplore.export.reports.search import clusters_report  # noqa: PLC0415 - few export

        return (
            clusters_report(self._best, self._by, self._document.scenario) if self._best else None
        )

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("w", RankedScreen.condition, "deadline, budget"),
        Key("g", others, "others"),
        Key("r", RankedScreen.rank, "rank by"),
        *EXPORT,
    )

    def _take_others(self, typed: str | None) -> None:
        if typed:
            self._typed = typed
            self._begin()

    def _begin(self) -> None:
        every = clusters(self._document.scenario, *_read(self._typed))
        by, limits = self._by, limits_of(self._conditions)
        self._asked, self._problem = len(every), ""

        def work(run: Run) -> list[Best]:
            return best_of_each(every, by, limits, told=run.told, goes_on=run.goes_on)

        self.compute(work, at_once=False)

    def _cells(self, best: Best, names: Sequence[str], kind: int) -> list[Span]:
        hardware = best.scenario.hardware
        cells: list[Span] = [
            (f" {right(f'{hardware.num_gpus:,}', 8)}", "label"),
            (f"  {fitted(hardware.gpu, kind)}", "plain"),
        ]
        if best.layout is None:
            return [*cells, ("  ✗ none", "problem")]
        results = best.layout.results
        return [
            *cells,
            *(
                (right(format_value(results[name], unit_of(name), 3), _FIGURE), _VALUE)
                for name in names
            ),
        ]

    @property
    def _chosen(self) -> Best | None:
        name = self.cursor.name
        return self._best[int(name)] if self._best and name else None


def asking(document: Document, typed: str = "") -> TypedDialog:
    """A dialog for numbers and kinds of accelerators."""
    scenario = document.scenario
    return TypedDialog(
        "Search which numbers of accelerators, and which kinds?",
        lambda line: problem_of_clusters(line, scenario) if line else _FORMS,
        _FORMS,
        typed,
    )


def _cluster_text(best: Best, stated: Scenario) -> str:
    hardware = best.scenario.hardware
    kind = hardware.gpu if HARDWARE in best.fields else stated.hardware.gpu
    return f"{hardware.num_gpus:,} {kind}"


def _short(name: str) -> str:
    return FIELDS[name].label if name in FIELDS else short_label(name).removeprefix("Pre-training ")
