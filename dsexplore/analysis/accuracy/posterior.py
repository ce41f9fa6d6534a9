"""Posterior: the factors of a software stack, updated by measured steps.

Each factor is expected where the scenario has it, within its ordinary distance between stacks
(presets/factors.toml). The most likely values given the measured steps are found by damped
Gauss-Newton steps, on logarithms of times and of factors, within the bounds of each factor. A step
differs from its prediction by its measurement's error, and by what the formulas themselves miss of
its model and layout: that tells nothing of the stack. For the scenario's own sake its factors take
that in; a stack for others leaves it, as it leaves what no factor in its bounds explains.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from dsexplore.analysis.accuracy.fit import Factor, shipped_factors
from dsexplore.analysis.accuracy.measured import STEP_TIME
from dsexplore.analysis.accuracy.runs import Run
from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import FIELDS, Scenario

_Array = npt.NDArray[np.float64]

# The ordinary error of a measured step, as a logarithm: no prediction is surer than that.
MEASURED_SPREAD = 0.025

_SPREAD = "software_spread"
# What the formulas miss of a step by themselves.
_MISSED = "model_spread"
_STEP = 1e-4
_ROUNDS = 40
_SETTLED = 1e-9
# A factor that moves a step by less than this per unit of its number tells nothing of it.
_IDLE = 1e-9
_NAMED = 3


@dataclass(frozen=True, slots=True)
class MeasuredStep:
    """A measured step: a name, the scenario that ran, and the time of a step in seconds."""

    name: str
    scenario: Scenario
    seconds: float


@dataclass(frozen=True, slots=True)
class Updated:
    """A factor before and after: its value, and its ordinary distance from it.

    The distance is a share of the value, or a difference for a factor that may be 0.
    """

    factor: Factor
    prior: float
    prior_spread: float
    posterior: float
    spread: float

    @property
    def is_at_bound(self) -> bool:
        """Whether it would have to leave its bounds to explain more."""
        ends = (self.factor.lowest, self.factor.highest)
        return any(math.isclose(self.posterior, end, rel_tol=1e-9) for end in ends)


@dataclass(frozen=True, slots=True)
class Explained:
    """A measured step beside its predictions before and after, in seconds."""

    step: MeasuredStep
    before: float
    after: float

    # What a measurement and the formulas miss of such a step, as a logarithm.
    ordinary: float

    @property
    def unexplained(self) -> float:
        """The measured time over the prediction after, less one."""
        return self.step.seconds / self.after - 1


@dataclass(frozen=True, slots=True)
class Posterior:
    """Factors and steps before and after, and the scenario with the factors after.

    `spread` is the log standard deviation of a step that is due to the stack: of its factors, and
    of what they leave unexplained; never less than a measurement's own.
    """

    scenario: Scenario
    factors: tuple[Updated, ...]
    steps: tuple[Explained, ...]
    prior_spread: float
    spread: float

    @property
    def changes(self) -> dict[str, float]:
        """The fields of the stack with their values after."""
        return {
            **{each.factor.field: each.posterior for each in self.factors},
            _SPREAD: self.spread,
        }

    @property
    def notes(self) -> dict[str, str]:
        """Where each of these values is from, by field."""
        return {name: said for name, said in self.scenario.notes.items() if name in self.changes}


def posterior(
    scenario: Scenario, steps: Sequence[MeasuredStep], *, for_others: bool = False
) -> Posterior:
    """The stack of a scenario after steps measured with it, perhaps of other models and layouts.

    Each step's scenario has the stack's factors as the scenario has them. `for_others` says that
    the stack is for other models and layouts than the scenario's own.
    """
    factors = _moving(scenario, steps)
    prior = _Prior.of(scenario, factors)
    errors = _errors(steps, None if for_others else scenario)
    weight = np.asarray(np.linalg.inv(errors), dtype=float)
    numbers = _most_likely(prior, steps, weight)
    residuals, slopes = _linearised(prior, steps, numbers)
    free = ~prior.holds(numbers, slopes.T @ weight @ residuals)
    covariance = _covariance(slopes[:, free], weight, prior.spread[free])
    ordinary = np.sqrt(np.diag(errors))
    unexplained = float(np.max(np.abs(residuals) - ordinary))
    of_factors = float(np.sqrt(max(_predictive(slopes[:, free], covariance), default=0.0)))
    distances = prior.spread.copy()
    distances[free] = np.sqrt(np.diag(covariance))
    values = prior.outer(numbers)
    prior_spread = float(scenario.inputs()[_SPREAD])
    # A measured step makes nobody less sure of a stack, but for what stays unexplained.
    of_factors = min(of_factors, prior_spread)
    spread = max(math.hypot(of_factors, max(unexplained, 0.0)), MEASURED_SPREAD)
    spread = min(spread, FIELDS[_SPREAD].maximum or spread)
    updated = tuple(
        Updated(factor, prior.values[place], prior.spread[place], values[place], distances[place])
        for place, factor in enumerate(factors)
    )
    before, after = (
        np.exp(_log_times(prior, steps, at[None, :])[:, 0]) for at in (prior.centre, numbers)
    )
    explained = tuple(
        Explained(step, float(was), float(now), float(misses))
        for step, was, now, misses in zip(steps, before, after, ordinary, strict=True)
    )
    changed: dict[str, object] = {each.factor.field: each.posterior for each in updated}
    calibrated = scenario.with_values({**changed, _SPREAD: spread})
    notes = {**calibrated.notes, **_notes(updated, steps)}
    calibrated = replace(calibrated, notes=notes)
    return Posterior(calibrated, updated, explained, prior_spread, spread)


def _notes(updated: Sequence[Updated], steps: Sequence[MeasuredStep]) -> dict[str, str]:
    """Where each factor is from now, by field."""
    named = "; ".join(f"{step.seconds:.4g} s of {step.name}" for step in steps[:_NAMED])
    more = f" and {len(steps) - _NAMED} more" if len(steps) > _NAMED else ""
    by = f"measured step{'s' * (len(steps) > 1)}: {named}{more}."
    said = {
        each.factor.field: f"{each.prior:.4g}, updated by {by}"
        for each in updated
        if each.posterior != each.prior
    }
    return {**said, _SPREAD: f"What the factors leave uncertain after {by}"}


def steps_of_runs(scenario: Scenario, runs: Sequence[Run]) -> list[MeasuredStep]:
    """The measured steps of runs, by whatever they say of a step's time; others are left out.

    Each runs with the stack of the scenario.
    """
    stack = {
        factor.field: scenario.value(factor.field)
        for factor in shipped_factors()
        if factor.of == "stack"
    }
    found = []
    for run in runs:
        figure = run.figures[0]
        if figure.relation not in ("time", "rate"):
            continue
        values = evaluate(run.scenario.inputs(), [*figure.needs, STEP_TIME])
        seconds = values[STEP_TIME] / (1 + figure.error(figure.predicted(values)))
        if math.isfinite(seconds):
            found.append(MeasuredStep(run.name, run.scenario.with_values(dict(stack)), seconds))
    return found


def _errors(steps: Sequence[MeasuredStep], own: Scenario | None) -> _Array:
    """The covariance of what measurements and formulas miss of steps, as logarithms.

    Steps of one scenario share what the formulas miss of it. Those of an `own` one are met.
    """
    misses = [
        0.0 if step.scenario == own else evaluate(step.scenario.inputs(), [_MISSED])[_MISSED]
        for step in steps
    ]
    shared = [[one.scenario == other.scenario for other in steps] for one in steps]
    of_formulas = np.outer(misses, misses) * np.array(shared, dtype=float)
    return np.asarray(of_formulas + MEASURED_SPREAD**2 * np.eye(len(steps)), dtype=float)


@dataclass(frozen=True, slots=True)
class _Prior:
    """What is expected of each factor, as the numbers that are updated."""

    factors: tuple[Factor, ...]
    values: list[float]
    centre: _Array
    spread: _Array
    lowest: _Array
    highest: _Array

    @classmethod
    def of(cls, scenario: Scenario, factors: Sequence[Factor]) -> _Prior:
        """Around the values of a scenario; one beyond a factor's bounds begins at the bound."""
        inputs = scenario.inputs()
        lowest = np.array([factor.inner(factor.lowest) for factor in factors], dtype=float)
        highest = np.array([factor.inner(factor.highest) for factor in factors], dtype=float)
        values = [float(inputs[factor.field]) for factor in factors]
        inside = [
            factor.inner(min(max(value, factor.lowest), factor.highest))
            for factor, value in zip(factors, values, strict=True)
        ]
        spread = np.array([factor.spread for factor in factors], dtype=float)
        return cls(tuple(factors), values, np.array(inside, dtype=float), spread, lowest, highest)

    def outer(self, numbers: _Array) -> list[float]:
        """The values of the factors, of their numbers."""
        return [
            float(np.clip(factor.outer(number), factor.lowest, factor.highest))
            for factor, number in zip(self.factors, numbers, strict=True)
        ]

    def gradient(self, numbers: _Array) -> _Array:
        """How fast the distance from what is expected grows."""
        return (numbers - self.centre) / self.spread**2

    def holds(self, numbers: _Array, gradient: _Array) -> npt.NDArray[np.bool_]:
        """The factors at a bound that would leave it."""
        pull = gradient + self.gradient(numbers)
        return ((numbers <= self.lowest) & (pull > 0)) | ((numbers >= self.highest) & (pull < 0))


def _most_likely(prior: _Prior, steps: Sequence[MeasuredStep], weight: _Array) -> _Array:
    numbers, damping = prior.centre.copy(), 1e-3
    residuals, slopes = _linearised(prior, steps, numbers)
    loss = _loss(prior, residuals, weight, numbers)
    for _ in range(_ROUNDS):
        pull = slopes.T @ weight @ residuals
        free = np.flatnonzero(~prior.holds(numbers, pull))
        inside = slopes[:, free].T @ weight @ slopes[:, free]
        inside += np.diag(1 / prior.spread[free] ** 2)
        gradient = (pull + prior.gradient(numbers))[free]
        tried = numbers.copy()
        tried[free] -= np.linalg.solve(inside + damping * np.diag(np.diag(inside)), gradient)
        tried = np.clip(tried, prior.lowest, prior.highest)
        new_residuals, new_slopes = _linearised(prior, steps, tried)
        new_loss = _loss(prior, new_residuals, weight, tried)
        if not new_loss < loss:
            damping *= 10
            if damping > 1e6:
                break
            continue
        has_settled = loss - new_loss < _SETTLED * loss
        numbers, residuals, slopes, loss = tried, new_residuals, new_slopes, new_loss
        damping /= 10
        if has_settled:
            break
    return numbers


def _loss(prior: _Prior, residuals: _Array, weight: _Array, numbers: _Array) -> float:
    from_expected = (numbers - prior.centre) / prior.spread
    return float(residuals @ weight @ residuals) + float(from_expected @ from_expected)


def _linearised(
    prior: _Prior, steps: Sequence[MeasuredStep], numbers: _Array
) -> tuple[_Array, _Array]:
    """Logarithms of predicted over measured time, and their slopes over the numbers."""
    points = np.vstack([numbers, numbers + _STEP * np.eye(len(numbers))])
    measured = np.log([step.seconds for step in steps])
    logs = _log_times(prior, steps, points) - measured[:, None]
    return logs[:, 0], (logs[:, 1:] - logs[:, :1]) / _STEP


def _log_times(prior: _Prior, steps: Sequence[MeasuredStep], points: _Array) -> _Array:
    """Logarithms of the predicted times: a row per step, a column per point."""
    changes: Mapping[str, Any] = {
        factor.field: factor.outer(points[:, column]) for column, factor in enumerate(prior.factors)
    }
    rows = [
        np.broadcast_to(
            np.log(evaluate({**step.scenario.inputs(), **changes}, [STEP_TIME])[STEP_TIME]),
            (len(points),),
        )
        for step in steps
    ]
    return np.vstack(rows)


def _moving(scenario: Scenario, steps: Sequence[MeasuredStep]) -> tuple[Factor, ...]:
    """The factors of stacks that move any of the steps."""
    factors = tuple(factor for factor in shipped_factors() if factor.of == "stack")
    prior = _Prior.of(scenario, factors)
    _, slopes = _linearised(prior, steps, prior.centre)
    moves = np.abs(slopes).max(axis=0) > _IDLE
    return tuple(factor for factor, is_moving in zip(factors, moves, strict=True) if is_moving)


def _covariance(slopes: _Array, weight: _Array, spread: _Array) -> _Array:
    inverse = slopes.T @ weight @ slopes + np.diag(1 / spread**2)
    return np.asarray(np.linalg.inv(inverse), dtype=float)


def _predictive(slopes: _Array, covariance: _Array) -> list[float]:
    """The variance of each step's logarithm that the factors leave."""
    return [float(row @ covariance @ row) for row in slopes]
