"""Rules between fields: pairs of values of which each is fine and both together are not."""

from __future__ import annotations

import pytest
from hypothesis import given

from dsexplore.library.open import load
from dsexplore.scenario.field import UNKNOWN
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError
from tests.examples import examples
from tests.points import holds_at
from tests.strategies import scenarios

APART: dict[str, object] = {"rl_placement": "disaggregated", "rl_gradient_steps": 100}


@holds_at(
    ("changes", "field", "said"),
    [
        ({"experts_per_token": 257}, "experts_per_token", "at most 256"),
        ({"num_routed_experts": 7}, "experts_per_token", "num_routed_experts"),
        ({"num_dense_layers": 62}, "num_dense_layers", "at most 61"),
        ({"communication_sms": 133}, "communication_sms", "at most 132"),
        ({"attention": "gqa", "num_kv_heads": 129}, "num_kv_heads", "at most 128"),
        ({"response_length": 9000, "max_response_length": 8000}, "max_response_length", "9000"),
        (
            {"max_response_length": 9000, "raised_response_length": 8000},
            "raised_response_length",
            "9000",
        ),
        ({"group_size": 1, "rl_gradient_steps": 100}, "group_size", "at least 2"),
        ({**APART, "generator_share": 0}, "generator_share", "above 0 %"),
        ({**APART, "generator_share": 1}, "generator_share", "below 100 %"),
    ],
)
def test_what_cannot_be_together_is_refused_with_both_numbers(
    changes: dict[str, object], field: str, said: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        load("deepseek-v3").with_values(changes)
    assert field in caught.value.where
    assert said in caught.value.allowed
    assert "\n" not in str(caught.value)


@holds_at(
    "changes",
    [
        {"experts_per_token": 256},
        {"num_routed_experts": 300, "experts_per_token": 300},
        {"num_dense_layers": 61},
        {"num_dense_layers": 60, "num_layers": UNKNOWN},
        {"sm_count": UNKNOWN, "communication_sms": 200},
        {"attention": "mla", "num_kv_heads": 1000},
        {"response_length": 9000, "max_response_length": 0},
        {"max_response_length": 9000, "raised_response_length": 9000},
        {"max_response_length": 0, "raised_response_length": 5000},
        {"group_size": 1},
        {"group_size": 1, "rl_gradient_steps": 100, "rl_algorithm": "ppo"},
        {"generator_share": 0.0, "rl_gradient_steps": 100},
        {**APART, "generator_share": 0.01},
        {"response_length": 9000, "max_response_length": 9000},
    ],
)
def test_ends_of_the_rules_and_what_is_unknown_are_allowed(changes: dict[str, object]) -> None:
    scenario = load("deepseek-v3").with_values(changes)
    for name, value in changes.items():
        assert scenario.value(name) == (None if value == UNKNOWN else value)


def test_two_edits_may_pass_a_rule_that_each_alone_breaks() -> None:
    scenario = load("deepseek-v3")
    with pytest.raises(ScenarioError):
        scenario.with_values({"experts_per_token": 512})
    both = scenario.with_values({"experts_per_token": 512, "num_routed_experts": 1024})
    assert both.value("experts_per_token") == 512


@examples(100)
@given(scenarios(unknown=False))
def test_no_scenario_reaches_more_than_it_has(scenario: Scenario) -> None:
    def at_most(low: str, high: str) -> bool:
        smaller, larger = scenario.value(low), scenario.value(high)
        return smaller is None or larger is None or smaller <= larger  # type: ignore[operator]

    assert at_most("experts_per_token", "num_routed_experts")
    assert at_most("num_dense_layers", "num_layers")
    assert at_most("communication_sms", "sm_count")
    assert scenario.value("attention") == "mla" or at_most("num_kv_heads", "num_attention_heads")
