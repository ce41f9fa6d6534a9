"""What a user installs: all of the program and its presets, nothing else, and typed."""

from __future__ import annotations

import re
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    builder = pytest.importorskip("hatchling.builders.wheel").WheelBuilder
    folder = str(tmp_path_factory.mktemp("dist"))
    (path,) = builder(str(REPOSITORY)).build(directory=folder, versions=["standard"])
    return zipfile.ZipFile(path)


def _files(folder: str, pattern: str = "*") -> set[str]:
    """Files below a folder of the checkout that belong to the package, relative to the folder."""
    root = REPOSITORY / folder
    found = (path for path in root.rglob(pattern) if path.is_file())
    return {str(path.relative_to(root)) for path in found if path.suffix != ".pyc"}


def test_it_holds_the_program_and_every_preset_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    package = {f"dsexplore/{name}" for name in _files("dsexplore")}
    presets = {f"dsexplore/presets/{name}" for name in _files("presets")}
    assert held == package | presets
    assert {"dsexplore/py.typed", "dsexplore/tui/explorer.tcss"} <= held


def test_removing_it_removes_nothing_of_the_users(wheel: zipfile.ZipFile) -> None:
    # An installer removes what the wheel lists; its scripts and data could lie elsewhere.
    for name in wheel.namelist():
        assert re.match(r"dsexplore/|dsexplore-[\w.]+\.dist-info/", name), name
        assert ".data/" not in name


def test_it_says_what_it_is(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
    said = message_from_string(wheel.read(name).decode())
    assert said["Name"] == "dsexplore"
    assert said["Requires-Python"] == ">=3.11"
    assert "Typing :: Typed" in said.get_all("Classifier", [])
    needed = [line for line in said.get_all("Requires-Dist", []) if "extra ==" not in line]
    names = {re.split(r"[^\w-]", line)[0] for line in needed}
    assert names == {"textual", "rich", "numpy", "pydantic", "tomli-w"}
    entry = next(name for name in wheel.namelist() if name.endswith("/entry_points.txt"))
    assert "dsexplore = dsexplore.cli:main" in wheel.read(entry).decode()
