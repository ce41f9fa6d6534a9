"""What is stated and changes nothing is said in a line; what is shipped or saved says none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dsexplore.cli.input.settings import without_effect_in
from dsexplore.engine import evaluate
from dsexplore.engine.effect import without_effect
from dsexplore.library.names import preset_names
from dsexplore.library.open import load
from dsexplore.library.saving import save
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.refusal import ScenarioError
from tests.strategies import shipped

PIECES = "virtual_stages has no effect: pipeline_schedule is 1f1b"
LLAMA = "llama-3-70b"
# Not their parts: those of another choice, such as another schedule's bubble, are computed too.
ANSWERS = (
    *("total_cost", "total_gpu_hours", "pretraining_days", "mfu", "step_time", "predicted_mfu"),
    *("memory_per_gpu", "bubble_time", "total_parameters", "training_flops_per_token", "rl_cost"),
    *("rl_days", "rollout_step_time", "decode_memory_per_gpu", "decode_tokens_per_second_per_gpu"),
    *("prefill_tokens_per_second_per_gpu", "serving_gpus_needed"),
)


@pytest.mark.parametrize("name", preset_names("scenarios"))
def test_neither_a_shipped_scenario_nor_one_that_was_saved_says_anything(
    tmp_path: Path, name: str
) -> None:
    saved = tmp_path / "saved.toml"
    save(replace(load(name), uncertainty={}), saved, overwrite=False)
    assert without_effect_in(name, load(name)) == []
    assert without_effect_in(str(saved), load(str(saved))) == []


def test_a_setting_without_effect_is_said_by_every_command_that_takes_it(run):
    schedule = ("--set", "pipeline_schedule=1f1b", "--set", "virtual_stages=4")
    shown = run("eval", LLAMA, *schedule)
    assert f"warning: {PIECES}" in shown.out
    assert PIECES in json.loads(run("eval", LLAMA, *schedule, "--format", "json").out)["warnings"]
    assert PIECES in run("eval", LLAMA, *schedule, "--format", "csv").err
    solved = run("solve", LLAMA, "pretraining_days=90 d", "--by", "num_gpus", *schedule)
    assert solved.status == 0
    assert f"dsexplore: {PIECES}\n" in solved.err
    assert PIECES in run("explain", LLAMA, "step_time", *schedule).err


def test_what_is_not_asked_for_is_not_affected(run):
    batch = ("--set", "decode_batch=64")
    assert "decode_batch has no effect on total_cost" in run(
        "eval", "deepseek-v3", *batch, "--only", "total_cost"
    ).out  # fmt: skip
    assert "no effect" not in run("eval", "deepseek-v3", *batch).out


def test_fields_of_a_file_of_ones_own_are_asked_about_and_not_those_of_its_presets(
    run, tmp_path: Path
):
    file = tmp_path / "ours.toml"
    file.write_text(
        'schema = 1\n[architecture]\npreset = "llama-3-70b"\n[hardware]\npreset = "h100-80gb-sxm"\n'
        'gpu = "ours"\n[parallelism]\npreset = "llama-3.1-405b"\npipeline_schedule = "1f1b"\n'
        "virtual_stages = 4\n"
    )
    narrow = run("eval", str(file), "--only", "decode_memory_per_gpu").out
    assert narrow.count("has no effect") == 1
    said = [PIECES, "gpu is a name alone: figures stay those of h100-80gb-sxm"]
    compared = run("compare", str(file), LLAMA).err
    for sentence in said:
        assert sentence in run("eval", str(file)).out
        assert sentence in compared
    assert compared.count("\n") == len(said)


def test_claims_and_runs_of_ones_own_say_it_too(run, tmp_path: Path):
    claims, runs = tmp_path / "claims.toml", tmp_path / "runs.toml"
    claims.write_text(
        '[[claim]]\nid = "m01"\nclaim = "x"\nstates = 1\nunit = "USD"\nscenario = "deepseek-v3"\n'
        'set = { decode_batch = 9 }\ngives = "total_cost"\n'
    )
    runs.write_text(
        '[[run]]\nname = "r"\ngpu = "h100-80gb-sxm"\nnum_gpus = 64\n'
        'architecture = { preset = "llama-3-8b" }\nmeasured = { mfu = 0.4 }\n'
        'parallelism = { pipeline_schedule = "1f1b", virtual_stages = 4 }\n'
        "pretraining = { sequence_length = 8192, global_batch_size = 512 }\n"
    )
    assert "m01: decode_batch has no effect on total_cost" in run("claims", str(claims)).err
    assert f"r: {PIECES}" in run("accuracy", str(runs)).err
    assert run("claims").err == ""


@pytest.mark.parametrize("stated", [{"virtual_stages": 4}, {"pipeline_schedule": "interleaved"}])
def test_several_pieces_without_a_schedule_are_the_interleaved_one_everywhere(
    run, tmp_path: Path, stated: dict[str, object]
):
    file = tmp_path / "ours.toml"
    layout = "\n".join(f"{name} = {json.dumps(value)}" for name, value in stated.items())
    file.write_text(f'schema = 1\n[architecture]\npreset = "{LLAMA}"\n[parallelism]\n{layout}\n')
    assert load(str(file)).value("pipeline_schedule") == "interleaved"
    words = [f"--set={name}={value}" for name, value in stated.items()]
    found = run("eval", LLAMA, *words, "--only", "pipeline_schedule", "--format", "json").out
    assert json.loads(found)["quantities"]["pipeline_schedule"]["value"] == "interleaved"


def _moved(scenario: Scenario, name: str) -> Iterator[Scenario]:
    """The scenario with other values of a field, and hours measured on it as it then is."""
    spec, value = FIELDS[name], scenario.value(name)
    others: list[object] = [word for word in spec.choices if word != value]
    if spec.kind == "boolean":
        others = [not value]
    elif spec.is_numeric:
        number = value if isinstance(value, int | float) else 0
        others = [2 * number or 1, number + 1]
    for other in others:
        try:
            yield scenario.with_values({name: other}).with_run({})
        except ScenarioError:
            continue


@pytest.mark.parametrize("base", ["deepseek-v3", "llama-3.1-405b", "deepseek-r1-zero-predicted"])
def test_what_is_said_to_have_no_effect_has_none(base: str) -> None:
    """Of every field: if a sentence says that it changes nothing, no answer changes with it."""
    scenario = shipped(base)
    before = evaluate(scenario.inputs(), ANSWERS)
    idle = [sentence.partition(" ")[0] for sentence in without_effect(scenario, FIELDS)]
    assert len(idle) > 20
    for name in idle:
        for moved in [] if FIELDS[name].picks else _moved(scenario, name):
            after = evaluate(moved.inputs(), ANSWERS)
            assert [n for n in ANSWERS if str(after[n]) != str(before[n])] == [], name


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rl_phases": 3}, "rl_phases has no effect: rl_gradient_steps is 0"),
        ({"rl_phases": 3, "rl_gradient_steps": 100}, ""),
        ({"restart_time": 600}, "restart_time has no effect: gpu_mean_time_to_failure is 0 h"),
        ({"gpu_lifetime": 5}, "gpu_lifetime has no effect: gpu_price is unknown"),
        ({"gpu_lifetime": 5, "gpu_price": 30_000}, ""),
        ({"sft_epochs": 3}, "sft_epochs has no effect: sft_samples is 0"),
        ({"fp4_flops": 1e15}, "fp4_flops has no effect as things are"),
        # A limit that is not reached is watched.
        ({"max_context_length": 262_144}, ""),
        ({"scale_out_latency": 5e-6}, ""),
    ],
)  # fmt: skip
def test_a_number_beside_another_of_0_has_no_effect(changes: dict[str, object], said: str) -> None:
    scenario = shipped("deepseek-v3").with_values(changes)
    assert without_effect(scenario, changes) == ([said] if said else [])
