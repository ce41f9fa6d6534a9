"""`dsexplore presets`: what ships, by kind."""

from __future__ import annotations

import json
from pathlib import Path

from dsexplore.library.names import KINDS, presets_folder
from dsexplore.library.open import load


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
        assert list(entry) == ["kind", "name", "title", "own", "figures"]
        assert entry["title"] == load(entry["name"]).title.partition("\n")[0] != ""


def test_the_table_is_one_aligned_line_a_preset(run):
    lines = run("presets", "architectures").out.splitlines()
    listed = json.loads(run("presets", "architectures", "--format", "json").out)
    assert [line.split()[:2] for line in lines] == [
        ["architectures", entry["name"]] for entry in listed
    ]
    assert len({line.index(" parameters ") for line in lines}) > 0
    titles = [line.rindex(entry["title"]) for line, entry in zip(lines, listed, strict=True)]
    assert len(set(titles)) == 1


def test_a_kind_comes_with_what_one_chooses_by(run):
    [v3] = json.loads(run("presets", "architectures", "deepseek-v3", "--format", "json").out)[:1]
    assert v3["figures"]["total_parameters"] == 671_026_419_200
    assert v3["figures"]["num_routed_experts"] == 256
    [gpt] = json.loads(run("presets", "architectures", "gpt-4", "--format", "json").out)
    assert gpt["figures"]["total_parameters"] is None


def test_words_narrow_the_list_down(run):
    names = [
        line.split()[1] for line in run("presets", "hardware", "nvidia", "H100").out.splitlines()
    ]
    assert names
    assert all("h100" in name for name in names)
    assert run("presets", "hardware", "no-such-thing").out == ""


def test_where_the_own_presets_lie(run, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert run("presets", "--where").out == f"{tmp_path}/dsexplore/presets\n"


def test_without_a_home_folder_they_lie_nowhere(refused, monkeypatch):
    def no_home():
        raise RuntimeError

    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr("pathlib.Path.home", no_home)
    assert "a user without a home folder" in refused("presets", "--where")


def test_a_panel_saved_as_a_preset_is_listed_as_ones_own_and_taken(
    run, refused, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    words = ("presets", "--save", "ours", "--from", "deepseek-v3", "--panel", "hardware")
    assert run(*words).status == 0
    assert "ours (own)" in run("presets", "hardware", "ours").out
    taken = run(
        "eval", "llama-3-70b", "--set", "hardware=ours", "--only", "num_gpus", "--format", "csv"
    )
    assert "num_gpus,2048" in taken.out
    assert "a file of that name" in refused(*words)
    assert run(*words, "--force").status == 0
    assert "--save without --from" in refused("presets", "--save", "ours")
    assert "--panel" in refused(*words[:-1], "engine")


def test_a_broken_preset_of_ones_own_is_listed_with_its_problem(run, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = tmp_path / "dsexplore" / "presets" / "hardware"
    folder.mkdir(parents=True)
    (folder / "broken.toml").write_text("not toml", encoding="utf-8")
    result = run("presets", "hardware", "broken")
    assert result.status == 0
    assert "broken (own)" in result.out
    assert "no TOML" in result.out


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
