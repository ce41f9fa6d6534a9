"""Measured hours in an open scenario: edited, undone, reset, held and recovered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.document.changes import changed as changed_by
from dsexplore.document.changes import changes as steps
from dsexplore.document.document import Document
from dsexplore.library.open import load
from dsexplore.library.presets import with_changes
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.refusal import ScenarioError
from tests.examples import examples
from tests.strategies import changes

HOURS = 14.8 * 180e3
EDITED = tuple(name for name in FIELDS if name != "utilization")


@examples(15)
@given(changes(EDITED, most=6), st.data())
def test_reset_in_any_order_leads_back_to_the_file(edits: dict[str, Any], data: Any) -> None:
    """Hours among the edits: put back, they are the file's hours of the file's run again."""
    document = Document("deepseek-v3")
    for name, value in edits.items():
        try:
            document.set(name, value)
        except ScenarioError:
            continue
    for _ in range(2):  # rules may refuse a value until another field is back
        for name in data.draw(st.permutations(list(edits))):
            if document.field_change(name):
                try:
                    document.reset(name)
                except ScenarioError:
                    continue
    assert not document.is_modified
    assert document.results["pretraining_gpu_hours"] == HOURS


def test_hold_takes_the_mfu_that_is_held_after_an_edit() -> None:
    document = Document("deepseek-v3")
    held = document.results["mfu"]
    document.set("experts_per_token", 9)
    hours = document.results["pretraining_gpu_hours"]
    document.hold_mfu()
    assert document.scenario.value("assumed_mfu") == pytest.approx(held)
    assert document.results["pretraining_gpu_hours"] == pytest.approx(hours)


def test_choosing_an_assumed_mfu_starts_from_the_measured_one() -> None:
    document = Document("deepseek-v3")
    held = document.results["mfu"]
    document.set("utilization", "assumed")
    assert document.results["mfu"] == pytest.approx(held)
    document.use_panel("hardware", "b200-180gb-sxm")
    assert document.results["mfu"] == pytest.approx(held)


def test_undo_and_redo_take_the_run_along() -> None:
    document = Document("deepseek-v3")
    document.set("experts_per_token", 9)
    held = document.results["pretraining_gpu_hours"]
    document.set("gpu_hours_per_trillion_tokens", 200e3)
    assert document.results["pretraining_gpu_hours"] == 14.8 * 200e3
    document.undo()
    assert document.results["pretraining_gpu_hours"] == held != HOURS
    document.undo()
    assert document.results["pretraining_gpu_hours"] == HOURS
    document.redo()
    assert document.results["pretraining_gpu_hours"] == held


def test_a_panel_taken_and_given_back_leaves_the_file() -> None:
    document = Document("deepseek-v3")
    as_opened = document.scenario
    document.use_panel("architecture", "llama-3.1-405b")
    document.use_panel("architecture", "deepseek-v3")
    assert document.scenario.measured_run == as_opened.measured_run
    assert document.results["pretraining_gpu_hours"] == HOURS


def test_the_journal_keeps_the_run() -> None:
    """A step from one scenario to another, as the journal writes it, there and back."""
    v3 = load("deepseek-v3")
    later = {"hardware": "b200-180gb-sxm", "experts_per_token": 9}
    there = with_changes(with_changes(v3, later), {"context_extension_gpu_hours": 5e4})
    assert there.measured_run["context_extension_gpu_hours"] == 119e3
    for one, other in ((v3, there), (there, v3)):
        assert changed_by(one, json.loads(json.dumps(steps(one, other)))) == other
