"""Reports on searches: layouts with their frontier, and clusters with the best layout of each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from dsexplore.analysis.search.account import PREDICTED, summary
from dsexplore.analysis.search.clusters import COST, DAYS, Best
from dsexplore.analysis.search.judging import STEP
from dsexplore.analysis.search.ranking import COPIES, MEMORY, PARTS, Layout, Search
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.names import unit_of
from dsexplore.export.pictures.caption import Caption
from dsexplore.export.pictures.found import of_search
from dsexplore.export.pictures.plots import Bar, bars
from dsexplore.export.plots.bars import bar_lines
from dsexplore.export.plots.frontier import frontier_lines
from dsexplore.export.reports.report import COLUMNS, Cell, Picture, Report, Table
from dsexplore.export.reports.scenario import about_scenario
from dsexplore.scenario.field import Value, value_text
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.format import format_value
from dsexplore.text.plain import Printable

# On a page; CSV has all.
_MOST_ROWS = 40


def search_report(found: Search, layouts: Sequence[Layout], base: Scenario | None = None) -> Report:
    """Layouts that fit, the best first."""
    scenario = found.scenario
    about = about_scenario(scenario, [STEP, MEMORY], base)
    results = tuple(dict.fromkeys((found.by, STEP, MEMORY)))
    listed = layouts[:_MOST_ROWS]
    fields = list(layouts[0].fields)
    rows = [
        [
            str(each.place),
            *(_result(each, name) for name in results),
            *(_text(name, each.fields[name]) for name in fields),
        ]
        for each in listed
    ]
    parts = [
        [str(each.place), *(format_value(each.results[part], unit_of(part), 3) for part in PARTS)]
        for each in listed
    ]
    return Report(
        f"{about.title}: layouts by {found.by}",
        [*about.said, summary(found)],
        [
            *about.tables,
            Table("Layouts", ("", *results, *fields), rows, range(len(results) + 1)),
            Table("Parts of their steps", ("", *PARTS), parts, range(len(PARTS) + 1)),
        ],
        search_pictures(found, layouts),
        about.lists,
        data(found, layouts),
    )


def search_pictures(found: Search, layouts: Sequence[Layout]) -> list[Picture]:
    """The frontier with the parts of each step."""
    frontier = frontier_lines(found.at(found.frontier()), COLUMNS)
    steps = [
        (str(each.place), each.results[STEP], format_value(each.results[STEP], unit_of(STEP)))
        for each in layouts[:_MOST_ROWS]
    ]
    lines = [*frontier, "", "step_time by layout", *bar_lines(steps)]
    return [Picture("Step time against memory", partial(of_search, found, layouts), lines)]


def data(found: Search, layouts: Sequence[Layout]) -> list[Sequence[Cell]]:
    """A row for each layout, in base units."""
    results = tuple(dict.fromkeys((found.by, STEP, MEMORY, COPIES, *PARTS)))
    rows: list[Sequence[Cell]] = [["place", *layouts[0].fields, *results, "low", "high"]]
    rows += [
        [
            each.place,
            *each.fields.values(),
            *(each.results[name] for name in results),
            *(each.interval or (None, None)),
        ]
        for each in layouts
    ]
    return rows


def clusters_report(
    found: Sequence[Best], by: str, stated: Scenario, base: Scenario | None = None
) -> Report:
    """Clusters, each with its best layout, the best first; below them those without one."""
    about = about_scenario(stated, [by], base)
    placed = [each for each in found if each.layout is not None]
    lost = [f"{_named(each.cluster.fields)}: {each.why_none}" for each in found if not each.layout]
    results = cluster_results(by)
    fields = list(placed[0].fields) if placed else []
    rows = [
        [
            str(place),
            *(_result(each.layout, name) for name in results if each.layout),
            *(_text(name, each.fields[name]) for name in fields),
        ]
        for place, each in enumerate(placed, 1)
    ]
    said = f"{len(placed)} of {len(found)} clusters have a layout that fits. {PREDICTED}"
    table = Table("Clusters", ("", *results, *fields), rows, range(len(results) + 1))
    lists = [("Clusters without a layout", lost)] if lost else []
    return Report(
        f"{about.title}: clusters by {by}",
        [*about.said, said],
        [*about.tables, table],
        _cluster_pictures(placed, by, stated),
        [*lists, *about.lists],
        cluster_data(placed, by) if placed else (),
    )


def _cluster_pictures(placed: Sequence[Best], by: str, stated: Scenario) -> list[Picture]:
    rows = [
        (_named(each.cluster.fields), each.layout.results[by], _result(each.layout, by))
        for each in placed
        if each.layout is not None
    ]
    title = f"{by} by cluster"

    def draw() -> Printable:
        caption = Caption(title, stated.title, PREDICTED)
        return bars(caption, [Bar(name, [("", size)], said) for name, size, said in rows],
                    unit_of(by))  # fmt: skip

    return [Picture(title, draw, bar_lines(rows))] if rows else []


def cluster_results(by: str) -> tuple[str, ...]:
    """The results that are shown of a cluster."""
    return tuple(dict.fromkeys((by, DAYS, COST, STEP, MEMORY)))


def cluster_data(placed: Sequence[Best], by: str) -> list[Sequence[Cell]]:
    """A row for each cluster with a layout, in base units."""
    rows: list[Sequence[Cell]] = [["place", *placed[0].fields, *cluster_results(by), "low", "high"]]
    for place, each in enumerate(placed, 1):
        assert each.layout is not None
        ends = each.layout.interval or (None, None)
        values = (each.layout.results[name] for name in cluster_results(by))
        rows.append([place, *each.fields.values(), *values, *ends])
    return rows


def _result(layout: Layout, name: str) -> str:
    value = layout.results[name]
    text = format_value(value, unit_of(name))
    return with_half_width(text, value, layout.interval) if name == STEP else text


def _named(fields: dict[str, Value]) -> str:
    return ", ".join(f"{name} {_text(name, value)}" for name, value in fields.items())


def _text(name: str, value: Value) -> str:
    return value_text(FIELDS[name], value) if name in FIELDS else str(value)
