"""The engine's laws of kernels, at the sizes of a measurement."""

from __future__ import annotations

import math
from collections.abc import Mapping

from dsexplore.engine.collectives import collective_time
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.formulas.machine.products import product_time
from dsexplore.engine.formulas.step.attention import STATED_HEAD
from dsexplore.measure.fit import Law
from dsexplore.measure.measurement import Kernel, Measurement

Values = Mapping[str, float]


def product_law(
    peak: str, share: str, element_bytes: float, read_share: str = "memory_efficiency"
) -> Law:
    """A matrix product's time, at shares of a peak and of the memory's, named as fields."""

    def seconds(values: Values, found: Measurement) -> float:
        sizes = found.sizes
        # Without a bandwidth, no traffic.
        memory = values.get("memory_bandwidth", math.inf) * values[read_share]
        time: float = product_time(
            float(sizes["m"]),
            float(sizes["n"]),
            float(sizes["k"]),
            element_bytes,
            BF16_BYTES,
            values[peak] * values[share],
            memory,
            values["gemm_fill_time"],
            values["kernel_floor"],
        )
        return time

    return seconds


def attention_law(values: Values, found: Measurement) -> float:
    """Causal attention's time, forward or backward, by the length looked back on and the width."""
    is_forward = found.kernel == Kernel.ATTENTION_FORWARD
    share = values["attention_efficiency" if is_forward else "attention_backward_efficiency"]
    seen = found.sizes["length"] / 2
    half_width = values["attention_half_width"]
    width = float(found.sizes["head_dim"])
    narrow = width / (width + half_width) * (STATED_HEAD + half_width) / STATED_HEAD
    rate = values["bf16_flops"] * share * narrow * seen / (seen + values["attention_half_length"])
    return found.work / min(rate, values["bf16_flops"])


def decode_attention_law(values: Values, found: Measurement) -> float:
    """Time of attention of one token in a layer: a call beside what it reads of the cache."""
    rate = values.get("memory_bandwidth", math.inf) * values["cache_read_efficiency"]
    return values["decode_attention_call_time"] + found.work / rate


def collective_law(values: Values, found: Measurement) -> float:
    """A collective's time within one node."""
    is_sum = found.kernel == Kernel.ALL_REDUCE
    rate = values["scale_up_bandwidth"] * values["network_efficiency"]
    time: float = collective_time(
        float(found.sizes["bytes"]),
        2.0 if is_sum else 1.0,
        float(found.sizes["ranks"]),
        1.0,
        rate * (values["all_reduce_gain"] if is_sum else 1.0),
        values["small_group_loss"],
        values["collective_call_time"],
        values["scale_up_latency"],
        values["ramp_time"],
        values["ramp_size"],
        1.0,
        0.0,
        0.0,
        0.0,
        1.0,
    )
    return time
