"""Files: read within bounds and refused in one line, written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsexplore.files.toml import LARGEST_FILE, parse_toml, read_toml, write_atomically
from dsexplore.text.refusal import ScenarioError


def refusal_of(path: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_toml(path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ".encode("unicode_escape").decode()[:20])
    assert line.isprintable()
    assert caught.value.allowed
    return line


def refusal_of_writing(path: Path, *, overwrite: bool = True) -> str:
    with pytest.raises(ScenarioError) as caught:
        write_atomically(path, "new\n", overwrite=overwrite)
    line = str(caught.value)
    assert line.startswith(str(path))
    assert line.isprintable()
    return line


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Reading


def test_a_file_is_read_as_toml_in_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "a file.toml"
    path.write_bytes('title = "größer – 大"\n[table]\nnumber = 14.8e12\n'.encode())
    assert read_toml(path) == {"title": "größer – 大", "table": {"number": 14.8e12}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"schema = ", "no TOML (Invalid value (at end of document))"),
        (b"a = 1\na = 2\n", "line 2"),
        (b"\xff\xfe", "not UTF-8 at 0"),
        (b"title = '\xff'", "not UTF-8 at 9"),
        (b"\x00", "no TOML"),
        (b"a = " + b"[" * 100_000, "nested too deep"),
        (b"a = " + b"9" * 5000, "thousands of digits"),
        (b"a" + b".a" * 100_000 + b" = 1", "a key of more than"),
        (b"[a" + b".a" * 100_000 + b"]", "a key of more than"),
        (b'a = "\x1b[2J"', "no TOML"),
    ],
)
def test_what_is_no_toml_is_refused_in_one_line(content: bytes, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_toml(content)
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60) | st.text("[]{}=.,\"'#\n\\ a1-e", max_size=60).map(str.encode))
def test_any_bytes_are_tables_or_a_refusal(content: bytes) -> None:
    try:
        assert isinstance(parse_toml(content), dict)
    except ScenarioError as error:
        assert str(error).isprintable()


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


# Writing


def test_a_new_file_is_written_whole(tmp_path: Path) -> None:
    write_atomically(tmp_path / "new.toml", "größer\n", overwrite=False)
    assert (tmp_path / "new.toml").read_bytes() == "größer\n".encode()
    assert files_in(tmp_path) == ["new.toml"]


def test_a_file_that_is_there_stays_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    path.write_text("old\n")
    assert "a file of that name; allowed: a new name" in refusal_of_writing(path, overwrite=False)
    assert path.read_text() == "old\n"
    write_atomically(path, "new\n", overwrite=True)
    assert path.read_text() == "new\n"
    assert files_in(tmp_path) == ["old.toml"]


def test_a_file_that_appears_while_writing_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new.toml"
    flush = os.fsync

    def another_program_is_quicker(descriptor: int) -> None:
        path.write_text("theirs\n")
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", another_program_is_quicker)
    assert "a file of that name" in refusal_of_writing(path, overwrite=False)
    assert path.read_text() == "theirs\n"
    assert files_in(tmp_path) == ["new.toml"]


@pytest.mark.parametrize("broken", ["fsync", "replace", "chmod", "fdopen"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file_and_nothing_beside(
    broken: str, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.toml"
    path.write_text("old\n")

    def fail(*arguments: Any, **options: Any) -> NoReturn:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, broken, fail)
        with pytest.raises((ScenarioError, KeyboardInterrupt)) as caught:
            write_atomically(path, "new\n", overwrite=True)
    if isinstance(error, OSError):
        assert str(caught.value) == (
            f"{path}: found no space left on device; allowed: a writable place"
        )
    assert path.read_text() == "old\n"
    assert files_in(tmp_path) == ["old.toml"]


def test_a_failure_leaves_no_new_file_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int) -> NoReturn:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    refusal_of_writing(tmp_path / "new.toml", overwrite=False)
    assert files_in(tmp_path) == []


def test_what_is_on_disk_was_flushed_before_it_took_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.toml"
    path.write_text("old\n")
    seen: list[str] = []
    flush = os.fsync

    def look(descriptor: int) -> None:
        seen.append(path.read_text())
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    write_atomically(path, "new\n", overwrite=True)
    assert seen == ["old\n", "new\n"], "the file, and then the folder that names it"


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o444])
def test_permissions_are_kept(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    path.write_text("old\n")
    path.chmod(mode)
    write_atomically(path, "new\n", overwrite=True)
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_new_file_has_the_permissions_that_any_program_would_give_it(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_atomically(tmp_path / "ours", "new\n", overwrite=False)
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" / "real.toml"
    target.write_text("old\n")
    link = tmp_path / "link.toml"
    link.symlink_to(target)
    assert "a file of that name" in refusal_of_writing(link, overwrite=False)
    write_atomically(link, "new\n", overwrite=True)
    assert link.is_symlink()
    assert target.read_text() == "new\n"
    assert files_in(tmp_path / "elsewhere") == ["real.toml"]


@pytest.mark.parametrize("overwrite", [True, False])
def test_what_is_no_file_is_not_written_over(overwrite: bool, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe"):
        refusal_of_writing(tmp_path / name, overwrite=overwrite)
    assert files_in(tmp_path) == ["folder", "pipe"]
    assert files_in(tmp_path / "folder") == []


def test_a_place_that_is_not_there(tmp_path: Path) -> None:
    assert "no such file" in refusal_of_writing(tmp_path / "none" / "new.toml")
    (tmp_path / "file").touch()
    assert "not a directory" in refusal_of_writing(tmp_path / "file" / "new.toml")


def test_a_long_name_is_as_good_as_a_short_one(tmp_path: Path) -> None:
    name = "ü" * 120 + ".toml"
    write_atomically(tmp_path / name, "new\n", overwrite=False)
    assert files_in(tmp_path) == [name]


def test_a_disk_without_hard_links_takes_a_new_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: Any, **options: Any) -> NoReturn:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write_atomically(tmp_path / "new.toml", "new\n", overwrite=False)
    assert (tmp_path / "new.toml").read_text() == "new\n"
    assert "a file of that name" in refusal_of_writing(tmp_path / "new.toml", overwrite=False)
    assert files_in(tmp_path) == ["new.toml"]
