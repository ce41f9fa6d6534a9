"""`dsexplore service`: what it prints and writes, and what it refuses."""

from __future__ import annotations

import csv
import json

import pytest

DAY = ["service", "deepseek-serving"]


def test_the_disclosed_day_is_a_load_within_capacity(run):
    result = run(*DAY, "--ttft", "1s", "--time-per-token", "50ms", "--load", "1k")
    assert (result.status, result.err) == (0, "")
    lines = {line[:14].strip(): line for line in result.out.splitlines()}
    assert "–" in lines["0 %"]
    assert "50.0 ms" in lines["within limits"]
    assert "1,000 requests/s" in lines["as asked"]
    assert "1,411 requests/s" in lines["the day's mean"]
    assert "on 1,814 GPUs, with prompts of 4,989 and answers of 1,379 tokens" in result.out


def test_json_and_csv_hold_the_same_numbers_in_base_units(run, tmp_path):
    path = tmp_path / "day.csv"
    assert run(*DAY, "--format", "csv", "-o", str(path)).status == 0
    rows = list(csv.DictReader(path.read_text().splitlines()))
    found = json.loads(run(*DAY, "--format", "json").out)
    assert [float(row["load"]) for row in rows] == [point["load"] for point in found["points"]]
    assert found["units"]["ttft"] == "second"
    assert rows[0]["cost"] == ""
    assert found["points"][0]["cost"] is None


def test_a_price_has_an_effect_on_the_rent_that_is_shown(run):
    result = run(*DAY, "--set", "price_per_gpu_hour=4")
    assert (result.status, result.err) == (0, "")


def test_limits_of_the_scenario_are_kept_where_none_are_given(run):
    found = run(*DAY, "--set", "ttft_limit=0.5").out
    assert "500 ms" in next(line for line in found.splitlines() if "within limits" in line)
    assert "within limits" not in run(*DAY, "--ttft", "0", "--set", "ttft_limit=0.5").out


def test_a_limit_or_a_load_beyond_reach_is_one_sentence_and_status_1(run):
    for option, words in (
        (("--ttft", "10ms"), "within limits: With no load at all the first token takes 326 ms"),
        (("--load", "1M"), "as asked: At 1 M requests/s queues grow without end"),
    ):
        result = run(*DAY, *option)
        assert result.status == 1
        assert result.err.startswith(f"dsexplore: {words}")
        assert result.err.count("\n") == 1
    assert run("service", "gpt-4-reported").status == 1


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (("--ttft", "soon"), "--ttft: found 'soon'; allowed: "),
        (("--ttft=-1s",), "--ttft: found '-1s'"),
        (("--time-per-token", "5 GB"), "--time-per-token: found '5 GB'"),
        (("--load", "0"), "--load: found '0'; allowed: requests per second above 0"),
        (("--load", "fast"), "--load: found 'fast'"),
        (("--format", "xml"), "--format: found 'xml'"),
    ],
)
def test_bad_values_are_refused_in_one_line(refused, option, words):
    assert words in refused(*DAY, *option)


def test_a_terminal_draws_both_times(run, monkeypatch):
    monkeypatch.setattr("dsexplore.cli.commands.service.terminal_columns", lambda: 80)
    out = run(*DAY).out
    assert "Time to first token by requests per second" in out
    assert "Time per token by requests per second" in out
    assert max(map(len, out.splitlines())) <= 80
