"""Subjects of formulas: a quantity needs its own subject, or one that stands before it."""

from __future__ import annotations

import ast
from pathlib import Path

from dsexplore.engine import QUANTITIES, formulas
from dsexplore.engine.formulas import SUBJECTS

FOLDER = Path(formulas.__file__).parent
ORDER = list(SUBJECTS)


def test_every_module_of_formulas_is_listed_once() -> None:
    listed = [
        f"{subject}/{part}" if part else subject
        for subject, parts in SUBJECTS.items()
        for part in parts or [""]
    ]
    files = [file.relative_to(FOLDER).with_suffix("") for file in FOLDER.rglob("*.py")]
    assert sorted(listed) == sorted(str(file) for file in files if file.name != "__init__")


def test_a_quantity_needs_no_subject_that_stands_behind_its_own() -> None:
    for found in QUANTITIES.values():
        allowed = ORDER[: ORDER.index(found.subject) + 1]
        for need in found.needs:
            if need in QUANTITIES:
                assert QUANTITIES[need].subject in allowed, f"{found.name} needs {need}"


def test_a_module_imports_no_subject_that_stands_behind_its_own() -> None:
    for file in FOLDER.rglob("*/*.py"):
        allowed = ORDER[: ORDER.index(file.parent.name) + 1]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                f"{formulas.__name__}."
            ):
                subject = str(node.module).removeprefix(f"{formulas.__name__}.").split(".")[0]
                assert subject in allowed, f"{file.name} imports {node.module}"
