"""From measurements to the fields of a hardware preset, each with what it rests on.

The engine's laws of products, attention and collectives are fitted to what was measured, from the
data sheet's values on. A share is of the data sheet's peak where the device is known and keeps
below it, else of the largest rate measured. A field without measurements is left to the data sheet,
or unknown.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dsexplore.engine.constants import BF16_BYTES, FP8_WITH_SCALE_BYTES
from dsexplore.measure.fit import Fit, Law, fitted
from dsexplore.measure.laws import (
    attention_law,
    collective_law,
    decode_attention_law,
    product_law,
)
from dsexplore.measure.measurement import Kernel, Measurement, Precision, Session
from dsexplore.measure.words import of_many, rate_words, sizes_words
from dsexplore.scenario.field import Value
from dsexplore.scenario.fields import FIELDS
from dsexplore.scenario.panels.hardware import Hardware
from dsexplore.text.refusal import ScenarioError

# Large ones are within this of the largest, by their work: they show what size no longer costs.
_LARGE = 4
# Fewer sizes do not tell what a size costs from what a rate is.
_FEWEST = 6
# Beyond such a median error a law says nothing of the device, nor the device of the law.
_WORST_FIT = 0.25
# Precisions of 16 bits, and what stands in for them on a device without any.
_DENSE = (Precision.BF16, Precision.FP16, Precision.FP32)
_MOVING = (Kernel.COPY, Kernel.ADD, Kernel.NORM)
_RINGS = (Kernel.ALL_GATHER, Kernel.REDUCE_SCATTER, Kernel.ALL_REDUCE)
# An all-reduce may pass more than its link, where switches add up: it tells no peak.
_LINKED = (Kernel.ALL_GATHER, Kernel.REDUCE_SCATTER, Kernel.ALL_TO_ALL, Kernel.SEND)
_DIGITS = 4
_NOT_IN_NAMES = re.compile(r"[^\w.+-]+")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Stated:
    """A field's value, and in a sentence what it rests on."""

    value: Value
    note: str


class Found(NamedTuple):
    """Fields by name, and for those that were measured but cannot be stated, why."""

    stated: dict[str, Stated]
    unstated: tuple[str, ...]


# A sentence in place of a value says why there is none.
Derived = Iterator[tuple[str, Stated | str]]
Values = Mapping[str, Value]


def fields(session: Session, sheet: Values) -> Found:
    """Every field of the hardware that a session says something of; `sheet` is empty if unknown."""
    found: dict[str, Stated] = {}
    unstated: list[str] = []
    for derive in (
        _machine,
        _peaks,
        _memory,
        _launches,
        _reading,
        _dense,
        _fp8,
        _attention,
        _network,
    ):
        known = {**sheet, **{name: stated.value for name, stated in found.items()}}
        for name, stated in derive(session, known):
            if isinstance(stated, str):
                unstated.append(f"{FIELDS[name].label}: {stated}")
                continue
            value = _rounded(stated.value)
            if _is_allowed(name, value):
                found[name] = Stated(value, stated.note)
            else:
                unstated.append(f"{FIELDS[name].label}: {value!r}, which the field cannot hold")
    return Found(found, tuple(unstated))


def _rounded(value: Value) -> Value:
    """A number to as many digits as measuring gives; what was counted stays exact."""
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def _is_allowed(name: str, value: Value) -> bool:
    """Whether a field can hold a value: what a toy of a device reaches may be below all bounds."""
    try:
        Hardware.specs[name].accept(value)
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


# Peaks


def _peaks(session: Session, sheet: Values) -> Derived:
    """Those that are not the data sheet's: unstated there, or surpassed."""
    for name, measured in (
        ("memory_bandwidth", _moved(session)),
        ("bf16_flops", _dense_products(session)),
        ("fp8_flops", _products(session, Precision.FP8)),
        ("scale_up_bandwidth", session.of(*_LINKED)),
    ):
        if not measured:
            continue
        stated, best = sheet.get(name), max(measured, key=lambda found: found.rate)
        if isinstance(stated, float) and stated >= best.rate:
            continue
        why = (
            f"More than the {rate_words(stated, best.unit)} of the data sheet"
            if isinstance(stated, float) and stated
            else "No data sheet states it"
        )
        yield name, Stated(best.rate, f"{why}: the largest rate measured, {sizes_words(best)}.")


# Memory and launches


def _memory(session: Session, sheet: Values) -> Derived:
    large, peak = _moved(session), sheet.get("memory_bandwidth")
    if large and isinstance(peak, float):
        note = f"{_capital(of_many(large))}; over {rate_words(peak, 'byte')}."
        yield "memory_efficiency", Stated(_median_rate(large) / peak, note)


def _moved(session: Session) -> list[Measurement]:
    """Memory-bound kernels of large operands: small ones may come from a cache."""
    by_kernel = [session.of(kernel) for kernel in _MOVING]
    return [found for each in by_kernel if each for found in _large(each)]


def _launches(session: Session, sheet: Values) -> Derived:
    """Of the smallest kernel; products of few rows tell better, where there are any."""
    for found in session.of(Kernel.LAUNCH_REPLAYED):
        yield "kernel_floor", Stated(found.timing.seconds, "Of a kernel in a replayed graph.")


# Reading: weights and caches in decoding


def _reading(session: Session, sheet: Values) -> Derived:
    """What reads weights and caches in decoding, by torch's own kernels in a replayed graph."""
    if not isinstance(sheet.get("memory_bandwidth"), float):
        return
    few_rows, attention = session.of(Kernel.FEW_ROWS), session.of(Kernel.DECODE_ATTENTION)
    if len(few_rows) >= _FEWEST and isinstance(sheet.get("bf16_flops"), float):
        law = product_law("bf16_flops", "gemm_efficiency", BF16_BYTES, "weight_read_efficiency")
        free = ["weight_read_efficiency", "kernel_floor"]
        yield from _fit(law, few_rows, free, sheet, "In a replayed graph. ")
    if len(attention) >= _FEWEST:
        free = ["cache_read_efficiency", "decode_attention_call_time"]
        words = "By torch's attention in a replayed graph; a serving engine's may be faster. "
        yield from _fit(decode_attention_law, attention, free, sheet, words)


# Matrix products


def _dense(session: Session, sheet: Values) -> Derived:
    measured = _dense_products(session)
    if not measured or not isinstance(sheet.get("bf16_flops"), float):
        return
    free = ["gemm_efficiency"]
    if len(measured) >= _FEWEST:
        free.append("gemm_fill_time")
        # Replayed graphs tell it better, where there are any.
        free += [] if session.of(Kernel.LAUNCH_REPLAYED) else ["kernel_floor"]
    law = product_law("bf16_flops", "gemm_efficiency", BF16_BYTES)
    precision = measured[0].precision
    words = "" if precision == Precision.BF16 else f"In {precision.upper()}. "
    yield from _fit(law, measured, free, sheet, words)


def _fp8(session: Session, sheet: Values) -> Derived:
    measured = _products(session, Precision.FP8)
    if not measured or not isinstance(sheet.get("fp8_flops"), float):
        return
    law = product_law("fp8_flops", "fp8_gemm_efficiency", FP8_WITH_SCALE_BYTES)
    words = f"Scales {_scales(measured)}; what it takes to quantise is not in it. "
    yield from _fit(law, measured, ["fp8_gemm_efficiency"], sheet, words)


def _dense_products(session: Session) -> list[Measurement]:
    """Products of 16 bits, or of what the device has in their place."""
    found = (_products(session, precision) for precision in _DENSE)
    return next((measured for measured in found if measured), [])


def _products(session: Session, precision: Precision) -> list[Measurement]:
    return session.of(Kernel.PRODUCT, precision=precision)


def _scales(measured: Sequence[Measurement]) -> str:
    recipes = dict.fromkeys(str(found.recipe) for found in measured)
    rates = [_median_rate([each for each in measured if each.recipe == name]) for name in recipes]
    said = (
        f"{name} ({rate_words(rate, 'FLOP')} at the middle size)"
        for name, rate in zip(recipes, rates, strict=True)
    )
    return " and ".join(said)


# Attention


def _attention(session: Session, sheet: Values) -> Derived:
    forward, backward = (
        session.of(kernel) for kernel in (Kernel.ATTENTION_FORWARD, Kernel.ATTENTION_BACKWARD)
    )
    measured = [*forward, *backward]
    if not measured or not isinstance(sheet.get("bf16_flops"), float):
        return
    free = ["attention_efficiency"] if forward else []
    free += ["attention_backward_efficiency"] if backward else []
    free += ["attention_half_length"] if _differ(measured, "length") else []
    free += ["attention_half_width"] if _differ(measured, "head_dim") else []
    yield from _fit(attention_law, measured, free, sheet, "")


def _differ(measured: Sequence[Measurement], size: str) -> bool:
    return len({found.sizes[size] for found in measured}) > 1


# Network


def _network(session: Session, sheet: Values) -> Derived:
    """Links within one node: between nodes nothing is measured."""
    rings = session.of(*_RINGS)
    if not rings or not isinstance(sheet.get("scale_up_bandwidth"), float):
        return
    free = ["network_efficiency"]
    free += ["all_reduce_gain"] if session.of(Kernel.ALL_REDUCE) else []
    if len(rings) >= _FEWEST:
        free += ["collective_call_time", "ramp_time", "ramp_size"]
    # A call is told from its steps by groups of different sizes alone.
    free += ["scale_up_latency"] if _differ(rings, "ranks") else []
    words = "Within one node, as torch calls them, the host's time in the call. "
    yield from _fit(collective_law, rings, free, sheet, words)


# Fits and shares


def _fit(
    law: Law, measured: Sequence[Measurement], free: Sequence[str], sheet: Values, words: str
) -> Derived:
    """Fit these fields of a law, the others as they are in the sheet, or by default."""
    known = {**_defaults(), **{name: value for name, value in sheet.items() if value is not None}}
    numbers = {name: float(each) for name, each in known.items() if isinstance(each, int | float)}
    found = fitted(law, measured, free, numbers)
    for name in free:
        if found.median_error() > _WORST_FIT:
            yield name, f"the law does not meet what was measured ({found.words()})"
            continue
        yield name, Stated(found.values[name], f"{words}{_together(found, name)}{_over(measured)}.")


def _together(found: Fit, name: str) -> str:
    others = [FIELDS[other].label for other in found.values if other != name]
    return f"{found.words()}{', together with ' if others else ''}{', '.join(others)}"


def _over(measured: Sequence[Measurement]) -> str:
    first, last = (pick(measured, key=lambda found: found.work) for pick in (min, max))
    return f"; from {sizes_words(first)} to {sizes_words(last)}"


def _defaults() -> dict[str, Value]:
    return {name: spec.default for name, spec in Hardware.specs.items()}


def _large(measured: Sequence[Measurement]) -> list[Measurement]:
    most = max(found.work for found in measured)
    return [found for found in measured if found.work * _LARGE >= most]


def _median_rate(measured: Sequence[Measurement]) -> float:
    return statistics.median(found.rate for found in measured)


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
