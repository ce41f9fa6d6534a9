"""The distilled models: six dense ones, each fine-tuned for far less than R1's own RL."""

from __future__ import annotations

from dsexplore.analysis.summaries.distilled import distilled
from dsexplore.engine import evaluate
from dsexplore.library.open import load


def test_six_models_the_largest_of_70_billion() -> None:
    models = distilled()
    assert [round(model.parameters / 1e9, 1) for model in models] == [
        1.5, 7.6, 8.0, 14.8, 32.8, 70.6,
    ]  # fmt: skip


def test_a_larger_model_costs_more_and_none_as_much_as_rl() -> None:
    costs = [model.cost for model in distilled()]
    assert costs == sorted(costs)
    rl = evaluate(load("deepseek-r1-zero-disclosed").inputs(), ["rl_cost"])["rl_cost"]
    assert sum(costs) < rl / 5
