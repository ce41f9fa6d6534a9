"""`dsexplore sweep`: what it prints and writes, and what it refuses."""

from __future__ import annotations

import csv
import importlib.util
import json

import pytest

V3 = ["sweep", "deepseek-v3", "--over", "num_gpus=1024:4096:doubling"]
COST = ["--of", "total_cost,step_time"]


def test_a_table_has_every_point_and_says_what_is_a_gap(run):
    result = run("sweep", "deepseek-v3", "--over", "num_gpus=2048,3000", "--of", "step_time")
    assert (result.status, result.err) == (0, "")
    head, first, second, *_ = result.out.splitlines()
    assert head.split() == ["num_gpus", "step_time"]
    assert first.startswith("   2,048  ")
    assert " s ±" in first
    assert second.split() == ["3,000", "–"]
    assert "1 of 2 points is a gap: at num_gpus 3,000: Data parallel: 3000 GPUs" in result.out


def test_json_holds_points_with_intervals_and_gaps(run):
    found = json.loads(run(*V3, *COST, "--format", "json").out)
    assert found["axes"] == [{"name": "num_gpus", "unit": "GPU", "values": [1024, 2048, 4096]}]
    assert found["quantities"]["total_cost"] == {"unit": "USD"}
    one, two, _ = found["points"]
    assert two["total_cost"] == pytest.approx(5.576e6)
    assert two["total_cost_low"] is None, "hours as measured are as stated"
    assert one["total_cost_low"] < one["total_cost"] < one["total_cost_high"]
    assert found["gaps"] == []


def test_a_file_ends_in_its_format_and_is_not_written_over(run, refused, tmp_path):
    path = tmp_path / "v3.csv"
    assert run(*V3, *COST, "-o", str(path)).status == 0
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["num_gpus"] for row in rows] == ["1024", "2048", "4096"]
    assert float(rows[1]["total_cost"]) == pytest.approx(5.576e6)
    assert "found a file of that name" in refused(*V3, *COST, "-o", str(path))
    assert run(*V3, *COST, "-o", str(path), "--force").status == 0
    assert "the ending '.xyz'" in refused(*V3, *COST, "-o", str(tmp_path / "v3.xyz"))


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is not None, reason="pyarrow is there")
def test_parquet_without_pyarrow_is_refused(refused, tmp_path):
    said = refused(*V3, *COST, "-o", str(tmp_path / "v3.parquet"))
    assert "pyarrow" in said
    assert ".csv" in said


def _text(value):
    """A number from either file as the same text, and words as they are."""
    try:
        return str(float(value))
    except (TypeError, ValueError):
        return value or ""


def test_parquet_holds_what_csv_holds_with_units(run, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    words = ["sweep", "deepseek-v3", "--over", "num_gpus=2048,3000"]
    words += ["--over", "hardware=h800-80gb-sxm,h100-80gb-sxm", "--of", "total_cost,step_time"]
    for name in ("v3.csv", "v3.parquet"):
        assert run(*words, "-o", str(tmp_path / name)).status == 0
    rows = list(csv.DictReader((tmp_path / "v3.csv").read_text().splitlines()))
    table = parquet.read_table(tmp_path / "v3.parquet")
    assert table.column_names == list(rows[0])
    read = [{name: _text(value) for name, value in row.items()} for row in table.to_pylist()]
    assert sorted(map(str, read)) == sorted(
        str({name: _text(text) for name, text in row.items()}) for row in rows
    ), "the same points, in an order of their own"
    assert table.schema.field("step_time").metadata == {b"unit": b"second"}
    assert table.schema.field("num_gpus").metadata == {b"unit": b"GPU"}


def test_a_terminal_draws_one_axis_as_a_curve_and_two_as_a_map(run, monkeypatch):
    monkeypatch.setattr("dsexplore.cli.commands.sweep.terminal_columns", lambda: 80)
    one = run(*V3, "--of", "pretraining_days").out
    assert "pretraining_days by num_gpus, dots: its interval" in one
    two = run(*V3, "--over", "goodput=0.5:1:30", "--of", "total_cost").out
    assert "total_cost by num_gpus (upwards) and goodput" in two
    assert "40 of 90 points; -o FILE writes all." in two
    assert max(map(len, (one + two).splitlines())) <= 80


def test_what_rests_on_a_default_nobody_published_or_lacks_a_part_says_so(run):
    names = ["--of", "cost_with_development,tokens_per_day"]
    notes = json.loads(run(*V3, *names, "--format", "json").out)["notes"]
    assert notes[0].startswith("cost_with_development is at least what it is: experiments_cost")
    assert notes[0] in run(*V3, *names).out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--over", "num_gpus=x:2:3", "--of", "mfu"],
            "--over num_gpus: found 'x'; allowed: a whole",
        ),
        (["--over", "num_gpus=1,2", "--of", "mfoo"], "--of: found unknown result 'mfoo'"),
        (["--over", "num_gpus=1,2", "--of", "num_layers"], "--of: found num_layers, a field"),
        (["--over", "num_gpus=1,2", "--of", "mfu", "--format", "xml"], "--format: found 'xml'"),
    ],
)
def test_what_is_refused(refused, words, said):
    assert said in refused("sweep", "deepseek-v3", *words)
