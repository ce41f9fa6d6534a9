"""Rates: what lending SMs costs, and operands that arithmetic does not hide."""

from __future__ import annotations

from dsexplore.engine import evaluate
from dsexplore.library.open import load

V3 = load("deepseek-v3")


def result(name: str, **values: object) -> float:
    return float(evaluate(V3.with_values(values).inputs(), [name])[name])


def test_lending_sms_costs_what_deepseek_s_profile_shows() -> None:
    # 20 of 132 SMs communicate; compute beside them takes 1.07 to 1.09 times as long.
    assert 1.07 < result("lent_slowdown") < 1.09


def test_between_no_loss_and_the_whole_share_of_the_lent_sms() -> None:
    assert result("lent_slowdown", lent_sm_loss=0.0) == 1
    assert result("lent_slowdown", lent_sm_loss=1.0) == 132 / 112
    assert result("lent_slowdown", communication_sms=0, lent_sm_loss=1.0) == 1


def test_a_product_whose_operands_are_hidden_runs_at_the_full_rate() -> None:
    assert result("gemm_slowdown", exposed_operand_share=0.0) == 1
    half, whole = (result("gemm_slowdown", exposed_operand_share=share) for share in (0.5, 1.0))
    assert 1 < half < whole
