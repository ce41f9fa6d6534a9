"""From measurements to the fields of a hardware preset, each with what it rests on.

A rate becomes a share of a peak: the data sheet's where the device is known and keeps below it,
else the largest rate measured. A field without measurements is left to the data sheet, or unknown.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dsexplore.measure.measurement import Kernel, Measurement, Precision, Recipe, Session
from dsexplore.measure.words import of_many, rate_words, sizes_words
from dsexplore.scenario.field import Value
from dsexplore.scenario.panels.hardware import Hardware
from dsexplore.scenario.scenario import validated
from dsexplore.text.refusal import ScenarioError

# Large ones are within this of the largest, by their work: they show what size no longer costs.
_LARGE_PRODUCTS = 8
_LARGE_MOVES = 4
_LONG = 2
# Precisions of 16 bits, and what stands in for them on a device without any.
_DENSE = (Precision.BF16, Precision.FP16, Precision.FP32)
_MOVING = (Kernel.COPY, Kernel.ADD, Kernel.NORM)
_DIGITS = 4
_NOT_IN_NAMES = re.compile(r"[^\w.+-]+")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Stated:
    """A field's value, and in a sentence what it rests on."""

    value: Value
    note: str


def fields(session: Session, sheet: Mapping[str, Value]) -> dict[str, Stated]:
    """Every field of the hardware that a session says something of; `sheet` is empty if unknown."""
    found: dict[str, Stated] = {}
    for derive in (_machine, _dense, _fp8, _attention, _memory, _network):
        for name, stated in derive(session, {**sheet, **_values(found)}):
            value = _rounded(stated.value)
            if _is_allowed(name, value):
                found[name] = Stated(value, stated.note)
    return found


Derived = Iterator[tuple[str, Stated]]


def _values(found: Mapping[str, Stated]) -> dict[str, Value]:
    return {name: stated.value for name, stated in found.items()}


def _rounded(value: Value) -> Value:
    """A number to as many digits as measuring gives; what was counted stays exact."""
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def _is_allowed(name: str, value: Value) -> bool:
    """Whether a field can hold a value: what a toy of a device reaches may be below all bounds."""
    try:
        validated(Hardware, {name: value})
    except ScenarioError:
        return False
    return True


# What the driver says


def _machine(session: Session, sheet: Mapping[str, Value]) -> Derived:
    machine = session.machine
    yield "gpu", Stated(_short(machine.name), "As the device names itself.")
    if not sheet:
        # Two accelerators may stand in two domains, or share one.
        yield "gpus_per_node", Stated(machine.devices, "Devices that one process sees.")
    if machine.memory_bytes:
        yield "memory_capacity", Stated(machine.memory_bytes, "What the driver reports.")
    if machine.multiprocessors:
        yield "sm_count", Stated(machine.multiprocessors, "What the driver reports.")
    if machine.power_limit and machine.power_limit != sheet.get("gpu_power"):
        note = "The limit that the driver enforced, used for the power under load."
        yield "gpu_power", Stated(machine.power_limit, note)


def _short(name: str) -> str:
    """A name with what the field of an accelerator's name takes, and no more of it."""
    words = _NOT_IN_NAMES.sub(" ", name).split()
    return " ".join(words)[:_LONGEST_NAME].strip() or "unnamed"


# Matrix products


def _dense(session: Session, sheet: Mapping[str, Value]) -> Derived:
    precision = next((found for found in _DENSE if _products(session, found)), None)
    if precision is None:
        return
    measured = _products(session, precision)
    yield from _peak("bf16_flops", measured, sheet)
    words = "" if precision == Precision.BF16 else f"In {precision.upper()}. "
    large = _large(measured, _LARGE_PRODUCTS)
    yield "gemm_efficiency", _share_of(_peak_of("bf16_flops", measured, sheet), large, words)


def _fp8(session: Session, sheet: Mapping[str, Value]) -> Derived:
    by_recipe = {
        recipe: _large(measured, _LARGE_PRODUCTS)
        for recipe in (Recipe.PER_TENSOR, Recipe.ROWWISE)
        if (measured := _products(session, Precision.FP8, recipe))
    }
    if not by_recipe:
        return
    measured = session.of(Kernel.PRODUCT, precision=Precision.FP8)
    yield from _peak("fp8_flops", measured, sheet)
    peak = _peak_of("fp8_flops", measured, sheet)
    recipe = max(by_recipe, key=lambda recipe: _median_rate(by_recipe[recipe]))
    words = f"Scales {_SCALES[recipe]}; what it takes to quantise is not in it. "
    yield "fp8_gemm_efficiency", _share_of(peak, by_recipe[recipe], words)


_SCALES = {Recipe.PER_TENSOR: "for a whole operand", Recipe.ROWWISE: "for each row"}


def _products(
    session: Session, precision: Precision, recipe: Recipe = Recipe.NONE
) -> list[Measurement]:
    return session.of(Kernel.PRODUCT, precision=precision, recipe=recipe)


# Attention


def _attention(session: Session, sheet: Mapping[str, Value]) -> Derived:
    """Forward and backward together, as the engine takes both at one rate."""
    backward = {_key(found): found for found in session.of(Kernel.ATTENTION_BACKWARD)}
    pairs = [
        (found, backward[_key(found)])
        for found in session.of(Kernel.ATTENTION_FORWARD)
        if _key(found) in backward
    ]
    peak = sheet.get("bf16_flops")
    if not pairs or not isinstance(peak, float):
        return
    longest = max(forward.sizes["length"] for forward, _ in pairs)
    long = [pair for pair in pairs if pair[0].sizes["length"] * _LONG >= longest]
    rates = [
        (forward.work + back.work) / (forward.timing.seconds + back.timing.seconds)
        for forward, back in long
    ]
    note = (
        f"Forward and backward together, {of_many([each for pair in long for each in pair])}; "
        f"over {rate_words(peak, 'FLOP')}."
    )
    yield "attention_efficiency", Stated(statistics.median(rates) / peak, note)


def _key(found: Measurement) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(found.sizes.items()))


# Memory


def _memory(session: Session, sheet: Mapping[str, Value]) -> Derived:
    by_kernel = [session.of(kernel) for kernel in _MOVING]
    # Small operands may come from a cache.
    large = [found for each in by_kernel if each for found in _large(each, _LARGE_MOVES)]
    if large:
        yield from _peak("memory_bandwidth", large, sheet)
        yield "memory_efficiency", _share_of(_peak_of("memory_bandwidth", large, sheet), large, "")


# Network


def _network(session: Session, sheet: Mapping[str, Value]) -> Derived:
    """Links within one node: between nodes nothing is measured."""
    whole = [
        found for found in session.measurements if found.sizes.get("ranks", 0) == session.ranks > 1
    ]
    reduced = [found for found in whole if found.kernel == Kernel.ALL_REDUCE]
    exchanged = [found for found in whole if found.kernel == Kernel.ALL_TO_ALL]
    # Switches that add up let an all-reduce pass more than its link: that is no peak.
    linked = [found for found in whole if found.kernel != Kernel.ALL_REDUCE] or whole
    if whole:
        yield from _peak("scale_up_bandwidth", linked, sheet)
    peak = _peak_of("scale_up_bandwidth", linked, sheet) if whole else 0.0
    if reduced:
        yield "network_efficiency", _share_of(peak, _large(reduced, _LARGE_MOVES), "")
    if exchanged:
        words = "Without compute beside it. "
        yield "all_to_all_efficiency", _share_of(peak, _large(exchanged, _LARGE_MOVES), words)
    step = _ring_step(session.of(Kernel.ALL_GATHER))
    if step is not None:
        note = (
            "The time that each further rank adds to the smallest all-gather; the call itself, "
            "which the host makes, is not in it."
        )
        yield "scale_up_latency", Stated(step, note)


def _ring_step(gathered: Sequence[Measurement]) -> float | None:
    """Seconds that a rank adds to a gathering of next to nothing; None from one number of ranks."""
    if not gathered:
        return None
    least = min(found.sizes["bytes"] for found in gathered)
    smallest = [found for found in gathered if found.sizes["bytes"] == least]
    ranks = [float(found.sizes["ranks"]) for found in smallest]
    seconds = [found.timing.seconds for found in smallest]
    if len(smallest) < 2:
        return None
    slope = statistics.linear_regression(ranks, seconds).slope
    return slope if slope > 0 else None


# Shares of a peak


def _peak(name: str, measured: Sequence[Measurement], sheet: Mapping[str, Value]) -> Derived:
    """The peak where it is not the data sheet's: unstated there, or surpassed."""
    stated, best = sheet.get(name), _best(measured)
    if isinstance(stated, float) and stated >= best.rate:
        return
    why = (
        f"More than the {rate_words(stated, best.unit)} of the data sheet"
        if isinstance(stated, float) and stated
        else "No data sheet is known for it"
    )
    yield name, Stated(best.rate, f"{why}: the largest rate measured, {sizes_words(best)}.")


def _peak_of(name: str, measured: Sequence[Measurement], sheet: Mapping[str, Value]) -> float:
    stated, best = sheet.get(name), _best(measured).rate
    return max(stated, best) if isinstance(stated, float) else best


def _share_of(peak: float, large: Sequence[Measurement], words: str) -> Stated:
    unit = large[0].unit
    rests_on = of_many(large)
    note = f"{words}{rests_on[0].upper()}{rests_on[1:]}; over {rate_words(peak, unit)}."
    return Stated(min(_median_rate(large) / peak, 1.0), note)


def _large(measured: Sequence[Measurement], within: float) -> list[Measurement]:
    most = max(found.work for found in measured)
    return [found for found in measured if found.work * within >= most]


def _median_rate(measured: Sequence[Measurement]) -> float:
    return statistics.median(found.rate for found in measured)


def _best(measured: Sequence[Measurement]) -> Measurement:
    return max(measured, key=lambda found: found.rate)
