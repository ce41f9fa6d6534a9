"""What is kept in sight comes back in the next session, and what does not fit is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsexplore.document.desk import MOST_PINS, Desk
from dsexplore.document.document import Document
from dsexplore.document.state import Evaluated
from dsexplore.library.open import load
from dsexplore.text.refusal import ScenarioError


def test_what_is_pinned_and_chosen_is_there_again(tmp_path: Path) -> None:
    file = tmp_path / "new" / "desk.json"
    changed = load("deepseek-v3").with_values({"num_layers": 62})
    desk = Desk(file)
    desk.pin(Evaluated(changed, "one more"))
    desk.choose(["Cost"])
    again = Desk(file)
    assert [(pin.name, pin.scenario) for pin in again.pins] == [("one more", changed)]
    assert again.pages == ("Cost",)
    document = Document("deepseek-v3")
    # One layer less costs nothing more: the hours of V3 were measured.
    assert str(document.beside(again.pins[0], "total_parameters")) == "▼1.7 %"
    assert again.unpin(0).name == "one more"
    assert Desk(file).pins == ()


def test_there_are_at_most_four(tmp_path: Path) -> None:
    desk, pinned = Desk(tmp_path / "desk.json"), Evaluated(load("deepseek-v3"), "v3")
    for _ in range(MOST_PINS):
        desk.pin(pinned)
    with pytest.raises(ScenarioError, match="take one away"):
        desk.pin(pinned)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "\xff", '{"pages": 3, "pins": {}}', '{"pages": [1, null], "pins": [1, {"name": 2}]}',
     '{"pins": [{"name": "x", "scenario": {"schema": 9}}]}', "[" * 5000],
)  # fmt: skip
def test_what_does_not_fit_is_left_out(tmp_path: Path, content: str) -> None:
    file = tmp_path / "desk.json"
    file.write_text(content, encoding="latin-1")
    assert (Desk(file).pages, Desk(file).pins) == ((), ())
