"""Presets of the user's own stand beside the shipped ones, and over those of the same name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dsexplore.files.locations import user_presets_folder
from dsexplore.library.names import is_shipped, own_preset_path, preset_names, presets
from dsexplore.library.open import find, load
from dsexplore.library.presets import build, with_panel
from dsexplore.text.refusal import ScenarioError


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return user_presets_folder()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"schema = 1\n{text}", encoding="utf-8")


def test_own_presets_are_listed_in_order_and_marked(own_folder):
    _write(own_folder / "hardware" / "a-first.toml", "[hardware]\n")
    listed = presets("hardware")
    assert [preset.name for preset in listed] == sorted(preset_names("hardware"))
    assert [preset.name for preset in listed if preset.is_own] == ["a-first"]


def test_an_own_preset_stands_for_a_shipped_one_of_its_name(own_folder):
    shipped = len(presets("hardware"))
    _write(own_folder / "hardware" / "h100-80gb-sxm.toml", '[hardware]\ngpu = "ours"\n')
    assert len(presets("hardware")) == shipped
    scenario = build({"schema": 1, "hardware": {"preset": "h100-80gb-sxm"}})
    assert scenario.hardware.gpu == "ours"


def test_an_own_scenario_opens_by_name_and_is_a_file_that_can_be_saved_to(own_folder):
    _write(own_folder / "scenarios" / "our-run.toml", 'title = "Ours"\n')
    assert load("our-run").title == "Ours"
    assert not is_shipped(find("our-run"))


def test_panels_that_have_no_kind_of_their_own_are_kept_with_scenarios(own_folder):
    assert own_preset_path("parallelism", "x") == own_folder / "scenarios" / "x.toml"
    assert own_preset_path("architecture", "x") == own_folder / "architectures" / "x.toml"


@pytest.mark.parametrize("name", ["../secret", "a/b", ".hidden", "a\x1b[2J", ""])
def test_a_name_that_is_a_path_finds_no_preset(own_folder, name):
    with pytest.raises(ScenarioError, match=r"architecture\.preset"):
        with_panel(load("deepseek-v3"), "architecture", name)


def test_another_accelerator_leaves_the_site_as_it_is():
    before = load("deepseek-v3").with_values({"electricity_price": 0.05})
    after = with_panel(before, "hardware", "h100-80gb-pcie")
    assert after.hardware.num_gpus == before.hardware.num_gpus == 2048
    assert after.hardware.electricity_price == 0.05
    assert after.hardware.bf16_flops == 756e12
    assert "num_gpus" in after.sources
    assert after.sources["bf16_flops"] != before.sources["bf16_flops"]


def test_another_architecture_brings_all_of_its_own():
    after = with_panel(load("deepseek-v3"), "architecture", "llama-3-70b")
    assert after.architecture == load("llama-3-70b").architecture
    assert after.pretraining == load("deepseek-v3").pretraining


def test_a_folder_that_may_not_be_searched_holds_no_presets(own_folder, monkeypatch):
    _write(own_folder / "hardware" / "a-first.toml", "[hardware]\n")
    search = os.scandir

    def refuse(path):
        if str(path).startswith(str(own_folder)):
            raise PermissionError(13, "Permission denied", str(path))
        return search(path)

    monkeypatch.setattr("os.scandir", refuse)
    names = preset_names("hardware")
    assert "h100-80gb-sxm" in names
    assert "a-first" not in names


def test_a_preset_that_names_itself_is_refused(own_folder):
    _write(own_folder / "hardware" / "mine.toml", '[hardware]\npreset = "mine"\n')
    with pytest.raises(ScenarioError, match="presets that do not name each other"):
        build({"schema": 1, "hardware": {"preset": "mine"}})
