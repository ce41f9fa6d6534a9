"""The hardware panel: the accelerator, how many there are, how they are joined, what they cost."""

from __future__ import annotations

from typing import ClassVar

from dsexplore.scenario.field import count, name, number
from dsexplore.scenario.panel import Panel


class Hardware(Panel):
    """A cluster of one kind of accelerator. What a data sheet does not say is unknown."""

    table: ClassVar[str] = "hardware"
    title: ClassVar[str] = "Hardware"
    short: ClassVar[str] = "HW"
    at_most: ClassVar[tuple[tuple[str, str], ...]] = (("communication_sms", "sm_count"),)

    gpu: str = name("Accelerator", "Its name, for people.", section="Cluster", default="unnamed")
    num_gpus: int = count(
        "GPUs",
        "GPU",
        "Accelerators that the pre-training run holds.",
        default=1024,
        gt=0,
        le=100_000_000,
        nudge="power of two",
    )
    gpus_per_node: int = count(
        "GPUs a node",
        "GPU",
        "Accelerators in one scale-up domain (NVLink).",
        default=8,
        gt=0,
        le=100_000,
        nudge="power of two",
    )
    price_per_gpu_hour: float | None = number(
        "Price a GPU-hour",
        "USD/GPU-hour",
        "What an hour of one accelerator is charged at.",
        default=2.0,
        le=10_000,
    )
    bf16_flops: float | None = number(
        "BF16 peak",
        "FLOP/s",
        "Dense BF16 peak of one accelerator (FP16 where there is no BF16).",
        section="Peaks and memory",
        default=None,
        gt=0,
        le=1e19,
    )
    fp8_flops: float | None = number(
        "FP8 peak", "FLOP/s", "Dense FP8 peak; 0: it has no FP8.", default=None, le=1e19
    )
    fp4_flops: float | None = number(
        "FP4 peak", "FLOP/s", "Dense FP4 peak; 0: it has no FP4.", default=None, le=1e19
    )
    sm_count: int | None = count(
        "SMs", "SM", "Streaming multiprocessors of one accelerator.", default=None, gt=0, le=100_000
    )
    communication_sms: int = count(
        "SMs that communicate",
        "SM",
        "Streaming multiprocessors lent to communication kernels.",
        default=0,
        le=100_000,
    )
    memory_capacity: float | None = number(
        "Memory", "byte", "Memory of one accelerator.", default=None, gt=0, le=1e16
    )
    memory_bandwidth: float | None = number(
        "Memory bandwidth", "byte/s", "Peak memory bandwidth.", default=None, gt=0, le=1e18
    )
    scale_up_bandwidth: float | None = number(
        "Scale-up bandwidth",
        "byte/s",
        "Within a node (NVLink), a GPU, one direction, effective.",
        section="Network",
        default=None,
        gt=0,
        le=1e18,
    )
    scale_out_bandwidth: float | None = number(
        "Scale-out bandwidth",
        "byte/s",
        "Between nodes (InfiniBand), a GPU, one direction, effective.",
        default=None,
        gt=0,
        le=1e18,
    )
    scale_up_latency: float | None = number(
        "Scale-up latency", "second", "Of one message within a node.", default=None, le=1
    )
    scale_out_latency: float | None = number(
        "Scale-out latency", "second", "Of one message between nodes.", default=None, le=10
    )
    gpu_price: float | None = number(
        "Price of a GPU",
        "USD",
        "What one accelerator costs to buy, its share of the server and network included.",
        section="Owning and power",
        default=None,
        le=1e9,
    )
    gpu_lifetime: float = number(
        "Lifetime", "year", "Years over which a bought accelerator is written off.",
        default=4.0, gt=0, le=100,
    )  # fmt: skip
    gpu_power: float | None = number(
        "Power of a GPU", "watt", "Drawn by one accelerator under load.", default=None, le=1e6
    )
    power_usage_effectiveness: float = number(
        "PUE", "", "Power of the site over that of the accelerators.", default=1.2, ge=1, le=10
    )
    electricity_price: float = number(
        "Electricity", "USD/kWh", "Price of a kilowatt-hour.", default=0.1, le=100
    )
    carbon_intensity: float = number(
        "Carbon intensity", "gram/kWh", "CO2 emitted for a kilowatt-hour.", default=400.0, le=10_000
    )
    gemm_efficiency: float = number(
        "GEMM efficiency",
        "fraction",
        "Share of the peak that matrix products reach.",
        section="Efficiencies, for predicting a step",
        default=0.7,
        gt=0,
        le=1,
    )
    fp8_gemm_efficiency: float = number(
        "FP8 GEMM efficiency",
        "fraction",
        "Share of the FP8 peak that FP8 matrix products reach.",
        default=0.4,
        gt=0,
        le=1,
    )
    attention_efficiency: float = number(
        "Attention efficiency",
        "fraction",
        "Share of the peak that attention kernels reach.",
        default=0.5,
        gt=0,
        le=1,
    )
    memory_efficiency: float = number(
        "Memory efficiency",
        "fraction",
        "Share of the memory bandwidth that kernels reach.",
        default=0.8,
        gt=0,
        le=1,
    )
    network_efficiency: float = number(
        "Network efficiency",
        "fraction",
        "Share of the link bandwidth that collectives reach.",
        default=0.8,
        gt=0,
        le=1,
    )
    all_to_all_efficiency: float = number(
        "All-to-all efficiency",
        "fraction",
        "Share of the link bandwidth that expert dispatch and combine reach beside compute.",
        default=0.6,
        gt=0,
        le=1,
    )
    gpu_mean_time_to_failure: float = number(
        "Time to failure",
        "hour",
        "Mean hours that one accelerator runs until it stops the job; 0: it never does.",
        section="Failures",
        default=0.0,
        le=1e9,
    )
    checkpoint_time: float = number(
        "Checkpoint", "second", "Time that training stands while a checkpoint is written.",
        default=0.0, le=1e6,
    )  # fmt: skip
    restart_time: float = number(
        "Restart", "second", "Time from a failure until training runs again.",
        default=0.0, le=1e6,
    )  # fmt: skip
