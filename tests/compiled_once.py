"""A new clone is compiled once, not by each worker: each begins with a share of its own."""

from __future__ import annotations

import compileall
import contextlib
import importlib
import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]


def compile_share() -> None:
    """Compile every third file, if there are three workers; what fails to is left to pytest."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers == 1:
        return
    place = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    for path in sorted((_ROOT / "dsexplore").rglob("*.py"))[place::workers]:
        compileall.compile_file(path, quiet=2)
    # Tests are compiled as pytest rewrites them, which is when they are imported.
    for path in sorted((_ROOT / "tests").rglob("test_*.py"))[place::workers]:
        with contextlib.suppress(Exception, pytest.skip.Exception):
            importlib.import_module(".".join(path.relative_to(_ROOT).with_suffix("").parts))
