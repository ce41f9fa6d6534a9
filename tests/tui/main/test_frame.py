"""The frame around the sheets: whatever the width, the tab that shows is named, and the results."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.document.document import Document
from dsexplore.text.format import CROSS, DOUBT
from dsexplore.tui.keys.keymap import keymap
from dsexplore.tui.main.frame import hint_line, summary_line, tab_line
from dsexplore.tui.pages.pages import PAGES
from dsexplore.tui.screens.too_small import SMALLEST
from dsexplore.tui.widgets.lines import width_of
from tests.tui.explorer import text_of

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


def summary(width: int, **changes: object) -> str:
    document = Document("deepseek-v3")
    for name, value in changes.items():
        document.set(name, value)
    return "".join(text for text, _ in summary_line(document, width))


@pytest.mark.parametrize(
    ("changes", "known"),
    [
        ({}, "measured"),
        ({"utilization": "assumed"}, "assumed"),
        ({"utilization": "predicted"}, "predicted"),
        ({"num_layers": 80}, "held"),
        ({"num_layers": 80, "pipeline_parallel": 7}, "held"),
    ],
)
def test_a_narrow_summary_keeps_how_mfu_is_known(changes: dict[str, object], known: str) -> None:
    for width in (60, 78, 80):
        line = summary(width, **changes)
        assert "…" not in line
        assert all(part in line for part in ("$", "GPU-h", " d", "MFU", known)), line
    wide = summary(130, **changes)
    assert "of BF16 peak, causal, " + known in wide


def test_every_figure_that_is_uncertain_by_more_than_a_tenth_is_marked() -> None:
    assert summary(80).count(DOUBT) == 0
    assert summary(80, utilization="predicted").count(DOUBT) == 4
    # Once for all, where there is no room.
    assert summary(60, utilization="predicted").count(DOUBT) == 1
    # The hours alone: an assumed MFU is what it is.
    assert summary(80, utilization="assumed").count(DOUBT) == 0


def test_a_run_that_cannot_be_has_one_cross() -> None:
    assert summary(80).count(CROSS) == 0
    assert summary(80, pipeline_parallel=7).endswith(f"{CROSS} cannot be laid out ")
    assert summary(80, pipeline_parallel=7).count(CROSS) == 1
    assert summary(80, num_gpus=2048, memory_capacity=60e9).count(CROSS) == 1
    assert " ✓ fits" in summary(80)


def test_how_to_save_to_leave_and_to_be_helped_is_said_at_every_width() -> None:
    for width in (SMALLEST.width, 80, 200):
        for on_results in (True, False):
            said = text_of(hint_line(keymap({}), False, on_results, width))
            assert all(hint in said for hint in ("^s save", "? help", "q leave"))
            assert len(said) <= width
        typing = text_of(hint_line(keymap({}), True, False, width))
        assert all(hint in typing for hint in ("esc revert", "^s save", "^q leave"))
