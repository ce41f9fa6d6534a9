"""Choices of serving or RL as text and for programs: the best, and why the first leads."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.analysis.search.choosing import Choice, Chosen
from dsexplore.cli.output.columns import aligned, folded
from dsexplore.engine import QUANTITIES
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.names import unit_of
from dsexplore.scenario.field import Value, value_text
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.csv_text import to_csv
from dsexplore.text.format import format_change, format_value
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable, in_lines


def as_table(found: Chosen, choices: Sequence[Choice], words: str, width: int | None) -> Printable:
    """How many can be, the best of them, and the first with stated fields."""
    lines = [*folded(summary(found), width), "", *_listed(found, choices, width), ""]
    if not words:
        return in_lines([*lines, "The first is the stated one."])
    lines += ["1 with one field as it is stated:", *_reverted(found, choices[0])]
    return in_lines([*lines, "", *folded(f"To take it: {words}", width)])


def summary(found: Chosen) -> str:
    """How many combinations can be, and where the stated one stands among them."""
    by, unit = found.space.by, unit_of(found.space.by)
    said = f"{found.fitting:,} different choices of {found.listed:,} can be."
    if found.is_predicted:
        set_ = ", ".join(f"{name}={value}" for name, value in found.space.predicted.items())
        said += f" Results are predicted ({set_})."
    if why := found.why_not(found.open):
        return f"{said} The stated one cannot be: {why}"
    stated = format_value(found.open.values[by], unit)
    return f"{said} The stated one, {by} {stated}, is number {found.better_than_open + 1:,}."


def why_none(found: Chosen) -> str:
    """Why nothing is left, in a sentence."""
    stopped = [
        f"{count:,} by {name} ({QUANTITIES[name].summary.rstrip('.')})"
        for name, count in found.stopped.items()
    ]
    if left := found.listed - sum(found.stopped.values()):
        stopped.append(f"{left:,} by a condition, or as {found.space.by} is not known")
    return f"None of {found.listed:,} choices is left: ruled out are {'; '.join(stopped)}."


def as_json(found: Chosen, choices: Sequence[Choice]) -> Printable:
    """A list of choices in base units."""
    rows = []
    for each in choices:
        low, high = each.interval or (None, None)
        results = {name: _known(each.results[name]) for name in found.space.results}
        rows.append({"layout": each.fields, **results, "low": low, "high": high})
    return to_json(rows)


def as_csv(found: Chosen, choices: Sequence[Choice]) -> Printable:
    """A row for each choice, in base units."""
    results = found.space.results
    head = ["place", *choices[0].fields, *results, "low", "high"]
    rows = [
        [
            *(each.place, *each.fields.values()),
            *(_known(each.results[name]) for name in results),
            *(each.interval or (None, None)),
        ]
        for each in choices
    ]
    return to_csv([head, *rows])


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
    return value_text(FIELDS[name], value)
