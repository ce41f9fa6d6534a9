"""Traffic: the bytes one accelerator sends in a step, by kind, and the time it takes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of traffic, and the quantities of its bytes and time."""

    label: str
    bytes: str
    time: str


TRAFFIC = (
    Kind("Dispatch", "dispatch_bytes", "dispatch_time"),
    Kind("Combine", "combine_bytes", "combine_time"),
    Kind("Tensor parallel", "tensor_parallel_bytes", "tensor_parallel_time"),
    Kind("Context parallel", "context_parallel_bytes", "context_parallel_time"),
    Kind("Pipeline", "pipeline_bytes", "pipeline_time"),
    Kind("Data parallel", "data_parallel_bytes", "data_parallel_time"),
)


@dataclass(frozen=True, slots=True)
class Traffic:
    """All kinds together: their time with nothing beside it, and how much of it compute hides."""

    time: float
    exposed: float
    hidden: float
    hidden_share: float


def traffic(values: Mapping[str, Any]) -> Traffic:
    """The traffic of an evaluated scenario; nan if a part of it is not known."""
    time = float(sum(values[kind.time] for kind in TRAFFIC))
    exposed = float(values["exposed_communication_time"])
    hidden = max(time - exposed, 0.0) if math.isfinite(time - exposed) else math.nan
    return Traffic(time, exposed, hidden, hidden / time if time else math.nan)
