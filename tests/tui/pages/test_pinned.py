"""Pinned scenarios as columns."""

from __future__ import annotations

from dsexplore.document.document import Document
from dsexplore.document.state import Evaluated
from dsexplore.library.open import load
from dsexplore.tui.pages.page import Page
from dsexplore.tui.pages.pinned import beside_pinned
from tests.tui.explorer import text_of


def test_columns_are_told_apart_by_whole_names() -> None:
    document = Document("llama-3.1-405b")
    names = ("deepseek-r1-zero-predicted", "deepseek-r1-zero-disclosed", "deepseek-v3", "qwen3-8b")
    document.pins = tuple(Evaluated(load(name), name) for name in names)
    for width in (64, 80):
        page = Page(document, width)
        beside_pinned(page, ["total_cost"])
        heads = " ".join(text_of(row.line) for row in page.rows if not row.name)
        assert all(part in heads for name in names for part in name.split("-"))
        assert "…" not in heads
