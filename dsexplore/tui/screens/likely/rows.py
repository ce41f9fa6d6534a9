"""A result's distribution as rows: percentiles, histogram, budgets, what carries the spread."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dsexplore.analysis.simulate.samples import MODEL_ERROR
from dsexplore.analysis.simulate.simulate import Simulation, Spread
from dsexplore.engine.names import unit_of
from dsexplore.scenario.fields import FIELDS
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.format import format_value
from dsexplore.tui.pages.blocks import percent
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.widgets.lines import Row, Span, bar, fitted, right, width_of
from dsexplore.tui.widgets.writer import Writer

_LABEL = 24
_FIGURE = 14
_SHARE = 9
_WIDEST = 80
# Less of itself is the rounding of floats.
_ROUNDING = 1e-9


def likely_rows(
    scenario: Scenario, found: Simulation, name: str, budgets: Sequence[float], width: int
) -> list[Row]:
    """All that a simulation says of a result; rows of inputs have their fields' names."""
    written = Writer(width)
    spread = found.spreads[name]
    _summary(written, found, name, spread)
    if spread.high - spread.low <= _ROUNDING * abs(spread.high):
        written.blank()
        written.text("It is the same in every draw: nothing uncertain moves it.", "plain")
    elif not math.isnan(spread.p50):
        _histogram(written, name, spread)
        _budgets(written, found, name, budgets)
        _inputs(written, scenario, spread)
    _asides(written, found, name)
    return written.rows


def _summary(written: Writer, found: Simulation, name: str, spread: Spread) -> None:
    unit = unit_of(name)
    written.line(
        (
            (f" {short_label(name)}", "title"),
            (f"  {found.samples:,} draws, seed {found.seed}", "dim"),
        )
    )
    for label, value in (
        ("As stated", spread.stated),
        ("Median", spread.p50),
        ("Mean", spread.mean),
        ("Standard deviation", spread.std),
    ):
        written.line(_figure(label, value, unit))
    ends = [format_value(value, unit, 3) for value in (spread.p5, spread.p95)]
    note = f"  {ends[0]} … {ends[1]}" if not math.isnan(spread.p5) else "  –"
    written.line(((f" {fitted('Nine times in ten', _LABEL)}", "label"), (note, "value")))


def _figure(label: str, value: float, unit: str) -> list[Span]:
    return [
        (f" {fitted(label, _LABEL)}", "label"),
        (right(format_value(value, unit), _FIGURE), "value"),
    ]


def _histogram(written: Writer, name: str, spread: Spread) -> None:
    """A bar for each bin, marked where the median and the ends of nine in ten lie."""
    written.heading("Histogram")
    unit, bins = unit_of(name), len(spread.histogram)
    most = max(spread.histogram, default=0.0)
    wide = (spread.high - spread.low) / bins if bins else 0.0
    for place, share in enumerate(spread.histogram):
        low = spread.low + place * wide
        marks = [
            mark
            for mark, value in (("5 %", spread.p5), ("median", spread.p50), ("95 %", spread.p95))
            if low <= value < low + wide
        ]
        start: list[Span] = [
            (right(format_value(low, unit, 3), _FIGURE), "dim"),
            (" … ", "dim"),
            (fitted(format_value(low + wide, unit, 3), _FIGURE), "dim"),
            (right(percent(share), _SHARE), "value"),
            ("  ", "plain"),
        ]
        room = max(4, min(_WIDEST, written.width - width_of(start) - 14))
        written.line(
            [
                *start,
                (bar(share / most if most else 0.0, room), "bar"),
                (f" {' '.join(marks)}", "dim"),
            ]
        )


def _budgets(written: Writer, found: Simulation, name: str, budgets: Sequence[float]) -> None:
    written.heading("How likely it is to be at most")
    for budget in budgets:
        chance = found.chance(name, budget)
        spans = _figure(format_value(budget, unit_of(name)), math.nan, "")[:1]
        room = max(4, min(_WIDEST, written.width - _LABEL - _FIGURE - 6))
        written.line(
            [*spans, (right(percent(chance), _FIGURE), "value"), (f"  {bar(chance, room)}", "bar2")]
        )
    if not budgets:
        written.text("b types a budget or a deadline.")


def _inputs(written: Writer, scenario: Scenario, spread: Spread) -> None:
    """What each input carries of the spread by itself, the most first."""
    written.heading("What carries the spread, each by itself")
    for name, share in sorted(spread.shares.items(), key=lambda each: -each[1]):
        is_field = name in FIELDS
        label = FIELDS[name].label if is_field else "The model's own error"
        about = scenario.uncertainty[name].text(FIELDS[name].unit) if is_field else ""
        spans: list[Span] = [
            (f" {fitted(label, _LABEL)}", "label"),
            (right(percent(share), _FIGURE), "value"),
            (f"  {bar(share, 16)}", "bar3"),
            (f"  {about}", "dim"),
        ]
        written.line(spans, name if is_field else "")


def _asides(written: Writer, found: Simulation, name: str) -> None:
    """What was left out, and what has no effect here."""
    said = [f"✗ Set aside: {problem}" for problem in found.aside]
    if name in found.missing:
        count, sentence = found.missing[name]
        said.append(f"{count:,} of {found.samples:,} draws have none: {sentence}")
    if found.idle:
        said.append(f"Uncertain, but of no effect on it: {', '.join(found.idle)}.")
    if MODEL_ERROR not in found.inputs:
        said.append("Without the model's own error.")
    if said:
        written.blank()
    for sentence in said:
        written.text(sentence)
