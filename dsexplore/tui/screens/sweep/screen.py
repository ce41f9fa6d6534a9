"""Sweep: a result over the values of one field, or of two. Enter takes the point, undoably."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.await_complete import AwaitComplete

from dsexplore.analysis.sweep.grid import Sweep, sweep
from dsexplore.analysis.sweep.point import values_at, why_gap
from dsexplore.analysis.sweep.ranges import ranges
from dsexplore.document.document import Document
from dsexplore.document.swept import Swept
from dsexplore.scenario.fields import FIELDS, PANELS
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.beside import Run
from dsexplore.tui.dialogs.find_name import FindName
from dsexplore.tui.dialogs.values import ValuesDialog
from dsexplore.tui.screens.computing import ComputingScreen
from dsexplore.tui.screens.full_screen import EXPORT
from dsexplore.tui.screens.keys_here import Key
from dsexplore.tui.screens.sweep.asked import (
    Over,
    is_small,
    nearest_place,
    present_place,
    results_of,
    that_move,
    title,
    usual,
)
from dsexplore.tui.screens.sweep.cursor import MOVES, PlotCursor
from dsexplore.tui.screens.sweep.find_axis import NO_FIELD, FindAxis
from dsexplore.tui.screens.sweep.plot import (
    Look,
    axis_text,
    bar_rows,
    curve_lines,
    is_drawn_as_bars,
    map_lines,
    place_under,
    subject_line,
)
from dsexplore.tui.screens.sweep.point import other_results, point_line
from dsexplore.tui.widgets.line_block import Sheet
from dsexplore.tui.widgets.lines import Line, Row, cropped, wrapped

if TYPE_CHECKING:
    from dsexplore.export.reports.report import Report

# Values of a field that is swept beside another, at first; from half to twice, the present one too.
_FEW = 10


class SweepScreen(ComputingScreen):
    """A plot with a cursor. The answer is a sentence on the point that was taken.

    `changed` then names a field to go to.
    """

    FOLLOWS: ClassVar[str] = "take it"
    DETAIL_LINES: ClassVar[int] = 4

    def __init__(
        self,
        document: Document,
        name: str,
        result: str = "",
        keep: Callable[[Swept], None] | None = None,
    ) -> None:
        """Sweep a field, of its usual range, and show a result, or else the first that moves.

        `keep` is told what was swept, on leaving.
        """
        super().__init__(document)
        self._keep = keep
        self.changed = ""
        self._across = usual(document.scenario, name) or Over(name, "")
        self._up: Over | None = None
        self._asked = [result] if result else []
        self._names: list[str] = []
        self._shown = 0
        self._sweep: Sweep | None = None
        self._cursor = PlotCursor()
        # Plots are drawn anew at every key, and most of a key's time is the reason of a gap.
        self._why: dict[tuple[str, int], str] = {}

    def on_mount(self) -> None:
        """Compute at once, or ask for values where there is no usual range."""
        super().on_mount()
        if self._across.values:
            self._begin()
        else:
            self._ask_values(self._across, is_first=True)

    def headline(self) -> tuple[str, str]:
        """What is swept, and how far or how whole it is."""
        by = f"{self._across.title}{f' and {self._up.title}' if self._up else ''}"
        return f"Sweep over {by}", self.progress() or self._note()

    def moves(self) -> str:
        """Arrows along a curve, over a map, or through a list of words."""
        axes = self._sweep.axes if self._sweep else ()
        if len(axes) > 1:
            return "←↑↓→"
        return "↑↓" if axes and is_drawn_as_bars(axes) else "←→"

    def rows(self, width: int) -> list[Row]:
        """The plot, as high as there is room."""
        found = self._sweep
        if found is None:
            return []
        look = self._look(found)
        if is_drawn_as_bars(found.axes):
            return [Row(subject_line(look)), *bar_rows(look, width)]
        draw = map_lines if len(found.axes) == 2 else curve_lines
        lines = [subject_line(look), *draw(look, width, self.sheet.size.height - 1)]
        return [Row(cropped(line, width)) for line in lines]

    def detail(self, width: int) -> list[Line]:
        """The point under the cursor: its values, results with intervals, or why there is none."""
        found = self._sweep
        if found is None:
            return []
        place = self._cursor.place(found.axes)
        look = self._look(found)
        lines = [cropped(point_line(look, place, self._document.results, width), width)]
        if math.isnan(look.value(place)):
            said = self._why_gap(found, place)
            return [*lines, *(((f" {text}", "problem"),) for text in wrapped(said, width - 2, 3))]
        others = [name for name in self._names if name != look.name and name in found.results]
        return [*lines, *other_results(found, others, place, width)[: self.DETAIL_LINES - 1]]

    def take_key(self, event: events.Key) -> bool:
        """Move in the plot, or do as every screen of rows does."""
        key = self.here.arrows.get(event.key, event.key)
        if self._plot is None or self.next_key is not None or key not in MOVES:
            return super().take_key(event)
        self.say("")
        self._move(self._plot, key)
        return True

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the point of a plot that was clicked."""
        there = self.sheet.region
        if self._plot is None or not there.contains(event.screen_x, event.screen_y):
            return
        x, y = event.screen_x - there.x, event.screen_y - there.y - 1
        self._cursor.at = place_under(self._look(self._plot), there.width, there.height - 1, x, y)
        self.draw()

    def on_sheet_wheeled(self, event: Sheet.Wheeled) -> None:
        """Go along a curve, or up and down a map."""
        if self._plot is not None:
            event.prevent_default()
            ways = ("left", "right") if len(self._plot.axes) == 1 else ("up", "down")
            self._move(self._plot, ways[event.rows > 0])

    def on_sheet_dragged(self, event: Sheet.Dragged) -> None:
        """Take the cursor along."""
        if self._plot is not None:
            self._move(self._plot, "right" if event.step > 0 else "left")

    @property
    def _plot(self) -> Sweep | None:
        """What is drawn as a curve or a map, in which the cursor is no row."""
        found = self._sweep
        return None if found is None or is_drawn_as_bars(found.axes) else found

    def _move(self, found: Sweep, key: str) -> None:
        self._cursor.move(found.axes, key, self.sheet.size)
        self.draw()

    def went(self) -> None:
        """In a list of words the point is the row under the cursor."""
        found = self._sweep
        if found is not None and is_drawn_as_bars(found.axes) and self.cursor.name.isdigit():
            self._cursor.at = (min(int(self.cursor.name), found.size - 1),)
        super().went()

    def follow(self) -> None:
        """Take the point under the cursor."""
        if self._sweep is None:
            return
        values = values_at(self._sweep, self._cursor.place(self._sweep.axes))
        words = [
            f"{title(axis.name)}: {axis_text(axis, values[axis.name])}"
            for axis in self._sweep.axes[::-1]
        ]
        before = self._document.scenario
        try:
            self._document.take(values, ", ".join(words))
        except ScenarioError as error:
            self.say(str(error), "problem")
            return
        if self._document.scenario == before:
            self.dismiss(f"{', '.join(words)}: as it was.")
            return
        self.changed = self._across.name if self._across.name in FIELDS else ""
        self.dismiss(f"{', '.join(words)}. Undo takes it back.")

    def found(self, result: Any) -> None:
        """Show the sweep, with the cursor where the scenario stands."""
        before, self._sweep = self._sweep, result
        self._why.clear()
        shown = self._names[self._shown] if self._names else ""
        moving = that_move(result)
        self._names = [name for name in result.names if name in self._asked or name in moving]
        self._shown = self._names.index(shown) if shown in self._names else 0
        same = before is not None and before.axes == result.axes
        if not same:
            self._cursor.at = tuple(nearest_place(self._document.scenario, a) for a in result.axes)
        self.draw()

    def draw(self) -> None:
        """Show the plot; in a list of words the cursor goes to the point's row."""
        super().draw()
        found = self._sweep
        if found is not None and is_drawn_as_bars(found.axes):
            row = f"{self._cursor.at[0]}"
            if self.cursor.name != row:
                self.put_cursor(row)

    def dismiss(self, result: str | None = None) -> AwaitComplete:
        """Leave; what was swept last is kept."""
        found = self._sweep
        if self._keep is not None and found is not None and not found.is_partial:
            overs = [self._up, self._across] if self._up else [self._across]
            over = tuple((each.name, each.values) for each in overs)
            self._keep(Swept(over, self._look(found).name))
        return super().dismiss(result)

    # Keys

    def next_result(self) -> None:
        """Show the next result."""
        self._turn(1)

    def previous_result(self) -> None:
        """Show the result before."""
        self._turn(-1)

    def find(self) -> None:
        """Show any other result."""
        dialog = FindName(self._document, "Show which result?", are_results=True)
        self.app.push_screen(dialog, self._show_result)

    def values(self) -> None:
        """Take other values of the field."""
        self._ask_values(self._across)

    def second_values(self) -> None:
        """Take other values of the second field."""
        if self._up is None:
            self.second()
        else:
            self._ask_values(self._up)

    def second(self) -> None:
        """Sweep over a second field as well."""
        prompt = f"Sweep over {self._across.title} and which other field?"
        dialog = FindAxis(self._document, prompt, self._across.name, has_none=self._up is not None)
        self.app.push_screen(dialog, self._add)

    def swap(self) -> None:
        """Let the two fields change places."""
        if self._up is None:
            self.say("There is one field; o adds another.")
            return
        self._across, self._up = self._up, self._across
        self._begin()

    def report(self) -> Report | None:
        """The result that is shown, over the same axes."""
        from dsexplore.export.reports.sweep import sweep_report  # noqa: PLC0415 - few export

        found = self._sweep
        if found is None:
            return None
        return sweep_report(
            replace(found, names=(self._look(found).name,)), self._document.scenario
        )

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("n", next_result, "next result"),
        Key("", find, "any result", "find"),
        Key("v", values, "values"),
        Key("o", second, "second field"),
        Key("V", second_values, "its values"),
        Key("w", swap, "swap"),
        *EXPORT,
        Key("p", previous_result),
    )

    def _turn(self, step: int) -> None:
        if self._names:
            self._shown = (self._shown + step) % len(self._names)
            self.draw()

    def _show_result(self, name: str | None) -> None:
        if not name:
            return
        self._asked = list(dict.fromkeys([name, *self._asked]))
        self._names, self._shown = [name], 0
        self._begin()

    def _ask_values(self, over: Over, *, is_first: bool = False) -> None:
        now = "" if over.name in PANELS else f", now {self._document.field_shown(over.name)}"
        dialog = ValuesDialog(
            over.name, f"{over.title}{now}", ranges(self._document.scenario, over.name), over.values
        )
        self.app.push_screen(dialog, partial(self._take_values, over, is_first))

    def _take_values(self, over: Over, is_first: bool, typed: str | None) -> None:
        if not typed:
            if is_first:
                self.dismiss(None)
            return
        new = Over(over.name, typed)
        if over is self._up:
            self._up = new
        else:
            self._across = new
        self._begin()

    def _add(self, name: str | None) -> None:
        if not name:
            return
        if name == NO_FIELD:
            self._up = None
            self._begin()
            return
        up = usual(self._document.scenario, name, _FEW)
        if up is None:
            self._ask_second(Over(name, ""))
            return
        self._up = up
        self._begin()

    def _ask_second(self, over: Over) -> None:
        def taken(typed: str | None) -> None:
            if typed:
                self._up = Over(over.name, typed)
                self._begin()

        self.app.push_screen(ValuesDialog(over.name, over.title, []), taken)

    # The sweep

    def _begin(self) -> None:
        overs = [self._up, self._across] if self._up else [self._across]
        scenario = self._document.scenario
        try:
            axes = [over.axis for over in overs]
        except ScenarioError as error:
            self.refused(error)
            return
        shown = self._names[self._shown : self._shown + 1]
        first = [*self._asked, *shown]
        names = tuple(results_of(scenario, [over.name for over in overs], first))
        if not names:
            self.say(f"No result follows from {self._across.name}.")
            return

        def work(run: Run) -> Sweep:
            return sweep(scenario, axes, names, run.told, run.goes_on)

        self.compute(work, at_once=is_small(axes))

    def _look(self, found: Sweep) -> Look:
        name = self._names[self._shown]
        present = tuple(present_place(self._document.scenario, axis) for axis in found.axes)
        # While another sweep is under way, the one before stays, and it may lack the result.
        return Look(
            found, name if name in found.results else found.names[0], self._cursor.at, present
        )

    def _note(self) -> str:
        found = self._sweep
        if found is None:
            return ""
        which = f"result {self._shown + 1} of {len(self._names)}"
        if found.is_partial:
            return f"partial: {found.done:,} of {found.size:,} points · {which}"
        return f"{found.size:,} points · {which}"

    def _why_gap(self, found: Sweep, place: int) -> str:
        """Why there is no result at the point."""
        if found.reasons[place] < 0:
            return "Not computed: it was stopped before."
        name = self._look(found).name
        key = name, place
        if key not in self._why:
            self._why[key] = why_gap(self._document.scenario, found, place, name)
        return self._why[key]
