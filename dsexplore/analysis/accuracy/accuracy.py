"""Accuracy: the predictions of the step-time model beside published speeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from dsexplore.analysis.accuracy.evidence import case_of
from dsexplore.analysis.accuracy.measured import (
    STEP_TIME,
    TRAINING,
    Figure,
    Relation,
    part_figures,
    subject_of,
)
from dsexplore.analysis.accuracy.runs import Run
from dsexplore.engine import QUANTITIES, evaluate, unknowns_in, warnings_in
from dsexplore.engine.effect import without_effect
from dsexplore.engine.elementwise import ratio
from dsexplore.text.grouped import grouped

_NO_LAYOUT = "no layout is published, so no step is predicted."
_GUESSED = "the number of GPUs is assumed; shown, and left out of the mean and maximum."
_IMPOSSIBLE = "nothing can be predicted of this layout."
# The ends of a quantity's interval, and the names of that of a step's time.
_ENDS = ("_low", "_high")
_INTERVAL = ("predicted_step_time_low", "predicted_step_time_high")
_OF_TIME = ("time", "rate")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measured figure and its prediction, in the figure's unit.

    `error` is of time, as a share, above 0 where the prediction is too slow; of memory and of parts
    it is their own. 80 % of measurements are expected from `low` to `high`; nan where unknown.
    """

    name: str
    quantity: str
    unit: str
    relation: Relation
    measured: float
    predicted: float
    error: float
    low: float
    high: float
    assumed: tuple[str, ...]
    file: str
    gpu: str
    stack: str
    precision: str
    recipe: str
    kind: str

    @property
    def is_covered(self) -> bool | None:
        """Whether what was measured lies in the interval; None without one."""
        if math.isnan(self.low) or math.isnan(self.high):
            return None
        return self.low <= self.measured <= self.high

    @property
    def is_counted(self) -> bool:
        """Whether its error is known and its cluster is no guess."""
        return math.isfinite(self.error) and "num_gpus" not in self.assumed


@dataclass(frozen=True, slots=True)
class Errors:
    """Errors of some figures, as shares: sizes, the mean with its sign, and the share covered."""

    runs: int
    mean: float
    median: float
    worst: float
    bias: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """All runs. The sums are over the runs with a known cluster and a predicted figure.

    Each warning is said once, however many runs it is about.
    """

    runs: tuple[Comparison, ...]
    # What runs measured beside a step's time: memory, and parts of a step. Errors are their own.
    memory: tuple[Comparison, ...]
    parts: tuple[Comparison, ...]
    warnings: tuple[str, ...]

    @property
    def errors(self) -> Errors:
        """The errors in time of all runs."""
        return errors_of(self.runs)


# What runs can be grouped by, and how each is found.
GROUPS: Mapping[str, Callable[[Comparison], str]] = {
    "source": lambda found: found.file,
    "gpu": lambda found: found.gpu,
    "stack": lambda found: found.stack,
    "precision": lambda found: found.precision,
    "recipe": lambda found: found.recipe or found.precision,
    "kind": lambda found: found.kind,
}


def accuracy(runs: Sequence[Run]) -> Accuracy:
    """Predicted against measured for each run with a layout, in its own way of counting."""
    laid_out = [run for run in runs if run.is_laid_out]
    compared = [(run, comparisons(run)) for run in laid_out]
    timed = [found[0] for _, found in compared if found[0].relation in _OF_TIME]
    beside = [each for _, found in compared for each in found if each.relation not in _OF_TIME]
    guessed = [found.name for found in timed if "num_gpus" in found.assumed]
    by_name = {run.name: run for run in laid_out}
    said = [(run.name, warning) for run in runs for warning in run.warnings]
    said += [(run.name, each) for run in laid_out for each in _without_effect(run)]
    said += [(run.name, _NO_LAYOUT) for run in runs if not run.is_laid_out]
    said += [(name, _GUESSED) for name in guessed]
    said += [
        (found.name, _why_unknown(by_name[found.name]))
        for found in timed
        if math.isnan(found.error)
    ]
    return Accuracy(
        runs=tuple(timed),
        memory=tuple(each for each in beside if each.relation == "memory"),
        parts=tuple(each for each in beside if each.relation == "other"),
        warnings=tuple(grouped(said, "runs")),
    )


def errors_of(found: Iterable[Comparison]) -> Errors:
    """The sums of the figures that count; nan where there is none."""
    counted = [each for each in found if each.is_counted]
    sizes = [abs(each.error) for each in counted]
    covered = [each.is_covered for each in counted if each.is_covered is not None]
    if not sizes:
        return Errors(0, *[math.nan] * 5)
    return Errors(
        runs=len(sizes),
        mean=fmean(sizes),
        median=median(sizes),
        worst=max(sizes),
        bias=fmean(each.error for each in counted),
        coverage=fmean(covered) if covered else math.nan,
    )


def grouped_errors(found: Sequence[Comparison], by: str) -> dict[str, Errors]:
    """The sums by group (`GROUPS`), groups in the order of their names."""
    key = GROUPS[by]
    groups: dict[str, list[Comparison]] = {}
    for each in found:
        groups.setdefault(key(each), []).append(each)
    return {name: errors_of(groups[name]) for name in sorted(groups)}


def comparison(run: Run) -> Comparison:
    """The prediction of the figure that stands for the run, beside its measurement."""
    return comparisons(run)[0]


def comparisons(run: Run) -> list[Comparison]:
    """Predictions of a run's first figure, of its memory and its parts, beside what was measured.

    Further figures of a step's time say the same as the first, and are left out.
    """
    figures = [figure for figure in run.figures if figure.relation != "kept"]
    beside = [figure for figure in figures[1:] if figure.relation not in _OF_TIME]
    wanted = [*figures[:1], *beside, *part_figures(run.measured)]
    names = {name for figure in wanted for name in figure.needs}
    ends = {f"{name}{end}" for name in names for end in _ENDS}
    asked = names | ({STEP_TIME, *_INTERVAL, *ends} & QUANTITIES.keys())
    values = evaluate(run.scenario.inputs(), asked)
    return [_compared(run, figure, values) for figure in wanted]


def _why_unknown(run: Run) -> str:
    """A sentence on why nothing can be predicted of a run."""
    inputs = run.scenario.inputs()
    values = {**inputs, **evaluate(inputs)}
    needs = [name for name in run.figures[0].needs if name in QUANTITIES]
    reasons = [*unknowns_in(values).reasons(needs[0])[:1], *warnings_in(values, needs)]
    return f"nothing can be predicted: {'; '.join(reasons)}" if reasons else _IMPOSSIBLE


def _without_effect(run: Run) -> list[str]:
    """A sentence on each stated field that the run's own choices make no use of."""
    return without_effect(run.scenario, run.stated, is_tried=False)


def _compared(run: Run, figure: Figure, values: Mapping[str, float]) -> Comparison:
    predicted, case = figure.predicted(values), case_of(run.scenario)
    low, high = _interval(figure, predicted, values)
    return Comparison(
        name=run.name,
        quantity=figure.name,
        unit=figure.unit,
        relation=figure.relation,
        measured=figure.value,
        predicted=predicted,
        error=figure.error(predicted),
        low=low,
        high=high,
        assumed=run.assumed,
        file=run.file,
        gpu=run.gpu,
        stack=run.stack,
        precision=case.precision,
        recipe=case.recipe,
        kind=case.kind,
    )


def _interval(figure: Figure, predicted: float, values: Mapping[str, float]) -> tuple[float, float]:
    """Where 80 % of measurements lie: that of a step's time carried over, or the figure's own."""
    own = bool(figure.needs) and subject_of(figure.needs[0]) != TRAINING
    if figure.relation in _OF_TIME and _INTERVAL[0] in values and not own:
        low, high = (ratio(values[name], values[STEP_TIME]) for name in _INTERVAL)
        return figure.scaled(predicted, low, high)
    low, high = (values.get(f"{figure.needs[0]}{end}", math.nan) for end in _ENDS)
    return low, high
