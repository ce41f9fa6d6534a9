"""The data sheet: the part of the hardware panel about the accelerator, its memory and links."""

from __future__ import annotations

from dsexplore.scenario.declare import count, name, number
from dsexplore.scenario.panel import SHEET, Part


class Sheet(Part):
    """The accelerators, how many there are, and what their data sheet says."""

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
        comes_with=SHEET,
        role="premise",
    )
    slices: int = count(
        "Slices",
        "",
        "Parts of the cluster joined by scale-up links, such as slices of a TPU pod; the run is "
        "data parallel over them. 1: a node or pod is one.",
        default=1,
        gt=0,
        le=10_000,
        nudge="power of two",
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
        comes_with=SHEET,
    )
    fp8_flops: float | None = number(
        "FP8 peak",
        "FLOP/s",
        "Dense FP8 peak of one accelerator; 0: no FP8.",
        default=None,
        le=1e19,
        comes_with=SHEET,
    )
    fp4_flops: float | None = number(
        "FP4 peak",
        "FLOP/s",
        "Dense FP4 peak of one accelerator; 0: no FP4.",
        default=None,
        le=1e19,
        comes_with=SHEET,
    )
    int8_flops: float | None = number(
        "INT8 peak",
        "FLOP/s",
        "Dense INT8 peak of one accelerator, in operations; 0: no INT8.",
        default=None,
        le=1e19,
        comes_with=SHEET,
    )
    sm_count: int | None = count(
        "SMs",
        "SM",
        "Streaming multiprocessors of one accelerator.",
        default=None,
        gt=0,
        le=100_000,
        comes_with=SHEET,
    )
    communication_sms: int = count(
        "Communication SMs",
        "SM",
        "Streaming multiprocessors lent to communication kernels.",
        default=0,
        le=100_000,
        role="detail",
        detail_of=SHEET,
    )
    memory_capacity: float | None = number(
        "Memory capacity",
        "byte",
        "Memory of one accelerator.",
        default=None,
        ge=1e6,
        le=1e16,
        comes_with=SHEET,
    )
    memory_bandwidth: float | None = number(
        "Memory bandwidth",
        "byte/s",
        "Peak memory bandwidth of one accelerator.",
        default=None,
        ge=1e6,
        le=1e18,
        comes_with=SHEET,
    )
    host_bandwidth: float | None = number(
        "Host bandwidth",
        "byte/s",
        "Bandwidth per GPU and direction between it and its host (PCIe, NVLink-C2C).",
        default=None,
        ge=1e3,
        le=1e18,
        comes_with=SHEET,
    )
    host_memory_bandwidth: float | None = number(
        "Host memory bandwidth",
        "byte/s",
        "Memory bandwidth of the host, an accelerator's share of it.",
        default=None,
        ge=1e3,
        le=1e18,
        comes_with=SHEET,
    )
    host_memory_capacity: float | None = number(
        "Host memory",
        "byte",
        "Memory of the host, an accelerator's share of it.",
        default=None,
        ge=1e6,
        le=1e16,
        comes_with=SHEET,
    )
    scale_up_bandwidth: float | None = number(
        "Scale-up bandwidth",
        "byte/s",
        "Effective bandwidth per GPU and direction within a node (NVLink).",
        section="Network",
        default=None,
        ge=1e3,
        le=1e18,
        comes_with=SHEET,
    )
    scale_out_bandwidth: float | None = number(
        "Scale-out bandwidth",
        "byte/s",
        "Effective bandwidth per GPU and direction between nodes (InfiniBand).",
        default=None,
        ge=1e3,
        le=1e18,
        comes_with=SHEET,
        role="premise",
    )
    scale_up_latency: float | None = number(
        "Scale-up latency",
        "second",
        "Latency of one message within a node, a step of a ring.",
        default=0.87e-6,
        le=1,
        comes_with=SHEET,
        assumed="an H100's, measured",
    )
    scale_out_latency: float | None = number(
        "Scale-out latency",
        "second",
        "Latency of one message between nodes.",
        default=3.7e-6,
        le=10,
        comes_with=SHEET,
        assumed="InfiniBand's of an H800 cluster across leaf switches, arXiv:2505.09343, table 5",
        role="premise",
    )
