"""Files: written whole or not at all, and over nobody's work."""

from __future__ import annotations

import fcntl
import os
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

import pytest

from dsexplore.files import writing
from dsexplore.files.writing import FileInTheWayError, write_atomically
from dsexplore.text.refusal import ScenarioError


def refusal_of_writing(path: Path, *, overwrite: bool = True) -> str:
    with pytest.raises(ScenarioError) as caught:
        write_atomically(path, "new\n", overwrite=overwrite)
    line = str(caught.value)
    assert line.startswith(str(path))
    assert line.isprintable()
    return line


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


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


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
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
    assert "no such folder" in refusal_of_writing(tmp_path / "none" / "new.toml")
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


# Nobody's work is lost


def test_a_file_is_replaced_as_long_as_it_is_as_last_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    seen = write_atomically(path, "one\n", overwrite=False)
    seen = write_atomically(path, "two\n", overwrite=True, last_seen=seen)
    assert seen == path.read_bytes() == b"two\n"


@pytest.mark.parametrize("theirs", [b"theirs\n", b"", b"ours\n\n"])
def test_a_file_changed_since_then_stays(theirs: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    seen = write_atomically(path, "ours\n", overwrite=False)
    before = path.stat()
    path.write_bytes(theirs)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(FileInTheWayError) as caught:
        write_atomically(path, "new\n", overwrite=True, last_seen=seen)
    assert caught.value.content == path.read_bytes() == theirs
    assert files_in(tmp_path) == ["a.toml"]


def test_a_file_that_vanished_does_not_come_back_unasked(tmp_path: Path) -> None:
    with pytest.raises(FileInTheWayError, match="no file of that name any more"):
        write_atomically(tmp_path / "a.toml", "new\n", overwrite=True, last_seen=b"old\n")
    assert files_in(tmp_path) == []


def test_a_file_that_became_a_folder_or_too_large_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.mkdir()
    with pytest.raises(ScenarioError, match="found a folder; allowed: a file in it, or a new name"):
        write_atomically(path, "new\n", overwrite=True, last_seen=b"old\n")
    path.rmdir()
    path.write_bytes(b"x" * (1 << 21))
    with pytest.raises(FileInTheWayError) as caught:
        write_atomically(path, "new\n", overwrite=True, last_seen=b"old\n")
    assert caught.value.content is None
    assert path.stat().st_size == 1 << 21


def test_of_writers_at_the_same_moment_none_loses_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_PATIENCE", 60.0)
    path = tmp_path / "a.toml"
    path.write_text("")
    gate = threading.Barrier(3)

    def add_lines(name: str) -> None:
        gate.wait()
        for number in range(20):
            while not add(f"{name} {number}\n"):
                pass

    def add(line: str) -> bool:
        seen = path.read_bytes()
        try:
            write_atomically(path, seen.decode() + line, overwrite=True, last_seen=seen)
        except FileInTheWayError:
            return False
        return True

    with ThreadPoolExecutor() as pool:
        list(pool.map(add_lines, "abc"))
    lines = path.read_text().splitlines()
    assert sorted(lines) == sorted(f"{name} {number}" for name in "abc" for number in range(20))


def test_a_lock_held_for_long_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_PATIENCE", 0.0)
    path = tmp_path / "a.toml"
    path.write_text("old\n")
    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "another program holds locked" in refusal_of_writing(path)
    assert files_in(tmp_path) == ["a.toml"]
    write_atomically(path, "new\n", overwrite=True)


# What a file is stays


@pytest.mark.parametrize("mode", [0o444, 0o400, 0])
def test_a_file_that_may_not_be_written_stays(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    path.write_text("old\n")
    path.chmod(mode)
    assert "a file that may not be written" in refusal_of_writing(path)
    path.chmod(0o600)
    assert path.read_text() == "old\n"
    assert files_in(tmp_path) == ["old.toml"]


_AS_NOBODY = """
import os, sys, tempfile
from pathlib import Path
from dsexplore.files.writing import write_atomically
from dsexplore.text.refusal import ScenarioError
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
try:
    write_atomically(Path(sys.argv[1]), "new\\n", overwrite=True)
except ScenarioError as error:
    print(error.found)
"""


def _written_by_nobody(path: Path) -> str:
    command = [sys.executable, "-c", _AS_NOBODY, str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that everybody may write to; the test's own lies below one for its user alone."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_a_file_of_another_user_stays_though_its_folder_may_be_written(shared_folder: Path) -> None:
    path = shared_folder / "root.toml"
    path.write_text("old\n")
    path.chmod(0o644)
    assert _written_by_nobody(path) == "a file that may not be written\n"
    assert path.read_text() == "old\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_a_file_shared_by_all_keeps_its_owner(shared_folder: Path) -> None:
    path = shared_folder / "shared.toml"
    path.write_text("old, and longer\n")
    path.chmod(0o666)
    before = path.stat()
    assert _written_by_nobody(path) == ""
    assert path.read_text() == "new\n"
    assert (path.stat().st_uid, path.stat().st_ino) == (before.st_uid, before.st_ino)
    assert files_in(shared_folder) == ["shared.toml"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_root_leaves_a_file_to_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "theirs.toml"
    path.write_text("old\n")
    os.chown(path, 65534, 65534)
    write_atomically(path, "new\n", overwrite=True)
    assert (path.read_text(), path.stat().st_uid, path.stat().st_gid) == ("new\n", 65534, 65534)


def test_hard_links_stay_the_same_file(tmp_path: Path) -> None:
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    one.write_text("old, and longer\n")
    os.link(one, other)
    write_atomically(one, "new\n", overwrite=True)
    assert other.read_text() == "new\n"
    assert one.samefile(other)
    assert files_in(tmp_path) == ["one.toml", "other.toml"]


def test_a_full_disk_leaves_a_file_of_two_names_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = tmp_path / "one.toml"
    one.write_text("old\n")
    os.link(one, tmp_path / "other.toml")
    write, calls = os.pwrite, []

    def fill_up(descriptor: int, content: bytes, at: int) -> int:
        calls.append(at)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return (
            write(descriptor, content[:2], at)
            if len(calls) == 1
            else write(descriptor, content, at)
        )

    monkeypatch.setattr(os, "pwrite", fill_up)
    assert "no space left" in refusal_of_writing(one)
    assert one.read_text() == "old\n"


def test_a_dangling_link_leads_to_a_new_file_and_a_loop_to_none(tmp_path: Path) -> None:
    (tmp_path / "link.toml").symlink_to("real.toml")
    write_atomically(tmp_path / "link.toml", "new\n", overwrite=False)
    assert (tmp_path / "real.toml").read_text() == "new\n"
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    assert "no regular file" in refusal_of_writing(tmp_path / "loop.toml")
