"""Questions about many scenarios at once: a grid, samples of what is uncertain, all layouts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dsexplore.api.asking import Given, load
from dsexplore.api.table import Table
from dsexplore.engine.names import is_name, unit_of


def sweep(
    scenario: Given,
    over: Mapping[str, str | Sequence[object]],
    of: str | Sequence[str],
    **changes: object,
) -> Table:
    """Results at every point of a grid: a row for each, the last axis running fastest.

    `over` maps a field, or a panel, to a list of values, or to a range as `--over` takes it
    ("1024:16384:doubling", "all"). nan where a result cannot be had or is not known.

    >>> found = sweep("deepseek-v3", {"num_gpus": "1024:4096:doubling"}, "pretraining_days")
    >>> len(found), found["pretraining_days"].shape
    (3, (3,))
    """
    from dsexplore.analysis.sweep import axis, grid  # noqa: PLC0415 - needs numpy

    axes = [axis.read_axis(f"{name}={_range(values)}") for name, values in over.items()]
    names = [of] if isinstance(of, str) else list(of)
    found = grid.sweep(load(scenario, **changes), axes, names)
    points = [found.point(place) for place in range(found.size)]
    columns: dict[str, Any] = {
        each.name: [point[place] for point in points] for place, each in enumerate(axes)
    }
    units = {each.name: each.unit for each in axes}
    for name in found.names:
        columns[name] = found.results[name]
        if name in found.ends:
            columns[f"{name}_low"], columns[f"{name}_high"] = found.ends[name]
        units |= dict.fromkeys((name, f"{name}_low", f"{name}_high"), unit_of(name))
    notes = [f"{gap.points:,} points without a result: {gap.sentence}" for gap in found.gaps]
    return Table(columns, units, notes=notes)


def simulate(
    scenario: Given,
    of: str | Sequence[str],
    samples: int = 10_000,
    seed: int = 0,
    **changes: object,
) -> Table:
    """How some results are distributed under the stated uncertainty and the model's own error.

    A row for each: as stated, its mean, the 5th, 50th and 95th percentile.

    >>> found = simulate("deepseek-v3", "total_cost", samples=1000, hardware="b200-180gb-sxm")
    >>> next(iter(found))["p5"] <= next(iter(found))["p95"]
    True
    """
    from dsexplore.analysis.simulate import simulate as simulating  # noqa: PLC0415 - needs numpy

    names = [of] if isinstance(of, str) else list(of)
    found = simulating.simulate(load(scenario, **changes), names, samples, seed)
    spreads = found.spreads
    columns: dict[str, list[Any]] = {"name": list(spreads)}
    for column in ("stated", "mean", "p5", "p50", "p95"):
        columns[column] = [getattr(each, column) for each in spreads.values()]
    notes = [f"Set aside, as it is so as things stand: {sentence}" for sentence in found.aside]
    notes += [
        f"{name}: {count:,} samples without a result. {sentence}"
        for name, (count, sentence) in found.missing.items()
    ]
    return Table(columns, row_units=[unit_of(name) for name in spreads], notes=notes)


def search(
    scenario: Given,
    by: str = "step_time",
    top: int = 10,
    where: Sequence[str] = (),
    *,
    most: bool = False,
    **changes: object,
) -> Table:
    """The layouts of a cluster that fit, ranked by a result, the lowest or the highest first.

    `where` keeps those of some conditions ("memory_per_gpu <= 70 GB"). Whatever ranks follows
    from the predicted step.

    >>> search("llama-3-8b", top=3)["place"]
    [1, 2, 3]
    """
    from dsexplore.analysis.search.limits import limit  # noqa: PLC0415 - needs numpy
    from dsexplore.analysis.search.ranking import Search  # noqa: PLC0415 - needs numpy

    conditions = [limit(each, "where") for each in where]
    found = Search(load(scenario, **changes), by, conditions, most=most)
    best = found.best(top)
    columns: dict[str, list[Any]] = {"place": [each.place for each in best]}
    for name in best[0].fields if best else ():
        columns[name] = [each.fields[name] for each in best]
    for name in dict.fromkeys(("step_time", "memory_per_gpu", by)):
        columns[name] = [each.results.get(name, math.nan) for each in best]
    return Table(columns, {name: unit_of(name) for name in columns if is_name(name)})


def _range(values: str | Sequence[object]) -> str:
    """Values as `--over` takes them; semicolons, as a value may have commas of its own."""
    return values if isinstance(values, str) else ";".join(str(value) for value in values)
