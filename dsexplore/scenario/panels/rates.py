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
        "Share of the FP8 peak reached by large FP8 products with a scale for each tensor or row.",
        default=0.65,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    block_128_gemm_efficiency: float = number(
        "FP8 block efficiency",
        "fraction",
        "Share of the FP8 peak reached by large products with scales for blocks of 128 values; "
        "0: as with a scale for each tensor.",
        default=0.0,
        le=1,
        comes_with=SHEET,
    )
    mxfp8_gemm_efficiency: float = number(
        "MXFP8 efficiency",
        "fraction",
        "Share of the FP8 peak reached by large products with scales for blocks of 32 values; "
        "0: as with a scale for each tensor.",
        default=0.0,
        le=1,
        comes_with=SHEET,
    )
    nvfp4_gemm_efficiency: float = number(
        "NVFP4 efficiency",
        "fraction",
        "Share of the FP4 peak reached by large NVFP4 products; 0: as FP8 products of theirs.",
        default=0.0,
        le=1,
        comes_with=SHEET,
    )
    int8_gemm_efficiency: float = number(
        "INT8 efficiency",
        "fraction",
        "Share of the INT8 peak reached by large INT8 products; 0: as BF16 products of theirs.",
        default=0.0,
        le=1,
        comes_with=SHEET,
    )
    gemm_fill_time: float = number(
        "GEMM fill time",
        "second",
        "Time a matrix product loses for each step of its inner size while its first and last "
        "tiles run alone.",
        default=4e-10,
        le=1e-3,
        comes_with=SHEET,
    )
    kernel_floor: float = number(
        "Shortest kernel",
        "second",
        "Time of the shortest kernel on the accelerator.",
        default=3e-6,
        le=1,
        comes_with=SHEET,
    )
    attention_efficiency: float = number(
        "Attention efficiency",
        "fraction",
        "Share of the BF16 peak reached by fused attention forward, with heads 128 wide over long "
        "sequences.",
        default=0.6,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    attention_backward_efficiency: float = number(
        "Attention backward",
        "fraction",
        "Share of the BF16 peak reached by fused attention backward, with heads 128 wide over "
        "long sequences.",
        default=0.5,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    flash_2_efficiency: float = number(
        "FlashAttention 2",
        "fraction",
        "Share of the BF16 peak reached by FlashAttention 2 forward, which knows nothing of later "
        "accelerators; 0: as the fastest kernels.",
        default=0.0,
        le=1,
        comes_with=SHEET,
    )
    attention_half_length: float = number(
        "Attention half length",
        "token",
        "Tokens looked back on, on average, at which fused attention reaches half of its rate "
        "over long sequences.",
        default=450.0,
        le=1e9,
        comes_with=SHEET,
    )
    attention_half_width: float = number(
        "Attention half width",
        "",
        "Width of a head at which fused attention would reach half of the rate of wide heads.",
        default=30.0,
        le=1e6,
        comes_with=SHEET,
    )
    unaligned_efficiency: float = number(
        "Unaligned efficiency",
        "fraction",
        "Share of the BF16 peak reached by unfused attention whose heads are not a multiple of "
        "8 wide.",
        default=0.05,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    sustained_rate: float = number(
        "Sustained rate",
        "",
        "Rate of products and attention within a training step, relative to kernels measured "
        "alone: clock under power, cold caches, neighbours.",
        default=1.0,
        ge=0.1,
        le=2,
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
        "Share of the scale-up bandwidth reached by large collectives of many ranks.",
        default=0.85,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    all_to_all_efficiency: float = number(
        "All-to-all efficiency",
        "fraction",
        "Share of the link bandwidth reached by expert dispatch and combine in serving, beside "
        "compute.",
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
