"""A panel saved under a name of the user's can be started from, with all that is said of it."""

from __future__ import annotations

import pytest

from dsexplore.library.open import load
from dsexplore.library.own import save_preset
from dsexplore.library.presets import build
from dsexplore.scenario.scenario import PANELS
from dsexplore.text.refusal import ScenarioError


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


@pytest.mark.parametrize("table", list(PANELS))
def test_any_panel_can_be_saved_and_started_from(table):
    scenario = load("deepseek-r1-epoch")
    save_preset(scenario, "ours", table, overwrite=False)
    started = build({"schema": 1, table: {"preset": "ours"}})
    kept = started.panel(table).values()
    assert kept == scenario.panel(table).values()
    cited = {field for field in scenario.sources if field in PANELS[table].specs}
    assert {field: started.sources[field] for field in cited} == {
        field: scenario.sources[field] for field in cited
    }


def test_a_whole_scenario_can_be_saved_and_opened_by_name():
    save_preset(load("deepseek-r1-epoch"), "ours", None, overwrite=False)
    assert load("ours") == load("deepseek-r1-epoch")


def test_one_of_the_same_name_is_replaced_only_when_told():
    scenario = load("deepseek-v3")
    save_preset(scenario, "ours", "hardware", overwrite=False)
    with pytest.raises(ScenarioError, match="a file of that name"):
        save_preset(scenario, "ours", "hardware", overwrite=False)
    save_preset(load("llama-3-70b"), "ours", "hardware", overwrite=True)
    started = build({"schema": 1, "hardware": {"preset": "ours"}})
    assert started.hardware.gpu == load("llama-3-70b").hardware.gpu


@pytest.mark.parametrize("name", ["", "../x", "a b", "-x", "é", "x" * 81])
def test_a_name_that_cannot_be_one_is_refused(name):
    with pytest.raises(ScenarioError, match="allowed: a name of letters"):
        save_preset(load("deepseek-v3"), name, "hardware", overwrite=False)
