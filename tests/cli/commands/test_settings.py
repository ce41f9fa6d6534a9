"""`dsexplore settings`: where they are, what holds, and a file that changes nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from dsexplore.cli import main
from dsexplore.tui.keys.actions import ACTIONS
from dsexplore.tui.settings import Settings, load_settings


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(["settings", *words])
    return int(end.value.code or 0)


def test_the_written_file_names_every_action_and_changes_nothing_until_it_is_edited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    file = tmp_path / "dsexplore" / "settings.toml"
    assert run() == 0
    said = capsys.readouterr().out
    assert f"{file} (not there yet" in said
    assert 'theme = "terminal"' in said
    assert run("--write") == 0
    assert load_settings(file) == Settings()
    text = file.read_text()
    # Without the marks of comments, it says the defaults.
    lines = [line.removeprefix("# ") for line in text.splitlines() if " = " in line or "[k" in line]
    stated = tomllib.loads("\n".join(lines))
    assert stated["keys"] == {action.name: [*action.keys] for action in ACTIONS}
    assert (stated["theme"], stated["mouse"]) == ("terminal", True)
    assert all(action.help.split(".")[0].split()[0] in text for action in ACTIONS)
    # A file that is there is nobody's to replace.
    assert run("--write") == 2
    assert run("--write", "--force") == 0
    capsys.readouterr()
    file.write_text('[keys]\nundo = ["F", "ctrl+z"]\nredo = []\n')
    assert run() == 0
    said = capsys.readouterr().out
    assert "undo: F ^z    by default z ^z" in said
    assert "redo: no key" in said


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("unod = ['f5']", "keys: found unknown action 'unod'"),
        ("undo = ['f5']\nredo = ['f5']", "keys.redo: found 'f5'; allowed: a key bound to one"),
        ("undo = ['ctrl+b']", "keys.undo: found 'ctrl+b'; allowed: a key that is not reserved"),
    ],
)
def test_keys_that_cannot_be_are_refused_in_one_line_with_the_file(
    text: str,
    refusal: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    file = tmp_path / "dsexplore" / "settings.toml"
    file.parent.mkdir()
    file.write_text(f"[keys]\n{text}\n")
    assert run() == 2
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert f"{file}: {refusal}" in printed.err


def test_where_names_what_stays_when_the_program_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    assert run("--where") == 0
    places = dict(line.rsplit("  ", 1) for line in capsys.readouterr().out.splitlines())
    places = {what.strip(): Path(path).relative_to(tmp_path) for what, path in places.items()}
    assert places["settings"] == Path("config/dsexplore/settings.toml")
    assert places["presets of your own"] == Path("data/dsexplore/presets")
    assert places["unsaved work"] == Path("state/dsexplore/journal")
