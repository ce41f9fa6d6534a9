"""Feasibility: beside every price, day and speed stands whether it can be had."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

import pytest

from dsexplore.analysis.compare.compare import compare
from dsexplore.analysis.solve.solve import solve
from dsexplore.document.document import Document
from dsexplore.engine import (
    INTERVALS,
    PROBLEMS,
    QUANTITIES,
    at_least_in,
    evaluate,
    impossible_in,
    warnings_in,
)
from dsexplore.export.formats import export
from dsexplore.library.presets import with_changes
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.format import CROSS, format_value
from dsexplore.tui.main.frame import summary_line
from dsexplore.tui.pages.pages import PAGES
from tests.points import holds_at
from tests.strategies import shipped

# Nothing of this fits: training in 20 GB, its experts for decoding, a fleet smaller than one copy.
NOTHING_FITS = {
    "memory_capacity": 20e9,
    "utilization": "predicted",
    "post_training_gpu_hours": 0,
    "sft_samples": 100,
    "cold_start_samples": 100,
    "rejection_samples": 10,
    "distilled_parameters": 1e9,
    "rl_gradient_steps": 100,
    "rl_phases": 2,
    "output_tokens_per_day": 1e9,
    "input_tokens_per_day": 1e9,
    "output_price": 1,
    "input_price": 1,
    "serving_gpus": 100,
    "experiments_multiplier": 1,
    "staff": 10,
    "staff_cost_per_year": 1e5,
    "staff_years": 1,
    "gpu_price": 30_000,
}
# A policy of 32 B with its gradients, optimiser and reference on one accelerator.
RL_ON_ONE = {
    "utilization": "assumed",
    "pretraining_tokens": 0,
    "rl_utilization": "predicted",
    "rl_gradient_steps": 100,
    "response_length": 4000,
    "rl_num_gpus": 1,
    "serving_tensor_parallel": 1,
    "decode_batch": 1,
    "kv_length": 4096,
}
# Prices, days and speeds that no problem of a run, of its RL or of its serving concerns.
STATED = {
    "measured_run_gpu_hours": "as measured",
    "measured_gpu_hours": "as measured",
    "measured_rl_phase_gpu_hours": "as measured",
    "context_extension_cost": "its hours are stated",
    "context_extension_hours": "its hours are stated",
    **dict.fromkeys(
        (
            *("context_extension_hours_low", "context_extension_hours_high"),
            *("context_extension_cost_low", "context_extension_cost_high"),
        ),
        "its hours are stated",
    ),
    "mean_input_price": "the prices are stated",
    "rl_api_cost": "somebody else's price of as many tokens",
    "staff_cost": "nobody's pay depends on it",
    "cluster_cost": "the price of buying the accelerators, whatever they do",
    "expert_dispatch_days": "the time of so many bytes on the links",
    "computed_input_tokens_per_day": "the tokens are asked for",
    "distillation_cost": "the cost of other, smaller models",
    "distillation_gpu_hours": "the hours of other, smaller models",
}
END_OF = {end: name for name, ends in INTERVALS.items() for end in ends}
ASKED = ("USD", "day", "GPU-hour", "token/s", "token/day", "joule", "gram")


def known(scenario: Scenario) -> dict[str, Any]:
    inputs = scenario.inputs()
    return inputs | evaluate(inputs)


def rl_on_one() -> Scenario:
    dense = with_changes(shipped("qwen3-8b-rl"), {"architecture": "qwen2.5-32b"})
    return dense.with_values(RL_ON_ONE)


@pytest.mark.parametrize(
    ("scenario", "can_be"),
    [(shipped("deepseek-v3").with_values(NOTHING_FITS), ""), (rl_on_one(), "serving")],
    ids=["nothing fits", "RL on one"],
)
def test_every_price_day_and_speed_has_its_cross_or_is_not_known(
    scenario: Scenario, can_be: str
) -> None:
    values = known(scenario)
    impossible = impossible_in(values)
    for name, found in QUANTITIES.items():
        # An end of an interval can be had where its result can.
        subject = QUANTITIES[END_OF.get(name, name)].subject
        is_asked = found.unit.startswith(ASKED) and subject != can_be
        if is_asked and values[name] == values[name] != 0:
            assert name in impossible or name in STATED, name


def test_of_what_can_be_nothing_has_a_cross() -> None:
    for name in ("deepseek-v3", "deepseek-serving", "llama-3.1-405b", "deepseek-r1-zero-predicted"):
        assert impossible_in(known(shipped(name))) == {}, name


def test_measured_hours_stand_whatever_a_layout_would_need() -> None:
    values = known(shipped("deepseek-v3").with_values({"memory_capacity": 60e9}))
    impossible = impossible_in(values)
    assert values["memory_problem"]
    assert "step_time" in impossible
    assert not {"pretraining_cost", "pretraining_days", "total_cost"} & set(impossible)
    assert values["memory_problem"] in warnings_in(values, ["total_cost"]), "said nevertheless"


def test_hours_carried_over_to_a_run_that_cannot_be_are_crossed() -> None:
    many = shipped("deepseek-v3").with_values({"num_gpus": 3700})
    assert "3700 GPUs do not divide" in impossible_in(known(many))["pretraining_days"][0]
    held = many.with_values({"measured_basis": "hours"})
    assert "pretraining_days" not in impossible_in(known(held)), "as its user wants it"


def test_an_assumed_mfu_is_of_a_run_that_can_be() -> None:
    assumed = {"utilization": "assumed", "assumed_mfu": 0.4, "memory_capacity": 60e9}
    values = known(shipped("deepseek-v3").with_values(assumed))
    assert {"pretraining_cost", "pretraining_days", "total_cost"} <= set(impossible_in(values))


def test_nothing_of_a_thing_can_be_had_under_any_problem() -> None:
    values = known(rl_on_one().with_values({"rl_gradient_steps": 0}))
    assert values["rl_cost"] == 0
    assert "rl_cost" not in impossible_in(values)
    assert values["rl_problem"] == ""


@holds_at(
    ("asked", "name", "changes", "words"),
    [
        # A question of serving is not answered with training's layout, nor the other way round.
        ("largest_decode_batch", "deepseek-v3", {"num_gpus": 1000}, ""),
        ("total_cost", "deepseek-v3", {"num_gpus": 1000}, "1000 GPUs do not divide"),
        ("total_cost", "llama-1-65b", {}, ""),
        ("decode_step_time", "llama-1-65b", {}, "weights and reserve need 134.6"),
        ("step_time", "llama-1-65b", {}, "no layout is stated"),
        ("rl_cost", "deepseek-v3", {"price_per_gpu_hour": "unknown"}, "No price"),
        ("decode_step_time", "deepseek-v3", {"price_per_gpu_hour": "unknown"}, ""),
        ("step_time", "deepseek-v3", {"sequence_length": 2**18}, "(sequence_length) are more"),
        ("decode_step_time", "deepseek-v3", {"sequence_length": 2**18}, ""),
        ("decode_step_time", "deepseek-v3", {"kv_length": 2**18}, "(kv_length,"),
    ],
)
def test_a_problem_is_said_to_the_question_that_it_concerns(
    asked: str, name: str, changes: dict[str, object], words: str
) -> None:
    said = " ".join(warnings_in(known(shipped(name).with_values(changes)), [asked]))
    assert (words in said) if words else (said == "")


def test_a_node_limit_that_does_not_bind_is_kept() -> None:
    values = known(shipped("deepseek-v3").with_values({"expert_parallel": 16, "node_limit": 4}))
    assert values["layout_problem"] == ""
    assert values["step_time"] > 0


@pytest.mark.parametrize("precision", ["fp8", "fp4"])
def test_what_an_accelerator_cannot_compute_in_names_the_field(precision: str) -> None:
    a100 = with_changes(shipped("llama-3-70b"), {"hardware": "a100-80gb-sxm"})
    trained = known(a100.with_values({"utilization": "predicted", "precision": precision}))
    assert "(precision)" in trained["precision_problem"]
    assert trained["hours_problem"] == ""
    served = known(a100.with_values({"serving_precision": precision}))
    assert "(serving_precision)" in served["serving_problem"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"serving_tensor_parallel": 300}, "128 attention heads do not divide by 300"),
        ({"decode_expert_parallel": 1000}, "do not divide over 1000 GPUs"),
        ({"serving_tensor_parallel": 16, "decode_expert_parallel": 8}, "groups of 16"),
        ({"decode_expert_parallel": 16, "scale_out_bandwidth": "1 kB/s"}, ""),
        ({"memory_capacity": "30 GB"}, "need"),
    ],
)
def test_a_layout_of_serving_is_checked_without_a_day_s_tokens(
    changes: dict[str, object], words: str
) -> None:
    nobody = {"output_tokens_per_day": 0, "input_tokens_per_day": 0}
    values = known(shipped("deepseek-v3").with_values(changes | nobody))
    if words:
        assert words in values["serving_problem"]
        assert "decode_tokens_per_second_per_request" in impossible_in(values)


def test_rl_needs_as_many_accelerators_as_hold_its_models() -> None:
    few = rl_on_one().with_values({"memory_reserve": 0})
    values = known(few)
    assert values["rl_state_bytes"] > 600e9
    # 9 would hold what is learned; the weights that generate lie beside it.
    fewest = int(values["rl_fewest_gpus"])
    assert fewest > 9
    assert known(few.with_values({"rl_num_gpus": fewest}))["rl_problem"] == ""
    assert str(fewest) in known(few.with_values({"rl_num_gpus": fewest - 1}))["rl_problem"]
    apart = {"rl_placement": "disaggregated", "generator_share": 0.5, "rl_num_gpus": 18}
    assert known(few.with_values(apart))["rl_fewest_gpus"] == 16 or fewest
    unlearned = known(few.with_values({"memory_capacity": 60e9}))
    assert unlearned["rl_fewest_gpus"] != unlearned["rl_fewest_gpus"]
    assert "weights that generate" in unlearned["rl_problem"]


def test_rl_hours_beyond_the_peak_are_crossed() -> None:
    impossible = impossible_in(known(shipped("deepseek-r1-100k")))
    assert {"rl_cost", "rl_days", "total_cost"} <= set(impossible)
    assert "pretraining_cost" not in impossible


def test_a_solution_can_be_had_where_one_can_and_has_its_cross_elsewhere() -> None:
    predicted = shipped("llama-3.1-405b").with_values({"utilization": "predicted"})
    for target, can_be in (("90 d", True), ("1000 d", False)):
        found = solve(predicted, "pretraining_days", target, "num_gpus")
        solved = known(predicted.with_values({"num_gpus": found.value}))
        assert found.problems == tuple(impossible_in(solved).get("pretraining_days", ()))
        assert (not found.problems) is can_be, target


# Unknown is not zero


@pytest.mark.parametrize("name", ["staff", "staff_cost_per_year", "staff_years"])
def test_pay_that_nobody_knows_is_unknown_and_the_total_a_bound(name: str) -> None:
    paid = {"staff": 200, "staff_cost_per_year": 4e5, "staff_years": 1, "experiments_multiplier": 1}
    values = known(shipped("deepseek-v3").with_values(paid | {name: "unknown"}))
    assert math.isnan(values["staff_cost"])
    whole = ("cost_with_development", *INTERVALS["cost_with_development"])
    assert at_least_in(values) == {name: ["staff_cost"] for name in whole}
    assert values["cost_with_development"] == 2 * values["total_cost"]


def test_only_sums_of_what_is_known_are_bounds() -> None:
    for name in ("deepseek-v3", "deepseek-r1-epoch"):
        followed = ("energy", "carbon", "water")
        sums = ("cost_with_development", *(f"{each}_with_experiments" for each in followed))
        whole = {found for each in sums for found in (each, *INTERVALS[each])}
        assert set(at_least_in(known(shipped(name)))) == whole, name
    owned = {"gpu_price": 30_000, "electricity_price": "unknown"}
    values = known(shipped("deepseek-v3").with_values(owned))
    assert at_least_in(values)["cost_of_ownership"] == ["energy_cost"]


def test_post_training_that_is_not_known_makes_every_total_a_bound() -> None:
    unknown = {"rl_utilization": "predicted", "memory_bandwidth": "unknown"}
    rl = shipped("deepseek-r1-zero-estimate").with_values(unknown)
    values = known(rl)
    assert math.isnan(values["rl_cost"])
    assert {"total_cost", "total_gpu_hours", "total_days"} <= set(at_least_in(values))
    table = str(export(rl, ["total_cost"], "table"))
    assert "≥ $" in table
    assert "Without post_training_cost, which is not known." in table
    assert "post_training_cost" in str(export(rl, ["total_cost"], "json"))


def test_a_model_that_nobody_described_costs_an_unknown_sum() -> None:
    values = known(shipped("openai-o1").with_values({"price_per_gpu_hour": 2}))
    for name in ("pretraining_gpu_hours", "total_gpu_hours", "total_days", "total_cost"):
        assert math.isnan(values[name]), name


# Wherever a figure is shown


@pytest.fixture
def broken() -> Scenario:
    return shipped("deepseek-v3").with_values(NOTHING_FITS)


def test_every_format_has_the_cross(broken: Scenario) -> None:
    asked = ["pretraining_cost", "decode_tokens_per_second_per_request", "staff_cost"]
    for_people = [str(export(broken, asked, format_)) for format_ in ("table", "markdown")]
    for text in for_people:
        marked = [name for line in text.splitlines() for name in asked
                  if name in line and CROSS in line]  # fmt: skip
        assert sorted(marked) == sorted(asked[:2])
    rows = json.loads(str(export(broken, asked, "json")))["quantities"]
    assert [("problem" in rows[name]) for name in asked] == [True, True, False]
    assert rows["pretraining_cost"]["value"] > 0, "numbers stay numbers"
    told = csv.DictReader(io.StringIO(str(export(broken, asked, "csv"))))
    assert [bool(row["problem"]) for row in told] == [True, True, False]
    assert "problem = " in str(export(broken, asked, "toml"))


def test_a_comparison_has_the_cross(broken: Scenario) -> None:
    found = compare(shipped("deepseek-v3"), broken)
    assert found.impossible("pretraining_cost") == [False, True]


def test_every_page_has_the_cross_beside_the_figure(tmp_path: Any) -> None:
    document = Document("deepseek-v3")
    for name, value in NOTHING_FITS.items():
        document.set(name, value)
    impossible = document.state.current.standing.impossible
    for page in PAGES:
        for row in page.rows(document, 100):
            if row.name not in impossible:
                continue
            text = "".join(span for span, _ in row.line)
            figure = format_value(document.results[row.name], QUANTITIES[row.name].unit)
            marked = text.replace("≥ ", "")
            assert figure not in text or f"{CROSS} {figure}" in marked, (page.title, text)
    summary = "".join(text for text, _ in summary_line(document, 78))
    assert summary.count(CROSS) >= 1


def test_every_problem_forbids_or_concerns_something() -> None:
    for name in PROBLEMS:
        found = QUANTITIES[name]
        assert found.forbids or found.concerns or found.needs
