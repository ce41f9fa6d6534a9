"""Failures: the part of the hardware panel about interruptions and checkpoints."""

from __future__ import annotations

from dsexplore.scenario.declare import number
from dsexplore.scenario.panel import Part


class Failures(Part):
    """How often a job stops, and what that takes."""

    gpu_mean_time_to_failure: float = number(
        "Time to failure",
        "hour",
        "Mean hours until one accelerator's failure stops the job; 0: never.",
        section="Failures",
        default=0.0,
        le=1e9,
    )
    checkpoint_time: float = number(
        "Checkpoint time", "second", "Time training stands still while a checkpoint is written.",
        default=0.0, le=1e6,
    )  # fmt: skip
    restart_time: float = number(
        "Restart time", "second", "Time from a failure until training runs again.",
        default=0.0, le=1e6,
    )  # fmt: skip
