"""The economics of serving: DeepSeek's disclosed day, and what holds of any."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.engine import evaluate, warnings_in
from dsexplore.scenario.scenario import Scenario
from tests.examples import examples
from tests.strategies import changed, scenarios, shipped

laws = examples(40)


def results(name: str = "deepseek-serving", **changes: object) -> dict[str, Any]:
    """What follows from a shipped scenario with some fields changed."""
    return evaluate(shipped(name).with_values(changes).inputs())


def of(scenario: Scenario, **changes: object) -> dict[str, Any]:
    """What follows from any scenario with those changes that its rules allow."""
    return evaluate(changed(scenario, changes).inputs())


def same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9) or (math.isnan(one) and math.isnan(other))


# Published


def test_the_disclosed_day_costs_and_brings_in_what_was_disclosed():
    found = results()
    assert found["serving_gpus_held"] == 226.75 * 8
    assert found["serving_cost_per_day"] == 87_072
    assert found["revenue_per_day"] == pytest.approx(562_027, rel=1e-3)
    assert found["margin"] == pytest.approx(5.45, rel=2e-3)


def test_the_two_disclosed_speeds_add_up_to_the_disclosed_nodes():
    """Averages over the day, idle hours inside: so many nodes read and so many generated."""
    day = shipped("deepseek-serving").serving
    reading = day.input_tokens_per_day / 86_400 / 73_700
    generating = day.output_tokens_per_day / 86_400 / 14_800
    assert reading + generating == pytest.approx(day.serving_gpus / 8, rel=5e-3)


def test_the_day_needs_fewer_accelerators_than_were_held():
    found = results()
    assert 0.6 < found["serving_utilization"] < 1
    assert found["decode_gpus_needed"] > found["prefill_gpus_needed"]
    assert warnings_in(found) == []


def test_r1_is_sold_at_a_27th_of_o1():
    r1, o1 = (shipped(name).serving for name in ("deepseek-serving", "openai-o1"))
    assert o1.output_price / r1.output_price == pytest.approx(27, rel=0.02)
    assert o1.input_price / r1.input_price == pytest.approx(27, rel=0.02)


def test_generating_costs_a_fraction_of_what_it_sells_for():
    """LMSYS reports $0.20 a million generated tokens for the same model on rented H100."""
    assert 0.1 < results()["cost_per_million_output_tokens"] < 0.4
    assert results()["output_price_over_cost"] > 5


def test_training_is_repaid_by_days_of_revenue():
    assert results()["training_cost_in_days_of_revenue"] == pytest.approx(5.576e6 / 562e3, rel=1e-3)


# What stands in the way


def test_too_few_accelerators_and_too_little_memory_are_said():
    assert "serving_gpus" in results(serving_gpus=100)["fleet_problem"]
    crowded = results(decode_batch=1000)
    assert "85.52 GB" in crowded["serving_problem"]
    assert crowded["serving_problem"] in warnings_in(crowded)
    assert "FP4" in results(serving_precision="fp4")["serving_problem"]


def test_what_cannot_be_decoded_is_said_whether_or_not_a_day_is_stated():
    nobody = {"output_tokens_per_day": 0, "input_tokens_per_day": 0}
    assert "FP4" in results(**nobody, serving_precision="fp4")["serving_problem"]
    assert "85.52 GB" in results(**nobody, decode_batch=1000)["serving_problem"]


# Laws


@laws
@given(scenarios(), st.floats(0.001, 1000))
def test_twice_the_prices_are_twice_the_revenue(scenario: Scenario, price: float) -> None:
    prices = ("output_price", "input_price", "cached_input_price")
    once = of(scenario, **dict.fromkeys(prices, price))
    twice = of(scenario, **dict.fromkeys(prices, 2 * price))
    assert same(twice["revenue_per_day"], 2 * once["revenue_per_day"])
    assert same(twice["serving_cost_per_day"], once["serving_cost_per_day"])
    assert not twice["margin"] < once["margin"]


@laws
@given(scenarios(), st.floats(1, 1e15))
def test_twice_the_tokens_need_twice_the_accelerators(scenario: Scenario, tokens: float) -> None:
    days = ("output_tokens_per_day", "input_tokens_per_day")
    once = of(scenario, **dict.fromkeys(days, tokens))
    twice = of(scenario, **dict.fromkeys(days, 2 * tokens))
    for name in ("decode_gpus_needed", "prefill_gpus_needed", "serving_gpus_needed"):
        assert same(twice[name], 2 * once[name]), name


@laws
@given(scenarios(), st.floats(1, 1e12))
def test_accelerators_held_as_needed_are_never_idle(scenario: Scenario, tokens: float) -> None:
    # Chunks of prompts that no day has would slow the steps that they are said to share.
    day = {"output_tokens_per_day": tokens, "input_tokens_per_day": 0, "prefill_chunk": 0}
    found = of(scenario, serving_gpus=0, **day)
    assert math.isnan(found["serving_utilization"]) or found["serving_utilization"] == 1
    a_million = found["serving_cost_per_day"] / tokens * 1e6
    assert same(a_million, found["cost_per_million_output_tokens"])


@laws
@given(scenarios())
def test_no_tokens_cost_nothing_and_bring_in_nothing(scenario: Scenario) -> None:
    found = of(scenario, output_tokens_per_day=0, input_tokens_per_day=0, serving_gpus=0)
    for name in ("serving_cost_per_day", "revenue_per_day", "profit_per_day"):
        assert found[name] == 0, name


@laws
@given(scenarios(), *[st.just(0.0) | st.floats(1e-6, 1)] * 2)
def test_a_cheaper_cached_price_never_makes_more_hits_dearer(
    scenario: Scenario, one: float, other: float
) -> None:
    few, many = sorted((one, other))
    prices = {"input_price": 0.55, "cached_input_price": 0.14, "input_tokens_per_day": 1e9}
    revenue = [
        of(scenario, **prices, cache_hit_rate=rate)["revenue_per_day"] for rate in (few, many)
    ]
    assert revenue[1] <= revenue[0] * (1 + 1e-12)
