"""The hardware panel: the accelerator, how many there are, how they are joined, what they cost."""

from __future__ import annotations

from typing import ClassVar

from pydantic import ConfigDict

from dsexplore.scenario.declare import number
from dsexplore.scenario.panels.links import Links
from dsexplore.scenario.panels.owning import Owning
from dsexplore.scenario.panels.rates import Rates
from dsexplore.scenario.panels.sheet import Sheet
from dsexplore.scenario.panels.spread import AcceleratorSpread


# The last base comes first on the screen, fields declared here come last.
class Hardware(AcceleratorSpread, Links, Rates, Owning, Sheet):
    """A cluster of one kind of accelerator. What a data sheet does not say is unknown."""

    model_config = ConfigDict(defer_build=False)

    table: ClassVar[str] = "hardware"
    title: ClassVar[str] = "Hardware"
    short: ClassVar[str] = "HW"
    at_most: ClassVar[tuple[tuple[str, str], ...]] = (("communication_sms", "sm_count"),)

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
