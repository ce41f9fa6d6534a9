"""One measured step of a user's own: the stack that explains it."""

from __future__ import annotations

import pytest

from dsexplore.analysis.accuracy.one_step import stack_from_step_time
from dsexplore.analysis.accuracy.runs import shipped_runs
from dsexplore.engine import evaluate
from dsexplore.library.open import load
from dsexplore.text.refusal import ScenarioError

RUNS = [run for run in shipped_runs() if "num_gpus" not in run.assumed]


@pytest.mark.parametrize("seconds", [5.2, 6.459, 12.0, 300.0])
def test_the_step_is_the_one_that_was_measured(seconds: float) -> None:
    scenario = load("llama-3.1-405b")
    found = stack_from_step_time(scenario, seconds)
    step = evaluate(found.inputs(), ["step_time"])["step_time"]
    assert step == pytest.approx(seconds, rel=1e-9)
    moved = {"kernel_factor", "layer_overhead"}
    same = {k: v for k, v in scenario.parallelism.model_dump().items() if k not in moved}
    assert same == {k: v for k, v in found.parallelism.model_dump().items() if k not in moved}


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf"), 1e-3, 4.0])
def test_a_step_that_nothing_explains_is_refused(seconds: float) -> None:
    with pytest.raises(ScenarioError, match="step_time"):
        stack_from_step_time(load("llama-3.1-405b"), seconds)


def test_a_layout_that_cannot_be_has_no_step_to_measure() -> None:
    with pytest.raises(ScenarioError, match="cannot be predicted"):
        stack_from_step_time(load("llama-3.1-405b").with_values({"num_gpus": 7}), 5.0)


def test_a_new_stack_after_one_measured_step_keeps_its_spread() -> None:
    """MegaScale's own stack, arXiv:2402.15627, table 2: no run of it was fitted to.

    It fuses attention, recomputes nothing, and loads operands while it multiplies.
    """
    steps = {256: (768, 32.0), 512: (768, 16.5), 768: (768, 11.5), 1024: (768, 8.9)}
    run = next(run for run in RUNS if run.name == "megatron-175b-256")
    better = {"attention_kernel": "flash", "recompute": "none", "exposed_operand_share": 0}
    scenario = run.scenario.with_values({"num_gpus": 512, **better})
    own = stack_from_step_time(scenario, steps[512][1])
    for gpus, (batch, measured) in steps.items():
        there = own.with_values({"num_gpus": gpus, "global_batch_size": batch})
        predicted = evaluate(there.inputs(), ["step_time"])["step_time"]
        assert predicted == pytest.approx(measured, rel=0.05), gpus
