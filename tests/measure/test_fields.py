"""Fields from measurements: shares of the right peak, and nothing that was not measured."""

from __future__ import annotations

import pytest

from dsexplore.measure.fields import fields
from dsexplore.measure.known import sheet_of
from dsexplore.measure.measurement import Kernel, Precision, Recipe
from tests.measure.faked import H100, UNKNOWN, collective, measured, moved, product, session

SHEET = sheet_of(H100.name).values


def test_a_share_is_of_the_data_sheets_peak_where_a_preset_describes_the_device():
    found = fields(session([product(742e12), product(700e12), product(100e12, 512)]), SHEET)
    # Small products do not count, and 721 of 989 TFLOP/s are 72.9 %.
    assert found["gemm_efficiency"].value == pytest.approx(0.729, abs=5e-4)
    assert "989" in found["gemm_efficiency"].note
    assert "bf16_flops" not in found, "the data sheet's peak stays"


def test_a_share_is_of_the_largest_rate_measured_where_no_preset_does():
    found = fields(session([product(80e9), product(60e9)], UNKNOWN), {})
    assert found["bf16_flops"].value == 80e9
    assert "largest rate measured" in found["bf16_flops"].note
    assert found["gemm_efficiency"].value == pytest.approx(0.875)


def test_a_peak_that_was_surpassed_is_none():
    found = fields(session([product(1000e12)]), SHEET)
    assert found["bf16_flops"].value == 1000e12
    assert "More than the 989 TFLOP/s of the data sheet" in found["bf16_flops"].note
    assert found["gemm_efficiency"].value == 1


def test_fp8_counts_by_its_faster_recipe_and_says_which():
    products = [
        product(1200e12, precision=Precision.FP8, recipe=Recipe.PER_TENSOR),
        product(1100e12, precision=Precision.FP8, recipe=Recipe.ROWWISE),
    ]
    found = fields(session(products), SHEET)
    assert found["fp8_gemm_efficiency"].value == pytest.approx(1200 / 1979, abs=5e-4)
    assert "per_tensor" in found["fp8_gemm_efficiency"].note
    assert "gemm_efficiency" not in found


def test_attention_counts_forward_and_backward_by_the_time_of_both():
    sizes = {"batch": 1, "heads": 16, "length": 8192, "head_dim": 128}
    passes = [
        measured(Kernel.ATTENTION_FORWARD, 600e12, sizes, 2e12),
        measured(Kernel.ATTENTION_BACKWARD, 500e12, sizes, 5e12),
    ]
    found = fields(session(passes), SHEET)
    # 7 TFLOP in 2 / 600 + 5 / 500 s.
    assert found["attention_efficiency"].value == pytest.approx(525 / 989, abs=5e-4)
    assert "attention_efficiency" not in fields(session(passes[:1]), SHEET)
    assert "attention_efficiency" not in fields(session(passes, UNKNOWN), {}), "of no peak"


def test_memory_bound_kernels_count_at_the_size_of_a_layers():
    kernels = [moved(Kernel.COPY, 3.0e12), moved(Kernel.ADD, 2.8e12), moved(Kernel.NORM, 2.6e12)]
    small = [moved(Kernel.COPY, 9e12, 1 << 20)]
    found = fields(session(kernels), SHEET)
    assert found["memory_efficiency"].value == pytest.approx(2.8 / 3.35, abs=5e-4)
    assert "memory_bandwidth" not in fields(session(kernels + small), SHEET), "from a cache"


def test_a_ring_step_needs_two_numbers_of_ranks():
    # A call of 10 us and 1 us for each further rank.
    gathered = [collective(Kernel.ALL_GATHER, (9 + n) * 1e-6, 4096, n) for n in (2, 4, 8)]
    found = fields(session(gathered, ranks=8), SHEET)
    assert found["scale_up_latency"].value == pytest.approx(1e-6)
    assert "scale_up_latency" not in fields(session(gathered[:1], ranks=2), SHEET)


def test_collectives_are_shares_of_the_link():
    reduced = collective(Kernel.ALL_REDUCE, (1 << 30) / 360e9, 1 << 30, 8)
    exchanged = collective(Kernel.ALL_TO_ALL, (1 << 30) / 270e9, 1 << 30, 8)
    found = fields(session([reduced, exchanged], ranks=8), SHEET)
    assert found["network_efficiency"].value == pytest.approx(0.8)
    assert found["all_to_all_efficiency"].value == pytest.approx(0.6)
    assert "scale_out_bandwidth" not in found, "nothing between nodes was measured"


def test_an_all_reduce_that_switches_add_up_is_no_peak_of_the_link():
    sizes = {"ranks": 8, "bytes": 1 << 30}
    reduced = measured(Kernel.ALL_REDUCE, 480e9, sizes, float(1 << 30), "byte")
    sent = measured(Kernel.SEND, 400e9, sizes, float(1 << 30), "byte")
    found = fields(session([reduced, sent], ranks=8), SHEET)
    assert "scale_up_bandwidth" not in found
    assert found["network_efficiency"].value == 1


def test_what_was_not_measured_is_no_field():
    found = fields(session([], UNKNOWN), {})
    assert {*found} == {"gpu", "gpus_per_node"}
    assert found["gpu"].value == "Wonder 2 chips", "a name as the field takes it"


def test_a_value_that_no_field_can_hold_is_none():
    slow = fields(session([product(900e12), product(0.01e12)]), SHEET)
    assert "gemm_efficiency" in slow
    toy = fields(session([product(0.5e9)], UNKNOWN), {})
    assert "bf16_flops" not in toy
