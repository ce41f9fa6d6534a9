"""Rates of an accelerator of round numbers, in each precision."""

from __future__ import annotations

import math
from typing import Any

import pytest

from dsexplore.engine import evaluate
from tests.strategies import shipped

# 1, 2 and 4 PFLOP/s at 50 %, 25 % and 25 % of them, with kernels twice as fast as these say.
MACHINE: dict[str, object] = {
    **{"bf16_flops": 1e15, "fp8_flops": 2e15, "fp4_flops": 4e15},
    **{"gemm_efficiency": 0.5, "fp8_gemm_efficiency": 0.25, "attention_efficiency": 0.3},
    **{"attention_backward_efficiency": 0.2, "attention_factor": 1, "fp8_recipe": "auto"},
    **{
        "kernel_factor": 2,
        "sustained_rate": 1,
        "serving_gemm_efficiency": 0,
        "sm_count": 100,
        "lent_sm_loss": 0.5,
    },
}


def results(**changes: object) -> dict[str, Any]:
    return evaluate(shipped("deepseek-v3").with_values(MACHINE | changes).inputs())


RATES = {"bf16": 1e15, "fp8": 1e15, "fp4": 2e15}


@pytest.mark.parametrize("precision", RATES)
def test_matrix_products_reach_their_share_of_their_own_peak(precision: str) -> None:
    assert results(precision=precision)["gemm_rate"] == RATES[precision]
    # Serving has kernels of its own, whatever those of the training stack are.
    assert results(serving_precision=precision)["serving_gemm_rate"] == RATES[precision] / 2


@pytest.mark.parametrize(("precision", "peak"), [("bf16", 1e15), ("fp8", 2e15), ("fp4", 4e15)])
def test_an_efficiency_of_serving_stands_for_training_s_and_the_stack_s(
    precision: str, peak: float
) -> None:
    found = results(serving_precision=precision, serving_gemm_efficiency=0.1)
    assert found["serving_gemm_rate"] == 0.1 * peak


def test_attention_has_an_efficiency_of_its_own_where_it_is_fused() -> None:
    assert results(attention_kernel="flash")["attention_rate"] == 0.3 * 2e15
    assert results(attention_kernel="plain")["attention_rate"] == 0.5 * 2e15


@pytest.mark.parametrize(
    ("choice", "matrices", "fused"),
    [("flash", 2, 1), ("plain", 3, 0), ("auto", 3, 1), ("auto", 2, 1)],
)
def test_attention_is_fused_unless_stated_whatever_the_feed_forward_block(
    choice: str, matrices: int, fused: int
) -> None:
    found = results(attention_kernel=choice, ffn_matrices=matrices)
    assert found["flash_attention"] == fused


@pytest.mark.parametrize(
    ("peak", "flops"), [("bf16", 1e15), ("fp8", 2e15), ("fp8_less_communication", 1.6e15)]
)
def test_mfu_is_measured_against_the_peak_that_is_named(peak: str, flops: float) -> None:
    assert results(mfu_peak=peak, communication_sms=20)["mfu_peak_flops"] == flops


def test_half_of_twenty_lent_sms_of_a_hundred_are_missed() -> None:
    assert results(communication_sms=20)["lent_slowdown"] == pytest.approx(100 / 90)
    assert results(communication_sms=1)["lent_slowdown"] == pytest.approx(100 / 99.5)
    assert results(communication_sms=0)["lent_slowdown"] == 1
    unknown = results(communication_sms=0, sm_count="unknown")
    assert unknown["lent_slowdown"] == 1


def test_a_peak_is_one_however_small() -> None:
    assert results(mfu_peak="bf16", bf16_flops=1e9)["peak_problem"] == ""
    assert "the fp8 peak" in results(mfu_peak="fp8", fp8_flops=0)["peak_problem"]
    assert "the bf16 peak" in results(mfu_peak="bf16", bf16_flops="unknown")["peak_problem"]


@pytest.mark.parametrize("name", ["scale_up_latency", "scale_out_latency"])
def test_an_unknown_latency_counts_as_unknown_where_its_link_is_used(name: str) -> None:
    def step(latency: object, **layout: object) -> float:
        changed = shipped("llama-3.1-405b").with_values({name: latency, **layout})
        return float(evaluate(changed.inputs())["step_time"])

    assert step(0) < step(5e-6)
    assert math.isnan(step("unknown"))
    alone = {"tensor_parallel": 1, "context_parallel": 1, "pipeline_parallel": 1, "num_gpus": 1}
    assert step("unknown", **alone, layers_per_stage="balanced") > 0


def test_a_part_of_a_node_is_one() -> None:
    assert results(num_gpus=4, gpus_per_node=8)["num_nodes"] == 1
    assert results(num_gpus=24, gpus_per_node=8)["num_nodes"] == 3
