"""The journal: no edit is lost with its session, and no session's work is taken while it lives."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dsexplore.document.changes import differences_text
from dsexplore.document.document import Document
from dsexplore.document.journal import Journal, discard, left_behind, unsaved_in
from dsexplore.document.record import LARGEST_RECORD, MOST_STEPS
from dsexplore.document.state import View
from dsexplore.files.locations import NOWHERE
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


def test_branches_and_names_of_states_come_back(folder: Path) -> None:
    journal = Journal(folder)
    document = Document("deepseek-v3", journal)
    document.set("num_layers", 62)
    document.name_state("one more layer")
    document.set("num_layers", 63)
    document.set("num_gpus", 4096)
    document.undo()
    document.set("num_gpus", 8192)
    document.undo()
    document.undo()
    document.set("num_layers", 70)
    tree = [(each.stem, each.state.words, each.is_now) for each in document.history()]
    assert [stem for stem, _, _ in tree] == ["", "", "├─", "│ ├─", "│ ", ""]
    journal.close()

    [work] = left_behind(folder)
    another = Document("deepseek-v3", Journal(folder))
    another.recover(work)
    again = [(each.stem, each.state.words, each.is_now) for each in another.history()]
    assert again[1:] == tree[1:]
    assert "one more layer" in again[1]
    assert another.jump(another.history()[3].number) == "GPUs: 4096"
    assert (another.scenario.value("num_layers"), another.scenario.value("num_gpus")) == (63, 4096)


def test_every_edit_is_on_disk_at_once_and_so_is_every_key_of_one(folder: Path) -> None:
    document = Document("deepseek-v3", Journal(folder))
    for layers in (62, 63, 64):
        document.set("num_layers", layers)
        [file] = kept(folder)
        assert json.loads(file.read_text())["scenario"]["architecture"]["num_layers"] == layers
    document.type("num_layers", "6")
    assert '"num_layers": 6,' in kept(folder)[0].read_text()
    document.type("num_layers", "65")
    typed = kept(folder)[0].read_text()
    assert '"num_layers": 65' in typed
    document.revert("num_layers")
    assert '"num_layers": 64' in kept(folder)[0].read_text()
    document.type("num_layers", "65")
    document.commit()
    committed = json.loads(kept(folder)[0].read_text())
    # A session that ends while one types leaves what it would leave after Enter.
    assert {**json.loads(typed), "when": 0} == {**committed, "when": 0}
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
    assert document.undo() == "Layers: 62", "its own steps come back with it"
    assert document.undo() == "recovering deepseek-v3"
    assert document.scenario == load("llama-3-70b")
    assert document.redo() == "recovering deepseek-v3"
    assert document.redo() == "Layers: 62"
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
    "a time beyond all calendars": {**WHOLE, "when": 1e20},
    "a time before all calendars": {**WHOLE, "when": -1e20},
    "no time": {**WHOLE, "when": math.nan},
    "a number of thousands of digits": b'{"when": 1' + b"0" * 9999 + b"}",
    "a name of another kind": {**WHOLE, "name": ["x"]},
    "NUL in a path": {**WHOLE, "path": "/a\0b"},
    "too large": b" " * (LARGEST_RECORD + 1),
}
ODD: dict[str, dict[str, object]] = {
    "steps of another kind": {"past": 3, "future": {"a": 1}},
    "no steps": {"past": [1, [2], ["x", 3], ["y", {"architecture": 4}]]},
    "steps that cannot be": {"past": [["x", {"architecture": {"num_layers": -1}}]]},
    "deep steps": {"past": [["x", {"architecture": {"num_layers": [[[[[]]]]]}}]]},
    "a view of another kind": {"view": [[], {}, 7], "opened": 5, "baseline": [7]},
    "a view of nothing": {"view": ["no field", "no page", True], "opened": {"no table": {}}},
    "a source that is no file": {"source": "/dev/zero", "claim": "a"},
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


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_work_is_offered_whatever_is_odd_about_it(odd: dict[str, object], folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "odd.json").write_text(json.dumps({**WHOLE, **odd}))
    [work] = left_behind(folder)
    document = Document("llama-3-70b", Journal(folder))
    document.recover(work)
    assert document.scenario == load("deepseek-v3")
    assert document.undo() == "recovering x"


def test_what_is_no_regular_file_is_left_alone(folder: Path) -> None:
    broken_off(folder, layers=62)
    os.mkfifo(folder / "pipe.json")
    os.mkfifo(folder / "pipe.lock")
    (folder / "zero.json").symlink_to("/dev/zero")
    (folder / "loop.json").symlink_to("loop.json")
    (folder / "folder.lock").mkdir()
    assert [work.scenario.value("num_layers") for work in left_behind(folder)] == [62]
    Journal(folder).close()
    assert (folder / "pipe.json").exists()


def test_a_journal_of_the_first_version_opens(folder: Path) -> None:
    folder.mkdir(parents=True)
    changed = load("deepseek-v3").with_values({"num_layers": 62})
    content = {**WHOLE, "name": "deepseek-v3", "scenario": tables(changed)}
    (folder / "18eb6ea87ccf9f28-1669.json").write_text(json.dumps(content))
    document = Document("llama-3-70b", Journal(folder))
    document.recover(left_behind(folder)[0])
    assert document.name == "deepseek-v3"
    assert document.scenario == changed
    assert document.field_change("num_layers") == "was 61"
    assert document.is_modified
    assert left_behind(folder) == []


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
    assert "Unsaved work is not kept" in journal.problem
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
    assert journal.news() == ""
    with no_room(monkeypatch):
        document.set("num_layers", 63)
        assert "No space left on device" in journal.problem
        assert "No space left on device" in journal.news()
        assert journal.news() == "", "said once"
        assert not document.keep()
        document.undo()
        document.redo()
        assert journal.news() == ""
    assert document.scenario.value("num_layers") == 63
    assert '"num_layers": 62' in kept(folder)[0].read_text(), "the last that was written whole"
    assert document.keep()
    assert journal.news() == "Unsaved work is kept again."
    assert '"num_layers": 63' in kept(folder)[0].read_text()


def test_what_a_full_disk_refused_is_kept_later_whatever_is_open(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(folder)
    document = Document("deepseek-v3", journal)
    with no_room(monkeypatch):
        document.set("num_layers", 62)
        document.open("llama-3-70b")
    document.set("num_layers", 77)
    journal.close()
    assert {work.name: work.scenario.value("num_layers") for work in left_behind(folder)} == {
        "deepseek-v3": 62,
        "llama-3-70b": 77,
    }


def test_with_nothing_left_to_keep_nothing_shows_that_there_is_room_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(folder)
    document = Document("deepseek-v3", journal)
    with no_room(monkeypatch):
        document.set("num_layers", 62)
        document.undo()
        assert "No space left" in journal.problem
    assert document.keep(), "there is nothing to keep"


@contextmanager
def no_room(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Files are made, and nothing can be written into them, as on a full disk."""

    def full(file: Path, content: bytes) -> None:
        file.touch()
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("dsexplore.document.journal._write_new", full)
        yield


def test_a_folder_that_goes_away_is_made_again(folder: Path) -> None:
    journal = Journal(folder)
    document = Document("deepseek-v3", journal)
    document.set("num_layers", 62)
    folder.rename(folder.with_name("moved"))
    folder.touch()
    document.set("num_layers", 63)
    assert journal.problem
    folder.unlink()
    document.set("num_layers", 64)
    assert journal.problem == ""
    assert left_behind(folder) == [], "and is locked again"
    journal.close()
    assert left_behind(folder)[0].scenario.value("num_layers") == 64


# Every document of a session


def test_every_unsaved_document_is_kept_until_it_is_as_opened_again(
    folder: Path, tmp_path: Path
) -> None:
    journal = Journal(folder)
    document = Document("deepseek-v3", journal)
    document.set("num_layers", 77)
    document.open("llama-3-70b")
    document.set("num_gpus", 8)
    cheap = load("deepseek-v3").with_values({"price_per_gpu_hour": 1})
    document.open_changed("deepseek-v3", cheap, "claim a")
    assert [state.current.name for state in document.unsaved()] == ["llama-3-70b", "deepseek-v3"]
    assert len(kept(folder)) == 2, "the claim can be opened again"
    document.set("num_layers", 5)
    assert len(kept(folder)) == 3
    document.save(tmp_path / "mine.toml", overwrite=False)
    assert len(kept(folder)) == 2
    while document.undo():
        pass
    assert document.scenario == load("deepseek-v3")
    assert kept(folder) == []
    while document.redo():
        pass
    assert kept_names(folder) == ["deepseek-v3", "llama-3-70b"]
    journal.close()
    assert len(left_behind(folder)) == 2


def kept_names(folder: Path) -> list[str]:
    return sorted(json.loads(file.read_text())["name"] for file in kept(folder))


def test_what_is_given_up_by_name_is_kept_no_longer(folder: Path) -> None:
    document = Document("deepseek-v3", Journal(folder))
    document.set("num_layers", 77)
    document.open("llama-3-70b")
    document.set("num_gpus", 8)
    open_one, other = document.unsaved()
    document.give_up(other)
    assert kept_names(folder) == ["llama-3-70b"]
    document.give_up(open_one)
    assert kept(folder) == []
    assert document.scenario == load("llama-3-70b")
    assert document.undo() == "giving up changes of llama-3-70b"
    assert kept_names(folder) == ["llama-3-70b"]


def test_work_taken_over_beside_ones_own_of_the_same_name_is_another_document(
    folder: Path,
) -> None:
    broken_off(folder, layers=62)
    document = Document("deepseek-v3", Journal(folder))
    document.set("num_layers", 77)
    document.recover(left_behind(folder)[0])
    assert [state.current.name for state in document.unsaved()] == [
        "deepseek-v3 (2)",
        "deepseek-v3",
    ]
    assert len(kept(folder)) == 2


def test_lost_work_stays_where_it_is_until_it_is_kept_here(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_off(folder, layers=62)
    document = Document("llama-3-70b", Journal(folder))
    with no_room(monkeypatch):
        document.recover(left_behind(folder)[0])
        assert len(left_behind(folder)) == 1
    without = Document("llama-3-70b")
    without.recover(left_behind(folder)[0])
    assert len(left_behind(folder)) == 1


# Where one was


def test_recovery_brings_back_the_steps_the_baseline_and_the_view(folder: Path) -> None:
    journal = Journal(folder)
    document = Document("deepseek-v3", journal)
    document.view = lambda: View("num_gpus", "Memory", on_results=True)
    document.set("num_layers", 62)
    document.open("llama-3-70b")
    document.set_baseline()
    document.open("deepseek-v3")
    document.set("num_layers", 63)
    document.set("num_gpus", 4096)
    document.set("num_layers", 64)
    document.undo()
    journal.close()
    after = Document("qwen3-8b")
    assert after.recover(left_behind(folder)[0]) == View("num_gpus", "Memory", on_results=True)
    assert after.state.baseline.scenario == load("llama-3-70b")
    assert after.state.baseline.name == "llama-3-70b"
    assert after.redo() == "Layers: 64"
    names = []
    while name := after.undo():
        names.append(name)
        if name == "Layers: 62":
            assert after.scenario == load("deepseek-v3"), "sources and notes included"
    assert names == ["Layers: 64", "GPUs: 4096", "Layers: 63", "Layers: 62",
                     "recovering deepseek-v3"]  # fmt: skip


def test_the_cost_of_an_edit_does_not_grow_with_history(folder: Path) -> None:
    document = Document("deepseek-v3", Journal(folder))
    for number in range(MOST_STEPS + 20):
        document.set("num_layers", 62 + number % 2)
    [file] = kept(folder)
    assert len(json.loads(file.read_text())["past"]) == MOST_STEPS
    assert file.stat().st_size < 1 << 17


def test_a_claim_comes_back_as_a_claim(folder: Path) -> None:
    cheap = load("deepseek-v3").with_values({"price_per_gpu_hour": 1})
    journal = Journal(folder)
    document = Document("llama-3-70b", journal)
    document.open_changed("deepseek-v3", cheap, "claim a")
    document.set("num_layers", 77)
    journal.close()
    after = Document("llama-3-70b")
    [work] = left_behind(folder)
    assert differences_text(work.scenario, work.as_opened()) == "1 field: Layers 61 → 77"
    after.recover(work)
    assert after.place == "claim a"
    assert after.field_change("price_per_gpu_hour") == "was $2"
    assert after.undo() == "Layers: 77"
    assert not after.is_modified


# Other sessions


def test_what_a_living_session_has_open_is_named_and_can_be_copied(folder: Path) -> None:
    journal = Journal(folder)
    document = Document("deepseek-v3", journal)
    document.set("num_layers", 62)
    began = time.time()
    with another_session(folder) as session:
        [work] = unsaved_in(folder, but=journal.session)
        assert work.holder is not None
        assert work.holder.pid == session.pid
        assert began - 1 <= work.holder.since <= time.time() + 1
        discard(work)
        document.recover(work)
        assert document.scenario.value("num_layers") == 77
        assert len(kept(folder)) == 3, "a copy; the other session keeps its own"


def test_what_dead_sessions_leave_beside_their_work_is_swept_away(folder: Path) -> None:
    broken_off(folder)
    (folder / "18-7.lock").touch()
    (folder / "18-7.3.new").touch()
    with another_session(folder):
        journal = Journal(folder)
        endings = sorted(file.suffix for file in folder.iterdir())
        assert endings == [".json", ".json", ".lock", ".lock"]
        journal.close()


@pytest.mark.parametrize("moment", range(3))
def test_a_kill_at_any_moment_leaves_what_was_kept_last(
    moment: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(folder)
    document = Document("deepseek-v3", journal)
    document.set("num_layers", 62)
    [before] = kept(folder)
    content = before.read_bytes()

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    def half(file: Path, content: bytes) -> None:
        file.write_bytes(content[: len(content) // 2])
        raise Killed

    place = ("os.open", "dsexplore.document.journal._write_new", "pathlib.Path.replace")[moment]
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(place, half if moment == 1 else killed)
        document.set("num_layers", 63)
    assert before.read_bytes() == content
    journal.close()
    assert left_behind(folder)[0].scenario.value("num_layers") == 62


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


def test_a_user_without_a_home_folder_is_told_so() -> None:
    journal = Journal(NOWHERE / ".local" / "state" / "dsexplore" / "journal")
    assert journal.problem == "Unsaved work is not kept: this user has no home folder."
    document = Document("deepseek-v3", journal)
    document.set("num_layers", 62)
    assert not document.keep()


def test_words_that_changed_are_said_too() -> None:
    document = Document("deepseek-v3")
    opened = document.scenario
    document.set_words("Mine", opened.description, {"hidden_size": "as published"})
    assert differences_text(document.scenario, opened) == "title, 1 note"
    document.set("num_layers", 77)
    assert differences_text(document.scenario, opened) == "1 field: Layers 61 → 77; title, 1 note"
