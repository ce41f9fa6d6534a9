"""`dsexplore search`: what it prints, what it takes over, what it refuses."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex

import pytest

SMALL = [
    *("llama-3-70b", "--set", "hardware=h100-80gb-sxm", "--set", "num_gpus=32"),
    *("--set", "gpus_per_node=8", "--set", "global_batch_size=32", "--set", "zero_stage=3"),
    *("--set", "tensor_parallel=8", "--set", "recompute=full"),
    *("--set", "pipeline_parallel=2", "--set", "pipeline_schedule=1f1b"),
]


def test_layouts_are_listed_fastest_first_and_are_what_eval_says(run):
    result = run("search", *SMALL, "--top", "3", "--format", "json")
    assert (result.status, result.err) == (0, "")
    found = json.loads(result.out)
    assert [each["step_time"] for each in found] == sorted(each["step_time"] for each in found)
    for each in found:
        assert each["low"] < each["step_time"] < each["high"]
        assert each["step_time"] == pytest.approx(sum(each["parts"].values()))
        words = [w for name, value in each["layout"].items() for w in ("--set", f"{name}={value}")]
        asked = ["--only", "step_time,memory_per_gpu,memory_headroom", "--format", "json"]
        there = json.loads(run("eval", *SMALL, *words, *asked).out)
        for name in ("step_time", "memory_per_gpu"):
            assert there["quantities"][name]["value"] == pytest.approx(each[name])
        assert there["quantities"]["memory_headroom"]["value"] >= 0
        assert "problem" not in there["quantities"]["step_time"]


def test_the_table_says_where_the_stated_layout_is_and_how_to_take_the_best(run):
    out = run("search", *SMALL, "--top", "2").out
    place = re.search(r"The stated layout, (\S+ s), is number (\S+):", out)
    stated = run("eval", *SMALL, "--only", "step_time", "--format", "json").out
    assert place is not None
    assert json.loads(stated)["quantities"]["step_time"]["value"] == pytest.approx(
        float(place[1].split()[0]), rel=0.001
    )
    (line,) = re.findall(r"^To take it: (.*)$", out, re.MULTILINE)
    taken = run("search", *SMALL, *shlex.split(line), "--top", "2").out
    assert "is number 1:" in taken
    assert "The first is the stated layout." in taken
    assert "cannot be: Memory" in out, "why not with a field as it was"


def test_a_layout_is_saved_as_a_scenario(run, tmp_path):
    file = str(tmp_path / "faster.toml")
    words = ["search", *SMALL, "--by", "days", "--top", "1", "--format", "csv"]
    result = run(*words, "--save", file)
    assert "Hours are those of the predicted step" in result.err
    (row,) = csv.DictReader(io.StringIO(result.out))
    asked = ["--only", "pretraining_days,step_time", "--format", "json"]
    there = json.loads(run("eval", file, *asked).out)["quantities"]
    for name in ("pretraining_days", "step_time"):
        assert there[name]["value"] == pytest.approx(float(row[name]))
    again = run(*words, "--save", file)
    assert (again.status, again.out) == (2, "")
    assert "a file of that name" in again.err


def test_what_does_not_fit_anywhere_says_what_is_in_the_way(run):
    result = run("search", *SMALL, "--set", "memory_capacity=1 GB")
    assert (result.status, result.out) == (1, "")
    assert re.search(r"None of [\d,]+ layouts is left: .*by memory_problem", result.err)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--where", "memory_headroom"], "memory_headroom>0"),
        (["--where", "memory_headroom>3 d"], "byte"),
        (["--where", "pipeline_schedule<zb1p"], "no number"),
        (["--where", "price_per_gpu_hour<unknown"], "a known value"),
        (["--by", "step_tim"], "step_time"),
        (["--top", "0"], "1 to 10,000"),
        (["--top", "²"], "1 to 10,000"),
        (["--set", "num_layers=unknown"], "a number that layouts can divide"),
    ],
)
def test_refusals(refused, words, said):
    assert said in refused("search", "llama-3-70b", *words)
