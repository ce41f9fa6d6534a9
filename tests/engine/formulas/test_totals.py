"""Totals of a run of round numbers, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from tests.points import holds_at
from tests.strategies import shipped

# A thousand accelerators of 700 W and 30,000 dollars: 1.3 M hours at two dollars.
RUN: dict[str, object] = {
    **{"utilization": "measured", "stated_pretraining_gpu_hours": 1e6, "num_gpus": 1000},
    **{"context_extension_gpu_hours": 1e5, "post_training_gpu_hours": 2e5},
    **{"price_per_gpu_hour": 2, "gpu_power": 700, "power_usage_effectiveness": 1.2},
    **{"carbon_intensity": 400, "electricity_price": 0.1, "gpu_price": 30_000},
    **{"gpu_lifetime": 5, "staff": 10, "staff_cost_per_year": 1e6, "staff_years": 0.5},
    **{"experiments_multiplier": 1.5, "pretraining_tokens": 1e13},
    **{"output_tokens_per_day": 1e9, "output_price": 2, "input_tokens_per_day": 4e9},
    **{"input_price": 1, "cached_input_price": 0.2, "cache_hit_rate": 0.5},
}


def results(**changes: object) -> dict[str, Any]:
    return evaluate(shipped("deepseek-v3").with_values(RUN | changes).inputs())


EXPECTED = {
    "total_gpu_hours": 1.3e6,
    "pretraining_cost": 2e6,
    "context_extension_cost": 2e5,
    "post_training_cost": 4e5,
    "total_cost": 2.6e6,
    "pretraining_days": 1e6 / 24_000,
    "total_days": 1.3e6 / 24_000,
    "tokens_per_day": 1e13 / (1e6 / 24_000),
    "tokens_per_second_per_gpu": 1e13 / 3.6e9,
    "pretraining_cost_per_million_tokens": 0.2,
    "cluster_cost": 3e7,
    "energy": 1.092e6 * 3.6e6,
    "carbon": 1.092e6 * 400,
    "energy_cost": 109_200,
    # A year of 8,760 hours, five of them.
    "cost_of_ownership": 1.3e6 * 30_000 / 43_800 + 109_200,
    "experiments_cost": 3.9e6,
    # Half as much again as the money of experiments is of the run's.
    "energy_with_experiments": 2.5 * 1.092e6 * 3.6e6,
    "carbon_with_experiments": 2.5 * 1.092e6 * 400,
    "experiments_days": 1.5 * 1.3e6 / 24_000,
    "staff_cost": 5e6,
    "cost_with_development": 11.5e6,
    "output_revenue_per_day": 2000,
    # Half of four billion at a dollar, half at a fifth of one.
    "input_revenue_per_day": 2000 + 400,
    "revenue_per_day": 4400,
    "mean_token_price": 4400 / 5000,
    "training_cost_in_days_of_revenue": 2.6e6 / 4400,
}


@holds_at("name", EXPECTED)
def test_a_run_of_round_numbers(name: str) -> None:
    assert results()[name] == pytest.approx(EXPECTED[name])


def test_post_training_on_accelerators_of_its_own() -> None:
    """As stated it holds the cluster; from its stages, as many as RL does."""
    assert results(rl_num_gpus=10)["post_training_gpus"] == 1000
    stages = {"post_training_gpu_hours": 0, "measured_sft_gpu_hours": 24_000, "rl_num_gpus": 100}
    found = results(**stages, cold_start_samples=0, rejection_samples=0, rl_gradient_steps=0)
    assert found["post_training_gpus"] == 100
    assert found["total_days"] == pytest.approx(1.1e6 / 24_000 + 10)


def test_idle_hours_and_capital_are_paid_by_the_hours_at_work() -> None:
    """Half of $30,000 is tied up, at 10 % a year; a fifth of the hours is idle."""
    found = results(idle_share=0.2, cost_of_capital=0.1)["cost_of_ownership"]
    per_hour = 30_000 / 43_800 + 0.1 * 15_000 / 8760
    assert found == pytest.approx(1.3e6 * per_hour / 0.8 + 109_200)


def test_hours_by_tokens_unless_they_are_stated() -> None:
    by_rate = results(stated_pretraining_gpu_hours=0, gpu_hours_per_trillion_tokens=180_000)
    assert by_rate["pretraining_gpu_hours"] == 1.8e6
    assert results(gpu_hours_per_trillion_tokens=180_000)["pretraining_gpu_hours"] == 1e6
    nothing = results(stated_pretraining_gpu_hours=0, gpu_hours_per_trillion_tokens=0)
    assert "no hours are given" in nothing["hours_problem"]
    untrained = results(
        stated_pretraining_gpu_hours=0, gpu_hours_per_trillion_tokens=0, pretraining_tokens=0
    )
    assert untrained["pretraining_gpu_hours"] == 0


def test_hours_by_flop_unless_they_are_measured() -> None:
    """6 x 1e10 x 1e13 FLOP at 40 % of 1 PFLOP/s, 80 % of the time."""
    found = results(
        **{"utilization": "assumed", "assumed_mfu": 0.4, "goodput": 0.8, "mfu_peak": "bf16"},
        **{"bf16_flops": 1e15, "flop_accounting": "six_nd", "stated_active_parameters": 1e10},
        stated_total_parameters=1e10,
    )
    assert found["pretraining_flops"] == 6e23
    assert found["pretraining_gpu_hours"] == pytest.approx(6e23 / 4e14 / 3600 / 0.8)


@pytest.mark.parametrize(
    ("recompute", "causal", "full"),
    [
        # Flash attention computes half of the causal scores again in any case, and the head is
        # computed once only.
        ("none", 400, 0),
        ("selective", 800, 1600),
        ("full", 2400 + 400, 1200 + 1600),
    ],
)
def test_what_is_computed_twice_counts_twice(recompute: str, causal: int, full: int) -> None:
    """1,600 FLOP forward in weights, 400 of them in a head, and 800 between tokens, causal."""
    found = evaluate(
        shipped("llama-3-70b")
        .with_values(
            {
                **{"num_layers": 1, "num_attention_heads": 1, "num_kv_heads": 1, "head_dim": 10},
                **{"hidden_size": 10, "intermediate_size": 10, "ffn_matrices": 2},
                **{"vocab_size": 20, "sequence_length": 40, "utilization": "predicted"},
                **{"recompute": recompute, "mtp_layers": 0, "mfu_peak": "bf16"},
            }
        )
        .inputs()
    )
    # 400 weights in attention, 200 behind it and 200 in the head; 20 tokens of 20 numbers.
    assert found["matmul_flops_per_token"] == 1600
    assert found["attention_flops_per_token"] == 800
    assert found["hardware_flops_per_token"] == 3 * 2400 + causal
    rate = found["predicted_tokens_per_second_per_gpu"] / found["mfu_peak_flops"]
    assert found["predicted_hfu_full"] == pytest.approx(rate * (3 * 3200 + full))
    assert found["predicted_mfu_full"] == pytest.approx(rate * 3 * 3200)
    assert found["predicted_hfu"] == pytest.approx(rate * found["hardware_flops_per_token"])
