"""What is imported where: one way between the folders, and no screen without need of one."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.points import holds_at

PACKAGE = Path(__file__).parents[1] / "dsexplore"
# Each folder, and those below it that it may need.
MAY_IMPORT = {
    "text": set(),
    "files": {"text"},
    "scenario": {"text"},
    "engine": {"scenario", "text"},
    "library": {"engine", "scenario", "files", "text"},
    "explanation": {"library", "engine", "scenario", "text"},
    "analysis": {"library", "engine", "scenario", "files", "text"},
    "document": {"library", "engine", "scenario", "files", "text"},
    "measure": {"library", "engine", "scenario", "files", "text"},
    # Pictures of what an analysis found.
    "export": {"analysis", "library", "engine", "scenario", "files", "text"},
}
_BELOW = {*MAY_IMPORT}
MAY_IMPORT = {**MAY_IMPORT, "api": _BELOW, "cli": _BELOW, "tui": _BELOW}
SCREENS = {"textual", "rich"}
# What the engine may not reach for: files, screens, and libraries that take half a second.
NOT_IN_ENGINE = {
    *{"os", "io", "pathlib", "shutil", "tempfile", "subprocess", "tomllib", "tomli_w"},
    *{"pandas", "scipy", "textual", "rich"},
}


def _files(folder: str) -> list[Path]:
    return sorted((PACKAGE / folder).rglob("*.py"))


class _Read(NamedTuple):
    """What a file imports and calls, wherever in it; a name imported from a package too."""

    imports: frozenset[str]
    calls: frozenset[str]


@cache
def _read(file: Path) -> _Read:
    imports: set[str] = set()
    calls: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imports.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import hides where it points"
            module = node.module or ""
            imports.add(module)
            imports.update(f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            calls.add(ast.unparse(node.func))
    return _Read(frozenset(imports), frozenset(calls))


def _folders_imported(file: Path) -> set[str]:
    parts = [name.split(".") for name in _read(file).imports]
    return {part[1] for part in parts if part[0] == "dsexplore" and len(part) > 1} & {*MAY_IMPORT}


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_imports_between_folders_run_one_way(folder):
    for file in _files(folder):
        assert _folders_imported(file) <= {folder, *MAY_IMPORT[folder]}, file


def test_every_folder_has_its_place():
    folders = {path.name for path in PACKAGE.iterdir() if any(path.glob("*.py"))}
    assert folders == set(MAY_IMPORT)


def test_the_engine_knows_no_file_and_no_screen():
    for file in _files("engine"):
        found = set(_read(file).imports)
        assert not (found | {name.split(".")[0] for name in found}) & NOT_IN_ENGINE, file


# A bar while a command takes minutes, on a terminal alone.
BAR = PACKAGE / "cli" / "output" / "progress.py"


@holds_at("folder", [name for name in MAY_IMPORT if name != "tui"])
def test_nothing_below_the_screen_imports_one(folder):
    for file in _files(folder):
        allowed = {"rich"} if file == BAR else set()
        assert {name.split(".")[0] for name in _read(file).imports} & SCREENS <= allowed, file


def test_one_module_imports_torch():
    # An extra, which takes seconds to import: nothing else may need it.
    importing = re.compile(r"^ *(import|from) torch\b", re.MULTILINE)
    naming = [file for file in _files("") if importing.search(file.read_text("utf-8"))]
    assert [file.relative_to(PACKAGE) for file in naming] == [Path("measure/device.py")]


def test_only_the_explorer_and_its_settings_import_the_screen():
    # By name too: they are imported late, and by their names.
    naming = [file.name for file in _files("cli") if "dsexplore.tui" in file.read_text("utf-8")]
    assert sorted(naming) == ["explore.py", "serve.py", "settings.py"]
    assert not any("tui" in _folders_imported(file) for file in _files("cli"))


def _calls(file: Path, name: str) -> bool:
    return name in _read(file).calls


def test_only_writers_that_clean_or_escape_make_text_for_standard_output():
    # The type checker lets nothing else through `write_out`.
    making = {file.relative_to(PACKAGE) for file in _files("") if _calls(file, "Printable")}
    allowed = {"text/plain.py", "text/json_text.py", "text/csv_text.py", "export/pictures/svg.py"}
    assert making == {*map(Path, allowed)}
    printing = {file.relative_to(PACKAGE) for file in _files("") if _calls(file, "print")}
    assert printing == {Path("cli/errors.py")}


def test_only_one_module_makes_the_widgets_that_would_draw_any_character():
    # Sheets and blocks of lines clean what they draw; these three are Textual's own.
    making = {
        (file.name, name)
        for file in _files("tui")
        for name in ("Static", "Input")
        if _calls(file, name)
    }
    assert making == {("keys.py", "Static")}, "a table of keys, cleaned there"
    lists = {
        file.name for file in _files("tui") if "textual.widgets.option_list" in _read(file).imports
    }
    assert lists <= {"words.py"}


def test_files_are_opened_in_few_places_and_those_of_the_user_written_in_one():
    making: dict[str, set[str]] = {}
    for file in _files(""):
        for called in _read(file).calls:
            if called in ("open", "os.open") or called.endswith((".write_text", ".write_bytes")):
                making.setdefault(str(file.relative_to(PACKAGE)), set()).add(called)
            if called in ("os.rename", "os.replace", "os.link", "tempfile.mkstemp"):
                making.setdefault(str(file.relative_to(PACKAGE)), set()).add(called)
    assert making == {
        "files/reading.py": {"os.open"},
        "files/writing.py": {"os.open", "os.link", "tempfile.mkstemp"},
        # Files of the program's own, which nobody else edits.
        "files/report.py": {"os.open"},
        # The terminal.
        "tui/link/sender.py": {"os.open"},
        "document/journal.py": {"os.open"},
        # The place where output goes once nobody reads it.
        "tui/ending.py": {"os.open"},
        "cli/output/stdout.py": {"os.open"},
    }
