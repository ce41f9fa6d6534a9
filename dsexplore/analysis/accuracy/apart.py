"""A measured step against the predicted one: how far apart they are, and what a step may take."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dsexplore.engine import INTERVALS, evaluate
from dsexplore.engine.doubt import ends_of
from dsexplore.engine.names import BROKEN_LINK
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.format import format_value
from dsexplore.text.quantities import UnitError, parse_quantity
from dsexplore.text.refusal import ScenarioError, shown

# What a measured step is told by, and the interval of the predicted one.
MEASURED_STEP_NEEDS = (
    *("measured_run_changed", "layout_is_stated", "mfu", "predicted_mfu", "step_time"),
    *INTERVALS["step_time"],
)
# A step of so many times the predicted one is of another run.
SLOWEST = 4.0


def measured_step(scenario: Scenario, values: Mapping[str, Any]) -> float:
    """The seconds of a step that measured hours come to; nan where they are of no such step."""
    is_of_run = (
        scenario.pretraining.utilization == "measured" and not values["measured_run_changed"]
    )
    if not is_of_run or not values["layout_is_stated"] or not 0 < values["mfu"] <= 1:
        return math.nan
    # Both count the same FLOP against the same peak.
    return float(values["step_time"] * values["predicted_mfu"] / values["mfu"])


def measured_far_away(scenario: Scenario, values: Mapping[str, Any]) -> float:
    """The measured step where the interval of the predicted one does not hold it; nan elsewhere."""
    seconds, ends = measured_step(scenario, values), ends_of("step_time", values)
    is_far = ends is not None and not math.isnan(seconds) and not ends[0] <= seconds <= ends[1]
    return seconds if is_far else math.nan


def read_step(text: str) -> float:
    """A step's time in seconds, as typed. Raises ScenarioError."""
    try:
        seconds = float(parse_quantity(text, "second"))
    except UnitError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise ScenarioError("", shown(text), "a time above 0, such as 19.9 s, 250 ms or 2 min")
    return seconds


def check_reach(scenario: Scenario, seconds: float, of: str, where: str) -> None:
    """Refuse a step nobody can predict, one beyond the peak, and one of some other run.

    `of` and `where` are the places that a refusal of the scenario or of the time names.
    """
    inputs = scenario.inputs()
    names = ["step_time", BROKEN_LINK, "tokens_per_step", "hardware_flops_per_token"]
    found = evaluate(inputs, [*names, "precision_peak"])
    if math.isnan(found["step_time"]):
        problem = str(found[BROKEN_LINK]).strip().rstrip(".")
        why = f" ({problem})" if problem else ""
        allowed = "a scenario whose architecture, hardware and layout are known"
        raise ScenarioError(of, f"a step that cannot be predicted{why}", allowed)
    flops = found["tokens_per_step"] * found["hardware_flops_per_token"]
    fastest = flops / (float(inputs["num_gpus"]) * found["precision_peak"])
    slowest = SLOWEST * found["step_time"]
    if not fastest <= seconds <= slowest:
        allowed = (
            f"{_time(fastest)} to {_time(slowest)}, the range from the accelerators' peak to "
            f"{SLOWEST:g} times the predicted step"
        )
        raise ScenarioError(where, _time(seconds), allowed)


def _time(seconds: float) -> str:
    return format_value(seconds, "second")
