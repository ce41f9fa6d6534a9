"""The page on accuracy says what the runs and the model say."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
NUMBER = re.compile(r"[-+]?[0-9]+(?:,[0-9]{3})*(?:[.][0-9]+)?")


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def test_accuracy_page_is_up_to_date(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    written = (DOCS / "accuracy.md").read_text(encoding="utf-8")
    page = runpy.run_path(str(DOCS / "accuracy_page.py"))["page"]()
    asked = "run python docs/accuracy_page.py"
    assert NUMBER.sub("#", written) == NUMBER.sub("#", page), asked
    # A fit ends in other last digits on other machines: a tenth of a percent may be rounded over.
    old, new = (list(map(_number, NUMBER.findall(text))) for text in (written, page))
    assert old == pytest.approx(new, rel=1e-3, abs=0.11), asked
