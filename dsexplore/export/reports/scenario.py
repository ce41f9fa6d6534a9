"""A report on a scenario: what differs from its preset, the results asked for, and their worth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dsexplore.analysis.compare.compare import same
from dsexplore.analysis.summaries.headlines import headlines
from dsexplore.analysis.summaries.stages import stages
from dsexplore.engine import QUANTITIES, warnings_in
from dsexplore.engine.doubt import figure_text, interval_text
from dsexplore.engine.names import check_name, in_words, summary_of, unit_of
from dsexplore.engine.standing import Standing
from dsexplore.export.pictures.caption import Caption
from dsexplore.export.pictures.plots import Bar, bars
from dsexplore.export.plots.bars import bar_lines
from dsexplore.export.reports.report import Cell, Picture, Report, Table
from dsexplore.library.names import kinds_of, preset_path
from dsexplore.library.presets import with_panel
from dsexplore.scenario.field import value_text
from dsexplore.scenario.scenario import FIELDS, PANELS, Scenario
from dsexplore.scenario.words import description_now, title_now
from dsexplore.text.plain import Printable

_PARTS = {
    "pretraining_cost": "Pre-training",
    "context_extension_cost": "Context extension",
    "sft_cost": "Fine-tuning",
    "rl_cost": "Reinforcement learning",
    "post_training_cost": "Post-training",
}
_INPUTS = ("input", "here", "preset", "source or note")
_RESULTS = ("result", "name", "value", "interval", "standing")
_EXACT = ("name", "value", "unit", "low", "high", "standing")


@dataclass(frozen=True, slots=True)
class About:
    """What every report says of its scenario: sentences, its own inputs, and what to know."""

    title: str
    said: list[str]
    tables: list[Table]
    lists: list[tuple[str, list[str]]]


def scenario_report(
    scenario: Scenario,
    base: Scenario | None = None,
    subjects: Mapping[str, Sequence[str]] | None = None,
    pictures: Sequence[Picture] = (),
) -> Report:
    """A page on a scenario.

    `base` is what it was before it was changed; without it the presets of its panels are.
    `subjects` are results and fields under the titles of their tables; without them the headlines
    are reported. `pictures` stand behind that of the rent. Raises ScenarioError for an unknown
    name.
    """
    standing = Standing(scenario)
    tables = {"Results": headlines(standing)} if subjects is None else subjects
    names = [name for listed in tables.values() for name in listed]
    for name in names:
        check_name(name)
    about = about_scenario(scenario, names, base, standing)
    return Report(
        title=about.title,
        said=about.said,
        tables=[
            *about.tables,
            *(_results(title, found, scenario, standing) for title, found in tables.items()),
        ],
        pictures=[*_rent(scenario, standing), *pictures],
        lists=about.lists,
    )


def about_scenario(
    scenario: Scenario,
    names: Sequence[str],
    base: Scenario | None = None,
    standing: Standing | None = None,
) -> About:
    """What a report on some results says of their scenario."""
    standing = standing or Standing(scenario)
    description = [said] if (said := description_now(scenario)) else []
    inputs = _inputs(scenario, base)
    title = "Inputs that differ from their preset"
    warnings = [*warnings_in(standing.values, names), *standing.assumptions(names)]
    lists = [("Warnings and assumptions", warnings), ("Sources", _sources(names, scenario, base))]
    return About(
        title=title_now(scenario) or scenario.architecture.preset or "Scenario",
        said=[*description, f"Computed by dsexplore on {date.today().isoformat()}."],
        tables=[Table(title, _INPUTS, inputs, (1, 2))] if inputs else [],
        lists=[(title, found) for title, found in lists if found],
    )


def _results(title: str, names: Sequence[str], scenario: Scenario, standing: Standing) -> Table:
    """Results and fields with labels, units, intervals and what they rest on."""
    rows = [_result(name, scenario, standing) for name in names]
    exact = [_exact(name, scenario, standing) for name in names]
    return Table(title[:1].upper() + title[1:], _RESULTS, rows, (2,), [_EXACT, *exact])


def _inputs(scenario: Scenario, base: Scenario | None) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, before in differing(scenario, base).items():
        spec = FIELDS[name]
        told = " ".join(
            filter(None, (scenario.sources.get(name, ""), scenario.notes.get(name, "")))
        )
        here, there = (value_text(spec, found.value(name)) for found in (scenario, before))
        rows.append((f"{spec.label} ({name})", here, there, told or "stated here"))
    return rows


def differing(scenario: Scenario, base: Scenario | None) -> dict[str, Scenario]:
    """The fields that differ from a scenario, or from their panels' presets, by which."""
    if base is not None:
        return {name: base for name in FIELDS if not _is_same(scenario, base, name)}
    found: dict[str, Scenario] = {}
    for table, panel in PANELS.items():
        origin = scenario.panel(table).preset
        if origin and preset_path(origin, kinds_of(table)):
            before = with_panel(scenario, table, origin)
            found |= {n: before for n in panel.specs if not _is_same(scenario, before, n)}
    return found


def _is_same(one: Scenario, other: Scenario, name: str) -> bool:
    return same(one.value(name), other.value(name))


def _result(name: str, scenario: Scenario, standing: Standing) -> tuple[str, ...]:
    if name in FIELDS:
        spec = FIELDS[name]
        text = value_text(spec, scenario.value(name))
        return (spec.label, name, text, "", "stated")
    value = standing.values[name]
    text = figure_text(name, standing.values) or in_words(name, value)
    interval = interval_text(name, standing.values)
    summary = summary_of(name).rstrip(".")
    shown = standing.marked(name, text)
    return (summary, name, shown, interval, _worth(name, standing))


def _exact(name: str, scenario: Scenario, standing: Standing) -> tuple[Cell, ...]:
    """A result for programs: in base units, empty where it is not known."""
    if name in FIELDS:
        return (name, scenario.value(name), unit_of(name), None, None, "stated")
    value = standing.values[name]
    is_known = isinstance(value, str) or not math.isnan(value)
    low, high = standing.ends(name) or (None, None)
    shown = value if is_known else None
    return (name, shown, unit_of(name), low, high, _worth(name, standing))


def _worth(name: str, standing: Standing) -> str:
    """What a result rests on, in a clause."""
    if problems := standing.impossible.get(name):
        return f"cannot be had: {' '.join(problems)}"
    if left_out := standing.at_least.get(name):
        return f"a bound, without {', '.join(left_out)}"
    if assumed := standing.assumed.get(name):
        return f"rests on {', '.join(assumed)}, assumed"
    return "predicted" if standing.ends(name) else "follows from its inputs"


def _sources(names: Sequence[str], scenario: Scenario, base: Scenario | None) -> list[str]:
    """Papers of the formulas, and sources of the inputs that differ, each once."""
    formulas = [QUANTITIES[name].source for name in names if name in QUANTITIES]
    stated = [scenario.sources.get(name, "") for name in differing(scenario, base)]
    return list(dict.fromkeys(str(found) for found in (*formulas, *stated) if found))


def _rent(scenario: Scenario, standing: Standing) -> list[Picture]:
    """The rent of each stage; none where there is but one."""
    rows = [
        (_PARTS[name], float(value), in_words(name, value))
        for name in stages(scenario)
        if not math.isnan(value := standing.values[name]) and value
    ]
    if len(rows) < 2:
        return []
    title = "Rent by stage"

    def draw() -> Printable:
        caption = Caption(title, title_now(scenario), "GPU-hours of each stage times their price.")
        return bars(caption, [Bar(label, [("", size)], said) for label, size, said in rows], "USD")

    return [Picture(title, draw, bar_lines(rows))]
