"""Spread: the parts of the panels about how sure a prediction is."""

from __future__ import annotations

from dsexplore.scenario.declare import number
from dsexplore.scenario.panel import SHEET, Part

_SECTION = "How sure a prediction is"


class AcceleratorSpread(Part):
    """How well what an accelerator reaches is known."""

    accelerator_spread: float = number(
        "Accelerator spread",
        "",
        "Log standard deviation of a step that comes from the accelerator (0.1: about 10 %). It "
        "rests on its own runs and kernels; wider where rates are another's.",
        section=_SECTION,
        default=0.11,
        le=1,
        comes_with=SHEET,
    )
    serving_accelerator_spread: float = number(
        "Serving spread",
        "",
        "Log standard deviation of a speed of serving that comes from the accelerator, beside that "
        "of training (0.1: about 10 %). 0 where serving was measured on it.",
        default=0.1,
        le=1,
        comes_with=SHEET,
    )


class LayoutSpread(Part):
    """How well a software stack is known, and how well the model of a step holds."""

    software_spread: float = number(
        "Software spread",
        "",
        "Log standard deviation of a step that comes from the stack (0.1: about 10 %). It rests "
        "on the runs it is fitted to; calibrate narrows it.",
        section=_SECTION,
        default=0.1,
        le=1,
        role="detail",
        detail_of="software_stack",
    )
    dense_spread: float = number(
        "Dense model spread",
        "",
        "Log standard deviation that is left of a dense model's step (0.1: about 10 %), "
        "accelerator and stack known. It rests on runs left out of the fit.",
        default=0.086,
        le=1,
        role="convention",
    )
    moe_spread: float = number(
        "MoE model spread",
        "",
        "Log standard deviation that is left of a step with experts (0.1: about 10 %), "
        "accelerator and stack known. It rests on runs left out of the fit.",
        default=0.2,
        le=1,
        role="convention",
    )
    memory_spread: float = number(
        "Memory spread",
        "",
        "Log standard deviation of the memory per GPU (0.1: about 10 %). It is set by 37 steps "
        "whose memory was measured on one accelerator.",
        default=0.09,
        le=1,
        role="convention",
    )
