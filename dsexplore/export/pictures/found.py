"""Pictures of what was found: curves, maps and bars, with where their numbers are from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import dsexplore
from dsexplore.analysis.search.ranking import MEMORY, PARTS, Layout, Search
from dsexplore.analysis.sensitivity.sensitivity import Sensitivity
from dsexplore.analysis.sensitivity.trial import Trial
from dsexplore.analysis.service.drawn import TITLES, drawn_points
from dsexplore.analysis.service.service import Limits, Service, requests
from dsexplore.analysis.simulate.simulate import Simulation
from dsexplore.analysis.sweep.axis import Axis
from dsexplore.analysis.sweep.grid import Sweep
from dsexplore.engine import QUANTITIES
from dsexplore.engine.names import unit_of
from dsexplore.export.pictures.caption import Caption
from dsexplore.export.pictures.page import Piece, page
from dsexplore.export.pictures.plots import Bar, Series, bars, curves, shaded_map
from dsexplore.export.pictures.svg import together
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.scenario.words import title_now
from dsexplore.text.format import NOT_KNOWN, format_value
from dsexplore.text.plain import Printable
from dsexplore.text.refusal import ScenarioError

_STEP = "step_time"
_UNTITLED = "A scenario without a title"
_COMPUTED = f"Computed by dsexplore {dsexplore.__version__}."
# Beyond so many a bar for each is no picture.
_MOST_BARS = 60
_MOST_CELLS = 40_000


def of_sweep(found: Sweep, scenario: Scenario) -> Printable:
    """A curve for each result over one axis of numbers, a map over two, else a bar for each point.

    Raises ScenarioError where there are too many axes or points to draw.
    """
    return together([_swept(found, scenario, name) for name in found.names])


def _swept(found: Sweep, scenario: Scenario, name: str) -> Printable:
    axes, results = found.axes, found.results[name].tolist()
    by = " and ".join(axis.name for axis in axes)
    numbers = [axis.is_number and len(axis.values) > 1 for axis in axes]
    is_shaded = numbers == [True] and name in found.ends
    title = f"{name} by {by}{_partly(found)}"
    if all(math.isnan(each) for each in results):
        title += ": no point has one"
    caption = _caption(title, scenario, [name], is_shaded=is_shaded)
    if numbers == [True]:
        ends = [end.tolist() for end in found.ends[name]] if name in found.ends else []
        x = [_number(value) for value in axes[0].values]
        return curves(
            caption,
            [Series(name, x, results, *ends)],
            (axes[0].name, axes[0].unit),
            (name, unit_of(name)),
        )
    if numbers == [True, True]:
        if found.size > _MOST_CELLS:
            raise ScenarioError("-o", f"a map of {found.size:,} points", f"at most {_MOST_CELLS:,}")
        rows = [[_stated(axis, value) for value in axis.values] for axis in axes]
        values = found.results[name].reshape(found.shape).tolist()
        return shaded_map(
            caption, values, rows[0], rows[1], (axes[0].name, axes[1].name), unit_of(name)
        )
    places = [place for place in range(found.size) if found.has(place)]
    if len(places) > _MOST_BARS:
        allowed = f"one axis of numbers, two of them, or at most {_MOST_BARS} points"
        raise ScenarioError("-o", f"a picture of {len(places):,} points", allowed)
    rows_of_bars = []
    for place in places:
        said = " ".join(
            _stated(axis, value) for axis, value in zip(axes, found.point(place), strict=True)
        )
        rows_of_bars.append(Bar(said, [("", results[place])], _figure(results[place], name)))
    return bars(caption, rows_of_bars, unit_of(name))


def _partly(found: Sweep) -> str:
    return f" ({found.done:,} of {found.size:,} points)" if found.is_partial else ""


def of_simulation(
    found: Simulation, scenario: Scenario, names: Sequence[str], budgets: Mapping[str, float]
) -> Printable:
    """How the samples of each result are spread over equally wide ranges."""
    return together([_spread(found, scenario, name, budgets.get(name)) for name in names])


def _spread(found: Simulation, scenario: Scenario, name: str, budget: float | None) -> Printable:
    spread, unit = found.spreads[name], unit_of(name)
    known = f"5 % below {_figure(spread.p5, name)}, half below {_figure(spread.p50, name)}"
    title = f"{name}: {known}, 95 % below {_figure(spread.p95, name)}"
    if budget is not None:
        chance = _percent(found.chance(name, budget), signed=False)
        title += f"; {chance} within {format_value(budget, unit)}"
    drawn = f"{found.samples:,} samples, seed {found.seed}, of {', '.join(found.inputs)}. "
    width = (spread.high - spread.low) / max(len(spread.histogram), 1)
    rows = [
        Bar(
            f"from {format_value(spread.low + place * width, unit, 3)}",
            [("", share)],
            _percent(share, signed=False),
        )
        for place, share in enumerate(spread.histogram)
    ]
    return bars(_caption(title, scenario, [name], drawn), rows, "fraction")


def of_sensitivity(trial: Trial, found: Sequence[Sensitivity]) -> Printable:
    """A bar for each field: the result from its lowest to its highest over the field's values."""
    rows = []
    for each in found[:_MOST_BARS]:
        changes = [point.change for point in each.points if not math.isnan(point.change)]
        low, high = min([0.0, *changes]), max([0.0, *changes])
        said = ", ".join(
            f"{_value(each.field, point.value)}: "
            + (_percent(point.change) if not math.isnan(point.change) else NOT_KNOWN)
            for point in each.points[:2]
        )
        parts = [("lower result", -low), ("higher result", high)]
        rows.append(Bar(each.field, parts, said, low))
    now = _figure(trial.now, trial.of)
    caption = _caption(f"What moves {trial.of}, {now}", trial.scenario, [trial.of])
    return bars(caption, rows, "fraction")


def of_search(found: Search, layouts: Sequence[Layout]) -> Printable:
    """Memory against step of what nothing beats, and the parts of a step of each layout."""
    frontier = found.at(found.frontier())
    stated = found.open.values
    points = [(each.results[MEMORY], each.results[_STEP]) for each in frontier]
    nothing_beats = Series(
        "nothing is faster with less memory", [x for x, _ in points], [y for _, y in points]
    )
    series = [nothing_beats]
    if all(math.isfinite(float(stated[name])) for name in (MEMORY, _STEP)):
        there = [float(stated[MEMORY])], [float(stated[_STEP])]
        series.append(Series("the stated layout", *there, is_loose=True))
    names = [MEMORY, _STEP]
    rows = [
        Bar(
            f"{each.place}. {_short(each)}",
            [(part, each.results[part]) for part in PARTS],
            format_value(each.results[_STEP], unit_of(_STEP)),
        )
        for each in layouts[:_MOST_BARS]
    ]
    scenario = found.scenario
    return together(
        [
            curves(
                _caption("Layouts: step time against memory", scenario, names),
                series,
                (MEMORY, unit_of(MEMORY)),
                (_STEP, unit_of(_STEP)),
            ),
            bars(_caption("Parts of a step, by layout", scenario, [_STEP]), rows, unit_of(_STEP)),
        ]
    )


def of_service(found: Service, scenario: Scenario, limits: Limits) -> Printable:
    """Both times of a service as its load rises to nearly capacity, with their limits."""
    points = drawn_points(found)
    loads = [point.load for point in points]
    pictures = []
    for name, title in TITLES.items():
        series = [Series(title, loads, [getattr(point, name) for point in points])]
        if most := getattr(limits, name):
            series.append(Series("the limit", [loads[0], loads[-1]], [most, most]))
        caption = Caption(
            f"{title} as the load rises",
            title_now(scenario) or _UNTITLED,
            f"Means, at requests that come at random. Capacity: {requests(found.most.load)} "
            f"{found.where}. Prompts of {format_value(found.prompt, 'token')} and answers of "
            f"{format_value(found.answer, 'token')} tokens. {_COMPUTED}",
        )
        pictures.append(
            curves(caption, series, ("requests per second", "sequence/s"), (title, "second"))
        )
    return together(pictures)


def of_page(
    title: str, scenario: Scenario, lines: Sequence[Sequence[Piece]], columns: int
) -> Printable:
    """A page of results as the explorer shows it, at most so many columns wide."""
    source = f"Ranges hold their result four times in five. {_COMPUTED}"
    return page(Caption(title, title_now(scenario) or _UNTITLED, source), lines, columns)


def _percent(share: float, *, signed: bool = True) -> str:
    """A share as a percentage for reading; a dash where unknown."""
    return f"{100 * share:{'+' if signed else ''}.1f} %" if math.isfinite(share) else NOT_KNOWN


def _short(layout: Layout) -> str:
    names = {"tensor_parallel": "TP", "pipeline_parallel": "PP", "context_parallel": "CP"}
    names |= {"expert_parallel": "EP"}
    degrees = [f"{short}{layout.fields[name]}" for name, short in names.items()]
    return f"{' '.join(degrees)} {layout.fields['pipeline_schedule']}"


def _caption(
    title: str,
    scenario: Scenario,
    names: Sequence[str],
    before: str = "",
    *,
    is_shaded: bool = False,
) -> Caption:
    said = [f"{name}: {QUANTITIES[name].summary}" for name in names]
    if is_shaded:
        said.append("Shaded: the interval that holds it four times in five.")
    source = f"{before}{' '.join(said)} {_COMPUTED}"
    return Caption(title, title_now(scenario) or _UNTITLED, source)


def _figure(value: float, name: str) -> str:
    return format_value(value, unit_of(name))


def _stated(axis: Axis, value: Value) -> str:
    return format_value(value, axis.unit)


def _value(field: str, value: Value) -> str:
    return format_value(value, FIELDS[field].unit, 3)


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
