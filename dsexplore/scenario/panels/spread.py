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
        "How far a step may be off because of the accelerator's own rates, as a log standard "
        "deviation: 0.1 is about 10 %. It rests on runs and kernels measured on this "
        "accelerator, and is wider where rates are another's.",
        section=_SECTION,
        default=0.11,
        le=1,
        comes_with=SHEET,
    )


class LayoutSpread(Part):
    """How well a software stack is known, and how well the model of a step holds."""

    software_spread: float = number(
        "Software spread",
        "",
        "How far a step may be off because of the software stack, as a log standard deviation: "
        "0.1 is about 10 %. It rests on the runs that the stack is fitted to; calibrate narrows "
        "it.",
        section=_SECTION,
        default=0.1,
        le=1,
        role="detail",
        detail_of="software_stack",
    )
    dense_spread: float = number(
        "Dense model spread",
        "",
        "How far a dense model's step may be off with accelerator and stack known, as a log "
        "standard deviation. It rests on runs left out of the fit.",
        default=0.086,
        le=1,
        role="convention",
    )
    moe_spread: float = number(
        "MoE model spread",
        "",
        "How far the step of a mixture of experts may be off with accelerator and stack known, as "
        "a log standard deviation. It rests on runs left out of the fit.",
        default=0.2,
        le=1,
        role="convention",
    )
    memory_spread: float = number(
        "Memory spread",
        "",
        "How far the memory per GPU may be off, as a log standard deviation. It rests on runs "
        "whose memory was measured.",
        default=0.05,
        le=1,
        role="convention",
    )
