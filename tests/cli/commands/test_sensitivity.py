"""`dsexplore sensitivity`: what it prints and writes, and what it refuses."""

from __future__ import annotations

import csv
import json

import pytest

V3 = ["sensitivity", "deepseek-v3", "--of", "total_cost"]


def test_a_table_has_the_strongest_first_and_names_what_was_moved_how(run):
    lines = run(*V3, "--range", "price_per_gpu_hour=1.5:2.5").out.splitlines()
    assert lines[0] == "What moves total_cost of DeepSeek-V3, $5.576 M."
    assert lines[3].split()[:2] == ["price_per_gpu_hour", "$2/GPU-h"]
    assert "-25.0 %  +25.0 %" in lines[3]
    text = "\n".join(lines)
    assert "as stated: price_per_gpu_hour." in text
    assert "±20 %: pretraining_tokens, gpu_hours_per_trillion_tokens" in text
    assert "Counts: the nearest values" in text
    assert "│" not in text, "bars are for a terminal"


@pytest.mark.parametrize("columns", [80, 140])
def test_a_terminal_draws_bars_that_fit(run, monkeypatch, columns):
    monkeypatch.setattr("dsexplore.cli.commands.sensitivity.terminal_columns", lambda: columns)
    lines = run(*V3, "--top", "5").out.splitlines()
    assert any("░░│██" in line for line in lines)
    assert max(map(len, lines)) <= columns


def test_json_and_csv_hold_elasticities_points_and_why_a_value_cannot_be(run, tmp_path):
    words = ["sensitivity", "llama-3.1-405b", "--of", "step_time", "--range", "num_gpus=8192:16384"]
    found = json.loads(run(*words, "--format", "json").out)
    assert found["of"]["unit"] == "second"
    fields = {each["field"]: each for each in found["fields"]}
    assert fields["sustained_rate"]["elasticity"] < 0
    low = fields["num_gpus"]["points"][0]
    assert (low["value"], low["result"], low["change"]) == (8192, None, None)
    assert "does not fit" in low["problem"]
    path = tmp_path / "s.csv"
    assert run(*words, "--format", "csv", "-o", str(path)).status == 0
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert {row["field"] for row in rows} == set(fields)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--of", "total_cos"], "--of: found unknown result 'total_cos'"),
        (["--of", "rl_cost"], "--of rl_cost: found 0; allowed: a result other than 0"),
        (["--of", "mfu", "--range", "mfu=1:2"], "--range: found unknown field 'mfu'"),
        (["--of", "mfu", "--top", "none"], "--top: found 'none'"),
        (["--of", "step_time", "--set", "num_layers=unknown"], "num_layers is unknown"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(refused, words, said):
    assert said in refused("sensitivity", "deepseek-v3", *words)
