"""Accuracy: the predictions of the step-time model beside published speeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dsexplore.analysis.accuracy.runs import Run
from dsexplore.engine import evaluate
from dsexplore.engine.effect import without_effect
from dsexplore.text.grouped import grouped

_NO_LAYOUT = "no layout is published, so no step is predicted."
_GUESSED = "the number of GPUs is assumed; shown, and left out of the mean and maximum."
_IMPOSSIBLE = "nothing can be predicted of this layout."

# By whether it is an MFU (else an HFU), and whether attention counts as its causal half.
_PREDICTS = {
    (True, True): "predicted_mfu",
    (True, False): "predicted_mfu_full",
    (False, True): "predicted_hfu",
    (False, False): "predicted_hfu_full",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One run: its measured and predicted figure, and the signed error as a share of the first."""

    name: str
    quantity: str
    measured: float
    predicted: float
    error: float
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """All runs. The mean and the largest error are over the runs with a known cluster.

    Each warning is said once, however many runs it is about.
    """

    runs: tuple[Comparison, ...]
    mean_absolute_error: float
    max_absolute_error: float
    warnings: tuple[str, ...]


def accuracy(runs: Sequence[Run]) -> Accuracy:
    """Predicted against measured for each run with a layout, in its own way of counting."""
    compared = [comparison(run) for run in runs if run.is_laid_out]
    guessed = [found.name for found in compared if "num_gpus" in found.assumed]
    impossible = [found.name for found in compared if math.isnan(found.error)]
    said = [(run.name, warning) for run in runs for warning in run.warnings]
    said += [(run.name, sentence) for run in runs for sentence in _without_effect(run)]
    said += [(run.name, _NO_LAYOUT) for run in runs if not run.is_laid_out]
    said += [(name, _GUESSED) for name in guessed]
    said += [(name, _IMPOSSIBLE) for name in impossible]
    counted = [abs(found.error) for found in compared if found.name not in (*guessed, *impossible)]
    return Accuracy(
        runs=tuple(compared),
        mean_absolute_error=sum(counted) / len(counted) if counted else math.nan,
        max_absolute_error=max(counted, default=math.nan),
        warnings=tuple(grouped(said, "runs")),
    )


def _without_effect(run: Run) -> list[str]:
    """A sentence on each stated field that the run's own choices make no use of."""
    return without_effect(run.scenario, run.stated) if run.is_laid_out else []


def comparison(run: Run) -> Comparison:
    """One run's prediction against its measurement."""
    shown_as, computed = compared_quantity(run)
    predicted = evaluate(run.scenario.inputs(), [computed])[computed]
    measured = float(run.measured[shown_as])
    return Comparison(
        run.name, shown_as, measured, predicted, predicted / measured - 1, run.assumed
    )


def compared_quantity(run: Run) -> tuple[str, str]:
    """The measured figure to compare, and the quantity that predicts it in the run's counting."""
    if "step_time" in run.measured:
        return "step_time", "step_time"
    shown_as = "mfu" if "mfu" in run.measured else "hfu"
    # A figure with recomputed FLOP in it is an HFU, whatever its name.
    is_mfu = shown_as == "mfu" and not run.counts_recompute
    return shown_as, _PREDICTS[is_mfu, run.is_causal]
