"""`dsexplore eval`: formats, settings, names, files."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import shlex
import tomllib
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest

from dsexplore.cli.commands.eval import _FORMATS_AND_EXAMPLES
from dsexplore.engine import GRAPH, INTERVALS, PROBLEMS, QUANTITIES, evaluate
from dsexplore.export.formats import FORMATS, export
from dsexplore.library.open import load
from dsexplore.library.presets import build
from dsexplore.scenario.scenario import FIELDS, PANELS
from dsexplore.text.refusal import ScenarioError

FULL_DISK = Path("/dev/full")


@pytest.fixture(scope="module")
def v3():
    return load("deepseek-v3")


def _is_known(value):
    return isinstance(value, str) or not math.isnan(value)


def test_json_holds_scenario_quantities_and_warnings(run, v3):
    result = run("eval", "deepseek-v3", "--format", "json")
    assert (result.status, result.err) == (0, "")
    document = json.loads(result.out)
    assert list(document) == ["scenario", "quantities", "warnings", "assumptions", "evidence"]
    assert document["warnings"] == []
    assert set(document["quantities"]) == set(QUANTITIES)
    followed = ("energy", "carbon", "water")
    bounds = ("cost_with_development", *(f"{each}_with_experiments" for each in followed))
    for name, entry in document["quantities"].items():
        told = ["why"] if entry["value"] is None else []
        told += ["at_least_without"] if name.startswith(bounds) else []
        has_ends = name in INTERVALS and entry["value"] is not None
        told = ["low", "high", *told] if has_ends else told
        assert [key for key in entry if key != "assumed"] == ["value", "unit", *told]
        assert entry["unit"] == QUANTITIES[name].unit
    values = evaluate(v3.inputs())
    known = {name: value for name, value in values.items() if _is_known(value)}
    got = {name: entry["value"] for name, entry in document["quantities"].items()}
    assert {name: value for name, value in got.items() if value is not None} == known
    assert isinstance(got["total_parameters"], int)
    assert got["total_parameters"] == values["total_parameters"]


def test_json_scenario_has_every_field_with_null_for_the_unknown(run):
    document = json.loads(run("eval", "gpt-4-reported", "--format", "json").out)
    for name, spec in FIELDS.items():
        assert name in document["scenario"][spec.table]
    assert document["scenario"]["schema"] == 1
    assert document["scenario"]["architecture"]["hidden_size"] is None
    assert None in [entry["value"] for entry in document["quantities"].values()]


def test_large_floats_do_not_claim_digits(run):
    out = run("eval", "deepseek-v3", "--only", "pretraining_flops", "--format", "json").out
    assert isinstance(json.loads(out)["quantities"]["pretraining_flops"]["value"], float)


def test_only_takes_commas_repeats_and_fields(run):
    words = (
        "--only",
        "total_cost,num_gpus",
        "--only",
        "gpu, mfu_basis",
        "--only",
        "tie_embeddings",
    )
    document = json.loads(run("eval", "deepseek-v3", *words, "--format", "json").out)
    quantities = document["quantities"]
    assert list(quantities) == ["total_cost", "num_gpus", "gpu", "mfu_basis", "tie_embeddings"]
    assert quantities["total_cost"]["unit"] == "USD"
    assert quantities["num_gpus"] == {"value": 2048, "unit": "GPU"}
    assert quantities["tie_embeddings"] == {"value": False, "unit": "text"}
    assert quantities["gpu"]["value"] == document["scenario"]["hardware"]["gpu"]


def test_only_evaluates_no_more_than_is_asked(v3, monkeypatch):
    asked = []
    real = GRAPH.evaluate
    monkeypatch.setattr(
        GRAPH, "evaluate", lambda inputs, only=None: asked.extend(only) or real(inputs, only)
    )
    export(v3, ["total_cost", "num_gpus"], "csv")
    parts = {"context_extension_cost", "post_training_cost"}
    assert set(asked) == {"total_cost", *parts, *INTERVALS["total_cost"], *PROBLEMS}


def test_settings_are_read_with_units_as_in_files(run):
    words = ("--set", "pretraining_tokens=2*14.8T", "--set", "price_per_gpu_hour=$3")
    names = ("--only", "pretraining_tokens,price_per_gpu_hour")
    out = run("eval", "deepseek-v3", *words, *names, "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [float(row["value"]) for row in rows] == [29.6e12, 3]


def test_settings_that_bound_each_other_come_in_either_order(run):
    settings = ["--set", "experts_per_token=300", "--set", "num_routed_experts=512"]
    for words in (settings, settings[2:] + settings[:2]):
        assert run("eval", "deepseek-v3", *words, "--only", "total_cost").status == 0


def test_set_swaps_a_whole_panel_before_fields(run):
    words = ("--set", "gpu_power=1 kW", "--set", "hardware=h100-80gb-sxm", "--format", "json")
    document = json.loads(run("eval", "deepseek-v3", *words).out)["scenario"]
    assert document["hardware"]["preset"] == "h100-80gb-sxm"
    assert document["hardware"]["gpu_power"] == 1000
    assert document["hardware"]["gpu"] == load("h100-80gb-sxm").hardware.gpu


def test_an_architecture_alone_can_be_evaluated(run):
    assert run("eval", "llama-3.1-405b", "--set", "architecture=llama-3-8b").status == 0


def test_toml_loads_again_as_the_same_scenario(run, v3, tmp_path):
    file = tmp_path / "v3.toml"
    result = run("eval", "deepseek-v3", "--format", "toml", "-o", str(file))
    assert (result.status, result.out) == (0, "")
    assert result.err == f"dsexplore: wrote {file}\n"
    assert build(tomllib.loads(file.read_text())) == v3
    saved = tomllib.loads(file.read_text())["quantities"]
    assert saved["total_cost"]["unit"] == "USD"
    again = json.loads(run("eval", str(file), "--format", "json").out)
    assert again == json.loads(run("eval", "deepseek-v3", "--format", "json").out)


def test_toml_leaves_out_what_is_not_known():
    unknown = load("gpt-4-reported")
    raw = tomllib.loads(export(unknown, None, "toml"))
    values = evaluate(unknown.inputs())
    assert set(raw["quantities"]) == {name for name in values if _is_known(values[name])}
    assert build(raw) == unknown


def test_csv_has_full_precision_and_empty_cells(v3):
    rows = list(csv.DictReader(io.StringIO(export(v3, None, "csv"))))
    assert [row["name"] for row in rows] == [
        found.name for subject in GRAPH.subjects().values() for found in subject
    ]
    values = evaluate(v3.inputs())
    for row in rows:
        value = values[row["name"]]
        if isinstance(value, str):
            assert row["value"] == value
        elif not _is_known(value):
            assert row["value"] == ""
        else:
            assert float(row["value"]) == value


def test_markdown_has_a_table_for_each_subject(v3):
    text = export(v3, None, "markdown")
    assert text.startswith("# DeepSeek-V3\n")
    headings = re.findall(r"^## (\w+)$", text, re.MULTILINE)
    assert headings == [name.capitalize() for name in GRAPH.subjects() if name != "problems"] + [
        "Assumptions"
    ]
    assert "| `total_cost` | $5.576 M |" in text
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 3 for row in rows)


def test_markdown_shows_a_files_words_as_they_are(v3):
    scenario = replace(v3, title="<b>*a*|b</b>\n# c", description="[x](y)")
    text = export(scenario, ["total_cost"], "markdown")
    assert text.startswith("# \\<b\\>\\*a\\*\\|b\\</b\\> \\# c\n\n\\[x\\](y)\n")


def test_table_is_aligned_plain_text(run):
    result = run("eval", "deepseek-v3", "--all")
    lines = result.out.splitlines()
    assert lines[0] == "DeepSeek-V3"
    assert all(line == line.rstrip() for line in lines)
    assert not re.search("[\u2500-\u257f\x1b]", result.out)
    rows = [line for line in lines if line.startswith("  ")]
    names = max(len(name) for name in QUANTITIES if name not in PROBLEMS)
    assert {row[names + 2 : names + 4] for row in rows} == {"  "}
    assert any(line.split()[:3] == ["total_cost", "$5.576", "M"] for line in lines)


def test_table_is_cut_to_the_terminals_width_but_numbers_are_not(v3):
    wide, narrow = export(v3, None, "table"), export(v3, None, "table", 100)
    assert max(map(len, wide.splitlines())) > 100
    assert max(map(len, narrow.splitlines())) <= 100
    tiny = export(v3, ["total_cost"], "table", 10)
    assert "  total_cost  $5.576 M\n" in tiny


def test_warnings_come_last(run):
    layout = ("--set", "num_gpus=1000", "--set", "pipeline_parallel=16")
    table = run("eval", "deepseek-v3", *layout, "--only", "total_cost").out
    assert table.splitlines()[-1].startswith("warning: Data parallel: 1000 GPUs do not divide")
    document = json.loads(run("eval", "deepseek-v3", *layout, "--format", "json").out)
    assert len(document["warnings"]) == 1
    assert document["quantities"]["data_parallel"]["value"] is None
    markdown = run("eval", "deepseek-v3", *layout, "--format", "markdown").out
    assert "## Warnings" in markdown


def test_every_preset_exports_and_every_format_takes_some_of_each_kind(run):
    formats = cycle(FORMATS)
    for kind, table in (("scenarios", ""), ("architectures", "architecture"), ("hardware",) * 2):
        listed = json.loads(run("presets", kind, "--format", "json").out)
        assert len(listed) >= len(FORMATS)
        for number, entry in enumerate(listed):
            # Presets of a panel differ in its fields alone: a few of them stand for all results.
            is_whole = not table or number < len(FORMATS)
            names = None if is_whole else [*PANELS[table].specs]
            assert export(load(entry["name"]), names, next(formats)).endswith("\n")


def test_a_file_is_kept_unless_forced(run, refused, tmp_path):
    file = tmp_path / "kept.json"
    file.write_text("mine")
    line = refused("eval", "deepseek-v3", "--format", "json", "-o", str(file))
    assert str(file) in line
    assert "--force" in line
    assert file.read_text() == "mine"
    assert run("eval", "deepseek-v3", "--format", "json", "-o", str(file), "--force").status == 0
    assert json.loads(file.read_text())["warnings"] == []
    assert list(tmp_path.iterdir()) == [file]


def test_nothing_is_written_when_something_is_wrong(refused, tmp_path):
    file = tmp_path / "new.json"
    refused("eval", "deepseek-v3", "--set", "num_gpus=many", "-o", str(file))
    refused("eval", "deepseek-v3", "--only", "nothing", "-o", str(file))
    assert list(tmp_path.iterdir()) == []
    assert "no such folder" in refused("eval", "deepseek-v3", "-o", str(tmp_path / "no" / "x.txt"))
    for more in ([], ["--force"]):
        said = refused("eval", "deepseek-v3", "-o", str(tmp_path), "--format", "json", *more)
        assert "found a folder; allowed: a file in it, or a new name" in said


@pytest.mark.parametrize("lines", [24, 40])
@pytest.mark.parametrize("name", ["deepseek-v3", "deepseek-r1", "kimi-k2"])
def test_on_a_terminal_the_headlines_are_one_screen(run, monkeypatch, name, lines):
    monkeypatch.setattr("dsexplore.cli.commands.eval.terminal_columns", lambda: 80)
    monkeypatch.setattr("dsexplore.cli.commands.eval.terminal_lines", lambda: lines - 1)
    out = run("eval", name).out.splitlines()
    assert len(out) < lines
    assert any(line.startswith("  total_cost ") for line in out)
    assert out[0] and out[-1].startswith(f"dsexplore eval {name} --all prints all ")
    assert all(len(line) <= 80 for line in out)


def test_force_replaces_no_device(refused):
    assert "no regular file" in refused(
        "eval", "deepseek-v3", "-o", os.devnull, "--format", "json", "--force"
    )


def test_help_names_formats_and_its_examples_work(run, tmp_path, monkeypatch):
    result = run("eval", "--help")
    assert result.status == 0
    assert all(name in result.out for name in FORMATS)
    text = _FORMATS_AND_EXAMPLES.replace("\\\n", "")
    examples = [line for line in text.splitlines() if line.strip().startswith("dsexplore ")]
    assert len(examples) == 2
    monkeypatch.chdir(tmp_path)
    for example in examples:
        assert run(*shlex.split(example)[1:]).status == 0


def test_the_top_level_help_lists_the_commands(run):
    result = run("--help")
    assert result.status == 0
    assert "eval" in result.out
    assert "presets" in result.out
    assert re.fullmatch(r"dsexplore \d+\.\d+\.\d+\n", run("--version").out)


def test_no_scenario_needs_a_name_that_a_command_has(run):
    for kind in ("scenarios", "architectures", "hardware"):
        listed = json.loads(run("presets", kind, "--format", "json").out)
        assert {"eval", "presets"}.isdisjoint(entry["name"] for entry in listed)
    assert set(PANELS).isdisjoint(FIELDS), "--set tells panels and fields apart by name"


def test_export_refuses_an_unknown_format(v3):
    with pytest.raises(ScenarioError, match="table, json, toml, csv, markdown"):
        export(v3, None, "xml")


def test_a_reader_that_leaves_is_no_error(process):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        done = process(
            *("-m", "dsexplore", "eval", "deepseek-v3"),
            stdout=closed,
        )
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not FULL_DISK.exists(), reason="only Linux has a disk that is full")
def test_a_full_disk_is_one_line(process):
    with FULL_DISK.open("w") as full:
        done = process(
            *("-m", "dsexplore", "eval", "deepseek-v3"),
            stdout=full,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("dsexplore: standard output: found no space left")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("format_name", ["table", "json"])
def test_an_ascii_terminal_gets_ascii(process, format_name):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    words = ("-m", "dsexplore", "eval", "deepseek-v3", "--format", format_name)
    done = process(*words, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()


def test_an_interrupt_ends_quietly(run, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dsexplore.cli.commands.eval.load", interrupt)
    assert run("eval", "deepseek-v3") == (130, "", "")


def test_no_problem_is_a_word_and_the_unknown_a_dash(run):
    both = ("--only", "mfu_problem,memory_verdict")
    table = run("eval", "gpt-4-reported", *both).out
    assert re.search(r"mfu_problem +none\n", table)
    assert re.search(r"memory_verdict +–  not known: .*hidden_size is unknown", table)
    listed = json.loads(run("eval", "gpt-4-reported", *both, "--format", "json").out)["quantities"]
    assert listed["mfu_problem"]["value"] == ""


def test_without_a_choice_of_results_one_screen_says_what_it_is_and_what_it_costs(run):
    lines = run("eval", "deepseek-r1-epoch").out.splitlines()
    assert lines[1].startswith("What R1 and V3 together cost by Epoch AI's outside estimate")
    assert any(line.split()[:3] == ["total_cost", "$7.585", "M"] for line in lines)
    assert len(lines) < 40 and "--all prints all" in lines[-1]
    assert len(run("eval", "deepseek-r1-epoch", "--all").out.splitlines()) > 1000


def test_the_ending_chooses_the_format_and_no_description_leaves_no_gap(run, tmp_path):
    file = tmp_path / "v3.json"
    assert run("eval", "deepseek-v3", "--only", "total_cost", "-o", str(file)).status == 0
    assert json.loads(file.read_text("utf-8"))["quantities"]["total_cost"]["value"] == 5576000
    bare = tmp_path / "bare.toml"
    bare.write_text('schema = 1\ntitle = "Bare"\n', "utf-8")
    title, gap, first, *_ = run("eval", str(bare)).out.splitlines()
    assert (title, gap) == ("Bare", "") and first.startswith("  ")


def test_a_way_on_is_said_where_one_stands_and_its_commands_run(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    narrow = run("eval", "deepseek-v3", "--set", "memory_capacity=60 GB").out
    assert "Layouts that fit: dsexplore search deepseek-v3 --set 'memory_capacity=60 GB'" in narrow
    slow = run("eval", "deepseek-v3", "--set", "gpu_hours_per_trillion_tokens=300000").out
    way = next(line for line in slow.splitlines() if line.startswith("Measured hours come to"))
    write, calibrate = way.partition("dsexplore ")[2].split(", then dsexplore ")
    assert run(*shlex.split(write)).status == 0
    assert run(*shlex.split(calibrate)).status == 0
    for quiet in (("deepseek-v3",), ("deepseek-v3", "--only", "total_parameters")):
        assert "dsexplore search" not in run("eval", *quiet).out
