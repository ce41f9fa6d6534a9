"""The hardware panel: the accelerator, how many there are, how they are joined, what they cost."""

from __future__ import annotations

from typing import ClassVar

from dsexplore.scenario.declare import count, name, number
from dsexplore.scenario.panel import Panel

# A new accelerator changes what its data sheet and its measurements say.
_SHEET = "gpu"


class Hardware(Panel):
    """A cluster of one kind of accelerator. What a data sheet does not say is unknown."""

    table: ClassVar[str] = "hardware"
    title: ClassVar[str] = "Hardware"
    short: ClassVar[str] = "HW"
    at_most: ClassVar[tuple[tuple[str, str], ...]] = (("communication_sms", "sm_count"),)

    gpu: str = name(
        "Accelerator",
        "The accelerator: a preset brings its data sheet along, another name changes no figure.",
        section="Cluster",
        default="unnamed",
        picks="hardware",
        role="premise",
    )
    num_gpus: int = count(
        "GPUs",
        "GPU",
        "Accelerators the pre-training run occupies.",
        default=1024,
        gt=0,
        le=100_000_000,
        nudge="power of two",
        stays=True,
        role="premise",
    )
    gpus_per_node: int = count(
        "GPUs per node",
        "GPU",
        "Accelerators in one scale-up domain (NVLink).",
        default=8,
        gt=0,
        le=100_000,
        nudge="power of two",
        comes_with=_SHEET,
        role="premise",
    )
    price_per_gpu_hour: float | None = number(
        "Price per GPU-hour",
        "USD/GPU-hour",
        "Price of one accelerator for an hour.",
        default=2.0,
        le=10_000,
    )
    bf16_flops: float | None = number(
        "BF16 peak",
        "FLOP/s",
        "Dense BF16 peak of one accelerator (FP16 where there is no BF16).",
        section="Peaks and memory",
        default=None,
        ge=1e9,
        le=1e19,
        comes_with=_SHEET,
    )
    fp8_flops: float | None = number(
        "FP8 peak",
        "FLOP/s",
        "Dense FP8 peak of one accelerator; 0: no FP8.",
        default=None,
        le=1e19,
        comes_with=_SHEET,
    )
    fp4_flops: float | None = number(
        "FP4 peak",
        "FLOP/s",
        "Dense FP4 peak of one accelerator; 0: no FP4.",
        default=None,
        le=1e19,
        comes_with=_SHEET,
    )
    sm_count: int | None = count(
        "SMs",
        "SM",
        "Streaming multiprocessors of one accelerator.",
        default=None,
        gt=0,
        le=100_000,
        comes_with=_SHEET,
    )
    communication_sms: int = count(
        "Communication SMs",
        "SM",
        "Streaming multiprocessors lent to communication kernels.",
        default=0,
        le=100_000,
        role="detail",
        detail_of=_SHEET,
    )
    memory_capacity: float | None = number(
        "Memory capacity",
        "byte",
        "Memory of one accelerator.",
        default=None,
        ge=1e6,
        le=1e16,
        comes_with=_SHEET,
    )
    memory_bandwidth: float | None = number(
        "Memory bandwidth",
        "byte/s",
        "Peak memory bandwidth of one accelerator.",
        default=None,
        ge=1e6,
        le=1e18,
        comes_with=_SHEET,
    )
    scale_up_bandwidth: float | None = number(
        "Scale-up bandwidth",
        "byte/s",
        "Effective bandwidth per GPU and direction within a node (NVLink).",
        section="Network",
        default=None,
        ge=1e3,
        le=1e18,
        comes_with=_SHEET,
    )
    scale_out_bandwidth: float | None = number(
        "Scale-out bandwidth",
        "byte/s",
        "Effective bandwidth per GPU and direction between nodes (InfiniBand).",
        default=None,
        ge=1e3,
        le=1e18,
        comes_with=_SHEET,
        role="premise",
    )
    scale_up_latency: float | None = number(
        "Scale-up latency",
        "second",
        "Latency of one message within a node.",
        default=3.33e-6,
        le=1,
        comes_with=_SHEET,
        assumed="NVLink's of an H800, arXiv:2505.09343, table 5",
    )
    scale_out_latency: float | None = number(
        "Scale-out latency",
        "second",
        "Latency of one message between nodes.",
        default=3.7e-6,
        le=10,
        comes_with=_SHEET,
        assumed="InfiniBand's of an H800 cluster across leaf switches, arXiv:2505.09343, table 5",
        role="premise",
    )
    gpu_price: float | None = number(
        "Purchase price",
        "USD",
        "Price to buy one accelerator, with its share of server and network.",
        section="Owning and power",
        default=None,
        le=1e9,
    )
    gpu_lifetime: float | None = number(
        "GPU lifetime", "year",
        "Years over which a bought accelerator is written off.",
        default=4.0, ge=0.01, le=100, assumed="a server's usual span",
    )  # fmt: skip
    gpu_power: float | None = number(
        "Power per GPU",
        "watt",
        "Power of one accelerator under load.",
        default=None,
        le=1e6,
        comes_with=_SHEET,
    )
    power_usage_effectiveness: float | None = number(
        "PUE",
        "",
        "Power usage effectiveness: the site's power over the accelerators'.",
        default=1.2,
        assumed="a large site's",
        ge=1,
        le=10,
        stays=True,
    )
    electricity_price: float | None = number(
        "Electricity price",
        "USD/kWh",
        "Price of a kilowatt-hour.",
        default=0.1,
        assumed="what an industrial site pays",
        le=100,
        stays=True,
    )
    carbon_intensity: float | None = number(
        "Carbon intensity",
        "gram/kWh",
        "CO2 emitted per kilowatt-hour.",
        default=400.0,
        assumed="a mixed grid's",
        le=10_000,
        stays=True,
    )
    gemm_efficiency: float = number(
        "GEMM efficiency",
        "fraction",
        "Share of the peak reached by large BF16 matrix products.",
        section="Efficiencies, for predicting a step",
        default=0.7,
        ge=1e-3,
        le=1,
        comes_with=_SHEET,
    )
    fp8_gemm_efficiency: float = number(
        "FP8 GEMM efficiency",
        "fraction",
        "Share of the FP8 peak reached by large FP8 matrix products.",
        default=0.4,
        ge=1e-3,
        le=1,
        comes_with=_SHEET,
    )
    attention_efficiency: float = number(
        "Attention efficiency",
        "fraction",
        "Share of the BF16 peak reached by attention kernels.",
        default=0.5,
        ge=1e-3,
        le=1,
        comes_with=_SHEET,
    )
    memory_efficiency: float = number(
        "Memory efficiency",
        "fraction",
        "Share of the memory bandwidth reached by memory-bound kernels.",
        default=0.8,
        ge=1e-3,
        le=1,
        comes_with=_SHEET,
    )
    network_efficiency: float = number(
        "Network efficiency",
        "fraction",
        "Share of the link bandwidth reached by collectives.",
        default=0.8,
        ge=1e-3,
        le=1,
        comes_with=_SHEET,
    )
    all_to_all_efficiency: float = number(
        "All-to-all efficiency",
        "fraction",
        "Share of the link bandwidth reached by expert dispatch and combine beside compute.",
        default=0.6,
        ge=1e-3,
        le=1,
        comes_with=_SHEET,
    )
    lent_sm_loss: float = number(
        "Loss by lent SMs",
        "fraction",
        "Share of the lent SMs' compute that is lost; a higher clock of the others makes up for "
        "the rest.",
        default=0.5,
        le=1,
    )
    gpu_mean_time_to_failure: float = number(
        "Time to failure",
        "hour",
        "Mean hours until one accelerator's failure stops the job; 0: never.",
        section="Failures",
        default=0.0,
        le=1e9,
    )
    checkpoint_time: float = number(
        "Checkpoint time", "second", "Time training stands still while a checkpoint is written.",
        default=0.0, le=1e6,
    )  # fmt: skip
    restart_time: float = number(
        "Restart time", "second", "Time from a failure until training runs again.",
        default=0.0, le=1e6,
    )  # fmt: skip
