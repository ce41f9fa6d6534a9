"""One measured step: the software stack that reproduces it."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError


def stack_from_step_time(
    scenario: Scenario, seconds: float, *, lowest: float = 0.25, highest: float = 4.0
) -> Scenario:
    """The scenario with the kernel factor at which its step takes the measured time.

    A step slower than any factor in range keeps the lowest one, and the missing time becomes its
    overhead. Raises ScenarioError for a time that no factor explains.
    """
    if not (seconds > 0 and np.isfinite(seconds)):
        raise ScenarioError("step_time", f"{seconds:g}", "a number of seconds above 0")
    inputs = scenario.inputs()
    now = evaluate(inputs, ["step_time", "step_overhead_time"])
    if np.isnan(now["step_time"]):
        raise ScenarioError(
            "step_time", "a layout whose step cannot be predicted", "one that can be"
        )

    def step(factor: Any) -> Any:
        return evaluate({**inputs, "kernel_factor": factor}, ["step_time"])["step_time"]

    slow, fast = step(lowest), step(highest)
    if seconds < fast:
        allowed = f"at least {fast:.4g} s, the time with the fastest kernels there can be"
        raise ScenarioError("step_time", f"{seconds:g} s", allowed)
    if seconds > slow:
        # The overhead grows with the cost per layer, and by what one second of it comes to.
        a_second = {**inputs, "layer_overhead": 1.0}
        each = evaluate(a_second, ["step_overhead_time"])["step_overhead_time"]
        missing = (now["step_overhead_time"] + seconds - slow) / each
        changes: dict[str, object] = {"kernel_factor": lowest, "layer_overhead": float(missing)}
        return scenario.with_values(changes)
    low, high = lowest, highest
    for _ in range(60):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if step(middle) > seconds else (low, middle)
    return scenario.with_values({"kernel_factor": float((low * high) ** 0.5)})
