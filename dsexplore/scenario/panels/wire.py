"""Precision on the wire: the part of the parallelism panel about values sent to others."""

from __future__ import annotations

from typing import Literal

from dsexplore.scenario.declare import choice
from dsexplore.scenario.panel import Part


class Wire(Part):
    """Precisions of tokens, experts' outputs and gradients on their way."""

    dispatch_precision: Literal["fp8", "bf16"] = choice(
        "Dispatch precision",
        "Precision of tokens on their way to experts.",
        section="Precision on the wire",
        default="bf16",
    )
    combine_precision: Literal["fp8", "bf16"] = choice(
        "Combine precision", "Precision of experts' outputs on their way back.", default="bf16"
    )
    gradient_precision: Literal["bf16", "fp32"] = choice(
        "Gradient precision", "Precision in which gradients are summed and reduced.", default="fp32"
    )
