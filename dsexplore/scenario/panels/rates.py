"""Rates: the part of the hardware panel about the shares of its peaks that kernels reach."""

from __future__ import annotations

from dsexplore.scenario.declare import number
from dsexplore.scenario.panel import SHEET, Part


class Rates(Part):
    """Measured efficiencies of products, attention, memory and links."""

    gemm_efficiency: float = number(
        "GEMM efficiency",
        "fraction",
        "Share of the peak reached by large BF16 matrix products.",
        section="Efficiencies, for predicting a step",
        default=0.7,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    fp8_gemm_efficiency: float = number(
        "FP8 GEMM efficiency",
        "fraction",
        "Share of the FP8 peak reached by large FP8 matrix products.",
        default=0.4,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    attention_efficiency: float = number(
        "Attention efficiency",
        "fraction",
        "Share of the BF16 peak reached by attention kernels.",
        default=0.5,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    memory_efficiency: float = number(
        "Memory efficiency",
        "fraction",
        "Share of the memory bandwidth reached by memory-bound kernels.",
        default=0.8,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    network_efficiency: float = number(
        "Network efficiency",
        "fraction",
        "Share of the link bandwidth reached by collectives.",
        default=0.8,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    all_to_all_efficiency: float = number(
        "All-to-all efficiency",
        "fraction",
        "Share of the link bandwidth reached by expert dispatch and combine beside compute.",
        default=0.6,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    lent_sm_loss: float = number(
        "Loss by lent SMs",
        "fraction",
        "Share of the lent SMs' compute that is lost; a higher clock of the others makes up for "
        "the rest.",
        default=0.5,
        le=1,
    )
