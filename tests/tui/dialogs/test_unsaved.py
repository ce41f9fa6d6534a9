"""Unsaved work: every document is asked for on leaving, and every lost one is offered by name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dsexplore.document.document import Document
from dsexplore.document.journal import Journal
from dsexplore.document.state import View
from dsexplore.library.open import load
from dsexplore.library.saving import save
from dsexplore.tui.dialogs.leave import LeaveDialog
from dsexplore.tui.dialogs.recover import RecoverDialog
from dsexplore.tui.settings import Settings
from tests.tui.explorer import WIDE, Explorer, Start

KEEP, SAVE, GIVE_UP, STAY, FIRST, SECOND = range(6)

# A session of its own: opens, edits, says so, and lives until its input ends.
SESSION = """
import sys
from pathlib import Path
from dsexplore.document.document import Document
from dsexplore.document.journal import Journal
Document("llama-3-70b", Journal(Path(sys.argv[1]))).set("num_layers", "77")
print("edited", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "xdg_state_home" / "dsexplore" / "journal"


def kept(folder: Path) -> int:
    return len(list(folder.glob("*.json")))


async def edit_two(user: Explorer) -> None:
    """Change one document and then another."""
    await user.press("right")
    user.main.session.run(lambda: user.document.open("llama-3-70b"))
    await user.press("right")


async def leave(user: Explorer, downs: int) -> None:
    await user.press("q")
    assert isinstance(user.app.screen, LeaveDialog)
    await user.press(*["down"] * downs, "enter")


def is_over(user: Explorer) -> bool:
    return user.app._exit


def lose(folder: Path, name: str = "llama-3-8b", layers: int = 7) -> None:
    """A session that ends without saving."""
    lost = Journal(folder)
    document = Document(name, lost)
    document.view = lambda: View("num_gpus", "Memory", on_results=True)
    document.set("num_layers", layers)
    lost.close()


@contextmanager
def no_room(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def full(file: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("dsexplore.document.journal._write_new", full)
        yield


# Leaving


async def test_leaving_names_every_unsaved_document(explore: Start, folder: Path) -> None:
    async with explore(journal=folder) as user:
        await edit_two(user)
        await user.press("q")
        assert "2 documents have unsaved changes." in user.shown
        assert "deepseek-v3  1 field: Layers 61 → 62" in user.shown
        assert "llama-3-70b  1 field: Layers 80 → 81" in user.shown
        await user.press("escape")
        assert not is_over(user)
        assert user.app.screen is user.main


async def test_leaving_keeps_all_unsaved_work(explore: Start, folder: Path) -> None:
    async with explore(journal=folder) as user:
        await edit_two(user)
        await leave(user, KEEP)
        assert is_over(user)
    assert kept(folder) == 2


async def test_leaving_gives_all_up(explore: Start, folder: Path) -> None:
    async with explore(journal=folder) as user:
        await edit_two(user)
        await leave(user, GIVE_UP)
        assert is_over(user)
    assert kept(folder) == 0


async def test_staying(explore: Start) -> None:
    async with explore() as user:
        await edit_two(user)
        await leave(user, STAY)
        assert not is_over(user)
        assert user.document.scenario.value("num_layers") == 81


async def test_leaving_saves_one_after_the_other(
    explore: Start, folder: Path, own_folders: Path
) -> None:
    save(load("deepseek-v3"), own_folders / "mine.toml", overwrite=False)
    async with explore("mine.toml", journal=folder) as user:
        await edit_two(user)
        await leave(user, SAVE)
        assert "Save llama-3-70b as" in user.shown, "a preset needs a name; a file has one"
        await user.press("enter")
        assert is_over(user)
    assert load("mine.toml").value("num_layers") == 62
    assert load("llama-3-70b.toml").value("num_layers") == 81
    assert kept(folder) == 0


async def test_escaping_from_a_name_stays(explore: Start, folder: Path) -> None:
    async with explore(journal=folder) as user:
        await edit_two(user)
        await leave(user, SAVE)
        await user.press("escape")
        assert not is_over(user)
        assert len(user.document.unsaved()) == 2
        await user.press("W")
        await user.press("enter")
        assert not is_over(user), "a later save has nothing to do with leaving"


async def test_each_document_can_be_decided_about_alone(
    explore: Start, folder: Path, own_folders: Path
) -> None:
    async with explore(journal=folder) as user:
        await edit_two(user)
        await leave(user, SECOND)
        assert "deepseek-v3  1 field" in user.shown
        await user.press("escape")
        assert "2 documents" in user.shown
        await user.press(*["down"] * SECOND, "enter")
        await user.press("down", "down", "enter")
        assert "llama-3-70b has unsaved changes." in user.shown
        assert kept(folder) == 1
        await user.press(*["down"] * FIRST, "enter")
        await user.press("down", "enter")
        await user.press("enter")
        assert is_over(user), "nothing is left to ask about"
    assert (own_folders / "llama-3-70b.toml").exists()
    assert kept(folder) == 0


async def test_what_cannot_be_kept_is_said_at_once_and_asked_about_again(
    explore: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with explore(journal=folder, size=WIDE) as user:
        with no_room(monkeypatch):
            await user.press("right")
            assert "not kept: No space left on device" in user.message
            await user.press("right")
            assert user.message == ""
            assert "unsaved work is not kept" in user.shown, "the message went with the key"
            await leave(user, KEEP)
            assert not is_over(user)
            assert isinstance(user.app.screen, LeaveDialog)
            assert "No space left on device" in user.shown
        await user.press("escape")
        await user.press("right")
        assert user.message == "Unsaved work is kept again."
        assert "not kept" not in user.shown
        await leave(user, KEEP)
        assert is_over(user)
    assert kept(folder) == 1


async def test_a_folder_that_cannot_be_written_is_said_at_the_start(
    explore: Start, folder: Path
) -> None:
    folder.parent.mkdir(parents=True)
    folder.touch()
    async with explore(journal=folder, size=WIDE) as user:
        assert "Unsaved work is not kept: " in user.message
        await user.press("right")
        await leave(user, KEEP)
        assert not is_over(user)


# Opening


async def test_opening_says_which_changes_stay_behind_and_which_come_back(
    explore: Start, folder: Path
) -> None:
    async with explore(journal=folder, size=WIDE) as user:
        await user.press("right", "o")
        await user.type("llama-3-70b")
        await user.press("enter")
        assert user.message == "Opened llama-3-70b; deepseek-v3 keeps its unsaved changes."
        await user.press("o")
        await user.type("deepseek-v3")
        await user.press("enter")
        assert "with its unsaved changes, 1 field: Layers 61 → 62. R gives them up" in user.message
        await user.press("R")
        await user.press("d", "escape")
        assert user.message == "Gave up deepseek-v3."
        assert user.document.scenario == load("deepseek-v3")
        assert kept(folder) == 0
        await user.press("z")
        assert user.document.scenario.value("num_layers") == 62


# Recovering


async def test_lost_work_is_offered_with_what_differs_and_taken_where_it_was_left(
    explore: Start, folder: Path
) -> None:
    lose(folder)
    lose(folder, "qwen3-8b", 5)
    async with explore(size=WIDE, journal=folder) as user:
        assert "left unsaved work: qwen3-8b, llama-3-8b. R recovers it." in user.message
        before = user.document.scenario
        await user.press("R")
        assert "Layers 36 → 5" in user.shown
        assert "Layers 32 → 7" in user.shown
        await user.press("down", "enter")
        assert user.message == "Recovered llama-3-8b."
        assert user.document.scenario.value("num_layers") == 7
        assert (user.field, user.page, user.on_results) == ("num_gpus", "Memory", True)
        assert kept(folder) == 2, "one is this session's own now"
        await user.press("z", "z")
        assert user.document.scenario == before


async def test_lost_work_is_given_up_by_name_and_not_by_a_slip(
    explore: Start, folder: Path
) -> None:
    lose(folder)
    lose(folder, "qwen3-8b", 5)
    async with explore() as user:
        await user.press("R")
        await user.press("d", "down", "d", "d")
        assert user.shown.count("given up: ") == 1
        assert kept(folder) == 2
        await user.press("escape")
        assert user.message == "Gave up qwen3-8b."
        assert kept(folder) == 1


async def test_all_unsaved_documents_of_this_session_are_listed(
    explore: Start, folder: Path
) -> None:
    async with explore(journal=folder) as user:
        await edit_two(user)
        await user.press("R")
        assert isinstance(user.app.screen, RecoverDialog)
        assert user.shown.count(" → ") == 2, "each difference is said once"
        await user.press("down", "enter")
        assert user.document.name == "deepseek-v3"
        assert user.message == "Opened deepseek-v3 with its unsaved changes."


async def test_what_another_living_session_holds_is_named_and_can_be_copied(
    explore: Start, folder: Path
) -> None:
    command = [sys.executable, "-c", SESSION, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "edited\n"
        async with explore(size=WIDE, journal=folder) as user:
            named = f"open and unsaved in another session, pid {other.pid}, since "
            assert f"llama-3-70b is {named}" in user.message
            assert "R takes a copy." in user.message
            await user.press("R")
            assert named in " ".join(user.shown.split()).replace("Open", "open")
            await user.press("d")
            assert f"Only another session, pid {other.pid}, since " in user.shown
            await user.press("enter")
            assert user.message == "Recovered llama-3-70b. The other session keeps its own."
            assert user.document.scenario.value("num_layers") == 77
            assert kept(folder) == 2
        other.kill()


async def test_the_key_that_recovers_is_the_users_own(explore: Start, folder: Path) -> None:
    lose(folder)
    async with explore(settings=Settings(keys={"recover": ["f9"]}), size=WIDE) as user:
        assert "llama-3-8b. F9 recovers it." in user.message


async def test_the_hint_is_there_with_many_documents_in_little_room(explore: Start) -> None:
    async with explore(size=(60, 15)) as user:
        for name in ("llama-3-70b", "llama-1-65b", "deepseek-v2", "deepseek-r1",
                     "gpt-4-reported", "deepseek-llm-67b", "dense-70b-64k"):  # fmt: skip
            user.main.session.run(lambda name=name: user.document.open(name))
            user.document.set("num_layers", "77")
        await user.press("q")
        assert "7 documents" in user.shown
        assert "Escape" in user.shown
