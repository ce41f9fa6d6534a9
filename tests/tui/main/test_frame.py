"""The frame around the sheets: whatever the width, the tab that shows is named."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dsexplore.tui.main.frame import tab_line
from dsexplore.tui.pages.pages import PAGES
from dsexplore.tui.widgets.lines import width_of

TITLES = [(page.title, page.short) for page in PAGES]


@given(st.integers(14, 120), st.integers(0, len(TITLES) - 1), st.booleans())
def test_the_active_tab_is_named_at_any_width(width: int, active: int, focused: bool) -> None:
    line = tab_line(TITLES, active, focused, width)
    assert width_of(line) <= width
    title = TITLES[active][0]
    assert (f"[{title}]" if focused else f"‹{title}›") in "".join(text for text, _ in line)


def test_every_tab_is_named_where_there_is_room() -> None:
    text = "".join(text for text, _ in tab_line(TITLES, 0, True, 120))
    assert all(title in text for title, _ in TITLES)
    assert "…" not in text
