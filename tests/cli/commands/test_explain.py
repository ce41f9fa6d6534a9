"""`dsexplore explain`: one number, for people and for programs."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from dsexplore.cli.commands.explain import _EXAMPLES, text
from dsexplore.engine.standing import Standing
from dsexplore.explanation.explain import explain
from dsexplore.library.open import load
from dsexplore.scenario.scenario import FIELDS
from tests.ways import ways


def test_a_quantity_is_explained_from_formula_to_use(run):
    result = run("explain", "deepseek-v3", "mfu")
    assert (result.status, result.err) == (0, "")
    for part in (
        "mfu   39.08 %",
        "    achieved_flops_per_gpu / mfu_peak_flops\n  = 386.5 TFLOP/s / 989 TFLOP/s\n  = 39.08 %",
        "As utilization is measured",
        "Source: PaLM, arXiv:2204.02311",
        "Inputs\n",
        "Inputs under other choices\n  assumed_mfu ",
        "Used by\n  mfu_full ",
    ):
        assert part in result.out


def test_an_assumption_is_told_apart_from_a_source(run):
    out = run("explain", "deepseek-v3", "lent_slowdown").out
    assert "Source: DeepSeek-V3 report" in out and "Assumes: Power that lent SMs save" in out
    found = json.loads(run("explain", "deepseek-v3", "gemm_rate", "--format", "json").out)
    assert (found["source"], found["assumes"][:14]) == ("", "Large products")


def test_a_field_is_explained_by_what_is_said_of_it(run):
    out = run("explain", "deepseek-v3", "pretraining_tokens").out
    assert out.startswith("pretraining_tokens   14.80 T tokens\n")
    for title in ("Source: ", "Origin: the scenario", "Allowed: ", "Used by\n"):
        assert title in out


def test_settings_are_in_force(run):
    words = ("--set", "utilization=assumed", "--set", "assumed_mfu=50 %")
    assert run("explain", "deepseek-v3", "mfu", *words).out.startswith("mfu   50 %\n")
    changed = run("explain", "deepseek-v3", "num_gpus", "--set", "num_gpus=4096").out
    assert "Origin: changed; it was 2,048" in changed


def test_every_number_is_explained_in_eighty_columns():
    known, unknown = load("deepseek-v3"), load("gpt-4-reported")
    standing = Standing(known)
    fields = [(field, known, standing) for field in FIELDS]
    for each, scenario, standing in (*ways([known, unknown]), *fields):
        found = explain(scenario, each, standing, 78)
        assert found.formula or each in FIELDS, each
        shown = [*found.formula, *found.with_values, *found.working]
        assert max(map(len, shown), default=0) <= 78, each
        lines = text(found, 80).splitlines()
        assert max(map(len, lines)) <= 80, each
        assert lines[0].startswith(each)
        assert not any(line.endswith(" ") for line in lines)
        assert "\n\n\n" not in "\n".join(lines)


def test_json_is_for_programs(run):
    document = json.loads(run("explain", "deepseek-v3", "total_parameters", "--format", "json").out)
    assert document["value"] == 671_026_419_200
    assert document["unit"] == "parameter"
    assert {"formula", "with_values", "because", "source", "depends_on"} <= set(document)
    assert {"name", "value_text", "summary", "is_used"} == set(document["depends_on"][0])
    unknown = run("explain", "gpt-4-reported", "hidden_size", "--format", "json").out
    assert json.loads(unknown)["value"] is None


def test_markdown_keeps_the_formula_as_it_is(run):
    out = run("explain", "deepseek-v3", "mfu", "--format", "markdown").out
    assert out.startswith("# `mfu`\n\n**39.08 %**\n")
    assert re.search(r"```\n  achieved_flops_per_gpu / mfu_peak_flops\n= .*\n```", out, re.DOTALL)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["mfuu"], ["NAME: found unknown name 'mfuu'", "mfu"]),
        (["mfu", "--format", "csv"], ["--format: found 'csv'", "table, json, markdown"]),
        (["mfu", "--set", "num_gpu=3"], ["--set: found unknown field 'num_gpu'", "num_gpus"]),
        ([], ["NAME", "dsexplore explain SCENARIO NAME"]),
        (["mfu\x1b[2J"], [r"mfu\x1b[2J"]),
    ],
)
def test_what_cannot_be_explained_is_refused_in_one_line(words, named, refused):
    found = refused("explain", "deepseek-v3", *words)
    for part in named:
        assert part in found


def test_the_examples_of_the_help_work(run):
    commands = re.findall(r"^ +dsexplore (.+)$", _EXAMPLES, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        assert run(*shlex.split(command)).status == 0


def test_explaining_imports_no_screen_and_nothing_slow(process):
    code = """
import sys
from dsexplore.cli import main
try:
    main(["explain", "deepseek-v3", "mfu"])
except SystemExit as ended:
    slow = [name for name in ("textual", "rich", "numpy", "dsexplore.tui") if name in sys.modules]
    print(ended.code, slow, file=sys.stderr)
"""
    assert process("-c", code).stderr == "0 []\n"
