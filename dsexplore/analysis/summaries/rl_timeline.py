"""One iteration of RL laid out in time, from its rollout to the next one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_GENERATING = ("rollout_period", "reward_time")
_LEARNING = ("log_probability_time", "policy_update_time")
_BETWEEN = ("weight_transfer_time", "rl_overhead_time")


@dataclass(frozen=True, slots=True)
class Activity:
    """A part of an iteration: the quantity of its length; start, end and iteration in seconds."""

    name: str
    start: float
    end: float
    whole: float

    @property
    def start_share(self) -> float:
        """Its start as a share of the iteration."""
        return self.start / self.whole

    @property
    def end_share(self) -> float:
        """Its end as a share of the iteration."""
        return self.end / self.whole


def rl_timeline(values: Mapping[str, Any], placement: str, staleness: float) -> list[Activity]:
    """The parts of one iteration in the order of their start; none if nothing is known.

    Generating and learning run side by side if each has its own accelerators and generators may
    run ahead; learning is then from an earlier rollout.
    """
    whole = values["rl_iteration_time"]
    if math.isnan(whole) or not whole:
        return []
    generating = _one_after_another(_GENERATING, values, 0.0)
    side_by_side = placement == "disaggregated" and staleness >= 1
    learning = _one_after_another(_LEARNING, values, 0.0 if side_by_side else generating[-1].end)
    done = max(generating[-1].end, learning[-1].end)
    between = _one_after_another(_BETWEEN, values, done)
    return [part for part in (*generating, *learning, *between) if part.end > part.start]


def _one_after_another(
    parts: tuple[str, ...], values: Mapping[str, Any], start: float
) -> list[Activity]:
    found = []
    for name in parts:
        end = start + values[name]
        found.append(Activity(name, start, end, values["rl_iteration_time"]))
        start = end
    return found
