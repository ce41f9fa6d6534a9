"""The user's settings: what is not set has its default, what is wrong is said and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.settings import Settings, load_settings


def written(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text)
    return path


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none" / "settings.toml") == Settings()
    (tmp_path / "file").touch()
    assert load_settings(tmp_path / "file" / "settings.toml") == Settings()


def test_what_is_set_is_set_and_the_rest_has_its_default(tmp_path: Path) -> None:
    path = written(tmp_path, 'theme = "nord"\n[keys]\nsave = ["f2", "ctrl+s"]\n')
    assert load_settings(path) == Settings(theme="nord", keys={"save": ["f2", "ctrl+s"]})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("them = 'nord'", "found unknown table or key 'them'; allowed: theme"),
        ("mouse = 'yes'", "mouse: found 'yes'"),
        ("theme = 3", "theme: found 3"),
        ("keys = ['f2']", "keys: found ['f2']"),
        ("[keys]\nsave = 'f2'", "keys.save: found 'f2'"),
        ("theme = ", "no TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_its_key(
    text: str, said: str, tmp_path: Path
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ScenarioError) as caught:
        load_settings(path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ")
    assert said in line
    assert line.isprintable()
    assert "architecture" not in line, "a settings file has no panels"
