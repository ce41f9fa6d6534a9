"""A page of results as its module writes it: headings, results, bars, figures, sentences."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dsexplore.analysis.summaries.portions import Portion
from dsexplore.analysis.summaries.shares import shares
from dsexplore.document.document import Document
from dsexplore.document.moved import NO_CHANGE, Change, number_change
from dsexplore.engine import QUANTITIES
from dsexplore.engine.names import in_words, unit_of
from dsexplore.text.format import format_value
from dsexplore.text.plain import clean
from dsexplore.tui.keys.actions import key_of
from dsexplore.tui.pages.blocks import LABEL, LABELLED, MARK, labelled, percent, role_of, spaced
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.widgets.lines import (
    Line,
    Role,
    Row,
    Span,
    bar,
    cell_len,
    cropped,
    fitted,
    in_full,
    packed,
    placed_bar,
    right,
    spread_over,
    width_of,
)
from dsexplore.tui.widgets.writer import Writer

_NAME = 42
_NAMED_VALUE = 19
# A summary is worth a beginning of so many cells; the key that explains gives it whole.
_WORTH = 30
_GAP = 2
_LEAST_BAR = 4
# Parts of one bar differ by sign as well as by colour.
_SIGNS: tuple[Span, ...] = (("█", "bar"), ("▓", "bar2"), ("▒", "bar3"), ("░", "plain"))
_BAR_ROLES: tuple[Role, Role, Role] = ("bar", "bar2", "bar3")

# The keys of each action.
Keys = Mapping[str, Sequence[str]]
# Whether work goes on. Raises GivenUpError where nobody wants it any more.
GoesOn = Callable[[], bool]
# Given the state and that, and what else the page asks of the document, if it does.
Work = Callable[..., Any]


class Page(Writer):
    """Rows about one document; the cursor stops on those that show a field or a result."""

    def __init__(
        self,
        document: Document,
        width: int,
        found: Any = None,
        height: int = 0,
        keys: Keys | None = None,
    ) -> None:
        """`found`: what was worked out for the page beside the screen; None where it is yet to be.

        `height`: the lines in sight, 0 where nobody knows them. `keys`: those in force, by action;
        None on paper, where none can be pressed.
        """
        super().__init__(width)
        self.document = document
        self.height = height
        self.found = found
        self.keys = keys
        self._gaps: set[str] = set()
        self._crossed: set[str] = set()

    def is_known(self, name: str) -> bool:
        """Whether a result is more than a dash."""
        value = self.document.results[name]
        return isinstance(value, str) or math.isfinite(value)

    def result(self, name: str, note: str = "") -> None:
        """One result: label, value, change, and a note; nothing is noted of the unknown.

        A note without room is left out: half of one says nothing.
        """
        self.later(partial(self._result_line, name, note), name)

    def _result_line(self, name: str, note: str) -> Line:
        spans = self._result(name, note)
        has_room = width_of(spans) <= self.width
        return cropped(spans if has_room else self._result(name, ""), self.width)

    def _result(self, name: str, note: str) -> list[Span]:
        change, last = self.document.result_change(name), self.document.last_change(name)
        spans = labelled(
            short_label(name), clean(self.document.result_text(name)), self.role(name, change)
        )
        # The interval matters more than the change, and that more than the note, for want of room.
        if interval := self._interval(name, width_of(spans), (str(change), note)):
            spans.append((interval, "dim"))
        if change:
            # Its size, or else as a share, or else its sign: half a figure is another figure.
            room = self.width - width_of(spans) - _GAP
            text = next((each for each in self._told(name, change) if cell_len(each) <= room), "")
            spans.append((f"  {text or change.mark}", role_of(change)))
        if last and last != change:
            said: Span = (f"  last {clean(str(last))}", role_of(last))
            spans += [said] if width_of([*spans, said]) <= self.width else []
        if note and self.is_known(name):
            spans.append((f"  {clean(note)}", "dim"))
        return spans

    def _told(self, name: str, change: Change) -> Sequence[str]:
        """A change at its size, and of a number as a share, which is shorter."""
        is_word = isinstance(self.document.results[name], str)
        growth = NO_CHANGE if is_word else self.document.result_growth(name)
        return [clean(str(each)) for each in (change, growth) if each]

    def _interval(self, name: str, taken: int, behind: Sequence[str]) -> str:
        """The interval of a result after its value, shortened where more has to fit behind it."""
        more = sum(_GAP + cell_len(clean(text)) for text in behind if text)
        text = self.document.interval(name, self.width - taken - _GAP - more)
        return f"{' ' * _GAP}{text}" if text else ""

    def role(self, name: str, change: Change) -> Role:
        """How a result is shown: as one that cannot be had, as one that moved, or plainly."""
        return "problem" if self.document.is_impossible(name) else role_of(change)

    def results(self, *names: str) -> None:
        """Results under each other."""
        for name in names:
            self.result(name)

    def figure(self, label: str, value: str, note: str = "", of: Collection[str] = ()) -> None:
        """A figure that is no result: label, value, note; `of` names the results it is made of."""
        role: Role = "problem" if any(map(self.document.is_impossible, of)) else "value"
        text = self.document.marked_by(of, value)
        spans = labelled(label, text, role)
        noted: list[Span] = [*spans, (f"  {note}", "dim")]
        self.line(noted if note and width_of(noted) <= self.width else spans)

    def bars(self, *names: str) -> None:
        """Parts of a whole, fields or results, with a bar and a share each; not those of 0."""
        values = {name: self.document.figure(name) for name in names}
        stated = self.document.state.current.numbers(names)
        before = self.document.state.baseline.numbers(names)
        parts = [name for name in names if values[name] != 0]
        share = shares(values, parts)
        if not parts:
            self.line(((" none", "dim"),))
        # In a narrow column the figures stand closer, so that there is a bar.
        room = min(40, self.width - LABELLED - 13)
        less = max(0, min(_LEAST_BAR - room, 3))
        for index, name in enumerate(parts):
            change = number_change(name, before[name], stated[name])
            value = self._part_text(name, values[name])
            spans: list[Span] = [
                *labelled(short_label(name), value, self.role(name, change), less),
                (f" {change.mark:<{MARK}} ", role_of(change)),
                (bar(share[name], max(_LEAST_BAR, room)), _BAR_ROLES[index % 3]),
                (right(percent(share[name]), 8), "dim"),
            ]
            self.line(spans, name)

    def _part_text(self, name: str, value: float) -> str:
        """A part of a whole for reading: a field, or a result with a mark where it is doubtful."""
        if name in QUANTITIES:
            return clean(self.document.doubted_text(name))
        return format_value(value, unit_of(name))

    def spans_of_time(self, *parts: tuple[str, float, float]) -> None:
        """Results one after another in time: each with the shares at which it starts and ends."""
        room = max(8, min(50, self.width - LABELLED - 3))
        for index, (name, start, end) in enumerate(parts):
            role = self.role(name, self.document.result_change(name))
            spans: list[Span] = [
                *labelled(short_label(name), clean(self.document.result_text(name)), role),
                ("  ", "plain"),
                (placed_bar(start, end, room), _BAR_ROLES[index % 3]),
            ]
            self.line(spans, name)

    def basis(self) -> None:
        """The peak behind a known MFU and how it is known, on a line of its own."""
        if not self.is_known("mfu"):
            return
        text = self.document.result_text("mfu_basis")
        before = max(1, min(LABEL + 3, self.width - len(text)))
        self.line(((f"{'':<{before}}{text}", "dim"),), "mfu_basis")

    def named(self, name: str) -> None:
        """A result under its name in files and on the command line."""
        if not QUANTITIES[name].is_text:
            self.later(partial(self._named_line, name), name)
            return
        change = self.document.result_change(name)
        said = self.document.marked(name, in_words(name, self.document.results[name]))
        self._named_words(name, clean(said), self.role(name, change), clean(str(change)))

    def _named_line(self, name: str) -> Line:
        change = self.document.result_change(name)
        role = self.role(name, change)
        cell = clean(self.document.result_text(name)).rjust(_NAMED_VALUE)
        room = self.width - 1 - len(name)
        aside = self._aside(name, room - cell_len(cell), change)
        if not aside and self.width - _NAME - _NAMED_VALUE > _WORTH:
            aside = f"  {QUANTITIES[name].summary}"
        # The space before a value gives way to what is said of the result, and that behind a name.
        if cell_len(cell) + cell_len(aside) > room or len(name) + _NAMED_VALUE > self.width:
            cell = f"  {cell.lstrip()}"
            aside = self._aside(name, room - cell_len(cell), change) or aside
        spare = self.width - 1 - cell_len(cell) - cell_len(aside)
        # In the narrowest column the end of a long name is missed less than that of its value.
        whole = name if len(name) <= spare else fitted(name, spare)
        label = f" {whole:<{min(_NAME, max(spare, 0))}}"
        spans: list[Span] = [(label, "label"), (cell, role), (aside, role_of(change, "dim"))]
        return cropped(spans, self.width)

    def _aside(self, name: str, room: int, change: Change) -> str:
        """What is said behind a result in so many cells: its interval and its change."""
        interval = self._interval(name, self.width - room, [str(change)])
        far = next(
            (
                each
                for each in self._told(name, change)
                if cell_len(each) <= room - cell_len(interval) - _GAP
            ),
            change.mark,
        )
        told = f"{interval}{' ' * _GAP}{far}" if change else interval
        return next((each for each in (told, interval) if cell_len(each) <= room), "")

    def _named_words(self, name: str, said: str, role: Role, change: str) -> None:
        """A result in words, on lines of its own where it has no room beside its name."""
        aside: Span = (f"  {change}" if change else "", role)
        label = f" {name:<{_NAME}}"
        one_line: list[Span] = [(label, "label"), (f"  {said}", role), aside]
        if width_of(one_line) > self.width:
            one_line[0] = (f" {name}", "label")
        if width_of(one_line) <= self.width:
            self.line(one_line, name)
            return
        self.line((one_line[0],), name)
        for line in in_full(f"{said}{aside[0]}", self.width - 4):
            self.line(((f"   {line}", role),))

    def evidence(self, *names: str) -> None:
        """Says beside predictions what nothing was measured of, once on a page."""
        from dsexplore.analysis.accuracy.evidence import gap_behind  # noqa: PLC0415 - the start must not pay for it

        for name in names:
            gap = gap_behind(self.document.scenario, name, self.document.results)
            if gap and gap not in self._gaps:
                self._gaps.add(gap)
                why = self.by_key("explain", "; ", " on it says what its interval is from")
                self.text(f"Rests on {gap}{why}.")

    def calibration(self) -> None:
        """Says where measured hours are far from the predicted step, and what brings them near."""
        from dsexplore.analysis.accuracy.apart import measured_far_away  # noqa: PLC0415 - only where hours stand

        document = self.document
        measured = measured_far_away(document.scenario, document.results)
        if math.isnan(measured):
            return
        seconds = format_value(measured, "second", 3)
        name = shlex.quote(clean(document.name))
        calibrates = self.by_key("calibrate", after=" calibrates the software stack")
        how = calibrates or "To calibrate the software stack"
        self.text(
            f"Measured hours come to {seconds} a step, which the interval does not hold. "
            f"{how}: dsexplore calibrate {name} --step-time '{seconds}'."
        )

    def by_key(self, action: str, before: str = "", after: str = "") -> str:
        """The key of an action between some words; nothing at all on paper."""
        return "" if self.keys is None else f"{before}{key_of(self.keys, action)}{after}"

    def offer(self, action: str, what: str) -> None:
        """Says what the key of an action leads to; nothing on paper."""
        if said := self.by_key(action, after=what):
            self.text(said)

    def heading_of(self, text: str, name: str) -> None:
        """The title of a group of rows that make up a result, with the result at its end."""
        document = self.document
        change = document.result_change(name)
        value = f" {clean(document.result_text(name))}{spaced(change.mark)}"
        end: list[Span] = [(value, self.role(name, change))]
        room = self.width - cell_len(text) - width_of(end) - 8
        if interval := document.interval(name, room):
            end.append((f"  {interval}", "dim"))
        self.heading(text, end, name)

    def drawing(self, parts: Sequence[Portion]) -> None:
        """Parts of a whole, each as long in one bar as its share is, and a legend under it."""
        if any(math.isnan(part.share) for part in parts):
            self.text("Not known.")
            return
        cells = spread_over([part.share for part in parts], self.width - 2)
        signs = [_SIGNS[i % len(_SIGNS)] if part.is_taken else (" ", "plain")
                 for i, part in enumerate(parts)]  # fmt: skip
        drawn: list[Span] = [(sign * n, role) for (sign, role), n in zip(signs, cells, strict=True)]
        self.line(((" ", "plain"), *drawn))
        legend: list[list[Span]] = [
            [(f"{sign} ", role), (f"{part.word} {part.text}".rstrip(), "dim")]
            for part, (sign, role) in zip(parts, signs, strict=True)
        ]
        for line in packed(legend, self.width - 1):
            self.line(((" ", "plain"), *line))

    def warnings(self) -> None:
        """The problems that concern what the page shows, and what it assumes, in sentences."""
        shown = [row.name for row in self.rows if row.name]
        self.crosses(shown)
        self.assumptions(shown)

    def crosses(self, names: Collection[str]) -> None:
        """The problems that concern some fields or results, in sentences, each said once."""
        new = [each for each in self.document.warnings(names) if each not in self._crossed]
        self._crossed.update(new)
        for warning in new:
            for index, text in enumerate(in_full(warning, self.width - 4)):
                self.line(((" ✗ " if index == 0 else "   ", "problem"), (text, "problem")))

    def assumptions(self, names: Collection[str]) -> None:
        """The defaults nobody published that some fields or results rest on, in a sentence."""
        if assumed := self.document.assumed_behind(names):
            self.text(assumed)

    def layout_note(self) -> None:
        """Says so where nobody stated the layout which a prediction is from."""
        if not self.document.results["layout_is_stated"]:
            self.text("No layout is stated: each accelerator holds the whole model.")


@dataclass(frozen=True, slots=True)
class Tab:
    """A page under its title; the short title is for terminals with little room."""

    title: str
    short: str
    write: Callable[[Page], None]
    # What it shows beyond the results, worked out beside the screen once keys rest.
    works_out: Work | None = None
    # What of the document beside its scenario it is worked out from.
    asks: Callable[[Document], object] | None = None
    # The panel whose choices are searched from it; empty where layouts are.
    chooses_in: str = ""

    def rows(
        self,
        document: Document,
        width: int,
        found: Any = None,
        height: int = 0,
        keys: Keys | None = None,
    ) -> list[Row]:
        """The page about a document, at most `width` cells wide; the rest as in `Page`."""
        page = Page(document, width, found, height, keys)
        self.write(page)
        return page.rows


def tab(
    title: str,
    short: str = "",
    *,
    works_out: Work | None = None,
    asks: Callable[[Document], object] | None = None,
    chooses_in: str = "",
) -> Callable[[Callable[[Page], None]], Tab]:
    """Turn a function that writes a page into a tab."""

    def made(write: Callable[[Page], None]) -> Tab:
        return Tab(title, short or title, write, works_out, asks, chooses_in)

    return made
