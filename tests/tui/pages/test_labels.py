"""Labels of results: each names one result, away from its neighbours too, and has room."""

from __future__ import annotations

import re

import pytest

from dsexplore.document.document import Document
from dsexplore.engine import QUANTITIES
from dsexplore.library.names import preset_names
from dsexplore.scenario.scenario import FIELDS
from dsexplore.tui.keys.keymap import USUAL
from dsexplore.tui.main.parameter_rows import parameter_rows, visible_fields
from dsexplore.tui.pages.labels import LABELS, short_label
from dsexplore.tui.pages.pages import PAGES
from tests.points import holds_at
from tests.tui.explorer import text_of


def test_a_label_is_of_one_result_or_field() -> None:
    assert set(LABELS) <= set(QUANTITIES)
    labels = [*LABELS.values(), *(spec.label for spec in FIELDS.values())]
    ambiguous = {label for label in LABELS.values() if labels.count(label) > 1}
    assert not ambiguous


def test_a_result_without_a_label_is_called_by_its_name() -> None:
    assert "decode_bound" not in LABELS
    assert short_label("decode_bound") == "Decode bound"


@holds_at("name", preset_names("scenarios"))
def test_no_page_of_any_scenario_cuts_what_it_says(name: str) -> None:
    # In the column of a terminal of 120; an interval has an ellipsis between its ends.
    document = Document(name)
    for page in PAGES:
        for row in page.rows(document, 64):
            line = text_of(row.line)
            assert not re.search(r"\w…|\S …$", line), (page.title, line)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("deepseek-v3", {"experts_per_token": 9}),
        ("deepseek-v3", {"gpu": "b200-180gb-sxm"}),
        ("llama-3.1-405b", {"num_layers": 90}),
    ],
)
def test_no_figure_is_cut_in_the_narrowest_column(name: str, change: dict[str, object]) -> None:
    """What moved, its interval and a table's words: each is whole, shortened, or left out."""
    document = Document(name)
    document.take(change, "a change")
    for width in (52, 60):
        for page in PAGES[:-1]:
            for row in page.rows(document, width):
                # A page of 52 cells has all it says; … between spaces is an interval's.
                text = "".join(span for span, _ in row.line).strip()
                assert text == "…" or not text.endswith("…"), (page.title, width, text)


def test_what_a_field_was_is_whole_in_the_narrowest_column() -> None:
    document = Document("deepseek-v3")
    document.take({"gpu": "b200-180gb-sxm"}, "another accelerator")
    shown = visible_fields(document, "hardware", (), unfolded=True)
    for row in parameter_rows(document, USUAL, "hardware", shown, "", None, 53):
        assert "…" not in "".join(span for span, _ in row.line).replace(" … ", "")
