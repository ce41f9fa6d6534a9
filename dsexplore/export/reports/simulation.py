"""A report on a simulation: percentiles, histograms, budgets and what carries the spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from dsexplore.analysis.simulate.simulate import Simulation, Spread
from dsexplore.engine.names import unit_of
from dsexplore.export.pictures.found import of_simulation
from dsexplore.export.plots.histogram import histogram_lines
from dsexplore.export.reports.report import Cell, Picture, Report, Table
from dsexplore.export.reports.scenario import about_scenario
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.columns import percent
from dsexplore.text.format import format_value

FIGURES = ("mean", "std", "p5", "p50", "p95")
_HEAD = ("as stated", "mean", "std", "5 %", "50 %", "95 %")


def simulation_report(
    found: Simulation,
    scenario: Scenario,
    names: Sequence[str],
    budgets: Mapping[str, Sequence[float]],
    base: Scenario | None = None,
) -> Report:
    """How some results are distributed; `budgets` are amounts by result."""
    about = about_scenario(scenario, names, base)
    rows = [[name, *figure_texts(name, found.spreads[name])] for name in names]
    numbers = range(1, len(_HEAD) + 1)
    said = [sentence for name in names for sentence in asides(name, found, budgets)]
    tables = [
        *about.tables,
        Table("Distributions", ("result", *_HEAD), rows, numbers, said=said),
        Table("What is uncertain", ("input", "how"), inputs(scenario, found)),
    ]
    drawn = f"{found.samples:,} samples, seed {found.seed}."
    return Report(
        f"{about.title}: how likely is {', '.join(names)}",
        [*about.said, drawn],
        tables,
        simulation_pictures(found, scenario, names, budgets),
        about.lists,
        data(found, names, {name: each[0] for name, each in budgets.items() if each}),
    )


def simulation_pictures(
    found: Simulation,
    scenario: Scenario,
    names: Sequence[str],
    budgets: Mapping[str, Sequence[float]],
) -> list[Picture]:
    """A histogram for each result, with the chance of its first budget."""
    first = {name: each[0] for name, each in budgets.items() if each}
    return [
        Picture(
            f"How likely is {name}",
            partial(of_simulation, found, scenario, [name], first),
            histogram_lines(name, found.spreads[name]),
        )
        for name in names
    ]


def figure_texts(name: str, spread: Spread) -> list[str]:
    """As stated, mean, standard deviation and percentiles, in words."""
    figures = [spread.stated, *(float(getattr(spread, each)) for each in FIGURES)]
    return [format_value(each, unit_of(name)) for each in figures]


def inputs(scenario: Scenario, found: Simulation) -> list[tuple[str, str]]:
    """What was drawn, and how."""
    said = []
    for name in found.inputs:
        if name not in FIELDS:
            said.append((name, "predictions err as their intervals say"))
            continue
        stated = scenario.uncertainty[name]
        numbers = ", ".join(
            # A factor or a spread may have no unit of its own.
            format_value(each, "" if stated.kind == "lognormal" and place else FIELDS[name].unit)
            for place, each in enumerate(stated.parameters)
        )
        said.append((name, f"{stated.kind} {numbers}"))
    return said


def asides(name: str, found: Simulation, budgets: Mapping[str, Sequence[float]]) -> list[str]:
    """Which inputs carry a result's spread, the most first, and how likely its budgets are."""
    shares = sorted(found.spreads[name].shares.items(), key=lambda each: -each[1])
    told = [f"{each} {percent(share, 0, signed=False)}" for each, share in shares if share >= 0.005]
    said = [f"{name} is carried by {', '.join(told)}."] if told else []
    for budget in budgets.get(name, ()):
        text = format_value(budget, unit_of(name))
        chance = percent(found.chance(name, budget), signed=False)
        said.append(f"{name} at most {text}: {chance} of the samples.")
    return said


def data(
    found: Simulation, names: Sequence[str], budgets: Mapping[str, float]
) -> list[Sequence[Cell]]:
    """A row for each result in base units, with the share of each input."""
    rows: list[Sequence[Cell]] = [
        [
            *("name", "unit", "stated", *FIGURES, "budget", "chance"),
            *(f"share of {name}" for name in found.inputs),
        ]
    ]
    for name in names:
        spread, budget = found.spreads[name], budgets.get(name)
        numbers = [
            *(spread.stated, *(float(getattr(spread, each)) for each in FIGURES), budget),
            None if budget is None else found.chance(name, budget),
            *(spread.shares.get(each, 0.0) for each in found.inputs),
        ]
        known = [None if each is None or each != each else each for each in numbers]  # noqa: PLR0124 - nan
        rows.append([name, unit_of(name), *known])
    return rows
