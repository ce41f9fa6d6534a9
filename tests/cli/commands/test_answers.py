"""`dsexplore answers`: columns, formats and refusals."""

from __future__ import annotations

import csv
import io
import json


def test_answers_to_what_r1_cost_stand_side_by_side(run):
    result = run("answers", "r1")
    assert (result.status, result.err) == (0, "")
    lines = result.out.splitlines()
    rows = {line[:24].strip(): line[24:].split("  ") for line in lines[2:16]}
    assert lines[0] == "What did DeepSeek-R1 cost?"
    assert "$7.585 M" in "".join(rows["computed"]) and "$294,000" in "".join(rows["computed"])
    assert "".join(rows["replaced by"]).count("nature") == 3
    assert "https://www.nature.com/articles/s41586-025-09422-z" in result.out


def test_every_format_has_the_parts_as_numbers(run):
    listed = json.loads(run("answers", "r1", "--format", "json").out)["answers"]
    (nature,) = (one for one in listed if one["id"] == "nature")
    assert nature["includes"]["rl_cost"] == {"value": 284000.0, "unit": "USD"}
    rows = list(csv.DictReader(io.StringIO(run("answers", "v3", "--format", "csv").out)))
    assert {row["id"]: row["cluster_cost"] for row in rows}["fleet"] == "1600000000.0"
    assert "| standing | " in run("answers", "r1", "--format", "markdown").out


def test_questions_are_listed_and_another_is_refused(run):
    assert run("answers").out.splitlines()[0] == "r1  What did DeepSeek-R1 cost?"
    result = run("answers", "nobody")
    assert result.status == 2 and "no question or file 'nobody'" in result.err
