"""A power limit and INT8: what they do to rates, as published."""

from __future__ import annotations

import pytest

from dsexplore.engine import evaluate
from tests.strategies import shipped

LLAMA = shipped("llama-3.1-405b")


def test_products_slow_down_as_measured_under_a_power_cap() -> None:
    """An A100 of 250 W took 19.5 % longer at 150 W and 6.7 % at 175 W, not being at its limit."""
    card = LLAMA.with_values({"gpu_power": 250})
    at = {
        limit: evaluate(card.with_values({"power_limit": limit}).inputs())["clock_share"]
        for limit in (0, 150, 175, 250, 400)
    }
    assert 1 / at[150] == pytest.approx(1.195, abs=0.02)
    assert 1.067 < 1 / at[175] < 1 / at[150]
    assert at[0] == at[250] == at[400] == 1


def test_a_limit_slows_products_and_saves_energy_and_leaves_memory_alone() -> None:
    free = evaluate(LLAMA.inputs())
    held = evaluate(LLAMA.with_values({"power_limit": "350 W"}).inputs())
    assert held["gemm_rate"] < free["gemm_rate"] and held["attention_rate"] < free["attention_rate"]
    assert held["memory_rate"] == free["memory_rate"]
    assert held["drawn_power"] == 350


def test_int8_runs_at_its_own_peak_or_says_that_there_is_none() -> None:
    """A TPU v5e multiplies in INT8 twice as fast as in BF16."""
    tpu = {"bf16_flops": "197 TFLOP/s", "int8_flops": "394 TFLOP/s", "precision": "int8"}
    found = evaluate(LLAMA.with_values(tpu).inputs())
    assert found["gemm_rate"] == 2 * found["bf16_gemm_rate"]
    none = evaluate(LLAMA.with_values({**tpu, "int8_flops": 0}).inputs())
    assert "no INT8 peak" in none["precision_problem"]
