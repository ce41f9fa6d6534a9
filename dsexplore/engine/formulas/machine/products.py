"""Products: laws of the time of one matrix product, or of many of one shape."""

from __future__ import annotations

from typing import Any

from dsexplore.engine.constants import FLOP_PER_MULTIPLY_ADD
from dsexplore.engine.elementwise import ratio, side_by_side
from dsexplore.engine.idioms import if_any


def product_time(
    rows: Any,
    columns: Any,
    inner: Any,
    operand_bytes: Any,
    output_bytes: Any,
    rate: Any,
    memory_rate: Any,
    fill: Any,
    floor: Any,
) -> Any:
    """Seconds of one product: its arithmetic beside its traffic, after what every kernel takes."""
    arithmetic = ratio(FLOP_PER_MULTIPLY_ADD * rows * columns * inner, rate) + fill * inner
    read = operand_bytes * inner * (rows + columns)
    moved = ratio(read + output_bytes * rows * columns, memory_rate)
    return if_any(rows * columns * inner, floor + side_by_side(arithmetic, moved))


def products_time(
    groups: Any,
    rows: Any,
    columns: Any,
    inner: Any,
    operand_bytes: Any,
    output_bytes: Any,
    rate: Any,
    memory_rate: Any,
    fill: Any,
    floor: Any,
    kernels: Any,
) -> Any:
    """Seconds of many products of one shape: one kernel at least, and so many for each."""
    flops = FLOP_PER_MULTIPLY_ADD * groups * rows * columns * inner
    arithmetic = ratio(flops, rate) + fill * inner
    read = operand_bytes * inner * (rows + columns)
    moved = ratio(groups * (read + output_bytes * rows * columns), memory_rate)
    launched = (1 + kernels * groups) * floor
    return if_any(rows * columns * inner, launched + side_by_side(arithmetic, moved))
