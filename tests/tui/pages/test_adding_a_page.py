"""A page of results is one module, and one line that says where its tab stands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
MODULE = '''"""A page of its own."""

from __future__ import annotations

from dsexplore.tui.pages.page import Page, tab


@tab("Wattage", "Watt")
def wattage(page: Page) -> None:
    """Energy and what it comes to."""
    page.heading("Wattage of the run")
    page.results("energy", "carbon")
'''
LOOK = """
import asyncio

from dsexplore.document.document import Document
from dsexplore.tui.app import ExplorerApp
from tests.tui.explorer import Explorer


async def look() -> None:
    app = ExplorerApp(Document("deepseek-v3"))
    async with app.run_test(size=(160, 40)) as pilot:
        user = Explorer(pilot, app)
        await user.press("tab", "n", "down")
        print(user.shown)
        print("cursor on", app.main.session.results.name)


asyncio.run(look())
"""


def test_a_page_is_a_module_and_a_line(tmp_path: Path) -> None:
    package = tmp_path / "dsexplore"
    shutil.copytree(ROOT / "dsexplore", package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "presets", tmp_path / "presets")
    pages = package / "tui" / "pages"
    (pages / "wattage.py").write_text(MODULE)
    listed = (pages / "pages.py").read_text()
    (pages / "pages.py").write_text(listed.replace('"overview",\n', '"overview",\n"wattage",\n'))
    found = subprocess.run(
        [sys.executable, "-c", LOOK],
        env={
            **os.environ,
            "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
            "XDG_STATE_HOME": str(tmp_path),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert "Over [Wattage] Params" in " ".join(found.stdout.split())
    assert "Wattage of the run" in found.stdout
    assert "cursor on carbon" in found.stdout
