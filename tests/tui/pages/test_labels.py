"""Labels of results: each names one result, away from its neighbours too, and has room."""

from __future__ import annotations

from dsexplore.document.document import Document
from dsexplore.engine import QUANTITIES
from dsexplore.library.names import preset_names
from dsexplore.scenario.scenario import FIELDS
from dsexplore.tui.pages.labels import LABELS, short_label
from dsexplore.tui.pages.pages import PAGES
from tests.points import holds_at


def test_a_label_is_of_one_result_or_field() -> None:
    assert set(LABELS) <= set(QUANTITIES)
    labels = [*LABELS.values(), *(spec.label for spec in FIELDS.values())]
    ambiguous = {label for label in LABELS.values() if labels.count(label) > 1}
    assert not ambiguous


def test_a_result_without_a_label_is_called_by_its_name() -> None:
    assert "decode_bound" not in LABELS
    assert short_label("decode_bound") == "Decode bound"


@holds_at("name", preset_names("scenarios"))
def test_every_result_on_a_page_shows_its_label_whole(name: str) -> None:
    document = Document(name)
    for page in PAGES[:-1]:  # the last shows names
        for row in page.rows(document, 80):
            if row.name and row.line[0][1] == "label":
                assert "…" not in row.line[0][0], (page.title, row.name)
