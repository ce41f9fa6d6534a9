"""The journal: no edit is lost with its session, and no session's work is taken while it lives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dsexplore.document.document import Document
from dsexplore.document.journal import Journal, discard, left_behind
from dsexplore.library.open import load
from dsexplore.library.saving import tables

# A session of its own: opens, edits, says so, and lives until its input ends.
SESSION = """
import sys
from pathlib import Path
from dsexplore.document.document import Document
from dsexplore.document.journal import Journal
document = Document("llama-3-70b", Journal(Path(sys.argv[1])))
document.set("num_layers", "77")
print("edited", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal"


@contextmanager
def another_session(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", SESSION, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as session:
        assert session.stdout is not None
        assert session.stdout.readline() == "edited\n"
        yield session
        session.kill()


def broken_off(folder: Path, layers: int = 62) -> None:
    """A session in this process that ends without saving."""
    journal = Journal(folder)
    Document("deepseek-v3", journal).set("num_layers", layers)
    journal.close()


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


def test_a_session_without_an_edit_leaves_nothing(folder: Path) -> None:
    journal = Journal(folder)
    Document("deepseek-v3", journal)
    assert kept(folder) == []
    journal.close()
    assert left_behind(folder) == []
    assert list(folder.iterdir()) == []


def test_every_committed_edit_is_on_disk_at_once(folder: Path) -> None:
    document = Document("deepseek-v3", Journal(folder))
    for layers in (62, 63, 64):
        document.set("num_layers", layers)
        [file] = kept(folder)
        assert json.loads(file.read_text())["scenario"]["architecture"]["num_layers"] == layers
    document.type("num_layers", "65")
    assert '"num_layers": 64' in kept(folder)[0].read_text()
    document.commit()
    assert '"num_layers": 65' in kept(folder)[0].read_text()
    document.undo()
    assert '"num_layers": 64' in kept(folder)[0].read_text()


def test_work_that_is_undone_or_saved_is_not_kept(folder: Path, tmp_path: Path) -> None:
    document = Document("deepseek-v3", Journal(folder))
    document.set("num_layers", 62)
    document.undo()
    assert kept(folder) == []
    document.redo()
    assert len(kept(folder)) == 1
    document.save(tmp_path / "mine.toml", overwrite=False)
    assert kept(folder) == []
    document.set("num_layers", 63)
    assert len(kept(folder)) == 1


def test_a_session_that_ends_leaves_its_work_to_the_next(folder: Path) -> None:
    broken_off(folder, layers=62)
    [work] = left_behind(folder)
    assert work.name == "deepseek-v3"
    assert work.path is None
    assert work.scenario == load("deepseek-v3").with_values({"num_layers": 62})


def test_a_killed_session_leaves_its_work_and_a_living_one_keeps_it(folder: Path) -> None:
    with another_session(folder) as session:
        assert left_behind(folder) == []
        assert len(kept(folder)) == 1
        session.kill()
        session.wait()
        [work] = left_behind(folder)
        assert work.scenario.value("num_layers") == 77


def test_sessions_side_by_side_do_not_meet(folder: Path) -> None:
    with another_session(folder):
        document = Document("deepseek-v3", Journal(folder))
        document.set("num_layers", 62)
        assert len(kept(folder)) == 2
        document.undo()
        [theirs] = kept(folder)
        assert '"num_layers": 77' in theirs.read_text()


def test_the_newest_work_comes_first(folder: Path) -> None:
    for layers in (62, 63, 64):
        broken_off(folder, layers)
    assert [work.scenario.value("num_layers") for work in left_behind(folder)] == [64, 63, 62]


def test_work_that_is_taken_over_is_a_step_that_can_be_undone(folder: Path) -> None:
    broken_off(folder, layers=62)
    journal = Journal(folder)
    document = Document("llama-3-70b", journal)
    document.recover(left_behind(folder)[0])
    assert document.name == "deepseek-v3"
    assert document.scenario.value("num_layers") == 62
    assert document.field_change("num_layers") == "was 61", "against what the work began from"
    assert document.is_modified
    assert left_behind(folder) == []
    assert len(kept(folder)) == 1, "it is this session's work now"
    assert document.undo() == "recovering deepseek-v3"
    assert document.scenario == load("llama-3-70b")
    assert kept(folder) == []
    assert document.redo() == "recovering deepseek-v3"
    journal.close()
    assert left_behind(folder)[0].scenario.value("num_layers") == 62


def test_work_on_a_file_comes_back_to_that_file(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    journal = Journal(folder)
    document = Document("deepseek-v3", journal)
    document.save(path, overwrite=False)
    document.set("num_layers", 62)
    journal.close()
    after = Document("llama-3-70b")
    after.recover(left_behind(folder)[0])
    assert after.state.path == path
    assert after.name == "mine.toml"
    assert after.is_modified
    after.save(path, overwrite=True)
    assert Document(str(path)).scenario.value("num_layers") == 62


def test_work_that_nobody_wants_is_forgotten(folder: Path) -> None:
    broken_off(folder)
    discard(left_behind(folder)[0])
    assert left_behind(folder) == []
    assert list(folder.iterdir()) == []


WHOLE = {"name": "x", "path": "", "when": 1.0, "scenario": tables(load("deepseek-v3"))}
BROKEN: dict[str, bytes | dict[str, object]] = {
    "empty": b"",
    "cut off": b'{"name": ',
    "no table": b"null",
    "a list": b"[]",
    "no text": b"\xff\x00",
    "deep lists": b"[" * 100_000,
    "deep tables": b'{"a":' * 100_000,
    "no scenario": {key: WHOLE[key] for key in ("name", "path", "when")},
    "an empty scenario": {**WHOLE, "scenario": None},
    "a bad value": {**WHOLE, "scenario": {"schema": 1, "architecture": {"num_layers": -1}}},
    "a bad table": {**WHOLE, "scenario": {"schema": 1, "sources": {"x": {"y": 1}}}},
    "a bad path": {**WHOLE, "path": 3},
    "a bad time": {**WHOLE, "when": "yesterday"},
    "a huge time": {**WHOLE, "when": 10**400},
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_journal_is_passed_over_and_the_others_are_offered(
    content: bytes | dict[str, object], folder: Path
) -> None:
    broken_off(folder, layers=62)
    written = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / "broken.json").write_bytes(written)
    (folder / "folder.json").mkdir()
    assert [work.scenario.value("num_layers") for work in left_behind(folder)] == [62]
    assert (folder / "broken.json").exists(), "what cannot be read is not thrown away either"


def test_a_journal_of_a_scenario_that_a_later_version_cannot_read_is_passed_over(
    folder: Path,
) -> None:
    broken_off(folder)
    [file] = kept(folder)
    content = json.loads(file.read_text())
    content["scenario"]["architecture"]["a_field_that_is_gone"] = 1
    file.write_text(json.dumps(content))
    assert left_behind(folder) == []


def test_a_folder_that_cannot_be_written_is_said_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    journal = Journal(tmp_path / "file" / "journal")
    assert "unsaved work is not kept" in journal.problem
    assert str(tmp_path / "file") in journal.problem
    document = Document("deepseek-v3", journal)
    document.set("num_layers", 62)
    document.undo()
    document.redo()
    document.save(tmp_path / "mine.toml", overwrite=False)
    journal.close()
    assert left_behind(tmp_path / "file" / "journal") == []


def test_a_disk_that_fills_up_is_said_and_stops_no_edit(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(folder)
    document = Document("deepseek-v3", journal)
    document.set("num_layers", 62)
    assert journal.problem == ""

    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        document.set("num_layers", 63)
    assert "No space left on device" in journal.problem
    assert document.scenario.value("num_layers") == 63
    assert '"num_layers": 62' in kept(folder)[0].read_text(), "the last that was written whole"


def test_a_folder_that_goes_away_stops_nothing(folder: Path) -> None:
    journal = Journal(folder)
    document = Document("deepseek-v3", journal)
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    document.set("num_layers", 62)
    assert journal.problem
    document.undo()
    journal.close()


def test_nobody_else_may_read_what_is_kept(folder: Path) -> None:
    broken_off(folder)
    assert folder.stat().st_mode & 0o077 == 0


def test_two_sessions_of_one_process_and_one_moment_have_files_of_their_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Journal(folder), Journal(folder)
    Document("deepseek-v3", first).set("num_layers", 62)
    Document("deepseek-v3", second).set("num_layers", 63)
    assert len(kept(folder)) == 2
    assert all(f"-{os.getpid()}" in file.name for file in kept(folder))
    first.close()
    assert [work.scenario.value("num_layers") for work in left_behind(folder)] == [62]
