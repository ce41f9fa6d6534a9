"""One calibrating run: how well a source's runs are predicted after one of them was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dsexplore.analysis.accuracy.accuracy import comparison
from dsexplore.analysis.accuracy.fit import Fit, path_of, shipped_factors
from dsexplore.analysis.accuracy.posterior import MeasuredStep, posterior
from dsexplore.analysis.accuracy.runs import Run
from dsexplore.engine import evaluate


def calibrated_errors(runs: Sequence[Run], without: Fit) -> dict[str, float]:
    """Signed errors in time after one calibrating run of each stack on each accelerator.

    `without` is a fit that knows none of the runs. The first run of a stack on an accelerator
    calibrates it, and is not among those found; nor is one that stands alone.
    """
    found = {}
    for first, *others in _alike([_as_fitted(run, without) for run in runs]):
        if not others:
            continue
        step = MeasuredStep(first.name, first.scenario, _seconds(first))
        changes: dict[str, object] = dict(
            posterior(first.scenario, [step], for_others=True).changes
        )
        for run in others:
            calibrated = replace(run, scenario=run.scenario.with_values(changes))
            found[run.name] = comparison(calibrated).error
    return found


def _alike(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """The runs of each stack on each accelerator, in their order."""
    groups: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        groups.setdefault((run.stack, run.gpu), []).append(run)
    yield from groups.values()


def _as_fitted(run: Run, found: Fit) -> Run:
    """A run with the factors of a fit in place of those of the presets."""
    factors: dict[str, object] = {
        factor.field: found.value(factor, path_of(run, factor)) for factor in shipped_factors()
    }
    return replace(run, scenario=run.scenario.with_values(factors))


def _seconds(run: Run) -> float:
    """The measured time of a step, whatever was printed of it."""
    predicted = evaluate(run.scenario.inputs(), ["step_time"])["step_time"]
    return float(predicted / (1 + comparison(run).error))
