"""What to do next where results ask for it: a layout that does not fit, measured hours far away."""

from __future__ import annotations

import math
import shlex
from collections.abc import Collection, Iterator, Sequence

from dsexplore.analysis.accuracy.apart import MEASURED_STEP_NEEDS, measured_far_away
from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.format import format_value

# Results beside which each is said.
_OF_MEMORY = ("memory_headroom", "memory_per_gpu", "memory_share", "memory_verdict")
_OF_STEP = ("step_time", "mfu", "predicted_mfu")


def ways_on(
    name: str, settings: Sequence[str], scenario: Scenario, asked: Collection[str] | None
) -> Iterator[str]:
    """A sentence with a command for each; `asked` names the results shown, None for all."""
    values = evaluate(scenario.inputs(), ["memory_headroom", *MEASURED_STEP_NEEDS])
    words = [name, *(word for each in settings for word in ("--set", each))]
    if values["memory_headroom"] < 0 and _is_shown(_OF_MEMORY, asked):
        yield f"Layouts that fit: dsexplore search {shlex.join(words)}"
    seconds = measured_far_away(scenario, values)
    if not math.isnan(seconds) and _is_shown(_OF_STEP, asked):
        step = format_value(seconds, "second", 3)
        first = f"dsexplore eval {shlex.join(words)} -o run.toml, then " if settings else ""
        of = "run.toml" if settings else shlex.quote(name)
        yield (
            f"Measured hours come to {step} a step, which the interval does not hold. To "
            f"calibrate the software stack: {first}dsexplore calibrate {of} --step-time '{step}'"
        )


def _is_shown(names: Sequence[str], asked: Collection[str] | None) -> bool:
    return asked is None or any(name in asked for name in names)
