"""Attribution: the fields that make a difference, and effects that come to exactly all of it."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dsexplore.analysis.compare.attribution import Attribution, attribute
from dsexplore.engine import GRAPH, QUANTITIES, evaluate
from dsexplore.scenario.field import UNKNOWN
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.refusal import ScenarioError
from tests.examples import examples
from tests.strategies import scenarios, shipped

V3 = shipped("deepseek-v3")
PREDICTED = V3.with_values({"utilization": "predicted"})
ESTIMATE = shipped("deepseek-r1-zero-estimate")
DISCLOSED = shipped("deepseek-r1-zero-disclosed")
NUMBERS = [name for name, found in QUANTITIES.items() if not found.is_text]
# How sure hours are goes by the run that they are carried over from, of which every premise may
# tell: no field is left out, and on the way back it is another run.
BOTH_WAYS = [name for name in NUMBERS if QUANTITIES[name].subject != "intervals"]
# Fields of every panel that a cost with all that headlines leave out follows from.
DOUBLED = (
    *("pretraining_tokens", "context_extension_gpu_hours", "post_training_gpu_hours", "staff"),
    *("staff_years", "memory_bandwidth", "scale_up_bandwidth", "scale_out_bandwidth"),
    *("fp8_flops", "layer_overhead", "straggler_slowdown", "global_batch_size", "sequence_length"),
)


def factors(found: Attribution) -> dict[tuple[str, ...], float]:
    return {part.fields: part.factor for part in found.parts}


def check_whole(found: Attribution) -> None:
    """All effects together are the whole difference."""
    if not found.parts:
        return
    size = max(abs(found.one), abs(found.other))
    strayed = abs(math.fsum(part.change for part in found.parts) - (found.other - found.one))
    assert strayed <= 1e-6 * max(size, *(abs(part.change) for part in found.parts))
    if not math.isnan(found.parts[0].factor):
        product = math.exp(math.fsum(math.log(part.factor) for part in found.parts))
        assert math.isclose(product, found.ratio, rel_tol=1e-6)


# Facts


def test_hours_of_a_model_of_unknown_shape_are_apart_from_their_price() -> None:
    """GPT-4's hours hold on its own run alone: its premises are switched with them."""
    found = attribute(V3, shipped("gpt-4-reported"), "total_cost")
    check_whole(found)
    assert factors(found)["price_per_gpu_hour",] == pytest.approx(100 / 60 / 2)


def test_r1_zero_took_few_answers_and_that_made_the_estimate_five_times_too_high() -> None:
    """By the same arithmetic: a 32nd of the questions, a quarter of the answers, 1.3 the steps."""
    changes = {"questions_per_step": 32, "group_size": 16, "rl_gradient_steps": 10_400}
    found = attribute(ESTIMATE, ESTIMATE.with_values(changes), "rl_cost")
    assert [part.fields for part in found.parts] == [
        ("questions_per_step",),
        ("group_size",),
        ("rl_gradient_steps",),
    ]
    assert math.isclose(found.parts[0].factor, 1 / 32)
    assert math.isclose(found.parts[1].factor, 1 / 4)
    assert math.isclose(found.parts[2].factor, 1.3)
    assert found.problems == []


def test_the_disclosed_hours_undo_what_fewer_answers_save() -> None:
    """Its 101,000 hours are far more than the arithmetic of its few answers fills."""
    found = attribute(ESTIMATE, DISCLOSED, "rl_cost")
    assert math.isclose(found.ratio, 202_000 / 1.006633e6, rel_tol=1e-4)
    assert found.parts[0].fields == ("questions_per_step",)
    by_fields = factors(found)
    assert by_fields["questions_per_step",] < by_fields["group_size",] < 1
    hours = by_fields["rl_utilization", "measured_rl_gpu_hours"]
    assert hours > 1
    check_whole(found)


def test_waiting_for_the_longest_answers_takes_back_what_fewer_answers_save() -> None:
    found = attribute(ESTIMATE, shipped("deepseek-r1-zero-predicted"), "rl_cost")
    check_whole(found)
    by_fields = factors(found)
    assert {part.fields for part in found.parts[:3]} >= {("questions_per_step",), ("group_size",)}
    assert by_fields["questions_per_step",] < by_fields["group_size",] < 1
    assert by_fields["rl_utilization",] > 1
    assert by_fields["rl_gradient_steps",] > 1
    # The clusters differ: fewer GPUs wait for the same answers.
    assert by_fields["rl_num_gpus",] < 1


def test_an_architecture_is_one_change_and_each_degree_of_a_layout_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # So many changes are averaged over a sample of their orders: any few say what the changes are.
    monkeypatch.setattr("dsexplore.analysis.compare.attribution._PAIRS_OF_ORDERS", 8)
    monkeypatch.setattr("dsexplore.analysis.compare.step_parts._PAIRS_OF_ORDERS", 8)
    slower = {"bf16_flops": 312e12, "memory_bandwidth": 2e12}
    other = shipped("llama-3.1-405b").with_values({"utilization": "predicted", **slower})
    found = attribute(PREDICTED, other, "step_time")
    by_label = {part.label: part for part in found.parts}
    architecture = by_label["Architecture"]
    assert {FIELDS[name].table for name in architecture.fields} == {"architecture"}
    assert {"num_layers", "hidden_size", "num_routed_experts"} <= set(architecture.fields)
    assert architecture.factor > 2
    assert by_label["Tensor parallel"].fields == ("tensor_parallel",)
    assert by_label["Expert parallel"].fields == ("expert_parallel",)
    assert "kernel_factor" in by_label["Software stack"].fields
    assert set(by_label["Accelerator"].fields).isdisjoint({"num_gpus", "price_per_gpu_hour"})
    check_whole(found)


def test_a_degree_tells_the_part_of_the_step_that_it_moves() -> None:
    """Fewer, larger micro-batches add bubble; sharding a layer adds waiting for all-reduces."""
    plain = PREDICTED.with_values({"pipeline_schedule": "1f1b", "tensor_parallel": 1})
    found = attribute(
        plain, plain.with_values({"micro_batch_size": 2, "tensor_parallel": 4}), "step_time"
    )
    parts = {part.fields[0]: part for part in found.parts}
    assert parts["micro_batch_size"].moved[0][0] == "bubble_time"
    # Fewer copies have more micro-batches each, so there is less bubble too.
    sharded = dict(parts["tensor_parallel"].moved)
    assert sharded["exposed_communication_time"] > 0 > sharded["bubble_time"]
    told = math.fsum(seconds for part in parts.values() for _, seconds in part.moved)
    assert math.isclose(told, found.other - found.one, rel_tol=0.5)
    # Where hours are measured, no step is predicted that a layout could move.
    assert all(not part.moved for part in attribute(V3, ESTIMATE, "total_cost").parts)


def test_few_fields_of_an_architecture_are_changes_of_their_own() -> None:
    smaller = V3.with_values({"num_layers": 40, "hidden_size": 5120})
    found = attribute(V3, smaller, "pretraining_cost")
    assert set(factors(found)) == {("num_layers",), ("hidden_size",)}


def test_a_price_is_a_change_apart_from_the_accelerator() -> None:
    assumed = V3.with_values({"utilization": "assumed"})
    slower = {"gpu": "half of one", "bf16_flops": 989e12 / 2, "fp8_flops": 989e12}
    found = attribute(
        assumed, assumed.with_values({**slower, "price_per_gpu_hour": 1}), "total_cost"
    )
    by_fields = factors(found)
    assert math.isclose(by_fields["price_per_gpu_hour",], 1 / 2)
    # Context extension and post-training hold their MFU as well.
    slowed = next(effect for fields, effect in by_fields.items() if "bf16_flops" in fields)
    assert math.isclose(slowed, 2)
    assert len(by_fields) == 2


def test_a_choice_and_what_applies_under_it_are_one_change() -> None:
    other = V3.with_values({"utilization": "assumed", "assumed_mfu": 0.3})
    found = attribute(V3, other, "pretraining_cost")
    assert [part.fields for part in found.parts] == [("utilization", "assumed_mfu")]
    assert found.method == "One change makes the whole difference."


def test_what_begins_at_nothing_adds_and_does_not_multiply() -> None:
    found = attribute(V3, shipped("deepseek-r1-epoch"), "rl_cost")
    assert found.one == 0
    assert math.isnan(found.ratio)
    assert all(math.isnan(part.factor) for part in found.parts)
    assert math.isclose(math.fsum(part.change for part in found.parts), found.other)
    assert math.isclose(math.fsum(part.share for part in found.parts), 1)
    assert found.parts[0].fields == ("rl_gradient_steps",)


# Hours are an efficiency


def test_fewer_answers_save_what_they_save_however_long_the_run_took() -> None:
    """FLOP fell to a 33rd; the efficiency that the hours imply, both of one peak, to a 6.6th."""
    found = attribute(ESTIMATE, DISCLOSED, "rl_cost")
    by_fields = factors(found)
    hours = by_fields.pop(("rl_utilization", "measured_rl_gpu_hours"))
    assert hours == pytest.approx(6.59, abs=0.01)
    assert math.prod(by_fields.values()) == pytest.approx(1.889e22 / 6.2076e23, rel=1e-3)
    assert by_fields["questions_per_step",] == pytest.approx(1 / 32, rel=1e-6)
    assert by_fields["group_size",] == pytest.approx(1 / 4, rel=1e-3)
    (words,) = (part.words for part in found.parts if part.words)
    assert words == "34.64 % → 5.254 % of the BF16 peak"


@pytest.mark.parametrize(
    ("one", "other", "of"),
    [
        ("deepseek-r1-zero-estimate", "deepseek-r1-zero-disclosed", "rl_cost"),
        ("deepseek-v3", "llama-3.1-405b", "pretraining_cost"),
        ("deepseek-v3", "dense-70b-64k", "pretraining_days"),
        ("deepseek-v3", "deepseek-r1", "total_cost"),
    ],
)
def test_no_comparison_depends_on_how_hours_are_written(one: str, other: str, of: str) -> None:
    pair = [shipped(one), shipped(other)]
    as_hours = effects(attribute(pair[0], pair[1], of))
    for place in (0, 1):
        rewritten = [as_mfu(each) if at == place else each for at, each in enumerate(pair)]
        assert effects(attribute(rewritten[0], rewritten[1], of)) == pytest.approx(as_hours)
    both = effects(attribute(as_mfu(pair[0]), as_mfu(pair[1]), of))
    assert both == pytest.approx(as_hours)


def as_mfu(scenario: Scenario) -> Scenario:
    """The same scenario, its hours written as the MFU that they imply."""
    found = evaluate(scenario.inputs(), ["mfu", "rl_implied_mfu"])
    changes: dict[str, object] = {}
    if scenario.value("utilization") == "measured":
        changes |= {"utilization": "assumed", "assumed_mfu": found["mfu"], "goodput": 1.0}
    if scenario.value("rl_utilization") == "measured":
        changes |= {"rl_utilization": "assumed", "rl_mfu": found["rl_implied_mfu"]}
    return scenario.with_values(changes)


def effects(found: Attribution) -> dict[str, float]:
    """Factors by label, of efficiency as one."""
    return {part.label.removeprefix("Assumed "): part.factor for part in found.parts}


# Mixes that cannot be


def test_two_ways_of_stating_hours_are_switched_together() -> None:
    """One report gives a rate a token, the other all hours: without either nothing is known."""
    found = attribute(V3, shipped("llama-3.1-405b"), "pretraining_cost")
    stated = ("gpu_hours_per_trillion_tokens", "stated_pretraining_gpu_hours")
    together = next(part for part in found.parts if stated[0] in part.fields)
    # With the run on which they were measured: without it they are hours of nothing.
    assert {*stated} <= {*together.fields}
    assert found.problems == []
    check_whole(found)


def test_a_layout_that_cannot_be_is_passed_by() -> None:
    """Of 2048 GPUs, 15 stages of 128 cannot be; of 1920 they can, and 16 stages of 128 cannot."""
    other = PREDICTED.with_values({"num_gpus": 1920, "pipeline_parallel": 15})
    other = other.with_values({"price_per_gpu_hour": 3, "global_batch_size": 15_000})
    assert not math.isnan(evaluate(other.inputs(), ["total_cost"])["total_cost"])
    found = attribute(PREDICTED, other, "total_cost")
    assert found.parts
    assert found.problems
    check_whole(found)
    assert math.isclose(factors(found)["price_per_gpu_hour",], 1.5)


def test_the_unknown_has_no_causes_and_a_sentence_instead() -> None:
    unpriced = V3.with_values({"price_per_gpu_hour": UNKNOWN})
    for one, other, which in (
        (V3, unpriced, "the other"),
        (unpriced, V3, "the first"),
        (unpriced, unpriced, "either"),
    ):
        found = attribute(one, other, "total_cost")
        assert found.parts == []
        (sentence,) = found.problems
        assert f"total_cost is not known in {which} scenario" in sentence


def test_many_changes_are_averaged_over_a_sample_that_says_so() -> None:
    few = {
        "staff_cost_per_year": 1e5,
        "staff_years": 1,
        "experiments_multiplier": 1,
        "price_per_gpu_hour": 2,
    }
    one = PREDICTED.with_values(few)
    values = one.inputs()
    other = one.with_values({name: 2 * float(values[name]) for name in (*few, *DOUBLED)})
    found = attribute(one, other, "cost_with_development")
    assert "a sample of 256 orders" in found.method
    assert len(found.parts) > 14
    check_whole(found)
    assert attribute(one, other, "cost_with_development") == found
    back = attribute(other, one, "cost_with_development")
    assert {part.fields: pytest.approx(1 / part.factor) for part in found.parts} == factors(back)


@pytest.mark.parametrize(
    ("name", "allowed"), [("total_costs", "total_cost"), ("mfu_basis", "number"), ("gpu", "gpu")]
)
def test_what_is_no_numeric_result_is_refused(name: str, allowed: str) -> None:
    with pytest.raises(ScenarioError, match=allowed):
        attribute(V3, V3, name)


# Laws


@examples(40)
@given(scenarios(), scenarios(), st.sampled_from(NUMBERS))
def test_effects_come_to_the_whole_difference(one: Scenario, other: Scenario, of: str) -> None:
    found = attribute(one, other, of)
    check_whole(found)
    assert all(math.isfinite(part.change) for part in found.parts)
    strengths = [abs(part.share) for part in found.parts if not math.isnan(part.share)]
    assert strengths == sorted(strengths, reverse=True)
    if math.isnan(found.one) or math.isnan(found.other):
        assert found.problems
    elif not math.isclose(found.one, found.other, rel_tol=1e-6):
        assert found.parts


@examples(25)
@given(scenarios(unknown=False), scenarios(unknown=False), st.sampled_from(BOTH_WAYS))
def test_the_way_back_undoes_every_effect(one: Scenario, other: Scenario, of: str) -> None:
    there, back = attribute(one, other, of), attribute(other, one, of)
    undone = {part.fields: part for part in back.parts}
    size = max(abs(there.one), abs(there.other), 0.0, *(abs(part.change) for part in there.parts))
    for part in there.parts:
        if abs(part.change) <= 1e-6 * size:
            continue
        if math.isnan(part.factor):
            assert math.isclose(undone[part.fields].change, -part.change, abs_tol=1e-6 * size)
        else:
            assert math.isclose(undone[part.fields].factor * part.factor, 1, rel_tol=1e-6)


@examples(25)
@given(scenarios(), st.sampled_from(NUMBERS), st.data())
def test_a_single_field_makes_the_whole_difference(
    scenario: Scenario, of: str, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from([name for name, spec in FIELDS.items() if spec.is_numeric]))
    value = scenario.value(name)
    assume(value)
    try:
        other = scenario.with_values({name: value * 2})
    except ScenarioError:
        assume(False)
    found = attribute(scenario, other, of)
    assert [part.fields for part in found.parts] in ([], [(name,)])
    check_whole(found)


@examples(25)
@given(scenarios(), scenarios(), st.sampled_from(BOTH_WAYS))
def test_a_field_that_the_result_does_not_read_has_no_part(
    one: Scenario, other: Scenario, of: str
) -> None:
    read = {need for name in GRAPH.needed([of]) for need in GRAPH.dependencies(name)}
    for part in attribute(one, other, of).parts:
        assert set(part.fields) <= read
        assert all(_differs(one.value(name), other.value(name)) for name in part.fields)


def _differs(one: object, other: object) -> bool:
    return one != other


def test_nothing_differs_between_a_scenario_and_itself() -> None:
    found = attribute(PREDICTED, PREDICTED, "total_cost")
    assert (found.parts, found.problems, found.ratio) == ([], [], 1)
    assert found.method == "No differing field moves it."
