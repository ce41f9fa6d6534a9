"""`dsexplore calibrate`: a stack after measured steps, and all of them from published runs."""

from __future__ import annotations

import json
import tomllib

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.names import preset_names
from dsexplore.library.open import load
from dsexplore.scenario.scenario import FIELDS

V3 = "deepseek-v3"


@pytest.fixture(autouse=True)
def own(monkeypatch, tmp_path):
    """The folder of the user's own software stacks."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "dsexplore" / "presets" / "stacks"


def _step(run, *words: str) -> float:
    out = run("eval", *words, "--only", "step_time", "--format", "json").out
    value = json.loads(out)["quantities"]["step_time"]["value"]
    return float(value)


# The ordinary error of a measurement.
CLOSE = 0.025


def test_a_saved_stack_comes_nearer_to_the_measured_step(run, own):
    """A stack is for other models and layouts: what formulas miss of this one is left out of it."""
    before = _step(run, V3)
    result = run("calibrate", V3, "--step-time", "23.5 s", "--save", "ours")
    assert (result.status, result.err) == (0, f"dsexplore: saved {own / 'ours.toml'}\n")
    assert before + 0.1 < _step(run, V3, "--set", "software_stack=ours") < 23.5


def test_a_scenario_file_finds_a_saved_stack_by_name(run, tmp_path):
    run("calibrate", V3, "--step-time", "23.5", "--save", "ours")
    file = tmp_path / "run.toml"
    tables = 'hardware = { preset = "deepseek-v3" }\npretraining = { preset = "deepseek-v3" }\n'
    layout = '[parallelism]\npreset = "deepseek-v3"\nsoftware_stack = "ours"\n'
    file.write_text(f"schema = 1\n{tables}{layout}", encoding="utf-8")
    assert "ours" in preset_names("stacks")
    assert _step(run, str(file)) == _step(run, V3, "--set", "software_stack=ours")


def test_a_saved_stack_states_every_factor_and_where_it_is_from(run, own):
    run("calibrate", V3, "--step-time", "23.5", "--save", "ours")
    saved = tomllib.loads((own / "ours.toml").read_text(encoding="utf-8"))
    assert saved["schema"] == 1
    assert saved["parallelism"]["software_stack"] == "ours"
    ours = load(V3).parallelism
    for name in ("kernel_factor", "memory_factor", "communication_overlap"):
        assert saved["parallelism"][name] != getattr(ours, name)
        assert "23.5 s of DeepSeek-V3" in saved["notes"][name]
    assert saved["parallelism"]["software_spread"] <= ours.software_spread
    assert load("ours").notes["kernel_factor"] == saved["notes"]["kernel_factor"]


def test_it_says_what_it_set_and_what_was_predicted_before(run, own):
    before = evaluate(load(V3).inputs(), ["step_time"])["step_time"]
    result = run("calibrate", V3, "--step-time", "23.5 s")
    assert (result.status, result.err) == (0, "")
    first, *rest = result.out.splitlines()
    assert first.startswith("The measured step moves the factors of the software stack 'deepseek'")
    words = next(line.split() for line in rest if line.startswith("DeepSeek-V3"))
    assert words[:5] == ["DeepSeek-V3", "23.50", "s", f"{before:.2f}", "s"]
    assert not any("No factor" in line for line in rest), "all of it is explained"
    assert not own.exists(), "nothing is saved unasked"


def test_what_it_offers_instead_of_saving_has_the_same_effect(run):
    last = run("calibrate", V3, "--step-time", "23.5 s").out.splitlines()[-1]
    settings = last[last.index("--set ") : last.index("' applies")].split()
    assert _step(run, V3, *settings) == pytest.approx(23.5, rel=CLOSE)


@pytest.mark.parametrize("text", ["23.5", "23.5 s", "23500 ms", "(23.5/60) min", "20 + 3.5 s"])
def test_seconds_take_units(run, text):
    assert "DeepSeek-V3   23.50 s " in run("calibrate", V3, "--step-time", text).out


@pytest.mark.parametrize("text", ["0", "-5", "fast", "nan", "19.9 GB", "1e999", ""])
def test_what_is_no_time_is_refused(refused, text):
    assert "--step-time: found " in refused("calibrate", V3, "--step-time", text)


def test_what_no_factor_explains_is_said(run):
    """A step within reach of the peak, but of no stack: the layout or the batch was another."""
    out = run("calibrate", V3, "--step-time", "60 s").out
    assert "at its bound" in out
    assert "No factor within its bounds explains why DeepSeek-V3 took" in out


def test_several_steps_and_runs_update_one_stack(run):
    words = ("--step-time", "6.2 s", "--step-time", "6.4 s", "--runs", "llama-3-2024")
    found = json.loads(run("calibrate", "llama-3.1-405b", *words, "--format", "json").out)
    assert [step["measured"] for step in found["steps"][:2]] == [6.2, 6.4]
    assert len(found["steps"]) == 5
    assert found["software_spread"]["posterior"] < found["software_spread"]["prior"]
    for factor in found["factors"]:
        assert factor["lowest"] <= factor["posterior"] <= factor["highest"]
        assert factor["spread"] <= factor["prior_spread"]


@pytest.mark.parametrize("text", ["10 ms", "20 min"])
def test_a_time_beyond_the_peak_or_of_another_run_is_refused_with_the_range(
    run, refused, text, own
):
    line = refused("calibrate", V3, "--step-time", text, "--save", "ours")
    assert not own.exists()
    ends = line[line.index("allowed: ") + 9 : line.index(", the range")].split(" to ")
    for end, inwards in zip(ends, (1.01, 0.99), strict=True):
        seconds = float(end.removesuffix(" s")) * inwards
        assert run("calibrate", V3, "--step-time", f"{seconds} s").status == 0


def test_a_scenario_whose_step_is_not_predicted_is_refused(refused, tmp_path):
    file = tmp_path / "run.toml"
    file.write_text("schema = 1\nparallelism = { tensor_parallel = 7 }\n", encoding="utf-8")
    line = refused("calibrate", str(file), "--step-time", "20 s")
    assert "a step that cannot be predicted" in line


def test_a_name_that_is_taken_is_kept_unless_forced(run, refused, own):
    run("calibrate", V3, "--step-time", "23", "--save", "ours")
    kept = (own / "ours.toml").read_bytes()
    line = refused("calibrate", V3, "--step-time", "24", "--save", "ours")
    assert "'ours', taken" in line
    assert line.endswith("allowed: a new name, or --force")
    assert (own / "ours.toml").read_bytes() == kept
    assert run("calibrate", V3, "--step-time", "24", "--save", "ours", "--force").status == 0
    assert (own / "ours.toml").read_bytes() != kept


def test_a_shipped_stack_is_not_hidden_unless_forced(refused):
    line = refused("calibrate", V3, "--step-time", "23", "--save", "megatron-2022")
    assert "a shipped stack" in line


def test_calibrating_to_the_step_as_predicted_changes_no_factor(run):
    step = _step(run, V3)
    found = json.loads(run("calibrate", V3, "--step-time", f"{step!r} s", "--format", "json").out)
    for factor in found["factors"]:
        assert factor["posterior"] == pytest.approx(factor["prior"], rel=1e-6)


@pytest.mark.parametrize("name", ["../ours", ".ours", "", "a b", "o\nurs", "x" * 100])
def test_a_name_that_can_be_none_is_refused(refused, name, own):
    assert "the preset's name" in refused("calibrate", V3, "--step-time", "23", "--save", name)
    assert not own.exists()


@pytest.mark.parametrize(
    "words",
    [
        [],
        [V3],
        ["--step-time", "20"],
        [V3, "llama-3-70b", "--step-time", "20"],
        ["--fit", "--step-time", "20"],
        ["--fit", "--save", "ours"],
        ["--fit", "--runs", "llama-3-2024"],
    ],
)
def test_words_that_do_not_fit_are_refused_with_the_grammar(refused, words):
    assert "SCENARIO --step-time SECONDS" in refused("calibrate", *words)


def test_fit_prints_factors_and_errors(run):
    result = run("calibrate", "--fit", "korthikanti-2022", "--format", "json")
    assert (result.status, result.err) == (0, "")
    document = json.loads(result.out)
    leaves = {found["of"][-1] for found in document["factors"] if len(found["of"]) > 1}
    assert leaves == {"a100-80gb-sxm", "megatron-2022"}
    for found in document["factors"]:
        assert found["field"] in FIELDS
        assert found["lowest"] <= found["value"] <= found["highest"]
    assert len(document["runs"]) == 8
    for found in document["runs"]:
        assert abs(found["error"]) < 0.2
    sizes = [abs(found["error"]) for found in document["runs"]]
    assert document["max_absolute_error"] == max(sizes)


def test_fit_prints_a_table(run):
    lines = run("calibrate", "--fit", "korthikanti-2022").out.splitlines()
    assert lines[0].split() == ["factor", "of", "fitted", "typical", "within"]
    assert any(line.startswith("korthikanti-1t ") for line in lines)
    assert lines[-1].startswith("max absolute error ")


def test_fit_refuses_runs_that_say_nothing(refused, tmp_path):
    file = tmp_path / "runs.toml"
    text = 'gpu = "a100-80gb-sxm"\narchitecture = { preset = "llama-3-8b" }\n'
    file.write_text(f'[[run]]\nname = "x"\n{text}measured = {{ mfu = 0.4 }}\n', encoding="utf-8")
    assert "no run to fit to" in refused("calibrate", "--fit", str(file))


def test_help_shows_both_ways(run):
    text = run("calibrate", "--help").out
    assert "--step-time SECONDS" in text
    assert "--fit" in text
