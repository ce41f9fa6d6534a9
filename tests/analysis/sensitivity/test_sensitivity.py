"""Sensitivity: elasticities that follow from what the fields mean, and neighbours that can be."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.analysis.sensitivity.ranges import OTHER, read_ranges, uncertain
from dsexplore.analysis.sensitivity.sensitivity import Sensitivity, sensitivities, steepest
from dsexplore.engine import QUANTITIES, evaluate
from dsexplore.engine.standing import Standing
from dsexplore.scenario.field import UNKNOWN
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.refusal import ScenarioError
from tests.examples import examples
from tests.strategies import scenarios, shipped

NUMBERS = [name for name, found in QUANTITIES.items() if not found.is_text]


def by_field(scenario: Scenario, of: str, **options: bool) -> dict[str, Sensitivity]:
    return {each.field: each for each in sensitivities(scenario, of, **options)}


@pytest.mark.parametrize("name", ["deepseek-v3", "llama-3.1-405b"])
def test_cost_is_price_times_hours(name: str) -> None:
    found = by_field(shipped(name), "total_cost", with_choices=False)
    assert found["price_per_gpu_hour"].elasticity == pytest.approx(1, abs=1e-7)
    assert found["price_per_gpu_hour"].changes == pytest.approx((-0.2, 0.2))


def test_arithmetic_grows_as_the_tokens() -> None:
    found = by_field(shipped("deepseek-v3"), "pretraining_flops")
    assert found["pretraining_tokens"].elasticity == pytest.approx(1, abs=1e-7)
    assert "price_per_gpu_hour" not in found


def test_a_cost_from_an_assumed_mfu_falls_with_the_peak_and_the_mfu() -> None:
    scenario = shipped("deepseek-v3").with_values({"utilization": "assumed"})
    found = by_field(scenario, "pretraining_cost")
    for name in ("assumed_mfu", "bf16_flops", "goodput"):
        assert found[name].elasticity == pytest.approx(-1, abs=1e-6), name
    # A fifth less is a quarter more hours; a share stops at all of it.
    assert found["assumed_mfu"].changes == pytest.approx((0.25, 1 / 1.2 - 1))
    assert found["goodput"].ends[1] is None or found["goodput"].ends[1].value <= 1
    assert {"gpu_hours_per_trillion_tokens", "num_gpus"}.isdisjoint(found)


def test_days_fall_with_accelerators_and_hours_do_not() -> None:
    ranges = read_ranges(["num_gpus=8192:32768"])
    (days,) = [
        each
        for each in sensitivities(shipped("llama-3-70b"), "pretraining_days", ranges)
        if each.field == "num_gpus"
    ]
    assert days.elasticity == pytest.approx(-1, abs=1e-6)
    assert "num_gpus" not in by_field(shipped("llama-3.1-405b"), "pretraining_gpu_hours")


def test_a_layer_more_or_less_is_a_sixtieth_of_a_model_of_61() -> None:
    """Measured hours hide it from nobody: they are carried over at the measured MFU."""
    (less, more) = by_field(shipped("deepseek-v3"), "pretraining_cost")["num_layers"].points
    assert (less.value, more.value) == (60, 62)
    # The head is left out: 250.4 GFLOP per token in 61 layers and a head of 5.56.
    assert more.change == pytest.approx((250.4 - 5.56) / 250.4 / 61, rel=0.05)
    assert less.change == pytest.approx(-more.change, rel=1e-6)


def test_degrees_go_to_the_nearest_that_divides() -> None:
    """V3 on 2,048 GPUs in 16 stages: 256 experts spread over 32, 64 or 128 of a stage's 128."""
    found = by_field(shipped("deepseek-v3"), "step_time", with_choices=False)
    assert [point.value for point in found["expert_parallel"].points] == [32, 128]
    # Its memory leaves no room for micro-batches of two sequences.
    assert "micro_batch_size" not in found


def test_a_neighbour_is_the_first_that_can_be() -> None:
    scenario = shipped("llama-3.1-405b")
    found = by_field(scenario, "step_time", with_choices=False)
    for name in ("tensor_parallel", "context_parallel", "num_layers"):
        now = scenario.value(name)
        for point in found[name].points:
            assert isinstance(point.value, int)
            assert isinstance(now, int)
            side = 1 if point.value > now else -1
            for value in range(now + side, point.value + side, side):
                there = Standing(scenario.with_values({name: value}))
                fits = there.values["step_time"] > 0 and not there.impossible.get("step_time")
                assert fits == (value == point.value), (name, value)


def test_a_jump_has_no_slope() -> None:
    """A thousandth of a token more than one per step is already a token that is guessed."""
    scenario = shipped("deepseek-serving")
    found = by_field(scenario, "cost_per_million_output_tokens", with_choices=False)
    assert math.isnan(found["tokens_per_decode_step"].elasticity)


def test_choices_are_each_other_choice_or_say_why_not() -> None:
    found = by_field(shipped("llama-3.1-405b"), "step_time")
    schedules = {point.value: point for point in found["pipeline_schedule"].points}
    assert set(schedules) == set(FIELDS["pipeline_schedule"].choices) - {"interleaved"}
    assert schedules["gpipe"].change > 1 > schedules["zb1p"].change - 1
    assert not schedules["dualpipe"].is_possible
    assert found["precision"].span == OTHER


def test_what_is_uncertain_is_moved_over_its_own_range() -> None:
    """DeepSeek-V3's preset states what its price may be."""
    scenario = shipped("deepseek-v3")
    stated = uncertain(scenario)
    (price,) = [
        each
        for each in sensitivities(scenario, "total_cost", stated)
        if each.field == "price_per_gpu_hour"
    ]
    span = stated["price_per_gpu_hour"]
    assert [point.value for point in price.points] == [span.low, span.high]
    assert price.points[1].change == pytest.approx(span.high / 2 - 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("price_per_gpu_hour", "allowed: FIELD=LOW:HIGH"),
        ("price_per_gpu_hour=1", "allowed: FIELD=LOW:HIGH"),
        ("price=1:2", "unknown field 'price'"),
        ("attention=1:2", "attention, which is no number; allowed: a numeric field"),
        ("assumed_mfu=0.1:2", "a share from"),
        ("num_layers=1.5:2", "a whole number"),
        ("price_per_gpu_hour=2:1", "allowed: LOW below HIGH"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(words: str, said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        read_ranges([words])
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "changes", [{"bf16_flops": UNKNOWN, "fp8_flops": UNKNOWN}, {"num_layers": UNKNOWN}]
)
def test_what_is_not_known_is_moved_by_nothing(changes: dict[str, object]) -> None:
    scenario = shipped("deepseek-v3").with_values({**changes, "utilization": "assumed"})
    assert math.isnan(evaluate(scenario.inputs())["pretraining_cost"])
    assert sensitivities(scenario, "pretraining_cost") == []
    assert sensitivities(shipped("deepseek-v3"), "rl_cost") == []


@examples(15)
@given(scenarios(), st.sampled_from(NUMBERS))
def test_a_change_is_what_an_edit_gives(scenario: Scenario, of: str) -> None:
    before = evaluate(scenario.inputs(), [of])[of]
    found = sensitivities(scenario, of, with_choices=False)
    assert [each.swing for each in found] == sorted((each.swing for each in found), reverse=True)
    for each in found[:5]:
        for point in each.points:
            if point.is_possible and not math.isnan(point.change):
                edited = scenario.with_values({each.field: point.value})
                after = evaluate(edited.inputs(), [of])[of]
                assert math.isclose(1 + point.change, after / before, rel_tol=1e-9), each.field


def test_the_steepest_are_moved_as_if_counts_could_be_divided() -> None:
    """Days fall as accelerators grow in number, whatever a layout of them would have to be."""
    found = steepest(shipped("deepseek-v3"), "pretraining_days")
    assert found["num_gpus"] == pytest.approx(-1)
    assert found["pretraining_tokens"] == pytest.approx(1)
    assert 0.9 < found["num_layers"] < 1
    assert "price_per_gpu_hour" not in found
    assert steepest(shipped("deepseek-v3"), "rl_cost") == {}
