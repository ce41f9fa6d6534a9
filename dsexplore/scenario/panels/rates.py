"""Rates: the part of the hardware panel about the shares of its peaks that kernels reach."""

from __future__ import annotations

from dsexplore.scenario.declare import number
from dsexplore.scenario.panel import SHEET, Part


class Rates(Part):
    """Measured efficiencies of products, attention, memory and links."""

    gemm_efficiency: float = number(
        "GEMM efficiency",
        "fraction",
        "Share of the BF16 peak that large matrix products reach.",
        section="Rates, as measured",
        default=0.7,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    fp8_gemm_efficiency: float = number(
        "FP8 GEMM efficiency",
        "fraction",
        "Share of the FP8 peak that large products reach with one scale per tensor or row.",
        default=0.65,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    block_128_gemm_efficiency: float = number(
        "FP8 block efficiency",
        "fraction",
        "Share of the FP8 peak that large products reach with a scale per block of 128 values; 0: "
        "as with one per tensor.",
        default=0.0,
        le=1,
        comes_with=SHEET,
    )
    mxfp8_gemm_efficiency: float = number(
        "MXFP8 efficiency",
        "fraction",
        "Share of the FP8 peak that large products reach with a scale per 32 values (MXFP8); 0: "
        "as with one per tensor.",
        default=0.0,
        le=1,
        comes_with=SHEET,
    )
    nvfp4_gemm_efficiency: float = number(
        "NVFP4 efficiency",
        "fraction",
        "Share of the FP4 peak that large NVFP4 products reach; 0: the share that FP8 products "
        "reach of theirs.",
        default=0.0,
        le=1,
        comes_with=SHEET,
    )
    int8_gemm_efficiency: float = number(
        "INT8 efficiency",
        "fraction",
        "Share of the INT8 peak that large INT8 products reach; 0: the share that BF16 products "
        "reach of theirs.",
        default=0.0,
        le=1,
        comes_with=SHEET,
    )
    gemm_fill_time: float = number(
        "GEMM fill time",
        "second",
        "Time a matrix product loses per unit of its inner dimension while its first and last "
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
        "Share of the BF16 peak that fused attention reaches forward, with heads 128 wide over "
        "long sequences.",
        default=0.6,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    attention_backward_efficiency: float = number(
        "Attention backward",
        "fraction",
        "Share of the BF16 peak that fused attention reaches backward, with heads 128 wide over "
        "long sequences.",
        default=0.5,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    flash_2_efficiency: float = number(
        "FlashAttention 2",
        "fraction",
        "Share of the BF16 peak that FlashAttention 2, written for older accelerators, reaches "
        "forward; 0: as the fastest kernels.",
        default=0.0,
        le=1,
        comes_with=SHEET,
    )
    attention_half_length: float = number(
        "Attention half length",
        "token",
        "Mean tokens looked back on at which fused attention reaches half of its rate over long "
        "sequences.",
        default=450.0,
        le=1e9,
        comes_with=SHEET,
    )
    attention_half_width: float = number(
        "Attention half width",
        "",
        "Width of a head at which fused attention reaches half of its rate with wide heads.",
        default=30.0,
        le=1e6,
        comes_with=SHEET,
    )
    fp8_attention_gain: float = number(
        "FP8 attention gain",
        "",
        "Rate of fused attention forward in FP8 relative to BF16, over long sequences.",
        default=1.5,
        ge=0.1,
        le=4,
        comes_with=SHEET,
    )
    unaligned_efficiency: float = number(
        "Unaligned efficiency",
        "fraction",
        "Share of the BF16 peak that unfused attention reaches where the width of a head is not a "
        "multiple of 8.",
        default=0.05,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    sustained_rate: float = number(
        "Sustained rate",
        "",
        "Rate of products and attention in a training step, over that of the same kernels "
        "measured alone: power, cold caches, neighbours.",
        default=1.0,
        ge=0.1,
        le=2,
        comes_with=SHEET,
    )
    memory_efficiency: float = number(
        "Memory efficiency",
        "fraction",
        "Share of the memory bandwidth that memory-bound kernels reach.",
        default=0.8,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    weight_read_efficiency: float = number(
        "Weight reading",
        "fraction",
        "Share of the memory bandwidth reached by products of few rows, which read weights.",
        default=0.8,
        ge=1e-3,
        le=1,
        assumed="near the H100's, measured",
        comes_with=SHEET,
    )
    cache_read_efficiency: float = number(
        "Cache reading",
        "fraction",
        "Share of the memory bandwidth reached by attention in decoding, which reads the KV cache.",
        default=0.85,
        ge=1e-3,
        le=1,
        assumed="near the H100's, measured",
        comes_with=SHEET,
    )
    decode_attention_call_time: float = number(
        "Decode attention call",
        "second",
        "Time of attention of one layer in decoding beside what it reads and computes.",
        default=12e-6,
        le=1,
        assumed="near the H100's, measured",
        comes_with=SHEET,
    )
    network_efficiency: float = number(
        "Network efficiency",
        "fraction",
        "Share of the scale-up bandwidth that large collectives of many ranks reach.",
        default=0.85,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    all_to_all_efficiency: float = number(
        "All-to-all efficiency",
        "fraction",
        "Share of the link bandwidth that dispatch and combine reach in serving, beside compute.",
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
