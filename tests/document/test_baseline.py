"""The baseline: what was opened, until the user sets one to compare other scenarios with."""

from __future__ import annotations

from dsexplore.document.document import Document


def test_what_is_opened_is_compared_with_itself():
    document = Document("deepseek-v3")
    document.open("llama-3-70b")
    assert document.state.baseline.name == "llama-3-70b"
    assert not document.result_change("total_cost")


def test_a_baseline_that_was_set_is_kept_when_another_scenario_is_opened():
    document = Document("deepseek-r1-zero-estimate")
    document.set_baseline()
    document.open("deepseek-r1-zero-disclosed")
    assert document.state.baseline.name == "deepseek-r1-zero-estimate"
    # The estimate takes 1,024 questions and 64 answers a step, the disclosure 32 and 16.
    assert document.field_change("questions_per_step") == "was 1024"
    assert document.field_change("group_size") == "was 64"
    assert document.result_change("rl_cost").mark == "+▼"


def test_the_baseline_can_be_freed_again():
    document = Document("deepseek-v3")
    document.set("num_layers", 60)
    document.set_baseline()
    assert document.field_change("num_layers") == ""
    document.free_baseline()
    assert document.field_change("num_layers") == "was 61"
    document.open("llama-3-70b")
    assert document.state.baseline.name == "llama-3-70b"


def test_setting_and_freeing_can_be_undone():
    document = Document("deepseek-v3")
    document.set("num_layers", 60)
    document.set_baseline()
    document.free_baseline()
    assert document.undo() == "baseline freed"
    assert document.field_change("num_layers") == ""
    assert document.undo() == "baseline"
    assert document.field_change("num_layers") == "was 61"
