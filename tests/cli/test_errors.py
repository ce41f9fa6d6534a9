"""A fault of the program's own: one line and a report, never a traceback on the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsexplore.cli.commands import eval as eval_command


@pytest.fixture
def broken(tmp_path, monkeypatch):
    def fall(words):
        raise RuntimeError("it is broken")

    monkeypatch.setattr(eval_command, "run", fall)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    return tmp_path


def told(run):
    result = run("eval", "deepseek-v3")
    assert (result.status, result.out) == (1, "")
    assert result.err.count("\n") == 1
    assert result.err.startswith("dsexplore: stopped on a fault of its own; ")
    return result.err.rstrip()


def test_a_report_lies_in_the_state_folder(broken, run):
    report = Path(told(run).rpartition("report: ")[2])
    assert report.parent == broken / "state" / "dsexplore" / "reports"
    assert "RuntimeError: it is broken" in report.read_text()


def test_a_report_lies_in_the_temporary_folder_where_the_state_folder_cannot_be_made(broken, run):
    (broken / "state").write_text("no folder")
    report = Path(told(run).rpartition("report: ")[2])
    assert report.is_relative_to(broken / "temporary")
    assert "RuntimeError: it is broken" in report.read_text()


def test_nowhere_to_write_is_said_in_the_same_line(broken, run):
    (broken / "state").write_text("no folder")
    (broken / "temporary").rmdir()
    assert "no report could be written" in told(run)


def test_reports_do_not_pile_up(broken, run):
    folder = broken / "state" / "dsexplore" / "reports"
    folder.mkdir(parents=True)
    for number in range(40):
        (folder / f"report-20200101-0000{number:02}-1.txt").write_text("old")
    report = Path(told(run).rpartition("report: ")[2])
    assert report.exists()
    assert len(list(folder.iterdir())) == 20
