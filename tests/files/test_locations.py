"""Where the user's own files lie: the XDG folders where they are set, the usual ones elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dsexplore.files.locations import (
    journal_folder,
    settings_file,
    typed_path,
    user_presets_folder,
    working_folder,
)
from dsexplore.library.open import load
from dsexplore.library.own import save_preset
from dsexplore.text.refusal import ScenarioError

PLACES = [
    (journal_folder, "XDG_STATE_HOME", ".local/state", "dsexplore/journal"),
    (settings_file, "XDG_CONFIG_HOME", ".config", "dsexplore/settings.toml"),
    (user_presets_folder, "XDG_DATA_HOME", ".local/share", "dsexplore/presets"),
]
places = pytest.mark.parametrize(("place", "variable", "usual", "below"), PLACES)


@places
def test_a_folder_that_is_set_is_used(
    place: Callable[[], Path],
    variable: str,
    usual: str,
    below: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for other in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(other, "/nowhere")
    monkeypatch.setenv(variable, str(tmp_path))
    assert place() == tmp_path / below


@places
@pytest.mark.parametrize("stated", [None, "", "relative/folder", "~/folder"])
def test_without_one_or_with_one_that_is_not_absolute_it_is_below_home(
    stated: str | None,
    place: Callable[[], Path],
    variable: str,
    usual: str,
    below: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    if stated is None:
        monkeypatch.delenv(variable, raising=False)
    else:
        monkeypatch.setenv(variable, stated)
    assert place() == tmp_path / usual / below


def test_asking_where_a_file_lies_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for place, variable, _, _ in PLACES:
        monkeypatch.delenv(variable, raising=False)
        place()
    assert list(tmp_path.iterdir()) == []


def test_a_user_without_a_home_has_no_files_and_is_told_when_saving(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    # No user has this number.
    monkeypatch.setattr("os.getuid", lambda: 2**31 - 7)
    assert not settings_file().exists()
    assert typed_path("~/a.toml") == Path("~/a.toml")
    assert load("deepseek-v3").title
    with pytest.raises(ScenarioError, match="HOME or XDG_DATA_HOME"):
        save_preset(load("deepseek-v3"), "mine", None, overwrite=False)


def test_a_working_folder_that_is_gone_is_only_a_dot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert working_folder() == Path()
