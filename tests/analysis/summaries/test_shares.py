"""Shares: what bars are drawn of."""

from __future__ import annotations

import math

from hypothesis import given

from dsexplore.analysis.summaries.shares import shares
from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario
from tests.examples import examples
from tests.strategies import scenarios

STAGES = ("pretraining_cost", "context_extension_cost", "post_training_cost")


def test_a_whole_divides_as_its_parts_do() -> None:
    assert shares({"a": 1.0, "b": 3.0, "c": 0.0, "rest": 9.0}, ["a", "b", "c"]) == {
        "a": 0.25,
        "b": 0.75,
        "c": 0.0,
    }


def test_nothing_has_no_shares() -> None:
    assert all(math.isnan(share) for share in shares({"a": 0.0, "b": 0.0}, ["a", "b"]).values())
    assert shares({"a": 1.0}, []) == {}


def test_with_an_unknown_part_no_share_is_known() -> None:
    found = shares({"a": 1.0, "b": math.nan}, ["a", "b"])
    assert list(found) == ["a", "b"]
    assert all(math.isnan(share) for share in found.values())


@examples(50)
@given(scenarios())
def test_shares_of_the_cost_make_up_all_of_it(scenario: Scenario) -> None:
    found = shares(evaluate(scenario.inputs()), STAGES)
    if not any(math.isnan(share) for share in found.values()):
        assert math.isclose(sum(found.values()), 1)
        assert all(0 <= share <= 1 for share in found.values())
