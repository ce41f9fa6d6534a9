"""Fields from measurements: the laws' own, shares of the right peak, nothing unmeasured."""

from __future__ import annotations

import random

import pytest

from dsexplore.measure import fields as derived
from dsexplore.measure.attention import causal_flops
from dsexplore.measure.collectives import bytes_on_the_bus
from dsexplore.measure.fit import Law
from dsexplore.measure.known import sheet_of
from dsexplore.measure.laws import (
    attention_law,
    collective_law,
    decode_attention_law,
    product_law,
)
from dsexplore.measure.measurement import Kernel, Measurement, Precision, Recipe, Timing
from dsexplore.scenario.panels.hardware import Hardware
from tests.measure.faked import H100, UNKNOWN, measured, moved, product, session


def fields(*words: object) -> dict:
    return derived.fields(*words).stated


SHEET = sheet_of(H100.name).values
# A device as it might be; its data sheet does not say so.
TRUE = {
    **{name: spec.default for name, spec in Hardware.specs.items()},
    **SHEET,
    "gemm_efficiency": 0.8,
    "gemm_fill_time": 7e-10,
    "kernel_floor": 4e-6,
    "fp8_gemm_efficiency": 0.6,
    "attention_efficiency": 0.66,
    "attention_backward_efficiency": 0.55,
    "attention_half_length": 300.0,
    "attention_half_width": 30.0,
    "network_efficiency": 0.9,
    "all_reduce_gain": 1.2,
    "collective_call_time": 7e-6,
    "scale_up_latency": 1.2e-6,
    "ramp_time": 20e-6,
    "ramp_size": 1e6,
    "weight_read_efficiency": 0.9,
    "cache_read_efficiency": 0.7,
    "decode_attention_call_time": 9e-6,
}
NOISE = random.Random(1)


def timed(law: Law, kernel: Kernel, sizes: dict[str, int], work: float, **more: object):
    """A measurement of the true device, 2 % off."""
    untimed = Measurement(kernel, sizes, work, "FLOP", Timing(1, 1, 1, 9), **more)
    seconds = law(TRUE, untimed) * NOISE.lognormvariate(0, 0.02)
    return measured(kernel, work / seconds, sizes, work, **more)


def recovers(found: dict, names: list[str], within: float) -> None:
    for name in names:
        assert found[name].value == pytest.approx(TRUE[name], rel=within), name
        assert "median error" in found[name].note


def test_products_tell_rate_fill_and_floor_and_fp8_its_rate():
    shapes = [
        {"m": m, "n": n, "k": k}
        for m in (64, 256, 1024, 4096, 16384)
        for n, k in ((1024, 1024), (2048, 7168), (8192, 8192), (8192, 28672))
    ]
    dense, fp8 = (
        product_law("bf16_flops", "gemm_efficiency", 2.0),
        product_law("fp8_flops", "fp8_gemm_efficiency", 1.0),
    )
    ours = [
        timed(law, Kernel.PRODUCT, shape, 2.0 * shape["m"] * shape["n"] * shape["k"], **more)
        for law, more in (
            (dense, {}),
            (fp8, {"precision": Precision.FP8, "recipe": Recipe.ROWWISE}),
        )
        for shape in shapes
    ]
    found = fields(session(ours), SHEET)
    recovers(found, ["gemm_efficiency", "fp8_gemm_efficiency"], 0.05)
    recovers(found, ["gemm_fill_time", "kernel_floor"], 0.4)
    assert "bf16_flops" not in found, "the data sheet's peak stays"
    assert "rowwise" in found["fp8_gemm_efficiency"].note


def test_attention_tells_its_rates_each_way_and_what_length_and_width_cost():
    ours = [
        timed(
            attention_law,
            kernel,
            {"batch": 1, "heads": 16, "length": length, "head_dim": width},
            over * causal_flops(1, 16, length, width),
        )
        for length in (512, 1024, 2048, 4096, 8192, 16384)
        for width in (64, 128)
        for kernel, over in ((Kernel.ATTENTION_FORWARD, 1), (Kernel.ATTENTION_BACKWARD, 2.5))
    ]
    found = fields(session(ours), SHEET)
    recovers(found, ["attention_efficiency", "attention_backward_efficiency"], 0.05)
    recovers(found, ["attention_half_length", "attention_half_width"], 0.3)
    assert not fields(session(ours, UNKNOWN), {}).keys() & {"attention_efficiency"}, "of no peak"


def test_collectives_tell_call_step_and_rate_by_size():
    kernels = (Kernel.ALL_REDUCE, Kernel.ALL_GATHER, Kernel.REDUCE_SCATTER)
    ours = [
        timed(
            collective_law,
            kernel,
            {"ranks": ranks, "bytes": 1 << power},
            bytes_on_the_bus(kernel, 1 << power, ranks),
        )
        for kernel in kernels
        for ranks in (2, 4, 8)
        for power in range(12, 31, 2)
    ]
    found = fields(session(ours, ranks=8), SHEET)
    recovers(found, ["network_efficiency", "all_reduce_gain"], 0.05)
    recovers(found, ["collective_call_time", "scale_up_latency"], 0.3)
    two = [each for each in ours if each.sizes["ranks"] == 2]
    assert "scale_up_latency" not in fields(session(two, ranks=2), SHEET), "a call with its step"
    assert "scale_out_bandwidth" not in found, "nothing between nodes was measured"


def test_a_share_is_of_the_largest_rate_measured_where_no_preset_describes_the_device():
    found = fields(session([product(80e9), product(60e9)], UNKNOWN), {})
    assert found["bf16_flops"].value == 80e9
    assert "largest rate measured" in found["bf16_flops"].note
    assert 0.8 < found["gemm_efficiency"].value <= 1


def test_a_peak_that_was_surpassed_is_none():
    found = fields(session([product(1000e12)]), SHEET)
    assert found["bf16_flops"].value == 1000e12
    assert "More than the 989 TFLOP/s of the data sheet" in found["bf16_flops"].note


def test_memory_bound_kernels_count_at_the_size_of_a_layers():
    kernels = [moved(Kernel.COPY, 3.0e12), moved(Kernel.ADD, 2.8e12), moved(Kernel.NORM, 2.6e12)]
    small = [moved(Kernel.COPY, 9e12, 1 << 20)]
    found = fields(session(kernels), SHEET)
    assert found["memory_efficiency"].value == pytest.approx(2.8 / 3.35, abs=5e-4)
    assert "memory_bandwidth" not in fields(session(kernels + small), SHEET), "from a cache"


def test_decoding_tells_what_reads_weights_and_caches():
    rows = [
        {"m": m, "n": n, "k": k}
        for m in (1, 16)
        for n, k in ((4096, 4096), (28672, 4096), (8192, 28672))
    ]
    caches = [
        {"batch": batch, "kv_heads": 8, "context": context, "head_dim": 128}
        for batch in (1, 8)
        for context in (1024, 16384, 65536)
    ]
    read = product_law("bf16_flops", "gemm_efficiency", 2.0, "weight_read_efficiency")
    ours = [timed(read, Kernel.FEW_ROWS, size, 2.0 * size["n"] * size["k"]) for size in rows] + [
        timed(
            decode_attention_law,
            Kernel.DECODE_ATTENTION,
            size,
            4.0 * size["batch"] * 8 * size["context"] * 128,
        )
        for size in caches
    ]
    found = fields(session(ours), SHEET)
    recovers(found, ["weight_read_efficiency", "cache_read_efficiency"], 0.05)
    recovers(found, ["kernel_floor", "decode_attention_call_time"], 0.4)


def test_what_was_not_measured_is_no_field():
    found = fields(session([], UNKNOWN), {})
    assert {*found} == {"gpu", "gpus_per_node"}
    assert found["gpu"].value == "Wonder 2 chips", "a name as the field takes it"


def test_a_law_that_does_not_meet_what_was_measured_states_nothing():
    # A rate that jumps between a fiftieth and the whole with every other size.
    ours = [product(700e12 / 50 ** (side % 3), side) for side in range(4096, 4112)]
    found, unstated = derived.fields(session(ours), SHEET)
    assert "gemm_efficiency" not in found
    assert any("the law does not meet" in said for said in unstated)


def test_a_value_that_no_field_can_hold_is_none():
    found = fields(session([product(0.5e9)], UNKNOWN), {})
    assert not found.keys() & {"bf16_flops", "gemm_efficiency"}, "nor a share of it"
