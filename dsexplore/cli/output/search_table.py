"""Layouts found as text: a table, their parts, and the best against the stated one."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.analysis.search.account import summary
from dsexplore.analysis.search.judging import STEP
from dsexplore.analysis.search.ranking import (
    COPIES,
    MEMORY,
    PARTS,
    Instead,
    Layout,
    Search,
    why_not,
)
from dsexplore.engine.doubt import width_of
from dsexplore.engine.names import unit_of
from dsexplore.scenario.field import Value, value_text
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.columns import aligned, folded, percent
from dsexplore.text.format import format_change, format_value
from dsexplore.text.plain import Printable, in_lines

# So many layouts of the frontier are shown, from its one end to the other.
_ON_FRONTIER = 6
# Layouts that take longer than so many times the fastest one's step are no choice to anyone.
_SLOWEST = 2
_FEWEST = 2


def as_table(
    found: Search, layouts: Sequence[Layout], words: str, columns: int | None
) -> Printable:
    """The account of a search; `words` take the first of the layouts."""
    paragraphs = [summary(found), *_listed(found, layouts, columns), _parts(layouts, columns)]
    paragraphs += _against_open(found, layouts[0], words)
    paragraphs += _frontier(found, layouts, columns)
    lines: list[str] = []
    for paragraph in paragraphs:
        told = paragraph if isinstance(paragraph, list) else folded(paragraph, columns)
        lines += ["", *told] if lines else told
    return in_lines(lines)


def _listed(found: Search, layouts: Sequence[Layout], width: int | None) -> list[str | list[str]]:
    """The layouts with the fields in which they differ; those in common are said before."""
    first = layouts[0].fields
    varied = [name for name in first if any(each.fields[name] != first[name] for each in layouts)]
    same = [f"{name} {_text(name, first[name])}" for name in first if name not in varied]
    results = dict.fromkeys((found.by, STEP, MEMORY))
    head = ["", *results, "±", *varied, COPIES]
    rows = [
        [
            str(each.place),
            *(_result(each, name) for name in results),
            _half_width(each),
            *(_text(name, each.fields[name]) for name in varied),
            f"{each.results[COPIES]:,.0f}",
        ]
        for each in layouts
    ]
    words = [k for k, name in enumerate(head) if name in FIELDS and not FIELDS[name].is_numeric]
    numbers = [k for k in range(len(head)) if k not in words]
    common: list[str | list[str]] = [f"All of these: {', '.join(same)}."] if same else []
    return [*common, aligned([head, *rows], numbers, width)]


def _parts(layouts: Sequence[Layout], width: int | None) -> list[str]:
    """The parts that each layout's step is the sum of."""
    rows = [["", *PARTS]]
    rows += [
        [str(each.place), *(format_value(each.results[part], unit_of(part), 3) for part in PARTS)]
        for each in layouts
    ]
    return aligned(rows, range(len(rows[0])), width)


def _against_open(found: Search, best: Layout, words: str) -> list[str | list[str]]:
    """What the first layout gains over the stated one, part by part, and by which fields."""
    if not words:
        return ["The first is the stated layout."]
    stated = found.open.values
    told: list[str | list[str]] = []
    if not why_not(found.open):
        rows = [[f"{best.place} against the stated layout", "stated", "found", ""]]
        rows += [
            [
                name,
                format_value(stated[name], unit_of(name)),
                format_value(best.results[name], unit_of(name)),
                format_change(stated[name], best.results[name], unit_of(name)),
            ]
            for name in (STEP, *PARTS, MEMORY)
        ]
        told.append(aligned(rows, (1, 2, 3)))
    told.append([f"{best.place} with one field as it is stated:", *_reverted(found, best)])
    told.append(f"To take it: {words}")
    return told


def _reverted(found: Search, best: Layout) -> list[str]:
    rows = [
        [f"  {each.field} {_text(each.field, each.value)}", _outcome(each, best)]
        for each in found.instead(best)
    ]
    return aligned(rows)


def _outcome(each: Instead, best: Layout) -> str:
    if each.why_not:
        return f"cannot be: {each.why_not}"
    unit = unit_of(STEP)
    change = format_change(best.results[STEP], each.step_time, unit)
    return f"{format_value(each.step_time, unit)}  {change}"


def _frontier(found: Search, layouts: Sequence[Layout], width: int | None) -> list[str | list[str]]:
    """Some of the layouts that nothing beats in both rank and memory, from end to end."""
    (fastest,) = found.best(1)
    places = found.frontier(_SLOWEST * fastest.results[STEP])
    if len(places) < _FEWEST or [each.place for each in layouts] == places[: len(layouts)]:
        return []
    count = min(len(places), _ON_FRONTIER)
    shown = [places[round(k * (len(places) - 1) / (count - 1))] for k in range(count)]
    said = (
        f"Less memory for more time: {count} of {len(places)} layouts that no other beats in both, "
        "up to twice the time."
    )
    return [said, *_listed(found, found.at(shown), width)]


def _result(layout: Layout, name: str) -> str:
    return format_value(layout.results[name], unit_of(name))


def _half_width(layout: Layout) -> str:
    """Half of the interval of a step as a share of it."""
    if layout.interval is None:
        return ""
    share = width_of(layout.results[STEP], layout.interval) / 2
    return f"±{percent(share, 0, signed=False)}"


def _text(name: str, value: Value) -> str:
    return value_text(FIELDS[name], value)
