"""Simulation: some results over many draws of the uncertain fields and of the model's own error."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dsexplore.analysis.simulate.draw import Draw
from dsexplore.analysis.simulate.samples import MODEL_ERROR, Asked, Samples, Sampling
from dsexplore.analysis.simulate.sobol import MOST_DIMENSIONS
from dsexplore.analysis.workers.work import Here, Workers
from dsexplore.engine import GRAPH, INTERVALS, evaluate, problems_forbidding
from dsexplore.engine.names import check_result
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_SAMPLES = 10_000_000
# Of which results are kept: 8 bytes each.
MOST_RESULTS = 20
_UNKNOWN = "It is not known."
_FEWEST_BINS, _MOST_BINS = 4, 64
_PER_BIN = 50

# Told the share of the samples that is done.
Told = Callable[[float], None]
# Asked between parts whether to go on.
GoesOn = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Spread:
    """The distribution of a result: nan everywhere if it is never known."""

    # At the stated values, without an error.
    stated: float
    mean: float
    std: float
    p5: float
    p50: float
    p95: float
    # The share of the variance that each input carries by itself (Sobol', first order).
    shares: dict[str, float]
    # The share of samples in each of equally wide bins, and the ends of the first and the last.
    histogram: tuple[float, ...]
    low: float
    high: float


@dataclass(slots=True)
class Simulation:
    """Some results over many draws."""

    samples: int
    seed: int
    # What was drawn, and the fields that none of the results follows from.
    inputs: tuple[str, ...]
    idle: tuple[str, ...]
    spreads: dict[str, Spread]
    # By result, the samples without it, and a sentence on what is in the way of most.
    missing: dict[str, tuple[int, str]] = field(default_factory=dict)
    # The problems in force as things stand, which are set aside.
    aside: tuple[str, ...] = ()
    # By result every sample, nan where it has none; and by drawn field, where these are kept.
    every: dict[str, Floats] = field(default_factory=dict)
    draws: dict[str, Floats] = field(default_factory=dict)

    def chance(self, name: str, budget: float) -> float:
        """The share of the samples with a result in which it is at most a budget."""
        known = self.every[name]
        known = known[known == known]  # noqa: PLR0124 - nan
        return float((known <= budget).mean()) if known.size else math.nan


def simulate(
    scenario: Scenario,
    names: Sequence[str],
    samples: int = 10_000,
    seed: int = 0,
    *,
    model_error: bool = True,
    told: Told | None = None,
    goes_on: GoesOn | None = None,
    workers: Workers | None = None,
    keep_draws: bool = False,
) -> Simulation:
    """Some results where the fields of `[uncertainty]` are drawn from their distributions.

    With `model_error`, what is predicted errs as its interval says: one normal error for all of a
    run, so that hours and costs err together. A sample that cannot be had is none of a result's.
    It ends early, with fewer samples, once `goes_on` says no. `keep_draws` keeps the drawn fields,
    8 bytes each, as results are. Raises ScenarioError for names that
    are no results, and where nothing is uncertain.
    """
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    names = tuple(dict.fromkeys(names))
    _check(names, samples)
    draw = Draw(scenario.uncertainty, scenario.correlations)
    if len(draw.names) >= MOST_DIMENSIONS:
        found = f"{len(draw.names)} fields"
        raise ScenarioError("uncertainty", found, f"at most {MOST_DIMENSIONS - 1}")
    inputs = scenario.inputs()
    problems = problems_forbidding(inputs, names)
    ends = [end for name in names for end in INTERVALS.get(name, ())] if model_error else []
    values = evaluate(inputs, GRAPH.needed([*names, *problems], inputs))
    used = GRAPH.behind([*names, *ends, *problems], inputs)
    idle = tuple(name for name in draw.names if name not in used)
    aside = tuple(problem for problem in problems if values[problem])
    drawn = tuple(name for name in draw.names if name not in idle)
    if not drawn and not ends:
        allowed = "[uncertainty] in the file, or --uncertain NAME=KIND:NUMBERS"
        raise ScenarioError("", "nothing uncertain in what is asked for", allowed)
    left = tuple(problem for problem in problems if problem not in aside)
    bins = min(max(samples // _PER_BIN, _FEWEST_BINS), _MOST_BINS)
    work = Sampling(
        Asked(scenario, names, drawn, left, bool(ends), samples, seed, bins, keep_draws)
    )
    together = work.nothing()
    kept = {name: np.empty(samples) for name in (*names, *(drawn if keep_draws else ()))}
    for part in (workers or Here()).results(work):
        for name, each in (part.results | part.draws).items():
            kept[name][together.size : together.size + part.size] = each
        together.add(part)
        if told:
            told(together.size / samples)
        if goes_on and not goes_on():
            break
    kept = {name: each[: together.size] for name, each in kept.items()}
    together.results = {name: kept[name] for name in names}
    together.draws = {name: kept[name] for name in kept if name not in names}
    varied = [*draw.names, *([MODEL_ERROR] if ends else [])]
    errs = (MODEL_ERROR,) if ends else ()
    return _simulation(together, seed, values, varied, (*drawn, *errs), idle, aside)


def _check(names: Sequence[str], samples: int) -> None:
    for name in names:
        check_result(name)
    if not 1 <= len(names) <= MOST_RESULTS:
        raise ScenarioError("--of", f"{len(names)} results", f"1 to {MOST_RESULTS}")
    if not 2 <= samples <= MOST_SAMPLES:
        raise ScenarioError("--samples", f"{samples:,}", f"2 to {MOST_SAMPLES:,}")


def _simulation(
    drawn: Samples,
    seed: int,
    values: Mapping[str, Any],
    varied: Sequence[str],
    inputs: tuple[str, ...],
    idle: tuple[str, ...],
    aside: tuple[str, ...],
) -> Simulation:
    """What came of all samples; `varied` are the inputs by which they are counted."""
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    known = {name: each[~np.isnan(each)] for name, each in drawn.results.items()}
    found = Simulation(
        drawn.size,
        seed,
        inputs,
        idle,
        {
            name: _spread(float(values[name]), each, drawn.counts[name], drawn.sums[name], varied)
            for name, each in known.items()
        },
        aside=tuple(str(values[problem]) for problem in aside),
        every=drawn.results,
        draws=drawn.draws,
    )
    for name, each in known.items():
        if missing := drawn.size - each.size:
            reasons = drawn.reasons[name]
            found.missing[name] = missing, max(reasons.values(), default=(0, _UNKNOWN))[1]
    return found


def _spread(
    stated: float, known: Floats, counts: Floats, sums: Floats, varied: Sequence[str]
) -> Spread:
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    if not known.size:
        return Spread(stated, *(math.nan,) * 5, {}, (), math.nan, math.nan)
    p5, p50, p95 = (float(each) for each in np.percentile(known, (5, 50, 95)))
    mean, std = float(known.mean()), float(known.std())
    low, high = float(known.min()), float(known.max())
    if high - low <= _ROUNDING * max(abs(low), abs(high)):
        # All in one bar: floats are too coarse for ends of others between.
        bars = np.zeros(_BARS)
        bars[0] = 1.0
    else:
        bars = np.histogram(known, bins=_BARS, range=(low, high))[0] / known.size
    shares = {}
    if std > _ROUNDING * abs(mean):
        shares = {
            name: _share(counts[place], sums[place], mean, std, known.size)
            for place, name in enumerate(varied)
        }
    return Spread(stated, mean, std, p5, p50, p95, shares, tuple(bars.tolist()), low, high)


def _share(counts: Floats, sums: Floats, mean: float, std: float, size: int) -> float:
    """The variance of an input's bins over the whole, less what chance alone gives."""
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    filled = counts > 0
    means = sums[filled] / counts[filled]
    share = float(np.sum(counts[filled] * (means - mean) ** 2) / size) / std**2
    chance = min((int(filled.sum()) - 1) / size, 0.5)
    return max(0.0, (share - chance) / (1 - chance))


_BARS = 12
# Less spread than this, relative, is the rounding of floats.
_ROUNDING = 1e-12
