"""Pairs of runs that differ in precision alone: the measured gain beside the predicted one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dsexplore.analysis.accuracy.accuracy import Comparison
from dsexplore.analysis.accuracy.runs import Run
from dsexplore.scenario.fields import FIELDS

# What a lower precision brings along.
_OF_PRECISION = (
    *("precision", "fp8_recipe", "dispatch_precision", "combine_precision"),
    "activation_precision",
)


@dataclass(frozen=True, slots=True)
class Gain:
    """One layout in two precisions: times of a step in BF16 over times in the lower one."""

    name: str
    other: str
    measured: float
    predicted: float

    @property
    def error(self) -> float:
        """Above 0 where too much is gained."""
        return self.predicted / self.measured - 1


def gains(runs: Sequence[Run], compared: Sequence[Comparison]) -> list[Gain]:
    """All pairs of one source and version with equal fields but those of precision.

    Both runs of a pair have a measured step.
    """
    timed = {found.name: found for found in compared if found.quantity == "step_time"}
    alike: dict[tuple[object, ...], dict[str, Comparison]] = {}
    for run in runs:
        if run.name in timed:
            found = timed[run.name]
            alike.setdefault(_layout(run), {}).setdefault(found.precision, found)
    return [
        Gain(
            name=lower.name,
            other=group["bf16"].name,
            measured=group["bf16"].measured / lower.measured,
            predicted=group["bf16"].predicted / lower.predicted,
        )
        for group in alike.values()
        if "bf16" in group
        for precision, lower in group.items()
        if precision != "bf16"
    ]


def _layout(run: Run) -> tuple[object, ...]:
    values = (run.scenario.value(name) for name in FIELDS if name not in _OF_PRECISION)
    return (run.file, run.software, *values)
