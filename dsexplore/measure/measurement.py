"""A measurement: what ran on which sizes, how long it took, how far its repetitions differed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kernel(StrEnum):
    """What can be timed."""

    PRODUCT = "matrix product"
    GROUPED = "grouped product"
    FEW_ROWS = "product of few rows"
    ATTENTION_FORWARD = "attention, forward"
    ATTENTION_BACKWARD = "attention, backward"
    DECODE_ATTENTION = "attention of one token"
    COPY = "copy"
    ADD = "sum of two"
    NORM = "norm"
    LAUNCH = "launch"
    LAUNCH_ISSUED = "launch, host alone"
    LAUNCH_REPLAYED = "launch in a replayed graph"
    DENSE_LAYER = "tiny dense layer, forward and backward"
    MOE_LAYER = "tiny MoE layer, forward and backward"
    ALL_REDUCE = "all-reduce"
    ALL_GATHER = "all-gather"
    REDUCE_SCATTER = "reduce-scatter"
    ALL_TO_ALL = "all-to-all"
    SEND = "send to the next"


class Precision(StrEnum):
    """The numbers that a kernel reads."""

    BF16 = "bf16"
    FP16 = "fp16"
    FP32 = "fp32"
    FP8 = "fp8"


class Recipe(StrEnum):
    """How FP8 values are scaled; none for other precisions."""

    NONE = ""
    PER_TENSOR = "per_tensor"
    ROWWISE = "rowwise"


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds per call: the median of so many repetitions, the fastest and the slowest of them."""

    seconds: float
    fastest: float
    slowest: float
    repetitions: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """One kernel at one size. `work` is per call, in FLOP, bytes or calls, as `unit` says."""

    kernel: Kernel
    sizes: Mapping[str, int]
    work: float
    unit: str
    timing: Timing
    precision: Precision = Precision.BF16
    recipe: Recipe = Recipe.NONE

    @property
    def rate(self) -> float:
        """Work per second, by the median."""
        return self.work / self.timing.seconds


@dataclass(frozen=True, slots=True)
class Machine:
    """What a device says of itself; None for what it does not."""

    name: str
    devices: int
    memory_bytes: int | None = None
    multiprocessors: int | None = None
    power_limit: float | None = None
    has_fp8: bool | None = None
    software: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """All that one session measured, under which command and in which state of the device.

    `left_out` says for what was not measured why, `state` power, clocks and temperature.
    """

    machine: Machine
    measurements: tuple[Measurement, ...]
    command: str
    date: str
    ranks: int = 1
    state: tuple[str, ...] = ()
    left_out: tuple[str, ...] = field(default=())

    def of(
        self,
        *kernels: Kernel,
        precision: Precision | None = None,
        recipe: Recipe | None = None,
    ) -> list[Measurement]:
        """The measurements of some kernels, of one precision and recipe if asked for."""
        return [
            found
            for found in self.measurements
            if found.kernel in kernels
            and precision in (None, found.precision)
            and recipe in (None, found.recipe)
        ]
