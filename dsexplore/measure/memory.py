"""Memory-bound kernels by size: copy, sum and norm, in bytes moved per second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dsexplore.measure.device import Device
from dsexplore.measure.measurement import Kernel
from dsexplore.measure.trial import Call, Trial

# Bytes of one operand; the width is a layer's.
_SIZES = (1 << 20, 1 << 22, 1 << 24, 1 << 26, 1 << 28, 1 << 30)
_WIDTH = 4096
_BYTES_PER_VALUE = 2
# Each operand read once, each result written once.
_PASSES = {Kernel.COPY: 2, Kernel.ADD: 3, Kernel.NORM: 2}


def memory_bound(device: Device) -> list[Trial]:
    """Copies, sums and norms, the smallest first."""
    return sorted(_trials(device), key=lambda trial: trial.work)


def _trials(device: Device) -> Iterator[Trial]:
    for size in _SIZES:
        for kernel, passes in _PASSES.items():
            yield Trial(
                kernel,
                {"bytes": size},
                float(passes * size),
                "byte",
                _starting(device, kernel, size),
                # Values are made in FP32 and then converted.
                memory=6 * size,
                precision=device.half(),
            )


def _starting(device: Device, kernel: Kernel, size: int) -> Callable[[], Call]:
    make = {Kernel.COPY: _copy, Kernel.ADD: _add, Kernel.NORM: _norm}[kernel]

    def start() -> Call:
        shape = (size // _BYTES_PER_VALUE // _WIDTH, _WIDTH)
        return make(device, shape, device.dtype(device.half()))

    return start


def _copy(device: Device, shape: tuple[int, int], dtype: Any) -> Call:
    operands = device.in_turn(
        lambda: (device.random(*shape, dtype=dtype), device.random(*shape, dtype=dtype))
    )

    def call() -> None:
        source, target = next(operands)
        target.copy_(source)

    return call


def _add(device: Device, shape: tuple[int, int], dtype: Any) -> Call:
    torch = device.torch
    operands = device.in_turn(
        lambda: tuple(device.random(*shape, dtype=dtype) for _ in range(3)),
    )

    def call() -> None:
        first, second, total = next(operands)
        torch.add(first, second, out=total)

    return call


def _norm(device: Device, shape: tuple[int, int], dtype: Any) -> Call:
    torch = device.torch
    weight = torch.ones(shape[1], device=device.kind, dtype=dtype)
    operands = device.in_turn(lambda: (device.random(*shape, dtype=dtype),))

    def call() -> None:
        (values,) = next(operands)
        torch.nn.functional.rms_norm(values, (shape[1],), weight)

    return call
