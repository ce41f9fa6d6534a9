"""Layouts that fit, the fastest first, and the frontier of time and memory. Enter takes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dsexplore.analysis.search.account import summary, why_none
from dsexplore.analysis.search.judging import STEP
from dsexplore.analysis.search.ranking import MEMORY, Layout, Search, why_not
from dsexplore.document.document import Document
from dsexplore.engine.names import unit_of
from dsexplore.text.format import format_value
from dsexplore.text.plot import Point
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.beside import Run
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.screens.compare.screen import Beside, CompareScreen
from dsexplore.tui.screens.full_screen import EXPORT
from dsexplore.tui.screens.keys_here import Key
from dsexplore.tui.screens.search.clusters import ClustersScreen, asking
from dsexplore.tui.screens.search.conditions import limits_of
from dsexplore.tui.screens.search.plot import trade_lines
from dsexplore.tui.screens.search.ranked import RankedScreen
from dsexplore.tui.screens.search.rows import fields_text, gains, layout_rows
from dsexplore.tui.widgets.lines import Line, Row, Span, width_of, wrapped
from dsexplore.tui.widgets.writer import Writer

if TYPE_CHECKING:
    from dsexplore.export.reports.report import Report

# What a layout moves only where MFU is predicted from it.
_HOURS = "pretraining_gpu_hours"
_LISTED, _TIMES, _MOST = 40, 5, 1_000
# Layouts with a step of more than so many times the fastest are no choice to anyone.
_SLOWEST = 2
_ON_FRONTIER = 400
# Lines of the plot and what is said beside it, of so many on the screen.
_LEAST_DETAIL, _LIST = 8, 13
_GAP = 2
_EXAMPLE = "memory_headroom>=10 GB; pipeline_schedule=1f1b"


class SearchScreen(RankedScreen):
    """Layouts, and what the one under the cursor gains. The answer is a sentence on the change."""

    FINDS: ClassVar[str] = "layouts"
    EXAMPLE: ClassVar[str] = _EXAMPLE

    def __init__(self, document: Document) -> None:
        super().__init__(document, STEP)
        self._count = _LISTED
        self._is_frontier = False
        self._search: Search | None = None
        self._layouts: list[Layout] = []
        self._frontier: list[int] = []
        # How much was judged before it was stopped; 1 if all was.
        self._share = 0.0
        self._account = ""
        self._gains: dict[int, list[str]] = {}

    def detail_height(self) -> int:
        """A third of the screen, or less where the list would have no room."""
        height = self.app.size.height
        return max(0, min(_LEAST_DETAIL, height - _LIST), height // 3 - 2)

    def headline(self) -> tuple[str, str]:
        """What is ranked, and how far or how whole the search is."""
        hardware = self._document.scenario.hardware
        of = "Layouts" if self._by == STEP else f"Layouts by {short_label(self._by)}"
        share = format_value(self._share, "fraction", 2)
        note = "" if self._share in (0.0, 1.0) else f"partial: {share} judged"
        return f"{of} of {hardware.num_gpus:,} {hardware.gpu}", self.progress() or note

    def rows(self, width: int) -> list[Row]:
        """The account of the search, and its layouts."""
        written = Writer(width)
        if self._account:
            written.text(self._account, "plain", 4)
        self.say_conditions(written)
        found = self._search
        if found is None or not self._layouts:
            return written.rows
        return [*written.rows, *layout_rows(found, self._layouts, width)]

    def detail(self, width: int) -> list[Line]:
        """The frontier at the left, and what the layout under the cursor gains at the right."""
        found, layout = self._search, self._chosen
        if found is None or layout is None:
            return []
        height = self.detail_height()
        left = width // 2
        stated: Point | None = None
        if not why_not(found.open):
            stated = float(found.open.values[MEMORY]), float(found.open.values[STEP])
        drawn = trade_lines(
            found.trade(self._frontier),
            [_point(each) for each in self._layouts],
            _point(layout),
            stated,
            left - _GAP,
            height,
        )
        if not drawn:
            left = 1
        room = width - left - 1
        told: list[Span] = [
            (line, "plain" if place else "value")
            for place, sentence in enumerate(self._told(found, layout))
            for line in wrapped(sentence, room, height)
        ]
        lines: list[Line] = []
        for y in range(height):
            start = drawn[y] if y < len(drawn) else ()
            gap = " " * (left - width_of(start))
            lines.append((*start, (gap, "plain"), *told[y : y + 1]))
        return lines

    def follow(self) -> None:
        """Take the layout under the cursor."""
        layout = self._chosen
        if self._search is None or layout is None:
            return
        changed = self._search.differing(layout)
        if not changed:
            self.dismiss("This is the stated layout.")
            return
        hours = self._document.results[_HOURS]
        try:
            self._document.take(changed, f"layout {fields_text(changed)}")
        except ScenarioError as error:
            self.say(str(error), "problem")
            return
        self.changed = next(iter(changed))
        step = format_value(layout.results[STEP], unit_of(STEP))
        stay = self._document.results[_HOURS] == hours
        known = self._document.scenario.pretraining.utilization
        chooses = self.here.key_of("hold_mfu")
        so = f"; GPU-hours stay, as MFU is {known}: {chooses} chooses" if stay else ""
        self.dismiss(
            f"Took layout {layout.place:,}, with a step of {step}{so}. Undo takes it back."
        )

    def found(self, result: Any) -> None:
        """Show the layouts, the best first."""
        self._search, self._layouts, self._frontier, self._share = result
        self._gains.clear()
        search = self._search
        assert search is not None
        self._account = summary(search) if search.fitting else why_none(search)
        self._draw_list()

    def on_unmount(self) -> None:
        """Hold millions of layouts no longer than they are shown."""
        self._search, self._layouts = None, []
        super().on_unmount()

    def refused(self, error: ScenarioError) -> None:
        """Say in place of the rows why there is no layout."""
        self._account = f"{error}."
        super().refused(error)

    # Keys

    def frontier(self) -> None:
        """List the layouts that no other beats in both time and memory, or the best again."""
        self._is_frontier = not self._is_frontier
        self._list()

    def more(self) -> None:
        """List more layouts."""
        self._count = min(self._count * _TIMES, _MOST)
        self._list()

    def compare(self) -> None:
        """Lay the layout beside the open scenario."""
        layout = self._chosen
        if self._search is not None and layout is not None:
            other = Beside(f"layout {layout.place:,}", self._search.scenario_of(layout))
            self.app.push_screen(CompareScreen(self._document, other), self._went)

    def clusters(self) -> None:
        """Search other numbers and kinds of accelerators, each with its best layout."""
        self.app.push_screen(asking(self._document), self._search_clusters)

    def report(self) -> Report | None:
        """The layouts that are listed, and the frontier."""
        from dsexplore.export.reports.search import search_report  # noqa: PLC0415 - few export

        if self._search is None or not self._layouts:
            return None
        return search_report(self._search, self._layouts)

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("f", frontier, "frontier"),
        Key("", compare, "compare", "compare"),
        Key("w", RankedScreen.condition, "only with"),
        Key("r", RankedScreen.rank, "rank by"),
        Key("g", clusters, "more GPUs"),
        Key("m", more, "more"),
        *EXPORT,
    )

    def _went(self, field: str | None) -> None:
        if field:
            self.changed = field
            self.dismiss("")

    def _search_clusters(self, typed: str | None) -> None:
        if not typed:
            return
        screen = ClustersScreen(self._document, typed)

        def done(said: str | None) -> None:
            if said:
                self.changed = screen.changed
                self.dismiss(said)

        self.app.push_screen(screen, done)

    # The search

    def _begin(self) -> None:
        scenario, by, count = self._document.scenario, self._by, self._count
        limits = limits_of(self._conditions)

        def work(run: Run) -> tuple[Search, list[Layout], list[int], float]:
            found = Search(scenario, by, limits, goes_on=run.goes_on, told=run.told)
            share = 1.0 if run.goes_on() else run.share or 0.01
            layouts = found.best(count)
            run.goes_on()
            slowest = _SLOWEST * min((each.results[STEP] for each in layouts), default=0.0)
            return found, layouts, found.frontier(slowest)[:_ON_FRONTIER], share

        self._is_frontier = False
        self.compute(work, at_once=False)

    def _list(self) -> None:
        """List other layouts of the same search."""
        found = self._search
        if found is None or not found.fitting:
            return
        if self._is_frontier:
            self._layouts = found.at(self._frontier[: self._count])
        else:
            self._layouts = found.best(self._count)
        self._draw_list()

    def _draw_list(self) -> None:
        """Show the list from its top; where that has no room, from its first layout."""
        self.draw_from_top()
        if self._layouts and self._chosen is None:
            self.put_cursor(f"{self._layouts[0].place}")

    @property
    def _chosen(self) -> Layout | None:
        place = self.cursor.name
        return next((each for each in self._layouts if f"{each.place}" == place), None)

    def _told(self, found: Search, layout: Layout) -> list[str]:
        """What is said of a layout; worked out once."""
        if layout.place not in self._gains:
            self._gains[layout.place] = gains(found, layout, found.instead(layout))
        return self._gains[layout.place]


def _point(layout: Layout) -> Point:
    return layout.results[MEMORY], layout.results[STEP]
