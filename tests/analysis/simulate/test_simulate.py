"""Simulation: distributions of results as they follow by hand, and what is left out."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from dsexplore.analysis.simulate.samples import MODEL_ERROR
from dsexplore.analysis.simulate.simulate import Simulation, simulate
from dsexplore.engine import INTERVALS, QUANTITIES, evaluate
from dsexplore.engine.constants import NORMAL_TENTH
from dsexplore.engine.intervals import at_error
from dsexplore.library.open import load
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.scenario.uncertainty import Distribution
from dsexplore.text.refusal import ScenarioError


def uncertain(name: str, stated: dict[str, Any], **changes: object) -> Scenario:
    found = {k: Distribution.read(FIELDS[k], v) for k, v in stated.items()}
    return replace(load(name).with_values(changes), uncertainty=found)


def cost(scenario: Scenario, **options: Any) -> Simulation:
    return simulate(scenario, ["total_cost"], **options)


def test_a_cost_has_the_distribution_of_its_price() -> None:
    found = cost(uncertain("deepseek-v3", {"price_per_gpu_hour": {"lognormal": [2, 1.5]}}))
    spread = found.spreads["total_cost"]
    hours = 2.788e6
    # 1.6449 standard deviations of a factor of 1.5 each; the mean of a lognormal is above it.
    assert spread.p50 == pytest.approx(2 * hours, rel=1e-3)
    assert spread.p5 == pytest.approx(2 * hours / 1.5**1.6449, rel=3e-3)
    assert spread.p95 == pytest.approx(2 * hours * 1.5**1.6449, rel=3e-3)
    assert spread.mean == pytest.approx(2 * hours * math.exp(math.log(1.5) ** 2 / 2), rel=3e-3)
    assert spread.shares["price_per_gpu_hour"] > 0.95
    # Three dollars an hour lie one standard deviation up, and 84.13 % below it.
    assert found.chance("total_cost", 3 * hours) == pytest.approx(0.8413, abs=2e-3)


def test_what_each_input_carries_of_a_product() -> None:
    prices = {
        "price_per_gpu_hour": {"uniform": [1, 3]},
        "pretraining_tokens": {"uniform": [1e13, 2e13]},
    }
    found = simulate(uncertain("deepseek-v3", prices), ["pretraining_cost"], 20_000)
    shares = found.spreads["pretraining_cost"].shares
    # Variances over squares of means are 1/12 and 1/27, and some of the whole is of both together.
    whole = (1 + 1 / 12) * (1 + 1 / 27) - 1
    assert shares["price_per_gpu_hour"] == pytest.approx(1 / 12 / whole, abs=0.01)
    assert shares["pretraining_tokens"] == pytest.approx(1 / 27 / whole, abs=0.01)


def test_the_models_error_is_an_input_whose_ends_are_the_interval() -> None:
    scenario = uncertain("deepseek-v3", {}, num_gpus=4096)
    values = evaluate(scenario.inputs())
    found = simulate(scenario, ["step_time", "total_cost"], 20_000)
    assert found.inputs == (MODEL_ERROR,)
    for name, spread in found.spreads.items():
        low, high = (values[end] for end in INTERVALS[name])
        # Nine in ten lie within 1.6449 deviations, eight in ten within 1.2816.
        assert found.chance(name, low) == pytest.approx(0.1, abs=2e-3)
        assert found.chance(name, high) == pytest.approx(0.9, abs=2e-3)
        assert spread.p50 == pytest.approx(values[name], rel=2e-3)
    with pytest.raises(ScenarioError, match="nothing uncertain"):
        simulate(scenario, ["step_time"], model_error=False)


@pytest.mark.parametrize("name", ["deepseek-v3", "deepseek-r1-zero-predicted", "dense-70b-64k"])
def test_an_error_of_one_end_is_that_end(name: str) -> None:
    inputs = load(name).with_values({"num_gpus": 1024}).inputs()
    values = inputs | evaluate(inputs)
    for of, ends in INTERVALS.items():
        for end, sign in zip(ends, (-1, 1), strict=True):
            found = at_error(QUANTITIES, ends[1], values, sign * NORMAL_TENTH)
            assert found == pytest.approx(values[end], rel=1e-9, nan_ok=True), (of, end)


def test_measured_hours_do_not_err() -> None:
    spread = cost(uncertain("deepseek-v3", {"goodput": {"uniform": [0.8, 1]}})).spreads[
        "total_cost"
    ]
    assert (spread.std, spread.p5) == (0, pytest.approx(5.576e6))


def test_what_cannot_be_had_is_left_out_and_said() -> None:
    gpus = uncertain("deepseek-v3", {"num_gpus": {"choice": [2048, 3000]}})
    found = simulate(gpus, ["step_time"], 1000, model_error=False)
    count, sentence = found.missing["step_time"]
    assert count == pytest.approx(500, abs=1)
    assert sentence.startswith("Data parallel: 3000 GPUs do not divide")
    spread = found.spreads["step_time"]
    assert spread.p5 == spread.p95 == pytest.approx(spread.stated)


def test_a_field_without_effect_is_named() -> None:
    both = {"price_per_gpu_hour": {"uniform": [1, 3]}, "goodput": {"uniform": [0.5, 1]}}
    found = simulate(uncertain("deepseek-v3", both), ["memory_per_gpu"], 100)
    assert "price_per_gpu_hour" in found.idle


def test_the_same_seed_gives_the_same_figures_and_another_others() -> None:
    scenario = uncertain("deepseek-v3", {"price_per_gpu_hour": {"uniform": [1, 3]}})
    one, again, other = (cost(scenario, samples=500, seed=seed) for seed in (3, 3, 4))
    assert one.spreads == again.spreads
    assert one.spreads["total_cost"].mean != other.spreads["total_cost"].mean
    assert one.spreads["total_cost"].mean == pytest.approx(5.576e6, rel=1e-3), "evenly drawn"


@pytest.mark.parametrize("samples", [1, 20_000_000])
def test_a_number_of_samples_out_of_bounds_is_refused(samples: int) -> None:
    with pytest.raises(ScenarioError, match="2 to 10,000,000"):
        cost(load("deepseek-v3"), samples=samples)


def test_a_simulation_that_is_stopped_is_one_of_fewer_samples() -> None:
    scenario = uncertain("deepseek-v3", {"price_per_gpu_hour": {"lognormal": [2, 1.5]}})
    stopped = cost(scenario, samples=20_000, goes_on=lambda: False)
    fewer = cost(scenario, samples=stopped.samples)
    assert stopped.samples < 20_000
    assert stopped.missing == {}
    assert stopped.spreads["total_cost"].p50 == fewer.spreads["total_cost"].p50
