"""Choices of serving or RL as text and for programs: the best, and why the first leads."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.analysis.search.choosing import Choice, Chosen, OnCluster
from dsexplore.analysis.search.spaces import Space
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.names import unit_of
from dsexplore.scenario.field import Value, value_text
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.columns import aligned, folded
from dsexplore.text.format import format_change, format_value
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable, in_lines


def as_table(found: Chosen, choices: Sequence[Choice], words: str, width: int | None) -> Printable:
    """How many can be, the best of them, and the first with stated fields."""
    lines = [*folded(found.summary(), width), "", *_listed(found, choices, width), ""]
    if not words:
        return in_lines([*lines, "The first is the stated one."])
    lines += ["1 with one field as it is stated:", *_reverted(found, choices[0])]
    return in_lines([*lines, "", *folded(f"To take it: {words}", width)])


def as_json(found: Chosen, choices: Sequence[Choice]) -> Printable:
    """A list of choices in base units."""
    return to_json([_as_json(each.fields, each, found.space) for each in choices])


def clusters_as_json(found: Sequence[OnCluster], space: Space) -> Printable:
    """A list of the best choice on each cluster, in base units."""
    return to_json(
        [_as_json(each.fields, each.choice, space) for each in found if each.choice is not None]
    )


def of_clusters(
    found: Sequence[OnCluster], space: Space, words: str, width: int | None
) -> Printable:
    """The best choice on each cluster."""
    placed = [(each.fields, each.choice) for each in found if each.choice is not None]
    results = space.results
    names = list(placed[0][0])
    cells = [["", *results, *names]]
    for place, (fields, choice) in enumerate(placed, 1):
        texts = [format_value(choice.results[name], unit_of(name)) for name in results]
        texts[0] = with_half_width(texts[0], choice.results[space.by], choice.interval)
        cells.append([str(place), *texts, *(_text(name, fields[name]) for name in names)])
    lost = [each for each in found if each.choice is None]
    lines = [
        *folded(f"{len(placed)} of {len(found)} clusters have a choice that can be.", width),
        "",
        *aligned(cells, range(len(results) + 1), width),
        *([""] if lost else []),
    ]
    for each in lost:
        named = ", ".join(f"{name} {_text(name, value)}" for name, value in each.fields.items())
        lines += folded(f"{named}: {each.why_none}", width)
    return in_lines([*lines, "", *folded(f"To take the first: {words}", width)])


def _as_json(fields: dict[str, Value], choice: Choice, space: Space) -> dict[str, object]:
    low, high = choice.interval or (None, None)
    results = {name: _known(choice.results[name]) for name in space.results}
    return {"layout": fields, **results, "low": low, "high": high}


def _known(number: float) -> float | None:
    return None if number != number else number  # noqa: PLR0124 - only nan differs from itself


def _listed(found: Chosen, choices: Sequence[Choice], width: int | None) -> list[str]:
    results = found.space.results
    first = choices[0].fields
    varied = [name for name in first if any(each.fields[name] != first[name] for each in choices)]
    same = [f"{name} {_text(name, first[name])}" for name in first if name not in varied]
    rows = [["", *results, *varied]]
    for each in choices:
        cells = [format_value(each.results[name], unit_of(name)) for name in results]
        cells[0] = with_half_width(cells[0], each.results[found.space.by], each.interval)
        rows.append([str(each.place), *cells, *(_text(name, each.fields[name]) for name in varied)])
    said = folded(f"All of these: {', '.join(same)}.", width) if same else []
    return [*said, *([""] if said else []), *aligned(rows, range(len(results) + 1), width)]


def _reverted(found: Chosen, best: Choice) -> list[str]:
    by, unit = found.space.by, unit_of(found.space.by)
    rows = []
    for each in found.otherwise(best):
        outcome = (
            f"cannot be: {each.why_not}"
            if each.why_not
            else f"{format_value(each.result, unit)}  "
            f"{format_change(best.results[by], each.result, unit)}"
        )
        rows.append([f"  {each.field} {_text(each.field, each.value)}", outcome])
    return aligned(rows)


def _text(name: str, value: Value) -> str:
    return value_text(FIELDS[name], value) if name in FIELDS else str(value)
