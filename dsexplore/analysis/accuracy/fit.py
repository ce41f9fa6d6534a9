"""Calibration: the few factors of accelerators and software stacks, fitted to published runs.

Least squares on the logarithm of predicted over measured. Every factor stays within bounds from
data sheets or traces, and near its typical value where the runs say little. Nothing is fitted to
one run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from dsexplore.analysis.accuracy.accuracy import compared_quantity
from dsexplore.analysis.accuracy.runs import Run
from dsexplore.engine import evaluate
from dsexplore.files.toml import read_toml
from dsexplore.library.names import presets_folder

_Array = npt.NDArray[np.float64]

# The ordinary error of a run, as a share. It weighs as much as a factor one width from typical.
RUN_SPREAD = 0.02

# A printed part of a step says less: sources differ in where one part ends and the next begins.
PART_SPREAD = 0.05

PARTS = {
    "forward": "forward_alone_time",
    "bubble": "idle_time",
    "backward": "backward_alone_time",
    "weight_backward": "weight_backward_time",
    "overlapped_1f1b": "overlapped_1f1b_time",
    "optimizer": "update_time",
}

_STEP = 1e-5

_ROUNDS = 60

_SETTLED = 1e-7


@dataclass(frozen=True, slots=True)
class Factor:
    """One field to fit, for all runs on some accelerators or on one software stack."""

    field: str
    of: tuple[str, ...]
    lowest: float
    highest: float
    typical: float
    # The ordinary distance from typical.
    width: float

    @property
    def label(self) -> str:
        """The field, and the accelerators or stack it is of."""
        return f"{self.field} of {', '.join(self.of)}"

    def applies_to(self, run: Run) -> bool:
        """Whether a run depends on it."""
        return run.gpu in self.of or run.stack in self.of


@dataclass(frozen=True, slots=True)
class Fit:
    """Fitted values by factor, and the signed error of each run, fitted and left out of the fit."""

    values: dict[Factor, float]
    errors: dict[str, float]
    left_out_errors: dict[str, float]


@cache
def shipped_factors() -> tuple[Factor, ...]:
    """The factors of the presets, in the order of their file."""
    return tuple(
        Factor(**{**stated, "of": tuple(stated["of"])})
        for stated in read_toml(presets_folder() / "factors.toml")["factor"]
    )


def calibrate(runs: Sequence[Run]) -> Fit:
    """Fit the shipped factors to runs, and again without each run in turn."""
    used = [factor for factor in shipped_factors() if any(factor.applies_to(run) for run in runs)]
    fitted = fit(runs, used)
    left_out = {}
    for run in runs:
        others = [other for other in runs if other is not run]
        without = fit(others, used, start=fitted)
        left_out[run.name] = float(errors([run], used, without)[0])
    found = errors(runs, used, fitted)
    return Fit(
        values=dict(zip(used, map(float, fitted), strict=True)),
        errors={run.name: float(error) for run, error in zip(runs, found, strict=True)},
        left_out_errors=left_out,
    )


def fit(runs: Sequence[Run], factors: Sequence[Factor], start: _Array | None = None) -> _Array:
    """The most likely values of factors within their bounds, given the runs and typical values.

    Damped Gauss-Newton steps over the factors that are not held at a bound.
    """
    typical, width, lowest, highest = (
        np.array([getattr(factor, name) for factor in factors])
        for name in ("typical", "width", "lowest", "highest")
    )
    values = typical.copy() if start is None else start.copy()
    damping = 1e-3
    residuals, slopes = _linearised(runs, factors, values)
    loss = _loss(residuals, (values - typical) / width)
    for _ in range(_ROUNDS):
        gradient = slopes.T @ residuals + (values - typical) / width**2
        is_held = ((values <= lowest) & (gradient > 0)) | ((values >= highest) & (gradient < 0))
        free = np.flatnonzero(~is_held)
        curvature = slopes[:, free].T @ slopes[:, free] + np.diag(1 / width[free] ** 2)
        damped = curvature + damping * np.diag(np.diag(curvature))
        tried = values.copy()
        tried[free] -= np.linalg.solve(damped, gradient[free])
        tried = np.clip(tried, lowest, highest)
        new_residuals, new_slopes = _linearised(runs, factors, tried)
        new_loss = _loss(new_residuals, (tried - typical) / width)
        if new_loss >= loss:
            damping *= 10
            if damping > 1e8:
                break
            continue
        has_settled = loss - new_loss < _SETTLED * loss
        values, residuals, slopes, loss = tried, new_residuals, new_slopes, new_loss
        damping /= 10
        if has_settled:
            break
    return values


def errors(runs: Sequence[Run], factors: Sequence[Factor], values: _Array) -> _Array:
    """Signed error of each run as a share of the measured figure, with factors at these values."""
    found = []
    for run in runs:
        shown_as, name = compared_quantity(run)
        predicted = _predictions(run, factors, values[None, :], [name])[name][0]
        found.append(predicted / float(run.measured[shown_as]) - 1)
    return np.array(found)


def _loss(residuals: _Array, from_typical: _Array) -> float:
    return float(residuals @ residuals + from_typical @ from_typical)


def _linearised(
    runs: Sequence[Run], factors: Sequence[Factor], values: _Array
) -> tuple[_Array, _Array]:
    """Residuals of the runs and their slopes over the factors, in spreads."""
    steps = np.array([_STEP * (factor.highest - factor.lowest) for factor in factors])
    points = np.vstack([values, values + np.diag(steps)])
    logs = np.vstack([_residuals(run, factors, points) for run in runs])
    return logs[:, 0], (logs[:, 1:] - logs[:, :1]) / steps


def _residuals(run: Run, factors: Sequence[Factor], points: _Array) -> _Array:
    """Logarithms of predicted over measured in spreads: a row per figure, a column per point."""
    shown_as, quantity = compared_quantity(run)
    figures = {quantity: (float(run.measured[shown_as]), RUN_SPREAD)}
    for part, measured in run.measured.get("parts", {}).items():
        if part in PARTS:
            figures[PARTS[part]] = (float(measured), PART_SPREAD)
    predicted = _predictions(run, factors, points, list(figures))
    return np.vstack(
        [
            np.log(predicted[name] / measured) / spread
            for name, (measured, spread) in figures.items()
        ]
    )


def _predictions(
    run: Run, factors: Sequence[Factor], points: _Array, names: list[str]
) -> dict[str, _Array]:
    """Predictions of a run at points in the space of the factors."""
    changed: Mapping[str, Any] = {
        factor.field: points[:, column]
        for column, factor in enumerate(factors)
        if factor.applies_to(run)
    }
    found = evaluate({**run.scenario.inputs(), **changed}, names)
    shape = (len(points),)
    return {name: np.broadcast_to(np.asarray(v, dtype=float), shape) for name, v in found.items()}
