"""Opening, saving, exporting, leaving, recovering, help and finding an action."""

from __future__ import annotations

import asyncio
import json
import tomllib
from pathlib import Path

import pytest
from textual.widgets import OptionList

from dsexplore.library.open import load
from dsexplore.library.saving import save
from dsexplore.tui.keys.actions import ACTIONS, BY_NAME
from tests.tui.explorer import GUARD, WIDE, Explorer, Start


def options(user: Explorer) -> list[str]:
    found = user.app.screen.query_one(OptionList)
    return [str(found.get_option_at_index(i).prompt) for i in range(found.option_count)]


async def replace_path(user: Explorer, path: str) -> None:
    await user.press("ctrl+u")
    await user.type(path)
    await user.press("enter")


# Opening


async def test_the_list_narrows_as_one_types(explore: Start) -> None:
    async with explore() as user:
        await user.press("o")
        everything = len(options(user))
        await user.type("llama 405")
        narrowed = options(user)
        assert 0 < len(narrowed) < everything
        assert all("405" in option for option in narrowed)
        await user.press("enter")
        assert user.document.name == "llama-3.1-405b"
        assert user.message == "Opened llama-3.1-405b."
        await user.press("z")
        assert user.document.name == "deepseek-v3"


async def test_a_list_of_presets_begins_at_the_one_in_force(explore: Start) -> None:
    async with explore() as user:
        await user.go_to("gpu")
        await user.press("enter")
        assert "▸h800-80gb-sxm" in user.shown
        await user.press("escape")
        await user.press("O")
        assert "▸h800-80gb-sxm" in user.shown
        # What is typed goes before it.
        await user.type("b200")
        await user.press("enter")
        assert user.document.scenario.hardware.preset == "b200-180gb-sxm"


async def test_presets_and_files_are_listed_together(explore: Start, own_folders: Path) -> None:
    save(load("llama-3-70b"), own_folders / "mine.toml", overwrite=False)
    async with explore() as user:
        await user.press("o")
        kinds = {option.split()[1] for option in options(user)}
        assert {"scenario", "architecture", "hardware", "file"} <= kinds
        await user.type("mine")
        await user.press("enter")
        assert user.document.name == "mine.toml"
        assert user.document.state.path == Path("mine.toml")


async def test_a_path_is_opened(explore: Start, own_folders: Path) -> None:
    deep = own_folders / "deep"
    deep.mkdir()
    save(load("llama-3-70b"), deep / "there.toml", overwrite=False)
    async with explore() as user:
        await user.press("o")
        await user.type("deep/th")
        assert [option.split()[0] for option in options(user)] == ["deep/there.toml"]
        await user.press("enter")
        assert user.document.name == "there.toml"


BAD_FILES = {
    "unknown-key": b"schema = 1\n[architecture]\nlayres = 3\n",
    "unknown-table": b"schema = 1\n[architektur]\n",
    "no-toml": b"this is = = not TOML",
    "binary": bytes(range(256)) * 4,
    "huge": b"# " + b"x" * (2 << 20),
    "wrong-type": b'schema = 1\n[architecture]\nnum_layers = "many"\n',
    "no-schema": b"[architecture]\nnum_layers = 3\n",
    "empty": b"",
}


async def test_what_cannot_be_opened_is_said_and_what_was_open_stays(
    explore: Start, own_folders: Path
) -> None:
    (own_folders / "directory.toml").mkdir()
    for kind, content in BAD_FILES.items():
        (own_folders / f"{kind}.toml").write_bytes(content)
    async with explore(size=WIDE) as user:
        for kind in (*BAD_FILES, "directory", "missing"):
            await user.press("right")
            before = user.document.state
            await user.press("o")
            await user.paste(f"./{kind}.toml")
            await user.press("enter")
            assert user.app.screen is user.main, kind
            assert "found" in user.message, kind
            assert len(user.message) > 20, kind
            assert user.document.state is before, kind
            await user.press("z")
            assert user.message.startswith("Undone: Layers"), kind


async def test_a_name_that_is_nothing_is_answered_with_the_nearest(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        await user.press("o")
        await user.type("deepsek-v3")
        assert "Nothing of that name" in user.shown
        await user.press("enter")
        assert "no preset or file 'deepsek-v3'" in user.message
        assert user.document.name == "deepseek-v3"


async def test_a_folder_says_how_its_files_are_listed(explore: Start, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    async with explore(size=WIDE) as user:
        await user.press("o")
        await user.type(str(tmp_path / "own"))
        assert "A folder: type / to see its files." in user.shown
        await user.type("/")
        assert "Nothing of that name" in user.shown


async def test_a_part_alone_is_taken_and_can_be_undone(explore: Start) -> None:
    async with explore() as user:
        before = user.document.scenario
        await user.press("A")
        await user.type("llama-3-70b")
        await user.press("enter")
        await user.press("H")
        await user.type("a100")
        await user.press("enter")
        scenario = user.document.scenario
        assert scenario.architecture.preset == "llama-3-70b"
        assert "A100" in scenario.hardware.gpu
        assert scenario.pretraining == before.pretraining
        await user.press("z", "z")
        assert user.document.scenario == before


async def test_escape_leaves_each_dialog_without_an_answer(explore: Start) -> None:
    async with explore() as user:
        before = user.document.state
        for key in ("o", "A", "H", "W", "x", "P", "question_mark"):
            await user.press(key)
            assert user.app.screen is not user.main
            await user.press("escape")
            assert user.app.screen is user.main
        assert user.document.state is before


# Saving and exporting


async def test_a_saved_file_opens_as_the_same(explore: Start, own_folders: Path) -> None:
    async with explore() as user:
        await user.type("32")
        await user.press("enter", "w")
        await user.press("enter")
        assert user.message == "Saved deepseek-v3.toml."
        assert " *" not in user.title
        assert load(str(own_folders / "deepseek-v3.toml")) == user.document.scenario
        await user.press("right")
        assert " *" in user.title
        await user.press("w")
        assert user.app.screen is user.main
        assert load(str(own_folders / "deepseek-v3.toml")).value("num_layers") == 33


async def test_a_file_is_replaced_only_by_a_key_of_its_own(
    explore: Start, own_folders: Path
) -> None:
    taken = own_folders / "taken.toml"
    taken.write_text("precious")
    async with explore() as user:
        await user.press("W")
        await replace_path(user, "taken.toml")
        assert "is there already. ^r replaces it" in user.shown
        await user.press("enter", "enter")
        assert taken.read_text() == "precious"
        await user.press("x", "ctrl+r", "backspace", "ctrl+r")
        assert taken.read_text() == "precious"
        await user.press("enter")
        await user.press("ctrl+r")
        assert user.app.screen is user.main
        assert load(str(taken)) == user.document.scenario


@pytest.fixture
def shared(own_folders: Path) -> Path:
    """A file of the user's own."""
    path = own_folders / "shared.toml"
    save(load("deepseek-v3"), path, overwrite=False)
    return path


def change_by_another(path: Path) -> None:
    theirs = load(str(path)).with_values({"num_layers": 99})
    save(theirs, path, overwrite=True)


async def test_the_second_of_two_to_save_is_told(explore: Start, shared: Path) -> None:
    async with explore(name=str(shared)) as user:
        await user.press("right")
        change_by_another(shared)
        theirs = shared.read_bytes()
        await user.press("ctrl+s")
        assert "is not as this session last saw it" in user.shown
        await user.press("enter")
        assert "Layers: 99 on disk, 62 here" in user.shown
        await user.press("enter", "escape")
        assert user.app.screen is user.main
        assert shared.read_bytes() == theirs
        assert user.document.is_modified


async def test_what_was_looked_at_is_overwritten_and_nothing_newer(
    explore: Start, shared: Path
) -> None:
    async with explore(name=str(shared)) as user:
        await user.press("right")
        change_by_another(shared)
        await user.press("ctrl+s")
        save(load("llama-3.1-405b"), shared, overwrite=True)
        await user.press("down", "down", "enter")
        assert "is not as this session last saw it" in user.shown
        assert load(str(shared)).value("num_layers") == 126
        await user.press("down", "down", "enter")
        assert user.message.startswith("Saved ")
        assert load(str(shared)).value("num_layers") == 62
        await user.press("right", "ctrl+s")
        assert user.app.screen is user.main
        assert load(str(shared)).value("num_layers") == 63


async def test_a_file_that_vanished_may_be_written_again(explore: Start, shared: Path) -> None:
    async with explore(name=str(shared)) as user:
        await user.press("right")
        shared.unlink()
        await user.press("ctrl+s")
        assert "no file of that name any more" in user.shown
        assert "Write it again" in user.shown
        assert "Overwrite" not in user.shown, "there is nothing to write over"
        await user.press("down", "enter")
        assert load(str(shared)).value("num_layers") == 62


async def test_another_name_leaves_their_version_alone(explore: Start, shared: Path) -> None:
    async with explore(name=str(shared)) as user:
        await user.press("right")
        shared.write_text("no scenario")
        await user.press("ctrl+s")
        await user.press("enter")
        assert "On disk is no scenario: found no TOML" in user.shown
        await user.press("enter")
        await user.press("down", "enter")
        await replace_path(user, "mine.toml")
        assert user.message == "Saved mine.toml."
        assert shared.read_text() == "no scenario"


async def test_a_file_that_may_not_be_written_is_said(explore: Start, shared: Path) -> None:
    async with explore(name=str(shared)) as user:
        shared.chmod(0o444)
        await user.press("right", "ctrl+s")
        assert "a file that may not be written" in user.message
        assert user.document.is_modified


async def test_a_home_that_nobody_has_is_a_name_like_any_other(explore: Start) -> None:
    async with explore() as user:
        await user.press("W")
        await replace_path(user, "~nosuch/x.toml")
        assert "found no such folder" in user.shown


async def test_what_cannot_be_written_is_said(explore: Start, own_folders: Path) -> None:
    (own_folders / "folder.toml").mkdir()
    async with explore() as user:
        for where in ("nowhere/a.toml", "/proc/a.toml", "folder.toml", "/dev/null"):
            await user.press("W")
            await replace_path(user, where)
            await user.press("enter")
            assert user.app.screen is not user.main, where
            assert "found" in user.shown, where
            assert "Traceback" not in user.shown, where
            await user.press("escape")
            assert user.document.state.path is None, where


async def test_the_ending_says_the_format_of_an_export(explore: Start, own_folders: Path) -> None:
    text = {}
    async with explore() as user:
        for ending in ("toml", "json", "csv", "md", "txt", "html"):
            await user.press("x")
            await replace_path(user, f"out.{ending}")
            assert user.message == f"Exported to out.{ending}."
            assert not user.document.is_modified
            text[ending] = (own_folders / f"out.{ending}").read_text()
    tomllib.loads(text["toml"])
    assert load(str(own_folders / "out.toml")).value("num_layers") == 61
    assert json.loads(text["json"])["quantities"]["total_parameters"]["value"] == 671026419200
    assert "total_parameters" in text["txt"]
    for ending in ("csv", "md", "html"):
        shown = "$5.576 M" in text[ending] or "5576000.0" in text[ending]
        assert shown, f"the page that is shown, in {ending}"


async def test_a_bare_name_is_saved_under_one_that_opens_again(
    explore: Start, own_folders: Path
) -> None:
    async with explore() as user:
        await user.press("W")
        await replace_path(user, "llama-3.1-405b")
        assert user.message == "Saved llama-3.1-405b.toml."
        own = own_folders / "llama-3.1-405b.toml"
        before = own.read_bytes()
        await user.press("x")
        await replace_path(user, str(own))
        await user.press("ctrl+r")
        assert "the file of the open scenario" in user.shown
        assert own.read_bytes() == before


async def test_an_unknown_ending_is_refused(explore: Start, own_folders: Path) -> None:
    async with explore() as user:
        await user.press("x")
        await replace_path(user, "out.xlsx")
        assert "the ending '.xlsx'" in user.shown
        assert not (own_folders / "out.xlsx").exists()


# Help and finding an action


async def test_help_is_short_first_and_then_lists_every_action(explore: Start) -> None:
    async with explore(size=(120, 200)) as user:
        await user.press("question_mark")
        assert "Change the field by a step" in user.shown
        assert BY_NAME["row_up"].help not in user.shown
        await user.press("question_mark")
        # Between the sides of the dialog; beside them stands the page behind it.
        inside = [line.split("│")[1] for line in user.shown.splitlines() if line.count("│") > 1]
        words = " ".join(" ".join(inside).split())
        for action in ACTIONS:
            assert action.title in words
            assert action.help in words


@pytest.mark.parametrize(
    ("typed", "screen"), [("free baseline", ""), ("Save as", "Save as"), ("help", "Escape leaves")]
)
async def test_an_action_is_found_by_its_title_and_taken(
    explore: Start, typed: str, screen: str
) -> None:
    async with explore() as user:
        await user.press("4", "0")
        await user.press("ctrl+p")
        await user.type(typed)
        await user.press("enter")
        assert screen in user.shown
        if not screen:
            assert user.message
        assert user.editing is None
        assert user.document.scenario.value("num_layers") == 40


async def test_a_refusal_is_said_whole_where_one_line_has_no_room(
    explore: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.toml").write_text(
        'schema = 1\n[pretraining]\npretraining_tokens = "lots"\n', encoding="utf-8"
    )
    async with explore() as user:
        user.main.session.run(lambda: user.document.open("bad.toml"))
        await user.settle()
        assert user.message.endswith('or "unknown"')
        assert "found 'lots'; allowed: " in user.message


@pytest.mark.parametrize(("key", "ending"), [("W", ".toml"), ("x", ".html")])
async def test_a_file_is_proposed_under_the_whole_name_of_a_preset(
    explore: Start, key: str, ending: str
) -> None:
    async with explore("llama-3.1-405b") as user:
        await user.press(key)
        assert f" llama-3.1-405b{ending} " in user.shown


@pytest.mark.parametrize(("keys", "last"), [("??", "unsaved work."), ("s?", "to the ends")])
async def test_the_last_line_of_help_can_be_seen_on_the_smallest_terminal(
    explore: Start, keys: str, last: str
) -> None:
    async with explore(size=(60, 15)) as user:
        await user.type(keys)
        await user.press("end")
        async with asyncio.timeout(GUARD):  # scrolled a refresh later
            while last not in user.shown:
                await user.settle()
