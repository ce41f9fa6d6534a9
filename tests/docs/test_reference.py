"""The reference says what the code says, and the README what a user can do."""

import re
import runpy
from pathlib import Path

import pytest

from dsexplore.cli import main

ROOT = Path(__file__).parents[2]


def test_reference_is_up_to_date() -> None:
    generator = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    written = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert written == generator["reference"](), "run python docs/generate.py"
    keys = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
    assert keys == generator["cheat_sheet"](), "run python docs/generate.py"


def test_every_link_in_the_documents_leads_somewhere() -> None:
    for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[)#]", document.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_guides_example_is_what_explain_prints(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["explain", "deepseek-v3", "attention_parity_context"])
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    asked = "copy what `dsexplore explain deepseek-v3 attention_parity_context` prints"
    assert f"```\n{capsys.readouterr().out}```" in guide, asked
