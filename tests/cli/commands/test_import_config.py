"""`dsexplore import`: a published configuration as a scenario file, and as a scenario."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from dsexplore.cli.table import COMMANDS
from dsexplore.library.config_json import FAMILIES
from dsexplore.scenario.scenario import PANELS

CONFIGS = Path(__file__).parents[2] / "library" / "config_json" / "configs"
QWEN = CONFIGS / "qwen3-8b.json"
QWEN_PARAMETERS = 8_190_735_360


def _total(run, scenario):
    result = run("eval", str(scenario), "--only", "total_parameters", "--format", "json")
    assert (result.status, result.err) == (0, "")
    return json.loads(result.out)["quantities"]["total_parameters"]["value"]


def test_the_architecture_is_printed_as_a_file(run):
    result = run("import", str(QWEN))
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith("schema = 1\n")
    tables = tomllib.loads(result.out)
    assert list(tables) == ["schema", "title", "architecture", "sources"]
    assert list(tables["architecture"]) == list(PANELS["architecture"].specs)
    assert tables["title"] == "qwen3-8b"
    assert tables["sources"] == {"config.json of qwen3-8b, model_type qwen3": ["architecture"]}


def test_a_file_is_written_once_and_replaced_by_force(run, refused, tmp_path):
    file = tmp_path / "qwen.toml"
    result = run("import", str(QWEN), "-o", str(file))
    assert (result.status, result.out) == (0, "")
    assert result.err == f"dsexplore: wrote {file}\n"
    assert _total(run, file) == QWEN_PARAMETERS
    written = file.read_bytes()
    line = refused("import", str(CONFIGS / "gpt2.json"), "-o", str(file))
    assert "a new name, or --force" in line
    assert file.read_bytes() == written
    assert run("import", str(CONFIGS / "gpt2.json"), "-o", str(file), "--force").status == 0
    assert _total(run, file) == 124_439_808


def test_nothing_is_written_of_what_is_refused(refused, tmp_path):
    config = tmp_path / "config.json"
    config.write_text('{"model_type": "hyena"}')
    line = refused("import", str(config), "-o", str(tmp_path / "new.toml"))
    assert line.startswith(f"dsexplore: {config}: model_type: found 'hyena'")
    assert "a folder with its weights" in line
    assert not (tmp_path / "new.toml").exists()


def test_a_configuration_is_evaluated_at_once(run):
    assert _total(run, QWEN) == QWEN_PARAMETERS


def test_a_configuration_that_is_not_there(refused):
    for words in (["import", "none.json"], ["eval", "none.json"]):
        assert "none.json: found no such file" in refused(*words)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["import"], "MODEL"),
        (["import", "a.json", "b.json"], "dsexplore import MODEL"),
        (["import", "a.json", "--bogus"], "--bogus"),
        (["import", ""], "a folder without a model"),
        (["import", "a\0b.json"], "found "),
    ],
)
def test_words_that_do_not_fit(words, named, refused):
    assert named in refused(*words)


def test_the_help_names_every_family(run):
    result = run("import", "--help")
    assert result.status == 0
    for family in FAMILIES:
        assert family in result.out


def test_every_command_has_its_module():
    folder = Path(__file__).parents[3] / "dsexplore" / "cli" / "commands"
    for command in COMMANDS.values():
        assert (folder / f"{command.module}.py").is_file()
