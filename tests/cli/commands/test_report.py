"""`dsexplore report`: what is written, and where."""

from __future__ import annotations

from pathlib import Path

import pytest


def test_a_report_is_written_in_the_format_of_its_ending(run, tmp_path: Path):
    path = tmp_path / "twice.html"
    result = run("report", "deepseek-v3", "--set", "pretraining_tokens=29.6T", "-o", str(path))
    assert (result.status, result.err) == (0, f"dsexplore: wrote {path}\n")
    page = path.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and "29.6T" in page and "<svg" in page
    assert run("report", "deepseek-v3", "-o", str(path)).status == 2, "nothing is replaced unasked"


def test_scenarios_beside_each_other_say_what_makes_the_difference(run):
    out = run("report", "deepseek-r1-epoch", "--against", "deepseek-r1", "--only", "rl_cost").out
    assert "| ÷ 32 | questions\\_per\\_step | 1024 → 32 |" in out
    assert "| rl\\_cost | $2.013 M | $284,000 | ÷ 7.089 |" in out


def test_an_unknown_result_is_refused(run):
    result = run("report", "deepseek-v3", "--only", "totl_cost")
    assert result.status == 2 and "unknown name 'totl_cost'" in result.err


@pytest.mark.parametrize(
    "words",
    [
        ["report", "deepseek-v3"],
        ["eval", "deepseek-v3"],
        ["compare", "deepseek-v3", "llama-3-8b"],
        ["claims"],
        ["answers", "r1"],
        ["sweep", "deepseek-v3", "--over", "goodput=0.8,1", "--of", "total_cost"],
        ["simulate", "deepseek-v3"],
        ["sensitivity", "deepseek-v3", "--of", "total_cost"],
        ["search", "deepseek-v3"],
        ["service", "deepseek-serving"],
    ],
    ids=lambda words: words[0],
)
def test_an_unknown_ending_is_refused_before_the_work(refused, tmp_path: Path, words):
    said = refused(*words, "-o", str(tmp_path / "x.xyz"))
    assert "-o: found the ending '.xyz'; allowed: ." in said
    assert not list(tmp_path.iterdir())


def test_likely_and_sweep_are_pictures_of_the_first_result(run, refused):
    words = ["report", "deepseek-v3", "--only", "step_time"]
    out = run(*words, "--likely", "--sweep", "goodput=0.8,1").out
    assert "## How likely is step\\_time" in out and "## step\\_time by goodput" in out
    assert "--against as well" in refused(*words, "--likely", "--against", "llama-3-8b")
