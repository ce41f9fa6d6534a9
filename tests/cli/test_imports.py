"""What is imported where: one way between the folders, and no screen without need of one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "dsexplore"
MAY_IMPORT = {
    "scenario": set(),
    "engine": {"scenario"},
    "analysis": {"engine", "scenario"},
    "document": {"engine", "scenario"},
    "cli": {"tui", "document", "analysis", "engine", "scenario"},
    "tui": {"document", "analysis", "engine", "scenario"},
}
SCREENS = {"textual", "rich"}
# What the engine may not reach for: files, screens, and libraries that take half a second.
NOT_IN_ENGINE = {
    *{"os", "io", "pathlib", "shutil", "tempfile", "subprocess", "tomllib", "tomli_w"},
    *{"pandas", "scipy", "textual", "rich"},
    *{f"dsexplore.scenario.{module}" for module in ("presets", "saving", "toml_file")},
}


def _files(folder: str) -> list[Path]:
    return sorted((PACKAGE / folder).rglob("*.py"))


def _imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it; a name imported from a package too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import hides where it points"
            module = node.module or ""
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _folders_imported(file: Path) -> set[str]:
    parts = [name.split(".") for name in _imports(file)]
    return {part[1] for part in parts if part[0] == "dsexplore" and len(part) > 1} & {*MAY_IMPORT}


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_imports_between_folders_run_one_way(folder):
    for file in _files(folder):
        assert _folders_imported(file) <= {folder, *MAY_IMPORT[folder]}, file


def test_every_folder_has_its_place():
    folders = {path.name for path in PACKAGE.iterdir() if any(path.glob("*.py"))}
    assert folders <= set(MAY_IMPORT)
    assert {"scenario", "engine", "document", "cli"} <= folders


def test_the_engine_knows_no_file_and_no_screen():
    for file in _files("engine"):
        found = set(_imports(file))
        assert not (found | {name.split(".")[0] for name in found}) & NOT_IN_ENGINE, file


@pytest.mark.parametrize("folder", [name for name in MAY_IMPORT if name != "tui"])
def test_nothing_below_the_screen_imports_one(folder):
    for file in _files(folder):
        assert not {name.split(".")[0] for name in _imports(file)} & SCREENS, file


def test_only_the_explorer_imports_the_screen():
    # By name too: the explorer is imported late, and by its name.
    naming = [file.name for file in _files("cli") if "dsexplore.tui" in file.read_text("utf-8")]
    assert naming == ["explore.py"]
    assert not any("tui" in _folders_imported(file) for file in _files("cli"))


@pytest.mark.parametrize(
    "words",
    [
        ["eval", "deepseek-v3"],
        ["eval", "deepseek-v3", "--format", "toml"],
        ["presets"],
        ["import", "tests/scenario/config_json/configs/gpt2.json"],
    ],
)
def test_a_command_imports_no_screen_and_nothing_slow(process, words):
    code = f"""
import sys
from dsexplore.cli import main
try:
    main({words!r})
except SystemExit as ended:
    slow = [name for name in ("textual", "rich", "pandas", "scipy", "dsexplore.tui")
            if name in sys.modules]
    print(ended.code, slow, file=sys.stderr)
"""
    done = process("-c", code)
    assert done.stderr == "0 []\n"
    assert done.stdout


def test_help_and_version_import_no_engine(process):
    code = """
import sys
from dsexplore.cli import main
try:
    main(["--help"])
except SystemExit as ended:
    slow = [name for name in ("numpy", "pydantic", "textual") if name in sys.modules]
    print(ended.code, slow, file=sys.stderr)
"""
    assert process("-c", code).stderr == "0 []\n"
