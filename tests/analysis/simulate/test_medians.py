"""Medians of all results at once are those of a simulation of each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dsexplore.analysis.simulate.medians import medians
from dsexplore.analysis.simulate.simulate import simulate
from dsexplore.engine import evaluate
from dsexplore.library.open import load
from dsexplore.scenario.scenario import FIELDS
from dsexplore.scenario.uncertainty import Distribution


@pytest.mark.parametrize("name", ["deepseek-r1-epoch", "deepseek-v3", "llama-3.1-405b"])
def test_medians_and_ranges_are_those_of_a_simulation(name: str) -> None:
    scenario = load(name)
    found = medians(scenario, evaluate(scenario.inputs()), 4_096)
    asked = [each for each in ("total_cost", "rl_gpu_hours", "step_time") if each in found]
    assert asked
    spreads = simulate(scenario, asked, 20_000).spreads
    for each in asked:
        spread = spreads[each]
        assert found[each].median == pytest.approx(spread.p50, rel=0.02)
        assert found[each].ends == pytest.approx((spread.p5, spread.p95), rel=0.03)


def test_what_is_certain_has_no_median_and_what_cannot_be_is_left_out() -> None:
    stated = {"hidden_size": {"choice": [7168, 7169]}, "price_per_gpu_hour": {"uniform": [1, 3]}}
    changes = {k: Distribution.read(FIELDS[k], v) for k, v in stated.items()}
    scenario = replace(load("llama-3-8b"), uncertainty=changes)
    results = evaluate(scenario.inputs())
    found = medians(scenario, results)
    assert "vocab_size" not in found
    assert "embedding_parameters" in found
    certain = replace(scenario, uncertainty={})
    assert "total_parameters" not in medians(certain, results)
