"""`dsexplore report`: what is written, and where."""

from __future__ import annotations

from pathlib import Path


def test_a_report_is_written_in_the_format_of_its_ending(run, tmp_path: Path):
    path = tmp_path / "twice.html"
    result = run("report", "deepseek-v3", "--set", "pretraining_tokens=29.6T", "-o", str(path))
    assert (result.status, result.err) == (0, f"dsexplore: wrote {path}\n")
    page = path.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and "29.6T" in page and "<svg" in page
    assert run("report", "deepseek-v3", "-o", str(path)).status == 2, "nothing is replaced unasked"


def test_scenarios_beside_each_other_say_what_makes_the_difference(run):
    out = run("report", "deepseek-r1-epoch", "--against", "deepseek-r1", "--only", "rl_cost").out
    assert "| Questions per step | ÷ 32 |" in out
    assert "| $2.013 M | $284,000 |" in out


def test_an_unknown_result_is_refused(run):
    result = run("report", "deepseek-v3", "--only", "totl_cost")
    assert result.status == 2 and "unknown name 'totl_cost'" in result.err
