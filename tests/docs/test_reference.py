"""The reference says what the code says, and the README what a user can do."""

import re
import runpy
from pathlib import Path

import pytest

from dsexplore.cli import main
from dsexplore.tui.keys.actions import ACTIONS

ROOT = Path(__file__).parents[2]


# What takes no evaluation; `python docs/generate.py --check`, which CI runs, holds all pages.
QUICK = ("fields.md", "keys.md", "schedules.md", "quantities/totals.md", "quantities/step.md")


def test_reference_is_up_to_date() -> None:
    generator = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    for name in QUICK:
        written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
        assert written == generator["page"](name), f"{name}: run python docs/generate.py"
    assert all(f"`{action.name}` |" in generator["page"]("keys.md") for action in ACTIONS)
    shown = {str(file.relative_to(ROOT / "docs")) for file in (ROOT / "docs").rglob("*.md")}
    listed = re.findall(r"[\w/-]+\.md", (ROOT / "docs/site/mkdocs.yml").read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(listed), "docs/site/mkdocs.yml lists every page once"
    assert set(generator["pages"]()) <= {name.removeprefix("reference/") for name in listed}


def test_every_link_in_the_documents_leads_somewhere() -> None:
    for document in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[)#]", document.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_guides_example_is_what_explain_prints(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["explain", "deepseek-v3", "attention_parity_context"])
    guide = (ROOT / "docs" / "how-to" / "trace-a-number.md").read_text(encoding="utf-8")
    asked = "copy what `dsexplore explain deepseek-v3 attention_parity_context` prints"
    assert f"```\n{capsys.readouterr().out}```" in guide, asked
