"""The hardware panel: the accelerator, how many there are, how they are joined, what they cost."""

from __future__ import annotations

from typing import ClassVar

from dsexplore.scenario.panel import Tie
from dsexplore.scenario.panels.failures import Failures
from dsexplore.scenario.panels.links import Links
from dsexplore.scenario.panels.owning import Owning
from dsexplore.scenario.panels.rates import Rates
from dsexplore.scenario.panels.sheet import Sheet
from dsexplore.scenario.panels.spread import AcceleratorSpread


# The last base comes first on the screen: measured details lie below what is chosen.
class Hardware(Links, Rates, AcceleratorSpread, Failures, Owning, Sheet):
    """A cluster of one kind of accelerator. What a data sheet does not say is unknown."""

    table: ClassVar[str] = "hardware"
    title: ClassVar[str] = "Hardware"
    short: ClassVar[str] = "HW"
    at_most: ClassVar[tuple[tuple[str, str], ...]] = (("communication_sms", "sm_count"),)
    goes_by: ClassVar[tuple[tuple[str, Tie, str], ...]] = (("slices", "divides", "num_gpus"),)
