"""Questions about a scenario, each a function: the same answers as the command line gives.

A scenario is one that `load` returned, or what `load` takes. Changes are given by name, as
`--set` takes them: `num_gpus=4096`, `price_per_gpu_hour="$3"`, `hardware="b200-180gb-sxm"`.
Whatever is wrong raises ScenarioError with the place, what was found and what is allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from dsexplore.api.results import Results
from dsexplore.api.table import Table
from dsexplore.engine import QUANTITIES
from dsexplore.engine.names import check_name, unit_of
from dsexplore.engine.standing import Standing
from dsexplore.library import open as opening
from dsexplore.library.presets import check_names, with_changes
from dsexplore.scenario.scenario import Scenario

if TYPE_CHECKING:
    from dsexplore.api.explained import Explained

Given = Scenario | str | PathLike[str]
_PREDICTED = (
    "step_time",
    "predicted_mfu",
    "memory_per_gpu",
    "pretraining_gpu_hours",
    "pretraining_days",
    "pretraining_cost",
    "total_cost",
)


def load(scenario: Given, **changes: object) -> Scenario:
    """A scenario: a preset's name, a scenario's file or a model's config.json, with changes made.

    >>> load("deepseek-v3", num_gpus=4096).hardware.num_gpus
    4096
    """
    found = scenario if isinstance(scenario, Scenario) else opening.load(fspath(scenario))
    check_names(changes)
    return with_changes(found, changes) if changes else found


def evaluate(scenario: Given, names: Sequence[str] | None = None, **changes: object) -> Results:
    """Results of a scenario, all or those of some names, in base units.

    >>> round(evaluate("deepseek-v3")["total_cost"])
    5576000
    """
    standing = Standing(load(scenario, **changes))
    asked = list(QUANTITIES) if names is None else list(names)
    for name in asked:
        check_name(name)
    return Results(standing, asked)


def predict(scenario: Given, **changes: object) -> Results:
    """Step, MFU, memory, hours and cost as predicted, whatever hours were measured.

    Each has the interval that holds it four times in five; sentences below say what that rests on.

    >>> found = predict("deepseek-v3")
    >>> low, high = found.interval("step_time")
    >>> low < found["step_time"] < high
    True
    """
    from dsexplore.analysis.accuracy.evidence import gaps_behind  # noqa: PLC0415 - reads files

    changed = load(scenario, **changes).with_values({"utilization": "predicted"})
    standing = Standing(changed)
    return Results(standing, _PREDICTED, gaps_behind(changed, _PREDICTED, standing.values))


def explain(scenario: Given, name: str, **changes: object) -> Explained:
    """A field or result: its value, formula, source, and what it depends on; prints as lines.

    >>> explain("deepseek-v3", "total_cost").parts.depends_on[0].name
    'pretraining_cost'
    """
    from dsexplore.api.explained import Explained  # noqa: PLC0415 - parses source code

    return Explained(load(scenario, **changes), name)


def compare(one: Given, *others: Given, names: Sequence[str] | None = None) -> Table:
    """The headline results and the fields that differ between scenarios, or the named ones.

    A row for each, with its value in each scenario.

    >>> compare("deepseek-v3", "llama-3.1-405b", names=["total_cost"])["name"]
    ['total_cost']
    """
    from dsexplore.analysis.compare import compare as comparing  # noqa: PLC0415 - only for this

    scenarios = [load(each) for each in (one, *others)]
    found = comparing.compare(*scenarios)
    results = found.results if names else found.headlines
    rows: dict[str, tuple[Any, ...]] = {each.name: each.values for each in results}
    rows |= {each.name: each.values for each in found.fields}
    for name in names or ():
        check_name(name)
    kept = {name: rows[name] for name in (names or rows) if name in rows}
    columns: dict[str, list[Any]] = {"name": list(kept)}
    titles = _titles(scenarios, (one, *others))
    for place, title in enumerate(titles):
        columns[title] = [values[place] for values in kept.values()]
    said = zip(found.warnings(list(kept)), found.assumptions(list(kept)), strict=True)
    notes = [
        f"{title}: {sentence}"
        for title, (warnings, assumed) in zip(titles, said, strict=True)
        for sentence in (*warnings, *assumed)
    ]
    return Table(columns, row_units=[unit_of(name) for name in kept], notes=notes)


def _titles(scenarios: Sequence[Scenario], given: Sequence[Given]) -> list[str]:
    """A heading for each scenario, no two alike."""
    titles: list[str] = []
    for place, (scenario, named) in enumerate(zip(scenarios, given, strict=True), 1):
        title = scenario.title if isinstance(named, Scenario) else fspath(named)
        is_new = bool(title) and title not in titles
        titles.append(title if is_new else f"{title or 'scenario'} ({place})")
    return titles
