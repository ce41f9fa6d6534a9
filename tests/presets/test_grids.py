"""Grids: each figure has its source, and a name brings them all."""

from __future__ import annotations

import pytest

from dsexplore.engine import evaluate
from dsexplore.files.toml import read_toml
from dsexplore.library.bundles import figures_of
from dsexplore.library.names import Preset, shipped_presets
from dsexplore.library.open import load
from dsexplore.library.presets import build, with_changes
from tests.points import holds_at

GRIDS = [preset for preset in shipped_presets("grids") if preset.name != "assumed"]


@holds_at("preset", GRIDS)
def test_every_figure_of_a_grid_has_one_source(preset: Preset) -> None:
    raw = read_toml(preset.path)
    cited = [field for fields in raw["sources"].values() for field in fields]
    assert sorted(cited) == sorted(raw["hardware"].keys() - {"grid"})
    assert raw["hardware"]["grid"] == preset.name


def test_a_grid_brings_its_figures_and_what_it_does_not_state_is_as_assumed() -> None:
    singapore = with_changes(load("deepseek-v3"), {"grid": "singapore"})
    assert singapore.value("power_usage_effectiveness") == 1.3
    norway = with_changes(singapore, {"grid": "norway"})
    assert norway.value("power_usage_effectiveness") == 1.2
    assert norway.value("carbon_intensity") == 30
    stated = with_changes(singapore, {"grid": "norway", "carbon_intensity": 12})
    assert stated.value("carbon_intensity") == 12
    assert with_changes(norway, {"grid": "assumed"}).inputs() == load("deepseek-v3").inputs()


def test_a_file_that_names_a_grid_has_its_figures_with_their_sources() -> None:
    scenario = build({"schema": 1, "hardware": {"grid": "virginia", "electricity_price": 0.05}})
    assert scenario.value("carbon_intensity") == 418
    assert scenario.value("electricity_price") == 0.05
    assert "Electricity Maps" in scenario.sources["carbon_intensity"]
    assert "EIA" not in scenario.sources.get("electricity_price", "")


def test_the_same_run_emits_a_twentieth_in_sweden_of_what_it_does_in_china() -> None:
    run = load("deepseek-v3")
    emitted = {
        grid: evaluate(with_changes(run, {"grid": grid}).inputs(), ["carbon"])["carbon"]
        for grid in ("sweden", "china")
    }
    assert 20 < emitted["china"] / emitted["sweden"] < 30


def test_water_at_the_site_is_of_the_accelerators_energy_alone() -> None:
    """Water per kWh is published per kWh of IT equipment: a higher PUE evaporates no more."""
    run = with_changes(load("deepseek-v3"), {"grid": "singapore", "experiments_multiplier": 1})
    found = evaluate(run.inputs(), ["water", "water_with_experiments"])
    hours, watts = 2.788e6, run.value("gpu_power")
    assert found["water"] == pytest.approx(hours * watts / 1000 * 1.68, rel=1e-3)
    assert found["water_with_experiments"] == pytest.approx(2 * found["water"])
    colder = evaluate(with_changes(run, {"power_usage_effectiveness": 1.1}).inputs(), ["water"])
    assert colder["water"] == pytest.approx(found["water"])


def test_an_unknown_grid_brings_nothing() -> None:
    assert figures_of("grid", "atlantis") == {}
