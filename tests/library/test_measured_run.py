"""Measured hours by presets, changes and files: whose run they are of, and what is kept of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.open import load, load_file
from dsexplore.library.own import save_preset
from dsexplore.library.presets import with_changes, with_panel
from dsexplore.library.saving import save, tables
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError
from tests.points import holds_at

V3_HOURS = 14.8 * 180e3


def hours(scenario: Scenario) -> float:
    return float(evaluate(scenario.inputs(), ["pretraining_gpu_hours"])["pretraining_gpu_hours"])


def mfu(scenario: Scenario) -> float:
    return float(evaluate(scenario.inputs(), ["mfu"])["mfu"])


@holds_at(
    "changes",
    [
        {"hardware": "b200-180gb-sxm"},
        {"hardware": "v100-32gb-sxm"},
        {"architecture": "kimi-k2"},
        {"experts_per_token": 9},
        {"gpu": "Another", "bf16_flops": "2 PFLOP/s"},
        {"sequence_length": 8192},
        {"utilization": "assumed"},
        {"utilization": "assumed", "hardware": "b200-180gb-sxm"},
        {"utilization": "assumed", "goodput": 1},
    ],
)
def test_another_run_has_the_measured_runs_mfu(changes: dict[str, object]) -> None:
    v3 = load("deepseek-v3")
    assert mfu(with_changes(v3, changes)) == pytest.approx(mfu(v3))


def test_assumed_mfu_begins_with_the_held_one_in_the_counting_in_force() -> None:
    v3 = load("deepseek-v3")
    assert hours(with_changes(v3, {"utilization": "assumed"})) == pytest.approx(V3_HOURS)
    counted = with_changes(v3, {"utilization": "assumed", "flop_accounting": "six_nd"})
    assert hours(counted) == pytest.approx(V3_HOURS)
    stated = with_changes(v3, {"utilization": "assumed", "assumed_mfu": 0.4})
    assert mfu(stated) == 0.4
    # What nobody measured cannot be held.
    none = v3.with_values({"gpu_hours_per_trillion_tokens": 0})
    assert mfu(with_changes(none, {"utilization": "assumed"})) == 0.4


def test_a_preset_brings_hours_of_its_own_run() -> None:
    """Whether the panel is taken before the model or after, or named by a file."""
    kimi = load("kimi-k2")
    taken = with_panel(kimi, "pretraining", "deepseek-v3")
    assert taken.measured_run["num_routed_experts"] == 256
    assert mfu(with_panel(taken, "hardware", "deepseek-v3")) == pytest.approx(
        mfu(load("deepseek-v3"))
    )
    both = {"architecture": "kimi-k2", "pretraining": "deepseek-v3"}
    in_other_order = dict(reversed(both.items()))
    base = load("llama-3.1-405b")
    assert with_changes(base, both) == with_changes(base, in_other_order)


def test_a_file_that_takes_hours_from_a_preset_has_the_presets_run(tmp_path: Path) -> None:
    file = tmp_path / "kimi.toml"
    panels = 'schema = 1\n[architecture]\npreset = "kimi-k2"\n[hardware]\npreset = "deepseek-v3"\n'
    file.write_text(f'{panels}[pretraining]\npreset = "deepseek-v3"\n')
    assert mfu(load_file(file)) == pytest.approx(mfu(load("deepseek-v3")))
    # Hours that it states itself are its own.
    own = f"{panels}[pretraining]\nutilization = 'measured'\nstated_pretraining_gpu_hours = 2e6\n"
    file.write_text(own)
    assert load_file(file).measured_run == {}
    assert hours(load_file(file)) == 2e6


@pytest.mark.parametrize(
    "changes",
    [
        {"hardware": "b200-180gb-sxm", "experts_per_token": 9},
        {"architecture": "llama-3.1-405b"},
        {"hardware": "tpu-v5p", "context_extension_gpu_hours": 5e4},
        {"experts_per_token": 9, "utilization": "assumed"},
    ],
)
def test_a_saved_file_opens_with_the_same_hours(changes: dict[str, object], tmp_path: Path) -> None:
    scenario = with_changes(load("deepseek-v3"), changes)
    save(scenario, tmp_path / "saved.toml", overwrite=False)
    reopened = load_file(tmp_path / "saved.toml")
    assert reopened.measured_run == scenario.measured_run != {}
    assert evaluate(reopened.inputs()) == pytest.approx(evaluate(scenario.inputs()), nan_ok=True)
    assert "measured_run" not in tables(load("deepseek-v3"))


def test_a_saved_panel_brings_its_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    save_preset(load("deepseek-v3"), "v3-run", "pretraining", overwrite=False)
    llama = with_panel(load("llama-3.1-405b"), "pretraining", "v3-run")
    assert mfu(llama) == pytest.approx(mfu(load("deepseek-v3")))


def test_a_file_refuses_a_run_of_anything_else(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text("schema = 1\n[measured_run]\nprice_per_gpu_hour = 3\n")
    with pytest.raises(ScenarioError, match=r"measured_run\.price_per_gpu_hour"):
        load_file(file)
