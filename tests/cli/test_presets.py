"""`dsexplore presets`: what ships, by kind."""

from __future__ import annotations

import json
from pathlib import Path

from dsexplore.scenario.library import KINDS, presets_folder
from dsexplore.scenario.presets import load


def test_lists_every_preset_in_order(run):
    result = run("presets", "--format", "json")
    assert (result.status, result.err) == (0, "")
    listed = [(entry["kind"], entry["name"]) for entry in json.loads(result.out)]
    shipped = [
        (kind, Path(file).stem)
        for kind in KINDS
        for file in sorted((presets_folder() / kind).glob("*.toml"))
    ]
    assert sorted(listed) == sorted(shipped)
    assert listed == sorted(listed, key=lambda entry: (KINDS.index(entry[0]), entry[1]))


def test_a_title_stands_beside_each_scenario(run):
    for entry in json.loads(run("presets", "scenarios", "--format", "json").out):
        assert list(entry) == ["kind", "name", "title"]
        assert entry["title"] == load(entry["name"]).title.partition("\n")[0] != ""


def test_the_table_is_one_aligned_line_a_preset(run):
    lines = run("presets", "architectures").out.splitlines()
    listed = json.loads(run("presets", "architectures", "--format", "json").out)
    assert len(lines) == len(listed)
    width = max(len(entry["name"]) for entry in listed)
    for line, entry in zip(lines, listed, strict=True):
        assert line == f"architectures  {entry['name']:{width}}  {entry['title']}".rstrip()


def test_a_kind_that_there_is_not_is_refused_with_those_there_are(refused):
    line = refused("presets", "models")
    assert line == (
        "dsexplore: KIND: found 'models'; allowed: "
        + ", ".join(kind for kind in KINDS if list((presets_folder() / kind).glob("*.toml")))
    )


def test_an_unknown_format_is_refused(refused):
    assert refused("presets", "--format", "csv").endswith("allowed: table, json")


def test_help_shows_examples(run):
    result = run("presets", "--help")
    assert result.status == 0
    assert "dsexplore presets architectures" in result.out
