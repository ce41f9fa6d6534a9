"""`dsexplore accuracy`: predicted against published, for the shipped runs and for one's own."""

from __future__ import annotations

import csv
import json
import statistics

import pytest

from dsexplore.cli.table import COMMANDS
from dsexplore.library.names import preset_names

RUN = """
[[run]]
name = "ours"
stack = "megatron-2022"
gpu = "a100-80gb-sxm"
num_gpus = 64
architecture = { num_layers = 32, hidden_size = 4096, num_attention_heads = 32, ffn_matrices = 2, intermediate_size = 16384, vocab_size = 51200 }
parallelism = { tensor_parallel = 4, pipeline_parallel = 2, recompute = "selective", sequence_parallel = true }
pretraining = { sequence_length = 2048, global_batch_size = 256, precision = "bf16" }
assumed = { micro_batch_size = 1 }
measured = { step_time = 5.0 }
source = "measured here"
"""  # noqa: E501 - a whole line of a file of runs
ERRORS = ("mean_absolute_error", "max_absolute_error")
SUMS = (
    "mean_absolute_error",
    "median_absolute_error",
    "max_absolute_error",
    "mean_error",
    "coverage",
)
SOME = ("deepseek-2025", "narayanan-2021", "mlperf-training-2023-2025")
GROUPS = ("source", "gpu", "stack", "precision", "recipe", "kind")


@pytest.fixture(autouse=True)
def _no_presets_of_the_users_own(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def file(tmp_path):
    """Write a file of runs and return its name."""

    def write(text: str, name: str = "runs.toml") -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_json_has_the_promised_shape(run):
    result = run("accuracy", *SOME, "--format", "json")
    assert result.status == 0
    document = json.loads(result.out)
    assert list(document) == ["runs", *SUMS, "by", "precision_gains", "memory", "parts"]
    assert tuple(document["by"]) == GROUPS
    for found in document["runs"]:
        assert {"low", "high", "covered", "unit", "assumed", *GROUPS} <= found.keys()
        assert found["kind"] in ("dense", "moe")
    names = [found["name"] for found in document["runs"]]
    assert {"deepseek-v3", "deepseek-v2", "megatron-1008b"} <= {*names}
    assert len(names) == len({*names})
    forward = document["parts"][0]
    assert (forward["name"], forward["quantity"]) == ("deepseek-v3", "forward")


def test_sums_by_group_are_of_the_runs_of_the_group(run):
    document = json.loads(run("accuracy", *SOME, "--format", "json").out)
    for group in GROUPS:
        for name, sums in document["by"][group].items():
            sizes = [
                abs(one["error"])
                for one in document["runs"]
                if (one[group] or one["precision"]) == name and "num_gpus" not in one["assumed"]
            ]
            assert (sums["runs"], sums["max_absolute_error"]) == (len(sizes), max(sizes))
            assert sums["median_absolute_error"] == pytest.approx(statistics.median(sizes))


def test_mean_and_maximum_are_of_the_runs_whose_cluster_is_known(run):
    document = json.loads(run("accuracy", *SOME, "--format", "json").out)
    sizes = [
        abs(found["error"]) for found in document["runs"] if "num_gpus" not in found["assumed"]
    ]
    assert [document[name] for name in ERRORS] == pytest.approx(
        [statistics.fmean(sizes), max(sizes)]
    )


def test_the_table_has_a_line_a_run_and_the_errors_below(run):
    result = run("accuracy", "korthikanti-2022")
    lines = result.out.splitlines()
    assert lines[0].split()[:5] == ["name", "quantity", "measured", "predicted", "error"]
    assert lines[1].startswith("korthikanti-22b-full  ")
    assert lines[9] == ""
    assert lines[10].startswith("absolute error")
    assert [line.split()[0] for line in lines[11:]] == ["dense", "all"]
    assert result.err == ""


@pytest.mark.parametrize("group", GROUPS)
def test_sums_are_by_the_group_asked_for_and_lines_fit_80_columns(run, file, group):
    long = RUN.replace('"ours"', '"our-own-175b-a100-512-tp8pp8-interleaved-recomputed-again"')
    lines = run("accuracy", file(long), "--by", group).out.splitlines()
    assert max(map(len, lines)) <= 80
    words = {
        "gpu": "a100-80gb-sxm",
        "stack": "megatron-2022",
        "precision": "bf16",
        "recipe": "bf16",
        "kind": "dense",
    }
    below = lines[lines.index("") :]
    assert any(line.startswith(words.get(group, "/")) for line in below)


def test_what_is_assumed_is_said(run, file):
    found = json.loads(run("accuracy", file(RUN), "--format", "json").out)["runs"]
    assert [one["assumed"] for one in found] == [["micro_batch_size"]]
    assert run("accuracy", file(RUN)).out.splitlines()[-1].endswith(" micro_batch_size of 1.")


def test_csv_has_a_row_a_figure(run, file):
    text = RUN.replace("step_time = 5.0", 'step_time = "5 s", memory_per_gpu = "20 GiB"')
    rows = list(csv.DictReader(run("accuracy", file(text), "--format", "csv").out.splitlines()))
    assert [row["quantity"] for row in rows] == ["step_time", "memory_per_gpu"]
    assert [row["measured"] for row in rows] == ["5.0", repr(20.0 * 2**30)]
    assert rows[0]["assumed"] == "micro_batch_size"


def test_memory_is_no_error_of_time(run, file):
    text = RUN.replace("step_time = 5.0", 'step_time = 5.0, memory_per_gpu = "20 GB"')
    timed, both = (
        json.loads(run("accuracy", file(each), "--format", "json").out) for each in (RUN, text)
    )
    assert {name: both[name] for name in ERRORS} == {name: timed[name] for name in ERRORS}
    (memory,) = both["memory"]
    assert memory["error"] == pytest.approx(memory["predicted"] / 20e9 - 1)
    assert "memory" in run("accuracy", file(text)).out.splitlines()[-3]


def test_a_file_that_is_refused_does_not_stop_the_others(run, file):
    result = run("accuracy", file(RUN), file("[[run", "bad.toml"), "--format", "json")
    assert result.status == 2
    assert [one["name"] for one in json.loads(result.out)["runs"]] == ["ours"]
    assert "bad.toml: found no TOML" in result.err


def test_a_run_of_ones_own_with_an_architecture_in_line(run, file):
    result = run("accuracy", file(RUN), "--format", "json")
    assert (result.status, result.err) == (0, "")
    (found,) = json.loads(result.out)["runs"]
    assert (found["name"], found["quantity"], found["measured"]) == ("ours", "step_time", 5.0)
    assert 0.5 < found["predicted"] < 50


def test_several_files_stand_below_each_other(run, file):
    other = file(RUN.replace('"ours"', '"theirs"'), "other.toml")
    document = json.loads(run("accuracy", file(RUN), other, "--format", "json").out)
    assert [found["name"] for found in document["runs"]] == ["ours", "theirs"]


def test_an_unknown_stack_is_predicted_as_the_neutral_one_with_a_warning(run, file):
    neutral = run("accuracy", file(RUN.replace("megatron-2022", "neutral")), "--format", "json")
    unknown = run("accuracy", file(RUN.replace("megatron-2022", "nobodys")), "--format", "json")
    assert (unknown.status, unknown.out) == (0, neutral.out.replace('"neutral"', '"nobodys"'))
    assert neutral.err == ""
    assert unknown.err.startswith("dsexplore: ours: the software stack 'nobodys' is not known")
    assert unknown.err.count("\n") == 1


def test_what_holds_for_many_runs_is_said_once(run, file):
    unknown = RUN.replace("megatron-2022", "nobodys")
    files = [file(unknown.replace('"ours"', f'"run-{n}"'), f"{n}.toml") for n in range(20)]
    said = run("accuracy", *files).err
    assert said.startswith("dsexplore: 20 runs (run-0, run-1, run-2, …): the software stack 'nob")
    assert said.count("\n") == 1


def test_a_step_that_cannot_be_predicted_is_null_and_said(run, file):
    text = RUN.replace("tensor_parallel = 4", "tensor_parallel = 5")
    result = run("accuracy", file(text), "--format", "json")
    document = json.loads(result.out)
    assert (document["runs"][0]["predicted"], document["mean_absolute_error"]) == (None, None)
    assert "ours" in result.err


def test_markdown_is_a_table(run):
    lines = run("accuracy", "narayanan-2021", "--format", "markdown").out.splitlines()
    assert lines[0].startswith("| name | quantity | measured | predicted | error |")
    assert lines[0].endswith("| assumed |")
    assert lines[2].startswith("| megatron-1.7b | hfu | 44 % | ")


def test_left_out_errors_stand_beside_the_fitted_ones(run):
    document = json.loads(run("accuracy", "megascale-2024", "--left-out", "--format", "json").out)
    assert tuple(document["left_out"]) == (*SUMS, "by")
    sizes = [abs(one["left_out_error"]) for one in document["runs"]]
    assert document["left_out"]["mean_absolute_error"] == pytest.approx(statistics.fmean(sizes))
    lines = run("accuracy", "megascale-2024", "--left-out").out.splitlines()
    assert "left out" in lines[0]
    assert any(line.startswith("all, left out") for line in lines)


def test_own_runs_played_no_part_in_the_fit_as_they_are(run, file):
    (found,) = json.loads(run("accuracy", file(RUN), "--left-out", "--format", "json").out)["runs"]
    assert found["left_out_error"] == found["error"]


BAD = {
    "unknown figure": (RUN.replace("step_time", "step_tme"), ["measured", "step_tme", "step_time"]),
    "figure of words": (RUN.replace("step_time", "mfu_basis"), ["measured", "mfu_basis"]),
    "unknown count": (RUN + "counts = { casual = true }", ["counts", "casual", "causal"]),
    "unknown part": (RUN.replace("5.0", "5.0, parts = { foward = 1 }"), ["foward", "forward"]),
    "nothing but a printed one": (RUN.replace("step_time = 5.0", "mfu_printed = 0.4"), ["nothing"]),
    "unknown field inline": (RUN + "hardware = { sm_cuont = 3 }", ["hardware", "sm_count"]),
    "two accelerators": (RUN + 'hardware = { preset = "mi300x" }', ["gpu", "mi300x"]),
    "no runs": ("", ["run: found None", "[[run]]"]),
    "not TOML": ("[[run", ["found no TOML"]),
    "unknown key": (RUN.replace("source =", "sauce ="), ["run ours", "'sauce'", "source"]),
    "unknown accelerator": (
        RUN.replace("a100-80gb-sxm", "a100-80gb-sx"),
        ["run ours, gpu", "a100-80gb"],
    ),
    "unknown preset": (
        RUN.replace("{ num_layers = 32,", '{ preset = "gpt-5", num_layers = 32,'),
        ["run ours, architecture.preset: found 'gpt-5'"],
    ),
    "nothing measured": (RUN.replace("step_time = 5.0", ""), ["measured", "step_time, mfu or hfu"]),
    "measured nothing": (RUN.replace("5.0", "0"), ["measured.step_time: found 0", "above 0"]),
    "measured words": (RUN.replace("5.0", '"fast"'), ["measured.step_time: found 'fast'"]),
    "measured endlessly": (RUN.replace("5.0", "1" + "0" * 400), ["measured", "above 0"]),
    "parts that are none": (RUN.replace("5.0", "5.0, parts = 3"), ["measured.parts: found 3"]),
    "part of no time": (
        RUN.replace("5.0", "5.0, parts = { forward = 0 }"),
        ["parts.forward: found 0"],
    ),
    "no such field": (RUN.replace("micro_batch_size", "micro_batch"), ["assumed", "micro_batch"]),
    "two of a name": (RUN + RUN, ["two runs named 'ours'"]),
    "bad layout": (RUN.replace("tensor_parallel = 4", "tensor_parallel = 0"), ["tensor_parallel"]),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_in_one_line(case, refused, file):
    text, named = BAD[case]
    line = refused("accuracy", file(text))
    for word in ["runs.toml: ", *named]:
        assert word in line


def test_a_file_that_is_not_there_is_refused(refused, tmp_path):
    assert "no such file" in refused("accuracy", str(tmp_path / "none.toml"))
    assert "narayanan-2021" in refused("accuracy", "narayanan")


def test_two_files_with_a_run_of_one_name_are_refused(run, file):
    result = run("accuracy", file(RUN), file(RUN, "again.toml"))
    assert result.status == 2
    assert "two runs named 'ours'" in result.err


def test_an_unknown_format_is_refused(refused):
    assert refused("accuracy", "--format", "toml").endswith("table, json, csv, markdown")


def test_a_name_with_control_characters_stays_on_its_line(run, file):
    text = run("accuracy", file(RUN.replace('"ours"', r'"o\u001b[2J\nurs"'))).out
    assert "\x1b" not in text
    assert len(text.splitlines()) == 8


def test_help_shows_a_file_that_works(run, file):
    help_text = run("accuracy", "--help").out
    start = help_text.index("[[run]]")
    example = help_text[start : help_text.index("examples:")]
    assert run("accuracy", file(example)).status == 0


def test_every_kind_of_runs_that_ships_is_a_name(run):
    for name in preset_names("runs"):
        assert run("accuracy", name).status == 0
    assert "accuracy" in COMMANDS


def test_iterations_of_rl_are_predicted_within_a_fifth(run):
    """NeMo RL's, on average, none of them in any fit; their interval is RL's own."""
    result = run("accuracy", "nemo-rl-2025-2026", "--kind", "rl", "--format", "json")
    assert result.status == 0
    document = json.loads(result.out)
    assert document["mean_absolute_error"] < 0.2
    assert {found["quantity"] for found in document["runs"]} == {"rl_iteration_time"}
    assert all(found["low"] < found["predicted"] < found["high"] for found in document["runs"])


def test_a_kind_that_a_file_does_not_hold_is_refused(run):
    result = run("accuracy", "deepseek-2025", "--kind", "rl")
    assert result.status == 2
    assert result.err == (
        "dsexplore: --kind: found no run of rl; allowed: a kind that the files hold\n"
    )
