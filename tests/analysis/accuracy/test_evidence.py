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
)
from dsexplore.analysis.accuracy.runs import shipped_runs
from dsexplore.engine import evaluate
from dsexplore.library.open import load
from dsexplore.library.presets import with_changes


def test_the_shipped_numbers_are_those_of_the_shipped_runs() -> None:
    written = evidence_file().read_text(encoding="utf-8")
    assert written == as_file(counted(shipped_runs())), "run python docs/accuracy_page.py"


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
