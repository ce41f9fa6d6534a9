"""Solving: the value of a field at which a result is what it is to be, or why there is none."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dsexplore.analysis.solve.root_finding import crossing, grid, last_where, whole_grid
from dsexplore.analysis.solve.solve import SolveError, candidates, solve
from dsexplore.document.document import Document
from dsexplore.engine import GRAPH, QUANTITIES, evaluate
from dsexplore.scenario.field import UNKNOWN
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.refusal import ScenarioError
from tests.examples import examples
from tests.points import holds_at
from tests.strategies import NUMERIC, changes, scenarios, shipped

NUMBERS = [name for name, found in QUANTITIES.items() if not found.is_text]
ASSUMED_RL = {"rl_utilization": "assumed"}
PREDICTED = {"utilization": "predicted"}


def at(scenario: Scenario, name: str, value: object, of: str) -> float:
    """What a result is where a field has a value."""
    return float(evaluate(scenario.with_values({name: value}).inputs(), [of])[of])


# Facts


def test_the_mfu_at_which_r1_zeros_rl_costs_as_much_as_pretraining() -> None:
    """About 4 % of the FP8 peak; the engine's break-even comes to it on another way."""
    scenario = shipped("deepseek-r1-zero-estimate").with_values(ASSUMED_RL)
    found = solve(scenario, "rl_cost", "pretraining_cost", "rl_mfu")
    assert math.isclose(found.value, 0.0431, rel_tol=0.005)
    assert math.isclose(found.value, evaluate(scenario.inputs())["rl_break_even_mfu"])
    assert math.isclose(found.reached, 5.328e6)
    assert (found.present, found.others, found.previous) == (0.2, (), None)


def test_v3_in_30_days_needs_3700_gpus() -> None:
    """2.664 M GPU-hours in 720 hours."""
    for gpus in (2048, 8192):
        scenario = shipped("deepseek-v3").with_values({"num_gpus": gpus})
        found = solve(scenario, "pretraining_days", "30 d", "num_gpus")
        assert (found.value, found.reached, found.present) == (3700, 30, gpus)
        assert found.previous is not None
        assert found.previous.value == 3699
        assert found.previous.result > 30


def test_questions_a_step_at_which_rl_costs_as_much_as_pretraining() -> None:
    """5.3 times the cost is 5.3 times the questions: R1-Zero's $1.007 M against $5.328 M."""
    scenario = shipped("deepseek-r1-zero-estimate")
    found = solve(scenario, "rl_cost", "pretraining_cost", "questions_per_step")
    assert found.value == math.ceil(1024 * 5.328e6 / 1006632.96)


def test_tokens_for_a_budget_follow_from_the_rate() -> None:
    """$3.6 M rents 1.8 M GPU-hours, and 180,000 train a trillion tokens."""
    found = solve(shipped("deepseek-v3"), "pretraining_cost", "$3.6 M", "pretraining_tokens")
    assert math.isclose(found.value, 10e12)


def test_trillions_of_tokens_are_whole_tokens() -> None:
    found = solve(shipped("deepseek-v3"), "pretraining_cost", "$3.7 M", "pretraining_tokens")
    assert found.value.is_integer()
    assert math.isclose(found.reached, 3.7e6, rel_tol=1e-9)


def test_experts_for_a_trillion_parameters() -> None:
    """V3 with 385 routed experts is the first above a trillion parameters."""
    found = solve(shipped("deepseek-v3"), "total_parameters", "1T", "num_routed_experts")
    assert found.value == 385
    assert found.previous is not None
    assert found.previous.result < 1e12 < found.reached


def test_the_memory_is_full_at_the_last_whole_value_that_fits() -> None:
    """One token more does not fit, and is named."""
    scenario = shipped("deepseek-v3")
    found = solve(scenario, "memory_per_gpu", "memory_capacity", "sequence_length")
    assert found.next is not None
    assert found.reached <= 81_559 * 2**20 < found.next.result
    solved = scenario.with_values({"sequence_length": found.value})
    assert evaluate(solved.inputs())["memory_problem"] == ""


@pytest.mark.parametrize(("sign", "gpus"), [("", 3581), ("<=", 3581), (">=", 3580)])
def test_a_target_between_two_whole_values_is_met_on_the_side_that_was_asked_for(
    sign: str, gpus: int
) -> None:
    found = solve(shipped("deepseek-v3"), "pretraining_days", f"{sign}31 d", "num_gpus")
    assert found.value == gpus


def test_what_a_search_puts_in_force_is_not_called_impossible() -> None:
    """The context that fills an accelerator that decodes, and the memory that just suffices."""
    scenario = shipped("llama-3.1-405b").with_values(
        {"serving_tensor_parallel": 16, "decode_batch": 1, "output_tokens_per_day": 1000}
    )
    context = solve(scenario, "decode_memory_per_gpu", "memory_capacity", "kv_length")
    assert isinstance(scenario.with_values({"kv_length": context.value}).value("kv_length"), int)
    for by in ("kv_length", "memory_capacity", "memory_reserve"):
        found = solve(scenario, "decode_memory_per_gpu", "memory_capacity", by)
        solved = evaluate(scenario.with_values({by: found.value}).inputs())
        assert solved["serving_problem"] == "", by


def test_the_field_itself_may_be_in_the_target() -> None:
    scenario = shipped("deepseek-v3")
    found = solve(scenario, "memory_per_gpu", "memory_capacity", "memory_capacity")
    assert math.isclose(found.value, evaluate(scenario.inputs())["memory_per_gpu"])


def test_a_target_of_zero() -> None:
    found = solve(shipped("deepseek-v3"), "memory_headroom", 0, "memory_capacity")
    assert abs(found.reached) < 1


def test_an_unknown_field_can_be_solved_for() -> None:
    scenario = shipped("deepseek-v3").with_values({"price_per_gpu_hour": UNKNOWN})
    found = solve(scenario, "pretraining_cost", "$5.328 M", "price_per_gpu_hour")
    assert math.isclose(found.value, 2)
    assert found.present is None


@pytest.mark.parametrize("scenario", ["deepseek-v3", "llama-3-70b", "deepseek-r1-zero-estimate"])
@pytest.mark.parametrize("by", ["num_gpus", "price_per_gpu_hour", "pretraining_tokens"])
def test_what_is_so_already_stays(scenario: str, by: str) -> None:
    opened = shipped(scenario)
    of = "pretraining_days" if by == "num_gpus" else "pretraining_cost"
    found = solve(opened, of, evaluate(opened.inputs())[of], by)
    assert found.value == found.present == opened.value(by)


# A layout that must divide


@pytest.mark.parametrize(
    ("name", "target"),
    [("deepseek-v3", "30 d"), ("llama-3.1-405b", "90 d"), ("llama-3.1-405b", "1000 d")],
)
def test_a_predicted_run_is_given_gpus_on_which_its_layout_is_possible(
    name: str, target: str
) -> None:
    scenario = shipped(name).with_values(PREDICTED)
    found = solve(scenario, "pretraining_days", target, "num_gpus")
    solved = evaluate(scenario.with_values({"num_gpus": found.value}).inputs())
    assert solved["layout_problem"] == ""
    assert found.reached <= found.target
    assert found.previous is not None
    assert found.previous.result > found.target


def test_no_smaller_cluster_would_have_done() -> None:
    scenario = shipped("deepseek-v3").with_values(PREDICTED)
    found = solve(scenario, "pretraining_days", "40 d", "num_gpus")
    for gpus in range(16, int(found.value), 16):
        values = evaluate(
            scenario.inputs() | {"num_gpus": float(gpus)}, ["pretraining_days", "layout_problem"]
        )
        assert values["layout_problem"] or values["pretraining_days"] > 40, gpus


def test_steps_and_batches_are_those_of_a_layout_that_can_be() -> None:
    found = solve(shipped("deepseek-v3"), "tokens_per_step", 40e6, "global_batch_size")
    # 128 copies of the model, each with an even number of micro-batches.
    assert found.value == 9984 == 128 * 78


def test_what_serving_needs_is_not_bound_by_the_training_layout() -> None:
    scenario = shipped("deepseek-serving")
    now = evaluate(scenario.inputs())["serving_gpus_needed"]
    found = solve(scenario, "serving_gpus_needed", 1.05 * now, "num_routed_experts")
    assert found.previous is not None
    # Experts divide over the 144 GPUs that decode and the 32 that read, not over training's 64.
    assert found.value == 544 == 4 * 144 - 32 == 17 * 32


# Laws


@examples(60)
@given(st.data())
def test_at_the_solution_the_result_is_the_target(data: st.DataObject) -> None:
    scenario = data.draw(scenarios())
    of = data.draw(st.sampled_from(NUMBERS))
    moving = candidates(scenario, of)
    assume(moving)
    by = data.draw(st.sampled_from(moving))
    wished = data.draw(changes((by,), unknown=False).filter(bool))[by]
    try:
        target = at(scenario, by, wished, of)
    except ScenarioError:
        assume(False)
    assume(not math.isnan(target))
    try:
        found = solve(scenario, of, target, by)
    except ScenarioError as error:
        assert str(error).isprintable()
        return
    reached = at(scenario, by, found.value, of)
    assert reached == found.reached
    if FIELDS[by].kind == "number":
        assert math.isclose(reached, target, rel_tol=1e-6, abs_tol=1e-6 * abs(found.target))
    else:
        assert isinstance(found.value, int)
        _check_it_is_the_first(scenario, of, target, by, found.value)


def _check_it_is_the_first(scenario: Scenario, of: str, target: float, by: str, value: int) -> None:
    """A whole number is on the target, or beyond it where the one before is not or cannot be."""
    now = at(scenario, by, value, of)
    if math.isclose(now, target, rel_tol=1e-11) or not FIELDS[by].contains(value - 1):
        return
    one_less = evaluate(scenario.with_values({by: value - 1}).inputs())
    is_known = not math.isnan(one_less[of]) and not one_less["layout_problem"]
    assert not is_known or (one_less[of] > target) != (now > target)


@examples(30)
@given(
    st.sampled_from(["deepseek-v3", "llama-3-70b", "deepseek-r1-zero-estimate"]),
    st.floats(0.2, 5),
    st.sampled_from(["price_per_gpu_hour", "pretraining_tokens"]),
)
def test_any_cost_above_the_fixed_part_is_reached(name: str, times: float, by: str) -> None:
    scenario = shipped(name)
    now = evaluate(scenario.inputs())["pretraining_cost"]
    found = solve(scenario, "pretraining_cost", times * now, by)
    assert math.isclose(found.value, times * scenario.value(by), rel_tol=1e-9)


def test_of_several_solutions_the_nearest_comes_first() -> None:
    """A model has its counted size with nothing stated, 0, and where just that is stated."""
    scenario = shipped("deepseek-v3")
    size = evaluate(scenario.inputs())["total_parameters"]
    found = solve(scenario, "total_parameters", size, "stated_total_parameters")
    assert (found.value, found.others) == (0, (size,))
    stated = scenario.with_values({"stated_total_parameters": 2 * size})
    found = solve(stated, "total_parameters", size, "stated_total_parameters")
    assert (found.value, found.others) == (size, (0,))


# What a screen offers


def test_candidates_are_the_fields_that_move_the_result() -> None:
    found = candidates(shipped("deepseek-v3"), "pretraining_days")
    # The model's size among them: another model is trained at the measured MFU.
    assert {"pretraining_tokens", "gpu_hours_per_trillion_tokens", "num_gpus"} <= {*found}
    assert {"num_layers", "experts_per_token"} <= {*found}
    assert "bf16_flops" not in found
    assert "price_per_gpu_hour" not in found
    assert len(found) == len({*found})


def test_candidates_with_a_layout_that_a_tenth_more_breaks() -> None:
    found = candidates(shipped("deepseek-v3").with_values(PREDICTED), "pretraining_days")
    assert {"num_gpus", "pipeline_parallel", "expert_parallel"} <= {*found}


def test_candidates_of_a_result_that_is_0() -> None:
    assert "rl_gradient_steps" in candidates(shipped("deepseek-v3"), "rl_cost")


@examples(40)
@given(scenarios(), st.sampled_from(NUMBERS))
def test_candidates_are_numeric_fields_above_the_result(scenario: Scenario, of: str) -> None:
    names = GRAPH.needed([of])
    read = {need for name in names for need in GRAPH.dependencies(name)}
    for name in candidates(scenario, of):
        assert name in NUMERIC
        assert name in read


def test_a_solution_can_be_taken_over_and_taken_back() -> None:
    document = Document("deepseek-v3")
    found = solve(document.scenario, "pretraining_days", "30 d", "num_gpus")
    document.set(found.field, found.value)
    assert document.results["pretraining_days"] == 30
    document.undo()
    assert document.scenario.value("num_gpus") == 2048


# Refusals


@holds_at(
    ("question", "words"),
    [
        (("pretraining_day", 30.0, "num_gpus"), ["unknown result", "pretraining_days"]),
        (("num_gpus", 30.0, "num_gpus"), ["num_gpus, a field", "names"]),
        (("layout_problem", 30.0, "num_gpus"), ["layout_problem, a sentence"]),
        (
            ("pretraining_days", "30 $", "num_gpus"),
            ["'30 $'", "such as 2 day", "or pretraining_days"],
        ),
        (
            ("pretraining_days", "pretraining_cost", "num_gpus"),
            ["with the unit USD", "a name with the unit day"],
        ),
        (("pretraining_days", 30.0, "num_gpu"), ["unknown field 'num_gpu'", "num_gpus"]),
        (("pretraining_days", 30.0, "precision"), ["precision, which is no number", "num_gpus"]),
        (("pretraining_days", 30.0, "price_per_gpu_hour"), ["makes no difference", "num_gpus"]),
        (("pretraining_days", 30.0, "assumed_mfu"), ["only while utilization is assumed"]),
        (("pretraining_days", 30.0, "tensor_parallel"), ["makes no difference"]),
        (("pretraining_days", 30.0, "num_gpus", 10, 5), ["10 to 5", "below its second"]),
        (("pretraining_days", 30.0, "num_gpus", 0), ["found 0", "from 1"]),
    ],
)
def test_a_question_without_sense_is_refused_in_one_line(
    question: tuple[str, float, str], words: list[str]
) -> None:
    with pytest.raises(ScenarioError) as refused:
        solve(shipped("deepseek-v3"), *question)
    assert not isinstance(refused.value, SolveError)
    assert str(refused.value).isprintable()
    for part in words:
        assert part in str(refused.value)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (("pretraining_days", "30 d", "num_gpus", 1, 3000), ["1 and 3,000", "111,000 d to 37 d"]),
        (("pretraining_cost", -1.0, "price_per_gpu_hour"), ["from $0 to", "not -$1"]),
        (("rl_cost", "total_cost", "price_per_gpu_hour", 1, 3), ["it stays below total_cost"]),
        (("embedding_parameters", 5.0, "hidden_size", 7000, 7168), ["7,000 and 7,168"]),
    ],
)
def test_where_there_is_no_solution_the_range_is_named(
    question: tuple[str, float, str], words: list[str]
) -> None:
    scenario = shipped("deepseek-r1-epoch")
    with pytest.raises(SolveError) as refused:
        solve(scenario, *question)
    assert "no solution between" in str(refused.value)
    for part in words:
        assert part in str(refused.value)


def test_a_result_that_is_never_known_says_why() -> None:
    with pytest.raises(SolveError, match=r"no value of tensor_parallel .* shape of the model"):
        solve(shipped("gpt-4-reported"), "memory_per_gpu", 1e9, "tensor_parallel")


def test_a_result_that_jumps_over_its_target_says_where() -> None:
    """0 stated hours are those of the RL panel, $1.007 M; a stated hour is $2."""
    scenario = shipped("deepseek-r1-zero-estimate")
    with pytest.raises(SolveError, match=r"jumps over \$500,000 at .* from \$1.007 M to \$"):
        solve(scenario, "post_training_cost", "$500,000", "post_training_gpu_hours", 0, 1000)


# The search itself


@examples(200)
@given(st.floats(1e-9, 1e9), st.floats(0.2, 5))
def test_a_crossing_is_found_to_the_last_digits(root: float, power: float) -> None:
    found = crossing(lambda x: (x / root) ** power - 1, root / 100, root * 30)
    assert math.isclose(found, root, rel_tol=1e-12)


def test_a_crossing_that_is_unknown_on_the_way_is_no_number() -> None:
    assert math.isnan(crossing(lambda x: x if abs(x) > 0.5 else math.nan, -1, 1))


@given(st.integers(0, 10**15), st.integers(1, 10**15), st.integers(0, 10**15))
def test_whole_numbers_to_look_at_are_few_and_include_ends_and_present(
    low: int, span: int, present: int
) -> None:
    found = whole_grid(low, low + span, present)
    assert found == sorted({*found})
    assert found[0] == low
    assert found[-1] == low + span
    assert (present in found) == (low <= present <= low + span)
    assert len(found) < 1000


@given(st.floats(0, 1e15), st.floats(1e-6, 1e18), st.floats(0, 1e19))
def test_numbers_to_look_at_are_few_and_include_ends_and_present(
    low: float, span: float, present: float
) -> None:
    assume(low + span > low)
    found = grid(low, low + span, present)
    assert (found[0], found[-1]) == (low, low + span)
    assert (present in found) == (low <= present <= low + span)
    assert len(found) < 400


@given(st.integers(-(10**9), 10**9), st.integers(0, 10**6), st.integers(1, 10**6))
def test_the_last_whole_number_at_which_something_holds(edge: int, before: int, after: int) -> None:
    up = last_where(lambda x: x <= edge, edge - before, edge + after, whole=True)
    down = last_where(lambda x: x >= edge, edge + before, edge - after, whole=True)
    assert (up, down) == (edge, edge)
