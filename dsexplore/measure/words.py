"""Measurements in words: sizes, rates, times and how far repetitions differed."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.measure.measurement import Measurement
from dsexplore.text.format import format_value

_BYTES = "bytes"
_UNITS = {"GiB": 1 << 30, "MiB": 1 << 20, "KiB": 1 << 10, "B": 1}


def sizes_words(found: Measurement) -> str:
    """A kernel with its sizes: matrix product in BF16, m 4,096, n 8,192, k 8,192."""
    if not found.sizes:
        return found.kernel
    sizes = (_size(name, size) for name, size in found.sizes.items())
    precision = f"{found.precision.upper()} {found.recipe}".strip()
    return f"{found.kernel} in {precision}, {', '.join(sizes)}"


def rate_words(rate: float, unit: str) -> str:
    """A rate with its unit: 812.4 TFLOP/s."""
    if unit == "call":
        return f"{rate:,.0f} calls/s"
    return format_value(rate, f"{unit}/s")


def time_words(found: Measurement) -> str:
    """Seconds per call."""
    return format_value(found.timing.seconds, "second")


def spread_words(found: Measurement) -> str:
    """How far the fastest and slowest repetitions are from the median: -1 to +3 %."""
    low, high = (
        round(100 * (seconds / found.timing.seconds - 1))
        for seconds in (found.timing.fastest, found.timing.slowest)
    )
    return f"{low:+d} to {high:+d} %"


def of_many(measured: Sequence[Measurement]) -> str:
    """What a median over several sizes rests on."""
    first, last = (pick(measured, key=lambda found: found.work) for pick in (min, max))
    rates = sorted(found.rate for found in measured)
    unit = measured[0].unit
    count = len(measured)
    repetitions = min(found.timing.repetitions for found in measured)
    if count == 1:
        return (
            f"{sizes_words(first)}: {rate_words(rates[0], unit)}, a median of {repetitions} "
            f"repetitions, whose times differ by {spread_words(first)}"
        )
    return (
        f"median of {count} sizes, from {sizes_words(first)} to {sizes_words(last)}: "
        f"{rate_words(rates[0], unit)} to {rate_words(rates[-1], unit)}, each a median of "
        f"{repetitions} repetitions or more"
    )


def _size(name: str, size: int) -> str:
    if name == _BYTES:
        return next(
            f"{size // factor:,} {unit}" for unit, factor in _UNITS.items() if size % factor == 0
        )
    return f"{name.replace('_', ' ')} {size:,}"
