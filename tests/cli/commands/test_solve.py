"""`dsexplore solve`: what it prints, what it refuses, and with which status."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from dsexplore.cli.commands.solve import _EPILOG
from dsexplore.cli.table import COMMANDS
from tests.points import holds_at

THIRTY_DAYS = ["solve", "deepseek-v3", "pretraining_days=30 d", "--by", "num_gpus"]


def test_gpus_for_30_days(run):
    result = run(*THIRTY_DAYS)
    assert (result.status, result.err) == (0, "")
    assert re.search(r"^num_gpus +2,048 +3,700$", result.out, re.MULTILINE)
    assert re.search(r"^pretraining_days +54.20 d +✗ 30 d ±\d+ %$", result.out, re.MULTILINE)
    assert "3,699 comes to ✗ 30.01 d" in result.out
    assert "3700 GPUs do not divide" in result.out, "what comes with it is said"


def test_a_target_that_is_a_result_has_its_own_line(run):
    result = run(
        *["solve", "deepseek-r1-zero-estimate", "rl_cost=pretraining_cost", "--by", "rl_mfu"],
        *["--set", "rl_utilization=assumed"],
    )
    assert result.status == 0
    assert re.search(r"^rl_mfu +20 % +4.315 %$", result.out, re.MULTILINE)
    assert re.search(r"^rl_cost +\S+ M +\$5.328 M$", result.out, re.MULTILINE)
    assert re.search(r"^pretraining_cost +\$5.328 M +\$5.328 M$", result.out, re.MULTILINE)


def test_the_setting_that_is_printed_gives_the_result(run):
    words = ["deepseek-v3", "--set", "utilization=assumed"]
    solved = run("solve", *words, "total_cost=$7.5M", "--by", "assumed_mfu")
    setting = shlex.split(re.search(r"--set '[^']+'", solved.out)[0])
    shown = run("eval", *words, *setting, "--only", "total_cost", "--format", "json")
    cost = json.loads(shown.out)["quantities"]["total_cost"]["value"]
    assert cost == pytest.approx(7.5e6, rel=1e-9)


def test_json_is_in_base_units(run):
    found = json.loads(run(*THIRTY_DAYS, "--format", "json").out)
    assert found == {
        "field": "num_gpus",
        "value": 3700,
        "unit": "GPU",
        "present": 2048,
        "others": [],
        "result": "pretraining_days",
        "reached": 30.0,
        "target": 30.0,
        "result_unit": "day",
        "problems": [
            "Data parallel: 3700 GPUs do not divide by 1 × 16 × 1 (tensor × pipeline × context "
            "parallel)."
        ],
        "at_least_without": [],
        "assumptions": [],
        "previous": {"value": 3699, "reached": pytest.approx(30.008, abs=0.001)},
        "next": None,
    }


def test_where_there_is_no_solution_the_status_is_1(run):
    result = run(*THIRTY_DAYS, "--between", "1", "2k")
    assert (result.status, result.out) == (1, "")
    assert re.fullmatch(
        r"dsexplore: pretraining_days: found no solution between num_gpus 1 and 2,000: "
        r"it goes from 111,000 d to 55.50 d, not 30 d; allowed: .*\n",
        result.err,
    )


@holds_at(
    ("words", "named"),
    [
        (["pretraining_days", "--by", "num_gpus"], ["'pretraining_days'", "RESULT=TARGET"]),
        (["=30 d", "--by", "num_gpus"], ["RESULT=TARGET"]),
        (["pretraining_days=", "--by", "num_gpus"], ["RESULT=TARGET"]),
        (
            ["pretraining_day=3", "--by", "num_gpus"],
            ["RESULT: ", "'pretraining_day'", "pretraining_days"],
        ),
        (["pretraining_days=3 GB", "--by", "num_gpus"], ["'3 GB'", "such as 2 day"]),
        (["pretraining_days=3", "--by", "num_gpu"], ["--by: found unknown field", "num_gpus"]),
        (["pretraining_days=3"], ["--by", "dsexplore solve SCENARIO"]),
        (["pretraining_days=3", "--by", "precision"], ["which is no number", "num_gpus"]),
        (["pretraining_days=3", "--by", "rl_mfu"], ["makes no difference", "num_gpus"]),
        (["pretraining_days=3", "--by", "goodput"], ["only while utilization is assumed or pred"]),
        (["pretraining_days=3", "--by", "num_gpus", "--between", "1"], ["--between"]),
        (
            ["pretraining_days=3", "--by", "num_gpus", "--between", "9", "x"],
            ["hardware.num_gpus: found 'x'"],
        ),
        (
            ["pretraining_days=3", "--by", "num_gpus", "--between", "9", "1"],
            ["9 to 1", "first number is below its second"],
        ),
        (
            ["pretraining_cost=3", "--by", "price_per_gpu_hour", "--between", "unknown", "1"],
            ["--between: found unknown"],
        ),
        (["pretraining_days=\x1b[2J", "--by", "num_gpus"], [r"\x1b[2J"]),
        (["pretraining_days=3", "--by", "num_gpus", "--format", "xml"], ["table, json"]),
    ],
)
def test_a_question_without_sense_is_refused_in_one_line(words, named, refused):
    line = refused("solve", "deepseek-v3", *words)
    for part in named:
        assert part in line


def test_every_example_of_the_help_has_a_solution(run):
    examples = re.findall(r"dsexplore (solve .*)", _EPILOG.replace("\\\n", ""))
    assert len(examples) == 3
    for example in examples:
        assert run(*shlex.split(example)).status == 0


def test_help_names_it():
    assert "solve" in COMMANDS


def test_the_side_of_a_target_can_be_asked_for(run):
    done = run("solve", "deepseek-v3", "pretraining_days>=31 d", "--by", "num_gpus")
    assert "--set 'num_gpus=3580' applies it." in done.out
    assert "Above it, 3,581 comes to" in done.out
