"""What a prediction rests on: counted from the runs, and said in a sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dsexplore.analysis.accuracy.evidence import (
    Case,
    as_file,
    case_of,
    counted,
    evidence_file,
    evidence_of,
    gaps_behind,
    rests_on,
    shipped_measured,
)
from dsexplore.analysis.accuracy.measured import SUBJECTS
from dsexplore.analysis.accuracy.measured_cases import measured_cases
from dsexplore.analysis.accuracy.runs import shipped_runs
from dsexplore.engine import evaluate
from dsexplore.library.names import preset_names
from dsexplore.library.open import load
from dsexplore.library.presets import with_changes, with_panel
from dsexplore.scenario.scenario import Scenario


def test_the_shipped_numbers_are_those_of_the_shipped_runs() -> None:
    written = evidence_file().read_text(encoding="utf-8")
    every = [run for subject in SUBJECTS for run in shipped_runs(subject)]
    known = as_file(counted(shipped_runs()), measured_cases(every))
    assert written == known, "run python docs/accuracy_page.py"


def test_evidence_is_of_this_accelerator_this_stack_and_such_models_anywhere() -> None:
    scenario = load("deepseek-v3").with_values({"fp8_recipe": "block_128"})
    case = Case(scenario.hardware.gpu, "deepseek", "deepseek", "moe", "fp8", "block_128")
    known = {
        case: 2,
        Case("other", "deepseek", "deepseek", "moe", "fp8", "block_128"): 3,
        Case("other", "deepseek", "deepseek", "dense", "fp8", "block_128"): 5,
        Case(case.accelerator, "other", "other", "dense", "bf16", ""): 7,
        Case("other", "other", "other", "moe", "bf16", ""): 11,
    }
    found = evidence_of(scenario, known)
    assert found.case == case
    assert (found.of_accelerator, found.of_stack, found.of_stack_here) == (9, 10, 2)
    assert (found.of_kind, found.of_kind_here) == (5, 2)
    assert found.sentence() == (
        "Measured runs: 9 of this accelerator; 10 of this software stack, 2 of them here; "
        "5 of mixtures of experts in FP8 scaled by blocks of 128, 2 of them here."
    )


def test_a_version_of_a_stack_is_a_run_of_both() -> None:
    scenario = load("llama-3-70b")
    case = case_of(scenario)
    known = {replace(case, stack="nemo-1", software="nemo"): 2, replace(case, stack="nemo"): 3}
    for name, number in {"nemo": 5, "nemo-1": 2, "nemo-2": 0}.items():
        asked = scenario.with_values({"software_stack": name})
        assert evidence_of(asked, known).of_stack == number, name


def test_where_there_is_none_it_says_so() -> None:
    assert evidence_of(load("llama-3-70b"), {}).sentence() == (
        "Measured runs: none of this accelerator; none of this software stack; "
        "none of dense models in BF16."
    )


@pytest.mark.parametrize("gpu", ["h100-80gb-sxm", "b200-180gb-sxm", "mi300x"])
def test_the_recipe_in_force_is_the_one_that_a_prediction_takes(gpu: str) -> None:
    scenario = with_changes(load("llama-3-70b"), {"gpu": gpu, "precision": "fp8"})
    recipe = case_of(scenario).recipe
    stated = scenario.with_values({"fp8_recipe": recipe})
    steps = [evaluate(each.inputs(), ["step_time"])["step_time"] for each in (scenario, stated)]
    assert steps[0] == steps[1]
    assert case_of(scenario.with_values({"precision": "bf16"})).recipe == ""


def gaps(scenario: Scenario, *names: str) -> list[str]:
    return gaps_behind(scenario, names, evaluate(scenario.inputs()))


def test_serving_says_where_no_accelerator_like_this_one_was_measured() -> None:
    scenario = load("deepseek-v3")
    assert gaps(scenario, "ttft", "time_per_output_token") == [
        "ttft, time_per_output_token: no measured serving on this accelerator."
    ]
    measured = with_changes(scenario, {"hardware": "h100-80gb-sxm"})
    assert gaps(measured, "ttft", "time_per_output_token") == []
    assert rests_on(measured, "ttft").startswith("Measured serving: 18 on this accelerator; ")


def test_what_is_measured_rests_on_no_prediction_and_what_is_predicted_on_each_part_of_it() -> None:
    measured, predicted = load("deepseek-r1-epoch"), load("deepseek-r1-zero-predicted")
    assert gaps(measured, "total_cost") == []
    assert gaps(predicted, "total_cost") == ["total_cost: no measured RL on this accelerator."]
    elsewhere = with_changes(load("llama-3-70b"), {"hardware": "ascend-910b"})
    assert gaps(elsewhere, "step_time") == ["step_time: no measured run on this accelerator."]


def test_a_training_precision_that_no_run_has_is_said() -> None:
    scenario = with_changes(load("llama-3-70b"), {"hardware": "h100-80gb-sxm", "precision": "fp8"})
    scenario = scenario.with_values({"fp8_recipe": "rowwise"})
    assert gaps(scenario, "step_time") == [
        "step_time: no measured run of dense models in FP8 scaled by row."
    ]


def test_speeds_are_less_sure_on_accelerators_on_which_no_serving_was_measured() -> None:
    measured = {case.accelerator for case in shipped_measured() if case.subject == "serving"}
    for name in preset_names("hardware"):
        hardware = with_panel(Scenario(), "hardware", name).hardware
        known = hardware.gpu in measured
        assert (hardware.serving_accelerator_spread == 0) is known, name
