"""A report on choices of serving or RL: the best first, with the figure they are ranked by."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.analysis.search.choosing import Choice, Chosen, OnCluster
from dsexplore.analysis.search.spaces import Space
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.names import unit_of
from dsexplore.export.pictures.caption import Caption
from dsexplore.export.pictures.plots import Bar, bars
from dsexplore.export.plots.bars import bar_lines
from dsexplore.export.reports.report import Cell, Picture, Report, Table
from dsexplore.export.reports.scenario import about_scenario
from dsexplore.scenario.field import Value, value_text
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.scenario.words import title_now
from dsexplore.text.format import format_value
from dsexplore.text.plain import Printable

# A choice under the words it is listed by, and its fields.
_Placed = Sequence[tuple[str, dict[str, Value], Choice]]


def choices_report(
    found: Chosen, choices: Sequence[Choice], base: Scenario | None = None
) -> Report:
    """Choices of one cluster."""
    placed = [(str(each.place), each.fields, each) for each in choices]
    return _report(found.scenario, found.space, placed, [found.summary()], base)


def choices_on_each_report(
    found: Sequence[OnCluster], space: Space, stated: Scenario, base: Scenario | None = None
) -> Report:
    """The best choice on each cluster, and why there is none on the others."""
    placed = [
        (str(place), each.fields, each.choice)
        for place, each in enumerate((one for one in found if one.choice is not None), 1)
        if each.choice is not None
    ]
    said = [f"{len(placed)} of {len(found)} clusters have a choice that can be."]
    said += [f"{_named(each.fields)}: {each.why_none}" for each in found if each.choice is None]
    return _report(stated, space, placed, said, base)


def choice_data(
    placed: Sequence[tuple[dict[str, Value], Choice]], space: Space
) -> list[Sequence[Cell]]:
    """A row for each choice in base units, in the order they are listed."""
    rows: list[Sequence[Cell]] = [["place", *placed[0][0], *space.results, "low", "high"]]
    rows += [
        [
            *(place, *fields.values()),
            *(_known(choice.results[name]) for name in space.results),
            *(choice.interval or (None, None)),
        ]
        for place, (fields, choice) in enumerate(placed, 1)
    ]
    return rows


def _report(
    scenario: Scenario, space: Space, placed: _Placed, said: list[str], base: Scenario | None
) -> Report:
    about = about_scenario(scenario, list(space.results), base)
    names = list(placed[0][1])
    rows = [
        [
            word,
            *(_result(choice, name, space) for name in space.results),
            *(_text(name, fields[name]) for name in names),
        ]
        for word, fields, choice in placed
    ]
    numbers = range(len(space.results) + 1)
    return Report(
        f"{about.title}: choices by {space.by}",
        [*about.said, *said],
        [*about.tables, Table("Choices", ("", *space.results, *names), rows, numbers)],
        [_picture(scenario, space, placed)],
        about.lists,
        choice_data([(fields, choice) for _, fields, choice in placed], space),
    )


def _picture(scenario: Scenario, space: Space, placed: _Placed) -> Picture:
    rows = [
        (word, choice.results[space.by], _result(choice, space.by, space))
        for word, _, choice in placed
    ]
    title = f"{space.by} by choice"

    def draw() -> Printable:
        caption = Caption(title, title_now(scenario), "Choices are numbered as they are listed.")
        drawn = [Bar(name, [("", size)], said) for name, size, said in rows]
        return bars(caption, drawn, unit_of(space.by))

    return Picture(title, draw, bar_lines(rows))


def _result(choice: Choice, name: str, space: Space) -> str:
    text = format_value(choice.results[name], unit_of(name))
    return (
        with_half_width(text, choice.results[name], choice.interval) if name == space.by else text
    )


def _named(fields: dict[str, Value]) -> str:
    return ", ".join(f"{name} {_text(name, value)}" for name, value in fields.items())


def _known(number: float) -> float | None:
    return None if number != number else number  # noqa: PLR0124 - only nan differs from itself


def _text(name: str, value: Value) -> str:
    return value_text(FIELDS[name], value) if name in FIELDS else str(value)
