"""Files: read within bounds, and refused in one line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dsexplore.files.reading import LARGEST_FILE
from dsexplore.files.toml import read_toml
from dsexplore.text.refusal import ScenarioError


def refusal_of(path: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_toml(path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ".encode("unicode_escape").decode()[:20])
    assert line.isprintable()
    assert caught.value.allowed
    return line


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "no such file" in refusal_of(tmp_path / "none.toml")


def test_a_directory(tmp_path: Path) -> None:
    assert "a directory" in refusal_of(tmp_path)


def test_a_path_through_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "not a directory" in refusal_of(tmp_path / "file" / "below.toml")


def test_a_pipe_that_nobody_writes_to_does_not_hold_the_program(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    assert "not a regular file" in refusal_of(tmp_path / "pipe.toml")


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_a_device(device: str) -> None:
    assert "not a regular file" in refusal_of(Path(device))


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="a file of Linux")
def test_a_file_that_breaks_off_while_it_is_read() -> None:
    assert "nput/output error" in refusal_of(Path("/proc/self/mem"))


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    assert "null byte" in refusal_of(tmp_path / "a\0b")
    assert "too long" in refusal_of(tmp_path / ("x" * 5000)).lower()


def test_a_name_that_would_command_the_terminal(tmp_path: Path) -> None:
    assert "\\x1b[2J" in refusal_of(tmp_path / "\x1b[2J.toml")


def test_a_file_up_to_the_limit_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_bytes(b"a = 1\n#".ljust(LARGEST_FILE, b"x"))
    assert read_toml(path) == {"a": 1}
    path.write_bytes(b"a = 1\n#".ljust(LARGEST_FILE + 1, b"x"))
    assert f"at most {LARGEST_FILE:,} bytes" in refusal_of(path)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    path.touch()
    os.truncate(path, 1 << 40)
    assert "at most" in refusal_of(path)
