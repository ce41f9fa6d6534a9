"""Fit: a few factors of accelerators and software, estimated from measured runs at once.

Every factor has a tree of values: one for all accelerators or stacks, one for each family or stack
below it, down to the accelerator or stack itself. Each value is drawn to the one above it, so that
what no run tells of keeps its parent's value. The most likely values are found by damped
Gauss-Newton steps on logarithms of time, predicted over measured. Sources weigh alike, not rows,
and a row far off weighs less than its distance (Huber 1964). All values stay within bounds from
data sheets and traces.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as stated_by
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from dsexplore.analysis.accuracy.runs import Run
from dsexplore.engine import evaluate
from dsexplore.files.toml import read_toml
from dsexplore.library.names import presets_folder
from dsexplore.library.stacks import NEUTRAL, stack_versions

_Array = npt.NDArray[np.float64]

# The ordinary error of a run as a logarithm of its time: it weighs as much as a factor one width
# from what is expected of it.
DENSE_SPREAD = 0.06
MOE_SPREAD = 0.09

# Beyond so many spreads a row's pull no longer grows.
_FAR = 1.5

# Rows of one source repeat its circumstances: n of them weigh as n to this power.
_SOURCE_POWER = 0.5

_STEP = 1e-4
_ROUNDS = 40
_SETTLED = 1e-5


@dataclass(frozen=True, slots=True)
class Factor:
    """A field to fit; `typical` and `width` are of all together.

    It is of accelerators, of training's stacks, or of the engines of serving and RL.
    """

    field: str
    of: Literal["accelerator", "stack", "engine"]
    lowest: float
    highest: float
    typical: float
    # The ordinary distance of what holds for all from typical, and of each value from its parent's;
    # shares of it, or for a factor that may be 0, differences.
    width: float
    spread: float
    # Where a family is known to be another: its own typical value, and that of all in it.
    typical_of: Mapping[str, float] = stated_by(default_factory=dict, hash=False)

    @property
    def is_share(self) -> bool:
        """Whether its distances are shares: logarithms are fitted."""
        return self.lowest > 0

    def inner(self, value: Any) -> Any:
        """The number that is fitted, of a value."""
        return np.log(value) if self.is_share else value

    def outer(self, number: Any) -> Any:
        """The value, of the number that is fitted."""
        return np.exp(number) if self.is_share else number


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a factor: of all, of a family, or of one accelerator or stack."""

    factor: Factor
    # From all down to this one: () is of all.
    path: tuple[str, ...]

    @property
    def typical(self) -> float:
        """What it is drawn to where nothing is known of its level."""
        family = self.path[0] if self.path else ""
        return self.factor.typical_of.get(family, self.factor.typical)

    @property
    def of(self) -> str:
        """What it is a value of, in words."""
        return self.path[-1] if self.path else f"all {self.factor.of}s"


@dataclass(frozen=True, slots=True)
class Fit:
    """Values by factor and path, and the signed error of each run's time."""

    values: dict[Node, float]
    errors: dict[str, float]

    def value(self, factor: Factor, path: Sequence[str]) -> float:
        """The value for an accelerator or stack, or of the nearest above it that has one."""
        for length in range(len(path), -1, -1):
            found = self.values.get(Node(factor, tuple(path[:length])))
            if found is not None:
                return found
        return factor.typical


@cache
def shipped_factors() -> tuple[Factor, ...]:
    """The factors of the presets, in the order of their file."""
    return tuple(Factor(**stated) for stated in _file()["factor"])


@cache
def engine_factors(subject: str) -> tuple[Factor, ...]:
    """The factors of serving or of RL, in the order of their file."""
    stated = read_toml(presets_folder() / "engine_factors.toml")[subject]
    return tuple(Factor(**each) for each in stated)


@cache
def _file() -> dict[str, Any]:
    return read_toml(presets_folder() / "factors.toml")


@cache
def _families() -> dict[str, str]:
    families: dict[str, list[str]] = _file().get("families", {})
    return {member: family for family, members in families.items() for member in members}


def path_of(run: Run, factor: Factor) -> tuple[str, ...]:
    """The path from all down to a run's accelerator, or its stack and the version of that.

    An engine's is its version alone.
    """
    if factor.of == "accelerator":
        return with_family(run.gpu)
    version = (run.software,) if run.software else ()
    return version if factor.of == "engine" else (*with_family(run.stack), *version)


def path_of_preset(name: str) -> tuple[str, ...]:
    """The path of a preset's values: those of all for the neutral stack."""
    if name == NEUTRAL:
        return ()
    stack, *version = stack_versions().get(name, (name,))
    return (*with_family(stack), *version)


def with_family(name: str) -> tuple[str, ...]:
    """The path down to an accelerator or stack: its family, where it has one, and itself."""
    family = _families().get(name)
    return (family, name) if family else (name,)


def fit(
    runs: Sequence[Run], factors: Sequence[Factor] = (), start: Mapping[Node, float] | None = None
) -> Fit:
    """The most likely values of factors, given the runs and what is typical."""
    factors = factors or shipped_factors()
    nodes = _nodes(runs, factors)
    place = {node: number for number, node in enumerate(nodes)}
    centre, rows = _prior(nodes, place)
    numbers = centre.copy()
    for node, value in (start or {}).items():
        if node in place:
            numbers[place[node]] = node.factor.inner(value)
    lowest = np.array([node.factor.inner(node.factor.lowest) for node in nodes])
    highest = np.array([node.factor.inner(node.factor.highest) for node in nodes])
    scale = np.array([_scale(run, _sizes(runs)) for run in runs])
    damping = 1e-3
    residuals, slopes = _linearised(runs, factors, place, numbers)
    loss = _loss(residuals / scale, rows @ (numbers - centre))
    for _ in range(_ROUNDS):
        far = np.abs(residuals / scale) / _FAR
        weight = 1 / (scale**2 * np.maximum(far, 1.0))
        gradient = slopes.T @ (weight * residuals) + rows.T @ (rows @ (numbers - centre))
        curvature = slopes.T @ (weight[:, None] * slopes) + rows.T @ rows
        held = ((numbers <= lowest) & (gradient > 0)) | ((numbers >= highest) & (gradient < 0))
        free = np.flatnonzero(~held)
        inside = curvature[np.ix_(free, free)]
        step = np.linalg.solve(inside + damping * np.diag(np.diag(inside)), gradient[free])
        tried = numbers.copy()
        tried[free] -= step
        tried = np.clip(tried, lowest, highest)
        new_residuals, new_slopes = _linearised(runs, factors, place, tried)
        new_loss = _loss(new_residuals / scale, rows @ (tried - centre))
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
    values = {node: float(node.factor.outer(numbers[place[node]])) for node in nodes}
    found = np.expm1(residuals)
    return Fit(values, {run.name: float(e) for run, e in zip(runs, found, strict=True)})


def errors(runs: Sequence[Run], factors: Sequence[Factor], found: Fit) -> dict[str, float]:
    """Signed error of each run's time, with factors as fitted, perhaps to other runs."""
    return {
        run.name: float(np.expm1(_log_errors(run, _changes(run, factors, found))[0]))
        for run in runs
    }


def left_out_by_source(
    runs: Sequence[Run], files: Container[str] = (), factors: Sequence[Factor] = ()
) -> dict[str, float]:
    """Signed error of each run's time, fitted to the runs of all other sources (files) only.

    Of the runs of some files, or of all.
    """
    factors = factors or shipped_factors()
    found = {}
    for out, without in fits_without_sources(runs, files, factors):
        found.update(errors(out, factors, without))
    return found


def fits_without_sources(
    runs: Sequence[Run], files: Container[str] = (), factors: Sequence[Factor] = ()
) -> Iterator[tuple[list[Run], Fit]]:
    """The runs of each source (file) in turn, and the fit to the runs of all others.

    Of some files, or of all.
    """
    factors = factors or shipped_factors()
    whole = fit(runs, factors)
    for file in dict.fromkeys(run.file for run in runs if not files or run.file in files):
        out = [run for run in runs if run.file == file]
        rest = [run for run in runs if run.file != file]
        yield out, fit(rest, factors, start=whole.values)


def _changes(run: Run, factors: Sequence[Factor], found: Fit) -> dict[str, Any]:
    return {f.field: np.array([found.value(f, path_of(run, f))]) for f in factors}


def _nodes(runs: Sequence[Run], factors: Sequence[Factor]) -> list[Node]:
    nodes: dict[Node, None] = {}
    for factor in factors:
        nodes[Node(factor, ())] = None
        for run in runs:
            path = path_of(run, factor)
            for length in range(1, len(path) + 1):
                nodes[Node(factor, path[:length])] = None
    return list(nodes)


def _prior(nodes: Sequence[Node], place: Mapping[Node, int]) -> tuple[_Array, _Array]:
    """Typical numbers, and rows that turn distances from them into widths from the parent."""
    centre = np.array([node.factor.inner(node.typical) for node in nodes], dtype=float)
    rows = np.zeros((len(nodes), len(nodes)))
    for number, node in enumerate(nodes):
        factor = node.factor
        if node.path:
            rows[number, number] = 1 / factor.spread
            rows[number, place[Node(factor, node.path[:-1])]] = -1 / factor.spread
        else:
            rows[number, number] = 1 / factor.width
    return centre, rows


def _sizes(runs: Sequence[Run]) -> Counter[str]:
    return Counter(run.file for run in runs)


def _scale(run: Run, sizes: Mapping[str, int]) -> float:
    """The ordinary error of a run, larger where many share its source."""
    spread = MOE_SPREAD if run.is_moe else DENSE_SPREAD
    return spread * math.sqrt(sizes[run.file] ** (1 - _SOURCE_POWER))


def _loss(residuals: _Array, from_typical: _Array) -> float:
    far = np.abs(residuals)
    near = np.minimum(far, _FAR)
    return float(np.sum(near * (2 * far - near)) + from_typical @ from_typical)


def _linearised(
    runs: Sequence[Run], factors: Sequence[Factor], place: Mapping[Node, int], numbers: _Array
) -> tuple[_Array, _Array]:
    """Logarithms of predicted over measured time, and their slopes over the numbers."""
    residuals = np.zeros(len(runs))
    slopes = np.zeros((len(runs), len(numbers)))
    for row, run in enumerate(runs):
        columns = [place[Node(factor, path_of(run, factor))] for factor in factors]
        at = numbers[columns]
        points = np.vstack([at, at + _STEP * np.eye(len(factors))])
        changes = {f.field: f.outer(points[:, column]) for column, f in enumerate(factors)}
        logs = _log_errors(run, changes)
        residuals[row] = logs[0]
        slopes[row, columns] = (logs[1:] - logs[0]) / _STEP
    return residuals, slopes


def _log_errors(run: Run, changes: Mapping[str, Any]) -> _Array:
    """Logarithm of predicted over measured time, at each value of the changed fields."""
    figure = run.figures[0]
    found = evaluate({**run.scenario.inputs(), **changes}, figure.needs)
    logs = np.log1p(figure.error(figure.predicted(found)))
    shape = np.broadcast_shapes(*(np.shape(value) for value in changes.values()))
    return np.broadcast_to(logs, shape)
