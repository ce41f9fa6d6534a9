"""`dsexplore search`: what it prints, what it takes over, what it refuses."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex

import pytest

from tests.points import holds_at

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


@holds_at(
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


def test_clusters_come_with_days_and_cost_and_the_words_that_take_the_first(run, tmp_path):
    shape = ("num_layers=2", "pretraining_tokens=1B", "pipeline_parallel=1")
    words = ["search", *SMALL, *(word for each in shape for word in ("--set", each))]
    words += ["--gpus", "8:16", "--hardware", "h800-80gb-sxm=$3"]
    found = json.loads(run(*words, "--where", "days<1000 d", "--format", "json").out)
    assert [each["layout"]["num_gpus"] for each in found] == [8, 16]
    assert found[0]["layout"]["hardware"] == "h800-80gb-sxm"
    assert found[0]["pretraining_cost"] < found[1]["pretraining_cost"]
    table = run(*words, "--save", str(tmp_path / "one.toml")).out
    assert "2 of 2 clusters have a layout that fits." in table
    assert "--set hardware=h800-80gb-sxm --set num_gpus=8 --set price_per_gpu_hour=3.0" in table
    saved = json.loads(run("eval", str(tmp_path / "one.toml"), "--format", "json").out)
    cost = saved["quantities"]["pretraining_cost"]["value"]
    assert cost == pytest.approx(found[0]["pretraining_cost"])
    none = run(*words, "--where", "cost<$1")
    assert (none.status, none.out) == (1, "")
    assert "by a condition" in none.err


def test_serving_is_searched_under_a_limit(run):
    words = ["search", "deepseek-serving", "--what", "serving", "--top", "2"]
    found = json.loads(
        run(*words, "--where", "time_per_output_token<50 ms", "--format", "json").out
    )
    assert len(found) == 2
    assert found[0]["time_per_output_token"] < 0.05
    assert {"decode_batch", "serving_tensor_parallel"} <= set(found[0]["layout"])
    table = run(*words).out
    assert "The stated one, cost_per_million_output_tokens $0.3008/M tokens, is number" in table


def test_accelerators_are_compared_in_serving_at_their_prices(run):
    words = ["search", "deepseek-serving", "--what", "serving", "--hardware"]
    words += ["h800-80gb-sxm=$2,h200,a100-80gb-sxm", "--where", "serving_precision=fp8"]
    found = json.loads(run(*words, "--format", "json").out)
    costs = [each["cost_per_million_output_tokens"] for each in found]
    assert costs == sorted(costs)
    assert {each["layout"]["hardware"] for each in found} == {"h800-80gb-sxm", "h200-141gb-sxm"}
    table = run(*words).out
    assert "2 of 3 clusters have a choice that can be." in table
    assert re.search(r"hardware a100-80gb-sxm, price_per_gpu_hour \S+: None of", table)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--what", "gpus"], "--what: found 'gpus'; allowed: layout, cluster, serving, rl"),
        (["--what", "serving", "--gpus", "8"], "--gpus: found --what serving"),
        (["--what", "rl", "--scheduler", "tcp://h:1"], "--scheduler: found --what rl"),
        (["--gpus", "8", "--frontier"], "--frontier: found"),
        (["--what", "rl"], "0 whatever is chosen"),
    ],
)
def test_options_of_another_search_are_refused(refused, words, said):
    assert said in refused("search", "deepseek-v3", *words)
