"""What a command imports as it starts: no screen without need of one, and nothing slow."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "words",
    [
        ["eval", "deepseek-v3"],
        ["eval", "deepseek-v3", "--format", "toml"],
        ["presets"],
        ["import", "tests/library/config_json/configs/gpt2.json"],
    ],
)
def test_a_command_imports_no_screen_and_nothing_slow(process, words):
    code = f"""
import sys
from dsexplore.cli import main
try:
    main({words!r})
except SystemExit as ended:
    slow = [name for name in ("textual", "rich", "torch", "pandas", "scipy", "dsexplore.tui")
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


def test_the_explorer_starts_without_what_only_a_page_or_a_screen_reads(process):
    code = """
import sys
import dsexplore.tui.main.screen
print([name for name in sys.modules if name.startswith(
    ("numpy", "plotext", "dsexplore.analysis.claims.", "dsexplore.analysis.accuracy."))])
"""
    assert process("-c", code).stdout == "[]\n"
