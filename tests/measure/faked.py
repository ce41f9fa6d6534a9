"""Sessions that nobody measured, of numbers chosen to be told apart."""

from __future__ import annotations

from collections.abc import Iterable

from dsexplore.measure.measurement import (
    Kernel,
    Machine,
    Measurement,
    Precision,
    Recipe,
    Session,
    Timing,
)

H100 = Machine(
    name="NVIDIA H100 80GB HBM3",
    devices=8,
    memory_bytes=85_045_084_160,
    multiprocessors=132,
    power_limit=700.0,
    has_fp8=True,
    software="torch 2.13.0, CUDA 13.0, driver 580.65.06",
)
UNKNOWN = Machine(name="Wonder, 2 chips", devices=1, software="torch 2.13.0")


def measured(
    kernel: Kernel,
    rate: float,
    sizes: dict[str, int],
    work: float,
    unit: str = "FLOP",
    precision: Precision = Precision.BF16,
    recipe: Recipe = Recipe.NONE,
) -> Measurement:
    """A measurement at a rate, whose repetitions all took the same time."""
    seconds = work / rate
    timing = Timing(seconds, seconds, seconds, 9)
    return Measurement(kernel, sizes, work, unit, timing, precision, recipe)


def product(
    rate: float,
    side: int = 8192,
    precision: Precision = Precision.BF16,
    recipe: Recipe = Recipe.NONE,
) -> Measurement:
    """A square matrix product."""
    sizes = {"m": side, "n": side, "k": side}
    return measured(Kernel.PRODUCT, rate, sizes, 2.0 * side**3, precision=precision, recipe=recipe)


def moved(kernel: Kernel, rate: float, size: int = 1 << 30) -> Measurement:
    """A memory-bound kernel."""
    return measured(kernel, rate, {"bytes": size}, 2.0 * size, "byte")


def collective(kernel: Kernel, seconds: float, size: int, ranks: int) -> Measurement:
    """A collective whose message takes so long."""
    sizes = {"ranks": ranks, "bytes": size}
    return measured(kernel, size / seconds, sizes, float(size), "byte")


def session(
    measurements: Iterable[Measurement], machine: Machine = H100, ranks: int = 1
) -> Session:
    """A session with these measurements."""
    return Session(
        machine,
        tuple(measurements),
        "dsexplore measure --seconds 120 --device cuda --ranks 1",
        "2026-11-26 03:00 UTC",
        ranks,
        ("after matrix products: power 690.11 W",),
        ("matrix product fp8 rowwise: not supported",),
    )
