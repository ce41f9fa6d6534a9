"""A sample of the spoilt files of `python -m tests.fuzz`, and that its guard sees what it must."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz.guard import Guard
from tests.fuzz.run import Fuzzer, Limits


def test_spoilt_files_are_read_or_refused_and_do_nothing_else(tmp_path: Path) -> None:
    folder, keep = tmp_path / "work", tmp_path / "kept"
    folder.mkdir()
    told: list[str] = []
    # How long it takes depends on what else runs here: the long form asks for 2 s.
    fuzzer = Fuzzer(folder, 11, Limits(seconds=50, patience=600))
    outcome = fuzzer.run(range(80), keep, told.append)
    assert told == []
    assert outcome.files == sum(outcome.verdicts.values()) == 80
    assert outcome.verdicts["read"] > 8
    assert outcome.verdicts["refused"] > 30


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        (lambda: subprocess.run([sys.executable, "-c", ""], check=True), "subprocess.Popen"),
        (lambda: eval("1 + 1"), "<string>"),  # that it is seen is the point
        (lambda: Path("/etc/passwd").read_bytes(), "/etc/passwd"),
        (lambda: Path("/nowhere/x").touch(), "/nowhere/x"),
        (lambda: Path("/nowhere/x").mkdir(), "os.mkdir"),
        (lambda: os.system("true"), "os.system"),
    ],
)
def test_the_guard_sees_what_a_file_might_do(
    deed: Callable[[], object], said: str, tmp_path: Path
) -> None:
    guard = Guard(tmp_path)
    try:
        with guard.watching(may_write=True):
            deed()
    except OSError:
        pass
    assert any(said in found for found in guard.seen), guard.seen


def test_the_guard_lets_a_file_be_read_and_written_beside(tmp_path: Path) -> None:
    guard = Guard(tmp_path)
    with guard.watching(may_write=True):
        (tmp_path / "a").write_text("x")
        (tmp_path / "a").rename(tmp_path / "b")
        assert (tmp_path / "b").read_text() == "x"
    assert guard.seen == []
    with guard.watching():
        (tmp_path / "b").write_text("y")
    assert guard.seen
