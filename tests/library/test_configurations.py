"""A published configuration that is opened is a scenario, and its file is never written to."""

from __future__ import annotations

from pathlib import Path

from dsexplore.document.document import Document

CONFIGS = Path(__file__).parent / "config_json" / "configs"


def test_an_opened_configuration_has_no_file_to_save_to():
    document = Document(str(CONFIGS / "qwen3-8b.json"))
    assert document.results["total_parameters"] == 8_190_735_360
    assert document.name == "qwen3-8b.json"
    assert document.state.path is None
    assert not document.is_modified
    document.set("num_layers", 40)
    assert document.is_modified


def test_it_is_saved_as_a_scenario(tmp_path):
    document = Document(str(CONFIGS / "gpt2.json"))
    file = tmp_path / "gpt2.toml"
    document.save(file, overwrite=False)
    assert document.state.path == file
    assert Document(str(file)).scenario == document.scenario
