"""Clusters found as text and for programs: each with its best layout, and why the first leads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dsexplore.analysis.search.account import PREDICTED
from dsexplore.analysis.search.clusters import Best, others
from dsexplore.analysis.search.judging import STEP
from dsexplore.analysis.search.ranking import COPIES, PARTS
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.names import unit_of
from dsexplore.export.reports.search import cluster_results
from dsexplore.scenario.field import Value, value_text
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.columns import aligned, folded
from dsexplore.text.format import format_change, format_value
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable, in_lines


def as_table(
    found: Sequence[Best], by: str, stated: Scenario, words: str, columns: int | None
) -> Printable:
    """The best layout of each cluster, those without one, and the first with stated fields."""
    placed = [each for each in found if each.layout is not None]
    said = f"{len(placed)} of {len(found)} clusters have a layout that fits. {PREDICTED}"
    lines = [*folded(said, columns), "", *_listed(placed, by, columns)]
    lost = [each for each in found if each.layout is None]
    if lost:
        lines.append("")
    for each in lost:
        lines += folded(f"{_named(each.cluster.fields)}: {each.why_none}", columns)
    lines += ["", "1 with one field as it is stated:", *_reverted(placed[0], by, stated)]
    lines += ["", *folded(f"To take it: {words}", columns)]
    return in_lines(lines)


def as_json(found: Sequence[Best], by: str) -> Printable:
    """A list of clusters, each with its best layout, in base units."""
    return to_json([_as_json(each, by) for each in found if each.layout is not None])


def _as_json(each: Best, by: str) -> dict[str, object]:
    assert each.layout is not None
    low, high = each.layout.interval or (None, None)
    results = {name: _known(each.layout.results[name]) for name in cluster_results(by)}
    parts = {name: each.layout.results[name] for name in PARTS}
    return {"layout": each.fields, **results, "low": low, "high": high, "parts": parts}


def _known(number: float) -> float | None:
    return None if number != number else number  # noqa: PLR0124 - only nan differs from itself


def _listed(placed: Sequence[Best], by: str, columns: int | None) -> list[str]:
    """A row for each cluster: its fields, what it comes to, and the fields that vary."""
    first = placed[0].fields
    varied = [
        name
        for name in first
        if name in placed[0].cluster.fields
        or any(each.fields[name] != first[name] for each in placed)
    ]
    results = cluster_results(by)
    rows = [["", *results, *varied, COPIES, "layouts"]]
    for place, each in enumerate(placed, 1):
        assert each.layout is not None
        values = each.layout.results
        rows.append(
            [
                str(place),
                *(_result(each, name) for name in results),
                *(_text(name, each.fields[name]) for name in varied),
                f"{values[COPIES]:,.0f}",
                f"{each.fitting:,}",
            ]
        )
    return aligned(rows, range(len(results) + 1), columns)


def _result(each: Best, name: str) -> str:
    assert each.layout is not None
    value = each.layout.results[name]
    text = format_value(value, unit_of(name))
    return with_half_width(text, value, each.layout.interval) if name == STEP else text


def _reverted(best: Best, by: str, stated: Scenario) -> Iterator[str]:
    assert best.layout is not None
    rows = []
    for each in others(best, stated, by):
        unit = unit_of(by)
        outcome = (
            f"cannot be: {each.why_not}"
            if each.why_not
            else f"{format_value(each.result, unit)}  "
            f"{format_change(best.layout.results[by], each.result, unit)}"
        )
        rows.append([f"  {each.field} {_text(each.field, each.value)}", outcome])
    yield from aligned(rows) if rows else ["  it is the stated one"]


def _named(fields: dict[str, Value]) -> str:
    return ", ".join(f"{name} {_text(name, value)}" for name, value in fields.items())


def _text(name: str, value: Value) -> str:
    if name in FIELDS:
        return value_text(FIELDS[name], value)
    return str(value)
