"""Simulation: some results over many draws of the uncertain fields and of the model's own error."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from dsexplore.analysis.simulate.draw import Draw, normal_quantile
from dsexplore.analysis.simulate.sobol import MOST_DIMENSIONS, Points
from dsexplore.engine import (
    GRAPH,
    INTERVALS,
    QUANTITIES,
    evaluate,
    impossible_anywhere,
    problems_forbidding,
)
from dsexplore.engine.intervals import End, at_error
from dsexplore.engine.names import check_result
from dsexplore.scenario.fields import PANELS
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Samples evaluated together: more would leave the cache. A power of two.
CHUNK = 4_096
MOST_SAMPLES = 10_000_000
# Of which results are kept: 8 bytes each.
MOST_RESULTS = 20
# The model's own error among the inputs.
MODEL_ERROR = "model error"
_UNKNOWN = "It is not known."
_FEWEST_BINS, _MOST_BINS = 4, 64
_PER_BIN = 50

# Told the share of the samples that is done.
Told = Callable[[float], None]
# Asked between chunks whether to go on.
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
    _results: dict[str, Any] = field(default_factory=dict)

    def chance(self, name: str, budget: float) -> float:
        """The share of the samples with a result in which it is at most a budget."""
        known = self._results[name]
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
) -> Simulation:
    """Some results where the fields of `[uncertainty]` are drawn from their distributions.

    With `model_error`, what is predicted errs as its interval says: one normal error for all of a
    run, so that hours and costs err together. A sample that cannot be had is none of a result's.
    It ends early, with fewer samples, once `goes_on` says no. Raises ScenarioError for names that
    are no results, and where nothing is uncertain.
    """
    names = tuple(dict.fromkeys(names))
    _check(names, samples)
    draw = Draw(scenario.uncertainty, scenario.correlations)
    inputs = scenario.inputs()
    problems = problems_forbidding(inputs, names)
    ends = [end for name in names for end in INTERVALS.get(name, ())] if model_error else []
    needed = GRAPH.needed([*names, *ends, *problems], inputs)
    values = inputs | evaluate(inputs, needed)
    used = GRAPH.behind([*names, *ends, *problems], inputs)
    idle = tuple(name for name in draw.names if name not in used)
    aside = tuple(problem for problem in problems if values[problem])
    problems = [problem for problem in problems if problem not in aside]
    drawn = [name for name in draw.names if name not in idle]
    errs = bool(ends)
    if not drawn and not errs:
        allowed = "[uncertainty] in the file, or --uncertain NAME=KIND:NUMBERS"
        raise ScenarioError("", "nothing uncertain in what is asked for", allowed)
    tally = _Tally(names, [*draw.names, *([MODEL_ERROR] if errs else [])], samples)
    dimensions = len(draw.names) + 1
    if dimensions > MOST_DIMENSIONS:
        found = f"{len(draw.names)} fields"
        raise ScenarioError("uncertainty", found, f"at most {MOST_DIMENSIONS - 1}")
    points = Points(dimensions, seed, CHUNK)
    among = frozenset(name for name in needed if not isinstance(QUANTITIES[name], End))
    for number in range(math.ceil(samples / CHUNK)):
        shares = points.block(number)[:, : samples - number * CHUNK]
        shares[:-1] = draw.correlated(shares[:-1])
        changes = {k: v for k, v in draw.values(shares[:-1]).items() if k not in idle}
        following = GRAPH.evaluate_changed(values, changes, among, in_words=False)
        now = {**values, **changes, **following}
        gone = impossible_anywhere(now, problems, names)
        broken = unruly(scenario, now, changes)
        deviations = normal_quantile(shares[-1]) if errs else None
        for name in names:
            result = now[name]
            if errs and name in INTERVALS:
                result = at_error(QUANTITIES, INTERVALS[name][1], now, deviations)
            tally.add(name, number, result, {**gone[name], **broken}, shares)
            said = {**broken, **{each: now[each] != "" for each in problems}}
            tally.blame(name, number, said, partial(_sentence, inputs, changes))
        if told:
            told(min(1.0, (number + 1) * CHUNK / samples))
        if goes_on and not goes_on():
            tally.end((number + 1) * CHUNK)
            break
    return tally.simulation(seed, values, tuple(drawn), idle, aside)


def _sentence(
    inputs: Mapping[str, Any], changes: Mapping[str, Floats], problem: str, at: int
) -> str:
    """What a problem says of one sample of a chunk; a broken rule speaks for itself."""
    if problem not in QUANTITIES:
        return problem
    drawn = {name: float(values[at]) for name, values in changes.items()}
    return str(evaluate({**inputs, **drawn}, [problem])[problem])


def _check(names: Sequence[str], samples: int) -> None:
    for name in names:
        check_result(name)
    if not 1 <= len(names) <= MOST_RESULTS:
        raise ScenarioError("--of", f"{len(names)} results", f"1 to {MOST_RESULTS}")
    if not 2 <= samples <= MOST_SAMPLES:
        raise ScenarioError("--samples", f"{samples:,}", f"2 to {MOST_SAMPLES:,}")


def unruly(
    scenario: Scenario, now: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Where a draw breaks a rule between two fields of a panel, by the rule."""
    found = {}
    for table in PANELS:
        for low, high in scenario.panel(table).at_most:
            applies = scenario.panel(table).specs[low].applies_where(scenario.value)
            if applies and (low in changes or high in changes):
                found[f"{low} is above {high}."] = now[low] > now[high]
    return found


class _Tally:
    """Results of all samples, and the means of each over bins of each input."""

    def __init__(self, names: Sequence[str], inputs: Sequence[str], samples: int) -> None:
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        self._names, self._inputs, self._samples = names, inputs, samples
        self._bins = min(max(samples // _PER_BIN, _FEWEST_BINS), _MOST_BINS)
        self._results = {name: np.full(samples, np.nan) for name in names}
        shape = (len(inputs), self._bins)
        self._counts = {name: np.zeros(shape) for name in names}
        self._sums = {name: np.zeros(shape) for name in names}
        self._reasons: dict[str, dict[str, tuple[int, str]]] = {name: {} for name in names}

    def add(
        self,
        name: str,
        number: int,
        result: Any,
        gone: Mapping[str, Any],
        shares: Floats,
    ) -> None:
        """Add a chunk's results, nan where a problem is in the way."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        count = shares.shape[1]
        values = np.broadcast_to(np.asarray(result, dtype=np.float64), (count,))
        if gone:
            values = values.copy()
        for mask in gone.values():
            values[np.broadcast_to(mask, (count,))] = np.nan
        self._results[name][number * CHUNK : number * CHUNK + count] = values
        known = ~np.isnan(values)
        whole = bool(known.all())
        for place in range(len(self._inputs)):
            row = shares[place] if whole else shares[place][known]
            bins = (row * self._bins).astype(np.intp)
            weights = values if whole else values[known]
            self._counts[name][place] += np.bincount(bins, minlength=self._bins)
            self._sums[name][place] += np.bincount(bins, weights, minlength=self._bins)

    def blame(
        self,
        name: str,
        number: int,
        said: Mapping[str, Any],
        sentence_of: Callable[[str, int], str],
    ) -> None:
        """Count what is in the way where a chunk's result is missing.

        `said` holds by problem where it is in force, `sentence_of` gives its words for a sample.
        """
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        missing = np.isnan(self._results[name][number * CHUNK : (number + 1) * CHUNK])
        if not missing.any():
            return
        reasons = self._reasons[name]
        for problem, found in said.items():
            here = missing & np.broadcast_to(found, missing.shape)
            if here.any():
                if problem not in reasons:
                    reasons[problem] = 0, sentence_of(problem, int(here.argmax()))
                count, sentence = reasons[problem]
                reasons[problem] = count + int(here.sum()), sentence

    def end(self, samples: int) -> None:
        """Leave it at so many samples, if there are as many."""
        self._samples = min(samples, self._samples)
        self._results = {name: each[: self._samples] for name, each in self._results.items()}

    def simulation(
        self,
        seed: int,
        values: Mapping[str, Any],
        drawn: tuple[str, ...],
        idle: tuple[str, ...],
        aside: tuple[str, ...],
    ) -> Simulation:
        """What came of all samples."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        errs = [MODEL_ERROR] if MODEL_ERROR in self._inputs else []
        known = {name: each[~np.isnan(each)] for name, each in self._results.items()}
        found = Simulation(
            self._samples,
            seed,
            (*drawn, *errs),
            idle,
            {name: self._spread(name, known[name], values) for name in self._names},
            aside=tuple(str(values[problem]) for problem in aside),
            _results=known,
        )
        for name in self._names:
            missing = self._samples - known[name].size
            if missing:
                reasons = self._reasons[name]
                found.missing[name] = missing, max(reasons.values(), default=(0, _UNKNOWN))[1]
        return found

    def _spread(self, name: str, known: Floats, values: Mapping[str, Any]) -> Spread:
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        stated = float(values[name])
        if not known.size:
            return Spread(stated, *(math.nan,) * 5, {}, (), math.nan, math.nan)
        p5, p50, p95 = (float(each) for each in np.percentile(known, (5, 50, 95)))
        mean, std = float(known.mean()), float(known.std())
        low, high = float(known.min()), float(known.max())
        bars = np.histogram(known, bins=_BARS, range=(low, high))[0] / known.size
        shares = self._shares(name, mean, std, known.size)
        return Spread(stated, mean, std, p5, p50, p95, shares, tuple(bars.tolist()), low, high)

    def _shares(self, name: str, mean: float, std: float, count: int) -> dict[str, float]:
        """The variance of each input's bins over the whole, less what chance alone gives."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        if not std > _ROUNDING * abs(mean):
            return {}
        found = {}
        for place, each in enumerate(self._inputs):
            counts, sums = self._counts[name][place], self._sums[name][place]
            filled = counts > 0
            means = sums[filled] / counts[filled]
            share = float(np.sum(counts[filled] * (means - mean) ** 2) / count) / std**2
            chance = min((int(filled.sum()) - 1) / count, 0.5)
            found[each] = max(0.0, (share - chance) / (1 - chance))
        return found


_BARS = 12
# Less spread than this, relative, is the rounding of floats.
_ROUNDING = 1e-12
