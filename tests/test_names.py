"""No name is a key: what folders, modules, headings and presets are called changes no answer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from dsexplore.engine.formulas import SUBJECTS

ROOT = Path(__file__).parents[1]
# Answers of every kind, among them some that turn on an accelerator's data sheet, on a layout that
# cannot be, and on a helper that is read as part of a formula.
ANSWERS = """
import json
from dataclasses import asdict

from dsexplore.analysis.compare.attribution import attribute
from dsexplore.analysis.compare.compare import compare
from dsexplore.analysis.solve.solve import solve
from dsexplore.analysis.summaries.distilled import distilled
from dsexplore.explanation.explain import explain
from dsexplore.export.formats import export
from dsexplore.library.open import load
from dsexplore.library.presets import with_changes

v3, llama = load("deepseek-v3"), load("llama-3.1-405b")
predicted = {"utilization": "predicted"}
faster = with_changes(v3, {"hardware": "gb200-nvl72", **predicted})
layout = with_changes(v3, predicted)
smaller = {"architecture": "deepseek-v2", "pipeline_parallel": 8, "expert_parallel": 32}
answers = [
    export(v3, None, "json"),
    asdict(compare(v3, llama)),
    asdict(attribute(layout, with_changes(layout, smaller), "step_time")),
    asdict(attribute(layout, faster, "step_time")),
    asdict(solve(layout, "step_time", 20.0, "num_gpus")),
    asdict(solve(layout, "memory_per_gpu", 75e9, "expert_parallel")),
    asdict(explain(v3, "dispatch_bytes")),
    asdict(explain(v3, "layout_problem")),
    [asdict(found) for found in distilled()],
]
print(json.dumps(answers, indent=1, default=lambda found: type(found).__name__))
"""
DISTILLED = "deepseek-r1-distill-"
HEADING = re.compile(r'(section=|title: ClassVar\[str\] = |short: ClassVar\[str\] = )"[^"]+"')


def _renamed(folder: Path) -> Path:
    """A copy of the package with other names of subjects, modules, headings and some presets."""
    package = folder / "dsexplore"
    # What is compiled comes along, and stands for the files that stay as they are.
    shutil.copytree(ROOT / "dsexplore", package)
    formulas = package / "engine" / "formulas"
    for compiled in [*formulas.rglob("__pycache__")]:
        shutil.rmtree(compiled)
    names = "|".join({*SUBJECTS, *(part for parts in SUBJECTS.values() for part in parts)})
    imported = re.compile(rf"(?<=formulas\.)({names})\b(?:\.({names})\b)?")
    for file in package.rglob("*.py"):
        text = file.read_text("utf-8")
        renamed = HEADING.sub(r'\1"Other"', imported.sub(_otherwise, text))
        if renamed != text:
            file.write_text(renamed, "utf-8")
    for file in sorted(formulas.rglob("*"), key=lambda file: -len(file.parts)):
        if file.stem != "__init__":
            file.rename(file.with_name(f"{file.stem}_renamed{file.suffix}"))
    listed = formulas / "__init__.py"
    listed.write_text(re.sub(rf'"({names})"', r'"\1_renamed"', listed.read_text("utf-8")), "utf-8")
    presets = folder / "presets"
    shutil.copytree(ROOT / "presets", presets)
    for file in presets.glob(f"scenarios/{DISTILLED}*.toml"):
        file.rename(file.with_name(file.name.replace(DISTILLED, "renamed-")))
    table = presets / "benchmarks" / "deepseek-r1-distilled.toml"
    table.write_text(table.read_text("utf-8").replace(f'"{DISTILLED}', '"renamed-'), "utf-8")
    return folder


def _otherwise(found: re.Match[str]) -> str:
    return ".".join(f"{name}_renamed" for name in found.groups() if name)


def _answering(root: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-P", "-c", ANSWERS]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def test_no_answer_depends_on_what_a_module_or_a_heading_is_called(tmp_path):
    ours, theirs = (_answering(root) for root in (ROOT, _renamed(tmp_path)))
    expected, found = ours.communicate()[0], theirs.communicate()[0]
    assert (ours.returncode, theirs.returncode) == (0, 0)
    assert found == expected
    assert all(f'"label": "{label}' in expected for label in ("Expert parallel", "Accelerator"))
