"""A session of measuring: subjects in turn, each with its share of the time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dsexplore.measure.attention import attention
from dsexplore.measure.decoding import decoding
from dsexplore.measure.device import Device
from dsexplore.measure.launches import launches
from dsexplore.measure.measurement import Kernel, Measurement, Precision, Recipe, Timing
from dsexplore.measure.memory import memory_bound
from dsexplore.measure.products import grouped_products, products
from dsexplore.measure.timing import least_time
from dsexplore.measure.trial import Trial

# No single size needs longer.
_LONGEST_TRIAL = 1.0

# Told after every size: the subject, and the share of the time gone.
Report = Callable[[str, float], None]
Family = tuple[Kernel, Precision, Recipe]


class Subject(NamedTuple):
    """What is measured together, and its weight when time is shared."""

    name: str
    weight: float
    trials: Callable[[Device], list[Trial]]


SUBJECTS = (
    Subject("launches", 1, launches),
    Subject("memory-bound kernels", 1, memory_bound),
    Subject("matrix products", 5, products),
    Subject("grouped products", 2, grouped_products),
    Subject("attention", 3, attention),
    Subject("decoding", 2, decoding),
)


@dataclass(slots=True)
class Found:
    """What was measured, why the rest was not, and the device's state in between."""

    measurements: list[Measurement] = field(default_factory=list)
    state: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def measure(
    device: Device,
    seconds: float,
    report: Report,
    *,
    subjects: Sequence[Subject] = SUBJECTS,
    clock: Callable[[], float] = time.monotonic,
) -> Found:
    """Time every subject's kernels, in about so many seconds together."""
    found = Found()
    start = clock()
    for place, subject in enumerate(subjects):
        left = seconds - (clock() - start)
        share = subject.weight / sum(later.weight for later in subjects[place:])
        for _ in _measured(device, subject, clock() + left * share, found, clock):
            report(subject.name, min((clock() - start) / seconds, 1.0))
        if said := device.state():
            found.state.append(f"after {subject.name}: {said}")
    return found


def _measured(
    device: Device, subject: Subject, until: float, found: Found, clock: Callable[[], float]
) -> Iterator[None]:
    """Time the trials of a subject until then, the smallest first; a step for each."""
    plan = _Plan(subject.trials(device))
    while (trial := plan.next(until - clock())) is not None:
        yield
        if trial.memory > device.room():
            plan.leave_out(trial)
            continue
        try:
            timing = trial.timer(trial.start(), device.wait, plan.allowance(until - clock()))
        except device.torch.OutOfMemoryError:
            plan.leave_out(trial)
            continue
        except (RuntimeError, NotImplementedError) as error:
            plan.give_up(trial, _first_line(error))
            continue
        measurement = _measurement(trial, timing)
        plan.learn(trial, timing.seconds)
        found.measurements.append(measurement)
    found.left_out += plan.said()


class _Plan:
    """Which trials of a subject fit into the time left, by the rates found so far."""

    def __init__(self, trials: Sequence[Trial]) -> None:
        self._trials = list(trials)
        self._fitting = len(self._trials)
        self._rates: dict[Family, float] = {}
        self._reasons: dict[Family, str] = {}
        self._too_large: Counter[Family] = Counter()

    def next(self, left: float) -> Trial | None:
        """The smallest trial left; None if no other one fits into so many seconds."""
        needed, self._fitting = 0.0, 0
        for trial in sorted(self._trials, key=self._least):
            needed += self._least(trial)
            if needed > max(left, 0.0):
                break
            self._fitting += 1
        if not self._fitting:
            return None
        trial = min(self._trials, key=self._least)
        self._trials.remove(trial)
        return trial

    def allowance(self, left: float) -> float:
        """Seconds for the trial taken last, of so many left for all that fit."""
        return min(max(left, 0.0) / max(self._fitting, 1), _LONGEST_TRIAL)

    def learn(self, trial: Trial, seconds: float) -> None:
        """Remember the rate of a trial whose call took so long."""
        self._rates[trial.family()] = trial.work / seconds

    def leave_out(self, trial: Trial) -> None:
        """Count a trial that the memory has no room for."""
        self._too_large[trial.family()] += 1

    def give_up(self, trial: Trial, reason: str) -> None:
        """Try no other trial of this family: the device, or torch, cannot do it."""
        self._reasons[trial.family()] = reason
        self._trials = [other for other in self._trials if other.family() != trial.family()]

    def said(self) -> list[str]:
        """A sentence for each family of which something was left out."""
        too_long = Counter(trial.family() for trial in self._trials)
        return [
            *(f"{_named(family)}: {reason}" for family, reason in self._reasons.items()),
            *(
                f"{_named(family)}: {count} sizes beyond the memory"
                for family, count in self._too_large.items()
            ),
            *(
                f"{_named(family)}: {count} larger sizes, for want of time"
                for family, count in too_long.items()
            ),
        ]

    def _least(self, trial: Trial) -> float:
        """Seconds that a trial takes at least; 0 where nothing like it has run."""
        rate = self._rates.get(trial.family())
        return least_time(trial.work / rate) if rate else 0.0


def _measurement(trial: Trial, timing: Timing) -> Measurement:
    kernels = trial.kernels_per_call
    return Measurement(
        trial.kernel,
        trial.sizes,
        trial.work,
        trial.unit,
        Timing(
            timing.seconds / kernels,
            timing.fastest / kernels,
            timing.slowest / kernels,
            timing.repetitions,
        ),
        trial.precision,
        trial.recipe,
    )


def _named(family: Family) -> str:
    return " ".join(word for word in family if word)


def _first_line(error: Exception) -> str:
    lines: Iterable[str] = str(error).splitlines()
    return next((line.strip()[:120] for line in lines if line.strip()), type(error).__name__)
