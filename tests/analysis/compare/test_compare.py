"""Compare: what differs between scenarios, and nothing else."""

from __future__ import annotations

import math

from hypothesis import given

from dsexplore.analysis.compare.compare import HEADLINES, compare, default_result
from dsexplore.engine import QUANTITIES, evaluate
from dsexplore.scenario.field import UNKNOWN
from dsexplore.scenario.scenario import FIELDS, Scenario
from tests.examples import examples
from tests.strategies import scenarios, shipped

V3 = shipped("deepseek-v3")


def names(found: list) -> list[str]:
    return [difference.name for difference in found]


def test_a_scenario_does_not_differ_from_itself() -> None:
    for scenario in (V3, shipped("gpt-4-reported")):
        same = compare(scenario, scenario)
        assert (same.fields, same.results) == ([], [])
        assert default_result(scenario, scenario) is None


def test_one_changed_field_is_the_one_difference() -> None:
    found = compare(V3, V3.with_values({"price_per_gpu_hour": 3}))
    (price,) = found.fields
    assert (price.name, price.one, price.other) == ("price_per_gpu_hour", 2, 3)
    costs = {difference.name: difference for difference in found.results}
    assert math.isclose(costs["total_cost"].ratio, 1.5)
    assert math.isclose(costs["total_cost"].other, 1.5 * 5.576e6)
    assert "pretraining_gpu_hours" not in costs
    assert names(found.headlines)[0] == "total_cost"


def test_fields_come_as_in_a_file_and_results_by_subject() -> None:
    found = compare(V3, shipped("llama-3.1-405b"))
    order = list(FIELDS)
    assert names(found.fields) == sorted(names(found.fields), key=order.index)
    assert set(names(found.headlines)) == set(names(found.results)) & set(HEADLINES)


def test_a_field_that_applies_to_neither_is_left_out() -> None:
    """Both hours are measured: what MFU was once assumed says nothing of either."""
    other = V3.with_values({"assumed_mfu": 0.1, "staff": 7})
    assert names(compare(V3, other).fields) == ["staff"]


def test_a_field_that_applies_to_one_says_to_which() -> None:
    estimate = shipped("deepseek-r1-zero-estimate")
    found = compare(estimate, shipped("deepseek-r1-zero-disclosed"))
    by_name = {difference.name: difference for difference in found.fields}
    assert by_name["measured_rl_gpu_hours"].applies == (False, True)
    assert by_name["questions_per_step"].applies == (True, True)
    assert by_name["questions_per_step"].values == (1024, 32)


def test_a_ratio_of_words_of_the_unknown_and_over_nothing_is_not_known() -> None:
    found = compare(V3, shipped("gpt-4-reported"), shipped("deepseek-r1-zero-estimate"))
    ratios = {difference.name: difference.ratios for difference in found.results}
    assert math.isnan(ratios["mfu_basis"][0])
    assert math.isnan(ratios["total_parameters"][0])
    assert math.isnan(ratios["rl_cost"][1])
    assert len(ratios["total_cost"]) == 2


def test_several_scenarios_stand_side_by_side() -> None:
    others = [V3.with_values({"num_gpus": number}) for number in (2048, 1024, 4096)]
    found = compare(V3, *others)
    (gpus,) = found.fields
    assert gpus.values == (2048, 2048, 1024, 4096)
    days = next(result for result in found.results if result.name == "pretraining_days")
    assert [round(ratio, 9) for ratio in days.ratios] == [1, 2, 0.5]


def test_warnings_are_each_scenarios_own() -> None:
    broken = V3.with_values({"pipeline_parallel": 7})
    warnings = compare(V3, broken).warnings(["step_time"])
    assert warnings[0] == []
    assert warnings[1] != []


def test_the_cost_is_of_greatest_interest_unless_only_rl_differs() -> None:
    zero = shipped("deepseek-r1-zero-disclosed")
    more = zero.with_values({"measured_rl_gpu_hours": 200_000})
    assert default_result(zero, more) == "rl_cost"
    assert default_result(V3, shipped("llama-3.1-405b")) == "total_cost"
    assert default_result(V3, V3.with_values({"num_gpus": 4096})) == "total_days"


def test_what_is_not_known_of_both_is_of_no_interest() -> None:
    unpriced = V3.with_values({"price_per_gpu_hour": UNKNOWN, "pretraining_tokens": 1e12})
    assert default_result(V3, unpriced) == "total_gpu_hours"


def test_every_headline_is_a_result() -> None:
    assert set(HEADLINES) <= set(QUANTITIES)


@examples(25)
@given(scenarios(), scenarios())
def test_what_is_not_listed_is_the_same(one: Scenario, other: Scenario) -> None:
    found = compare(one, other)
    listed = set(names(found.results))
    before, after = evaluate(one.inputs()), evaluate(other.inputs())
    for name, quantity in QUANTITIES.items():
        if name in listed or quantity.kind == "problem":
            continue
        if quantity.is_text:
            assert before[name] == after[name]
        else:
            both_unknown = math.isnan(before[name]) and math.isnan(after[name])
            assert both_unknown or math.isclose(before[name], after[name], rel_tol=1e-8), name
    for field in found.fields:
        assert field.one != field.other
