"""A scenario: what an edit changes, what it leaves, and what the engine is given."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given

from dsexplore.library.open import load
from dsexplore.scenario.measured_run import MEASURED_RUN, MeasuredRun
from dsexplore.scenario.scenario import FIELDS, PANELS, Scenario
from dsexplore.text.refusal import ScenarioError
from tests.examples import examples
from tests.points import holds_at
from tests.strategies import changes, scenarios


def test_an_edit_changes_its_field_and_no_other() -> None:
    before = load("deepseek-v3")
    after = before.with_values({"num_layers": 62, "price_per_gpu_hour": "$3"})
    assert after.value("num_layers") == 62
    assert after.value("price_per_gpu_hour") == 3.0
    others = set(FIELDS) - {"num_layers", "price_per_gpu_hour"}
    assert all(after.value(name) == before.value(name) for name in others)
    assert before.value("num_layers") == 61


def test_an_edit_drops_what_was_said_of_the_old_value_and_keeps_the_rest() -> None:
    before = load("deepseek-v3")
    name = next(name for name in before.notes if name in before.sources)
    after = before.with_values({name: FIELDS[name].minimum or 1})
    assert set(before.sources) - set(after.sources) == {name}
    assert set(before.notes) - set(after.notes) == {name}
    assert after.title == before.title
    assert after.uncertainty == before.uncertainty
    for table in PANELS:
        assert after.panel(table).preset == before.panel(table).preset


def test_an_edit_to_the_value_that_stands_there_changes_nothing() -> None:
    before = load("deepseek-v3")
    assert before.with_values({"num_layers": "61", "pretraining_tokens": "14.8T"}) == before


def test_an_edit_of_what_nobody_checked_is_the_users_own_word() -> None:
    raw = {"unverified": ["num_layers", "num_gpus"], "architecture": {"num_layers": 120}}
    rumour = Scenario.read(raw)
    assert rumour.with_values({"num_layers": 96}).unverified == ["num_gpus"]
    assert rumour.with_values({"num_layers": 120, "hidden_size": 4096}).unverified == [
        "num_layers",
        "num_gpus",
    ]


def test_a_refused_edit_leaves_the_others_of_its_kind_undone() -> None:
    scenario = load("deepseek-v3")
    with pytest.raises(ScenarioError, match=r"^pretraining\.assumed_mfu: found 7"):
        scenario.with_values({"num_layers": 62, "assumed_mfu": 7})
    assert scenario == load("deepseek-v3")


def test_a_mistyped_field_is_met_with_the_nearest_names() -> None:
    with pytest.raises(ScenarioError) as caught:
        Scenario().with_values({"num_layer": 3})
    assert "'num_layer'" in caught.value.found
    assert caught.value.allowed.startswith("num_layers")


@examples(40)
@given(scenarios(), changes())
def test_the_order_of_edits_that_all_stand_does_not_matter(
    scenario: Scenario, edits: dict[str, Any]
) -> None:
    try:
        together = scenario.with_values(edits)
    except ScenarioError:
        return
    backwards = dict(reversed(edits.items()))
    assert scenario.with_values(backwards) == together


@examples(40)
@given(scenarios())
def test_the_engine_is_given_every_field_as_a_float_a_switch_or_a_word(scenario: Scenario) -> None:
    inputs = scenario.inputs()
    assert isinstance(inputs.pop(MEASURED_RUN), MeasuredRun)
    assert set(inputs) == set(FIELDS)
    for name, value in inputs.items():
        stated = scenario.value(name)
        if FIELDS[name].is_numeric:
            assert type(value) is float
            if stated is None:
                # Unknown, or none where no layer has it.
                is_used = FIELDS[name].applies_where(scenario.value)
                assert math.isnan(value) or (value == 0 and not is_used), name
            else:
                assert value == stated
        else:
            assert value == stated
            assert type(value) is type(stated)


def test_a_scenario_cannot_be_changed_in_place() -> None:
    scenario = Scenario()
    with pytest.raises(AttributeError):
        scenario.title = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        scenario.hardware.num_gpus = 1  # type: ignore[misc]


def test_heads_and_their_width_follow_from_what_is_given() -> None:
    """A dense model is often published by width and heads alone."""
    raw = {"schema": 1, "architecture": {"hidden_size": 4096, "num_attention_heads": 32}}
    stated = Scenario.read(raw)
    assert stated.architecture.num_kv_heads == 32
    assert stated.architecture.head_dim == 128
    # Once read it is a value like another, and an edit of one leaves the other as it is.
    assert stated.with_values({"num_attention_heads": 64}).architecture.head_dim == 128


@holds_at(
    ("raw", "line"),
    [
        ({"schema": 2}, "schema: found 2; allowed: 1"),
        ({"architecture": 3}, "architecture: found 3; allowed: a table, [architecture]"),
        ({"architecture": {"num_layer": 3}}, "architecture: found unknown key 'num_layer'"),
        ({"architektur": {}}, "found unknown table or key 'architektur'; allowed: architecture"),
        ({"title": 3}, "title: found 3; allowed: text in quotes"),
        ({"hardware": {"preset": 3}}, "hardware.preset: found 3; allowed: a preset's name"),
        ({"sources": {"num_layer": "x"}}, "sources: found unknown field 'num_layer'"),
        ({"notes": {"num_layer": "x"}}, "notes: found unknown field 'num_layer'"),
    ],
)
def test_what_a_scenario_does_not_have_is_refused_in_its_place(
    raw: dict[str, Any], line: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        Scenario.read({"schema": 1, **raw})
    assert str(caught.value).startswith(line)
    assert str(caught.value).isprintable()


def test_words_of_a_file_are_kept_as_they_are_if_a_file_can_hold_them() -> None:
    title, notes = "a\x1b[2Jb\u202ec", {"num_layers": "two\nlines\x07"}
    scenario = Scenario.read({"title": title, "notes": notes})
    assert (scenario.title, scenario.notes) == (title, notes)
    half = Scenario.read({"title": "a\udcffb"})
    assert half.title == "a\ufffdb"
