"""The median of every result that is uncertain, with the range that holds it nine times in ten.

Of few samples, all in one go: quick enough to follow every key of the explorer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dsexplore.analysis.simulate.draw import Draw, normal_quantile
from dsexplore.analysis.simulate.samples import unruly
from dsexplore.analysis.simulate.sobol import MOST_DIMENSIONS, Points
from dsexplore.engine import GRAPH, INTERVALS, QUANTITIES, impossible_anywhere
from dsexplore.engine.doubt import Spread
from dsexplore.engine.intervals import End, at_error
from dsexplore.engine.names import is_result
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError

# A power of two, as Sobol' points are even then.
SAMPLES = 512
_PERCENTILES = (5, 50, 95)
# A range narrower than this, relative, is the rounding of floats.
_ROUNDING = 1e-9
# Where fewer samples than this share have a result, its range says little.
_ENOUGH = 0.5


def medians(
    scenario: Scenario, results: Mapping[str, Any], samples: int = SAMPLES
) -> dict[str, Spread]:
    """The uncertain results with their medians; `results` holds every quantity as things stand.

    The fields of `[uncertainty]` are drawn as in `simulate`, and what is predicted errs as its
    interval says. A sample that cannot be had is none of a result's, and a result that most samples
    lack has no median. Raises ScenarioError for correlations that cannot be.
    """
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    draw = Draw(scenario.uncertainty, scenario.correlations)
    if len(draw.names) >= MOST_DIMENSIONS:
        allowed = f"at most {MOST_DIMENSIONS - 1}"
        raise ScenarioError("uncertainty", f"{len(draw.names)} fields", allowed)
    shares = Points(len(draw.names) + 1, 0, samples).block(0)
    changes = draw.values(draw.correlated(shares[:-1]))
    values = {**scenario.inputs(), **results}
    following = GRAPH.evaluate_changed(values, changes, _FOLLOWING, in_words=False)
    now = {**values, **changes, **following}
    deviations = normal_quantile(shares[-1])
    drawn = {
        name: at_error(QUANTITIES, INTERVALS[name][1], now, deviations)
        if name in INTERVALS
        else now[name]
        for name in _RESULTS
    }
    varying = {name: each for name, each in drawn.items() if _is_array(each)}
    gone = _gone(scenario, results, now, changes, list(varying))
    rows = {name: _known(each, gone.get(name, ())) for name, each in varying.items()}
    whole = [name for name, row in rows.items() if row.size == samples]
    spread: dict[str, Any] = {}
    if whole:
        # All at once: a call for each would take longer than the samples.
        ends = np.percentile([rows[name] for name in whole], _PERCENTILES, axis=1)
        spread = dict(zip(whole, ends.T, strict=True))
    for name, row in rows.items():
        if _ENOUGH * samples <= row.size < samples:
            spread[name] = np.percentile(row, _PERCENTILES)
    found = {name: [float(each) for each in ends] for name, ends in spread.items()}
    return {
        name: Spread(middle, (low, high))
        for name, (low, middle, high) in found.items()
        if high - low > _ROUNDING * abs(high)
    }


def _known(row: Any, masks: Iterable[Any]) -> Any:
    """The samples of a result that has them."""
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    missing = np.isnan(row)
    for mask in masks:
        missing = missing | mask
    return row[~missing] if missing.any() else row


_RESULTS = tuple(name for name in QUANTITIES if is_result(name))
_FOLLOWING = frozenset(name for name, each in QUANTITIES.items() if not isinstance(each, End))


def _is_array(value: object) -> bool:
    return bool(getattr(value, "ndim", 0))


def _gone(
    scenario: Scenario,
    results: Mapping[str, Any],
    now: Mapping[str, Any],
    changes: Mapping[str, Any],
    names: list[str],
) -> dict[str, list[Any]]:
    """By result, where samples cannot be had though the scenario as it stands can."""
    problems = [
        name
        for name, each in QUANTITIES.items()
        if each.kind == "problem" and _is_array(now[name]) and not results[name]
    ]
    masks = impossible_anywhere(now, problems, names) if problems else {}
    broken = [*unruly(scenario, now, changes).values()]
    return {name: [*masks.get(name, {}).values(), *broken] for name in names}
