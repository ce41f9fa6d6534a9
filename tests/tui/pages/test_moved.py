"""Only what moved: a page without what stayed as it was."""

from __future__ import annotations

from dsexplore.document.document import Document
from dsexplore.tui.pages.moved import only_moved
from dsexplore.tui.pages.overview import overview
from tests.tui.explorer import text_of


def test_a_heading_with_a_result_that_moved_stays_with_its_picture() -> None:
    document = Document("deepseek-v3")
    document.nudge("experts_per_token", 1)
    rows = only_moved(overview.rows(document, 80), document.moved, "nothing")
    shown = [text_of(row.line) for row in rows]
    step = next(at for at, line in enumerate(shown) if "Where a step goes" in line)
    assert "▲" in shown[step]
    assert "█" in shown[step + 1]
    assert "compute" in shown[step + 2]
