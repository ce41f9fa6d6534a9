"""Measured hours: of every field, whether they follow it, and what is held where they do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dsexplore.engine import evaluate
from dsexplore.library.open import load
from dsexplore.library.presets import with_changes
from dsexplore.scenario.layers_per_stage import with_first_stage
from dsexplore.scenario.measured_run import HOURS, LATER_HOURS, MEASURED_RUN
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.refusal import ScenarioError
from tests.strategies import PATTERNS

RESULTS = (
    *("pretraining_gpu_hours", "context_extension_hours", "post_training_hours", "mfu"),
    *("mfu_basis", "counted_flops_per_token", "mfu_peak_flops", "measured_run_mfu"),
    "predicted_tokens_per_second_per_gpu",
)
STAGES = RESULTS[:3]
BASES = ("mfu", "prediction", "hours")


def results(scenario: Scenario, basis: str = "mfu") -> dict[str, Any]:
    return evaluate(scenario.with_values({"measured_basis": basis}).inputs(), RESULTS)


@cache
def measured(name: str) -> Scenario:
    """A run with measured hours of every stage, and a layout for each accelerator."""
    run = load(name)
    hours = {"context_extension_gpu_hours": 1e5, "post_training_gpu_hours": 5e3}
    return run.with_values({**hours, "gpu_hours_per_trillion_tokens": 180e3}).with_run({})


def another(scenario: Scenario, field: str) -> Iterator[Scenario]:
    """The scenario with each other word of a field, or another number that the rules allow."""
    spec, value = FIELDS[field], scenario.value(field)
    choices: list[object] = [word for word in spec.choices if word != value]
    if spec.kind == "boolean":
        choices = [not value]
    elif spec.kind == "stages":
        stages = scenario.parallelism.pipeline_parallel
        choices = [with_first_stage(3, int(scenario.inputs()["num_layers"]), stages, 1)]
    elif spec.kind == "layers":
        choices = [pattern for pattern in PATTERNS if pattern != value]
    elif spec.kind == "name":
        choices = ["Another"]
    elif not isinstance(value, str) and spec.is_numeric:
        choices = [(value or 0.5) * 2, (value or 0) + 1, (value or 0) / 2, (value or 0) - 1]
    for choice in choices:
        try:
            yield scenario.with_values({field: choice})
        except ScenarioError:
            continue
        if spec.is_numeric:
            return


@cache
def reactions() -> list[tuple[str, Scenario, dict[str, Any], dict[str, Any]]]:
    """Every field with another value of it, and what measured hours were and then are, by basis."""
    found = []
    in_use: set[str] = set()
    for name in ("deepseek-v3", "llama-3.1-405b"):  # latent attention and experts, and neither
        start = measured(name)
        before = {basis: results(start, basis) for basis in BASES}
        for field, spec in FIELDS.items():
            is_last = name == "llama-3.1-405b"
            if field in in_use or not (is_last or spec.applies_where(start.value)):
                continue
            in_use.add(field)
            for scenario in another(start, field):
                after = {basis: results(scenario, basis) for basis in BASES}
                found.append((field, scenario, before, after))
    return found


# They have tests of their own.
APART = {*HOURS, *LATER_HOURS, "measured_basis", "pretraining_tokens"}
SPEED = "predicted_tokens_per_second_per_gpu"


def stages_of(scenario: Scenario) -> tuple[str, ...]:
    return STAGES if scenario.value("utilization") == "measured" else STAGES[1:]


def test_hours_stay_under_every_convention_and_detail() -> None:
    tried = set()
    for field, scenario, before, after in reactions():
        if FIELDS[field].role != "premise" and field not in APART:
            tried.add(field)
            for stage in stages_of(scenario):
                assert all(after[b][stage] == before[b][stage] for b in BASES), field
            if scenario.value("utilization") == "measured":
                assert after["mfu"]["mfu_basis"].endswith(", measured"), field
    assert {"bf16_flops", "communication_sms", "flop_accounting", "mfu_peak"} <= tried


def test_hours_follow_every_premise_as_flop_and_peak_or_the_step_do() -> None:
    tried = set()
    for field, _, before, after in reactions():
        if FIELDS[field].role != "premise":
            continue
        tried.add(field)
        was, work = (
            found["mfu"]["counted_flops_per_token"] / found["mfu"]["mfu_peak_flops"]
            for found in (before, after)
        )
        times = {
            "mfu": work / was,
            "prediction": before["mfu"][SPEED] / after["mfu"][SPEED],
            "hours": 1.0,
        }
        for basis in BASES:
            for stage in STAGES:
                expected = before[basis][stage] * times[basis]
                assert after[basis][stage] == pytest.approx(expected, nan_ok=True), field
        assert after["mfu"]["mfu"] == pytest.approx(before["mfu"]["mfu"]), field
        assert after["mfu"]["mfu_basis"].endswith(", held from the measured run"), field
    assert tried == {name for name, spec in FIELDS.items() if spec.role == "premise"}


def test_what_moves_flop_peak_or_step_without_being_a_premise_is_a_known_convention() -> None:
    """A field that is new and moves one of them must say whether hours follow it."""
    moving = ("counted_flops_per_token", "mfu_peak_flops", SPEED)
    found = {
        field
        for field, _, before, after in reactions()
        if FIELDS[field].role == "convention"
        if any(after["mfu"][each] != before["mfu"][each] for each in moving)
    }
    assert found == {"flop_accounting", "mfu_peak", "lent_sm_loss"}


def test_a_detail_is_the_runs_own_while_its_accelerator_or_model_is() -> None:
    v3 = load("deepseek-v3")
    assert results(v3.with_values({"bf16_flops": 755e12}))["mfu"] == pytest.approx(0.5119, abs=1e-4)
    b200 = with_changes(v3, {"hardware": "b200-180gb-sxm"})
    slower = b200.with_values({"bf16_flops": 2e15})
    assert results(b200)["mfu"] == pytest.approx(results(v3)["mfu"])
    ratio = results(slower)["pretraining_gpu_hours"] / results(b200)["pretraining_gpu_hours"]
    assert ratio == pytest.approx(2.25 / 2)
    # A stated count replaces the model's own; of another model it is a count of that model.
    counted = v3.with_values({"flop_accounting": "six_nd", "stated_active_parameters": 37e9})
    assert results(counted)["pretraining_gpu_hours"] == 14.8 * 180e3
    other = counted.with_values({"num_layers": 60, "stated_active_parameters": 74e9})
    assert results(other)["pretraining_gpu_hours"] == pytest.approx(2 * 14.8 * 180e3)


def test_tokens_alone_change_hours_in_proportion() -> None:
    for name in ("deepseek-v3", "llama-3.1-405b"):
        run = load(name)
        if name != "deepseek-v3":
            run = run.with_values(
                {"gpu_hours_per_trillion_tokens": 0, "stated_pretraining_gpu_hours": 3e7}
            )
        tokens = run.value("pretraining_tokens")
        assert isinstance(tokens, float)
        before, twice = results(run), results(run.with_values({"pretraining_tokens": 2 * tokens}))
        assert twice["pretraining_gpu_hours"] == 2 * before["pretraining_gpu_hours"]
        assert twice["context_extension_hours"] == before["context_extension_hours"]
        assert twice["mfu"] == before["mfu"]
        assert twice["mfu_basis"].endswith("measured")


def test_a_sweep_holds_what_each_of_its_points_holds() -> None:
    v3 = load("deepseek-v3")
    inputs = v3.inputs()
    experts = [4.0, 8.0, 9.0]
    for basis in ("mfu", "prediction", "hours"):
        swept = evaluate(
            {**inputs, "measured_basis": basis, "experts_per_token": np.array(experts)}, RESULTS
        )
        for place, count in enumerate(experts):
            alone = results(v3.with_values({"experts_per_token": int(count)}), basis)
            for stage in (*STAGES, "mfu"):
                found = np.broadcast_to(swept[stage], (3,))[place]
                assert found == pytest.approx(alone[stage], rel=1e-12), stage
            assert np.broadcast_to(swept["mfu_basis"], (3,))[place] == alone["mfu_basis"]
    peaks = evaluate({**inputs, "bf16_flops": np.array([755e12, 989e12])}, RESULTS)
    assert np.all(peaks["pretraining_gpu_hours"] == 14.8 * 180e3)


def test_without_a_measured_run_hours_are_of_the_fields_alone() -> None:
    inputs = load("deepseek-v3").with_values({"experts_per_token": 9}).inputs()
    del inputs[MEASURED_RUN]
    found = evaluate(inputs, RESULTS)
    assert found["pretraining_gpu_hours"] == 14.8 * 180e3
    assert found["mfu_basis"].endswith("causal, measured")


def test_hours_that_cannot_be_carried_over_are_unknown_and_say_why() -> None:
    v3 = load("deepseek-v3")
    lost = with_changes(v3, {"mfu_peak": "fp8", "hardware": "v100-32gb-sxm"})
    found = evaluate(lost.inputs(), ["pretraining_gpu_hours", "hours_problem"])
    assert found["pretraining_gpu_hours"] != found["pretraining_gpu_hours"]
    assert "measured on another run" in found["hours_problem"]
    assert "measured_basis" in found["hours_problem"]
    kept = evaluate(lost.with_values({"measured_basis": "hours"}).inputs(), ["hours_problem"])
    assert kept["hours_problem"] == ""


def test_measured_hours_of_rl_follow_its_accelerator_too() -> None:
    run = load("deepseek-r1")
    names = ["rl_gpu_hours", "later_rl_gpu_hours", "rejection_gpu_hours"]
    here = evaluate(run.inputs(), names)
    there = evaluate(with_changes(run, {"hardware": "b200-180gb-sxm"}).inputs(), names)
    for name in names:
        assert there[name] == pytest.approx(here[name] * 989 / 2250), name


@pytest.mark.parametrize(("then", "now"), [(None, 15e12), (0, 15e12), (15e12, None)])
def test_hours_of_tokens_that_nobody_knows_are_unknown_and_not_none(then, now) -> None:
    """They grow in proportion to tokens; without the tokens of both runs no share is known."""
    run = measured("llama-3.1-405b").with_values({"gpu_hours_per_trillion_tokens": 0})
    run = run.with_values({"pretraining_tokens": then}).with_values(
        {"stated_pretraining_gpu_hours": 3e6}
    )
    found = evaluate(run.with_values({"pretraining_tokens": now}).inputs())
    assert np.isnan(found["pretraining_gpu_hours"])
    # Tokens that the scenario itself lacks are the reason given beside every figure.
    assert bool(found["hours_problem"]) == (now is not None)
    kept = run.with_values({"pretraining_tokens": now, "measured_basis": "hours"})
    assert evaluate(kept.inputs())["pretraining_gpu_hours"] == 3e6


RL_HOURS_OF = ("rl_gpu_hours", "rl_implied_mfu")


def test_measured_hours_of_rl_follow_its_answers_and_steps_at_the_mfu_it_reached() -> None:
    """Twice the questions, or twice the steps, take twice the 101,000 hours of R1-Zero's RL."""
    run = load("deepseek-r1-zero-disclosed")
    hours, mfu = evaluate(run.inputs(), RL_HOURS_OF).values()
    assert hours == 101_000
    for name, factor in (("questions_per_step", 2), ("rl_gradient_steps", 2)):
        value = run.value(name)
        assert isinstance(value, int)
        twice = run.with_values({name: factor * value})
        found = evaluate(twice.inputs(), RL_HOURS_OF)
        assert found["rl_gpu_hours"] == pytest.approx(factor * hours)
        assert found["rl_implied_mfu"] == pytest.approx(mfu)
        held = twice.with_values({"measured_basis": "hours"})
        assert evaluate(held.inputs(), RL_HOURS_OF)["rl_gpu_hours"] == hours
        assert evaluate(twice.with_values({name: value}).inputs(), RL_HOURS_OF) == {
            "rl_gpu_hours": hours,
            "rl_implied_mfu": mfu,
        }
        anew = twice.with_values({"measured_rl_gpu_hours": 50_000})
        assert evaluate(anew.inputs(), RL_HOURS_OF)["rl_gpu_hours"] == 50_000


def test_hours_of_rl_from_a_preset_are_those_of_its_answers(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    text = 'schema = 1\n[reinforcement]\npreset = "deepseek-r1-zero-disclosed"\ngroup_size = 32\n'
    file.write_text(text)
    found = evaluate(load(str(file)).inputs(), RL_HOURS_OF)
    assert found["rl_gpu_hours"] == pytest.approx(2 * 101_000, rel=1e-3)
    stated = text + "measured_rl_gpu_hours = 90_000\n"
    file.write_text(stated)
    assert evaluate(load(str(file)).inputs(), RL_HOURS_OF)["rl_gpu_hours"] == 90_000
