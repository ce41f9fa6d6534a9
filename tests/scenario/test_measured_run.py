"""The measured run that a scenario remembers: what is kept, followed, and forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.library.open import load
from dsexplore.scenario.measured_run import (
    DETAILS,
    EXTENTS,
    HOURS,
    LATER_HOURS,
    MEASURED_RUN,
    PREMISES,
    SIZES,
)
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.refusal import ScenarioError
from tests.examples import examples
from tests.strategies import changed, changes

STAY = ("utilization", *HOURS)
EDITED = tuple(name for name in FIELDS if name not in STAY)


@examples(30)
@given(changes(EDITED), st.data())
def test_back_at_the_stated_run_everything_is_as_it_was(
    edits: dict[str, object], data: st.DataObject
) -> None:
    """Whatever the order of the edits, and of the way back."""
    start = load("deepseek-v3")
    scenario = changed(start, edits)
    back = [name for name in edits if scenario.value(name) != start.value(name)]
    for _ in range(2):  # rules may refuse a value until another field is back
        for name in data.draw(st.permutations(back)):
            scenario = changed(scenario, {name: _typed(start, name)})
    assert {n: scenario.value(n) for n in FIELDS} == {n: start.value(n) for n in FIELDS}
    assert scenario.measured_run == start.measured_run == {}


def _typed(scenario: Scenario, name: str) -> object:
    value = scenario.value(name)
    return "unknown" if value is None else value


def test_only_what_differs_is_remembered() -> None:
    v3 = load("deepseek-v3")
    nine = v3.with_values({"experts_per_token": 9})
    assert nine.measured_run == {"experts_per_token": 8}
    ten = nine.with_values({"experts_per_token": 10, "price_per_gpu_hour": 3})
    assert ten.measured_run == {"experts_per_token": 8}
    assert ten.run_values()["num_layers"] == 61


def test_a_corrected_detail_is_the_runs_own_and_another_accelerators_is_not() -> None:
    v3 = load("deepseek-v3").with_values({"bf16_flops": 755e12})
    assert v3.measured_run == {}
    other = v3.with_values({"gpu": "Another", "bf16_flops": 2e15})
    assert other.measured_run == {"gpu": "NVIDIA H800 SXM5 80GB", "bf16_flops": 755e12}
    again = other.with_values({"bf16_flops": 1e15})
    assert again.measured_run["bf16_flops"] == 755e12
    back = again.with_values({"gpu": "NVIDIA H800 SXM5 80GB"})
    assert back.measured_run == {}


@pytest.mark.parametrize("hours", HOURS)
def test_hours_that_are_stated_are_hours_of_the_values_in_force(hours: str) -> None:
    nine = load("deepseek-v3").with_values({"experts_per_token": 9})
    assert nine.with_values({hours: 2e5}).measured_run == {}
    # As are hours stated in the same breath, of the value that they have already.
    again = load("deepseek-v3").with_values({"experts_per_token": 9, hours: 180e3})
    assert again.measured_run == {}


def test_hours_of_a_later_stage_are_taken_as_stated_and_leave_the_others_alone() -> None:
    nine = load("deepseek-v3").with_values({"experts_per_token": 9})
    stated = nine.with_values({"context_extension_gpu_hours": 2e5})
    assert stated.measured_run == {"experts_per_token": 8, "context_extension_gpu_hours": 119e3}
    assert set(stated.inputs()[MEASURED_RUN].restated) == {"context_extension_gpu_hours"}
    # Under the run's own premises they are the run's.
    assert stated.with_values({"experts_per_token": 8}).measured_run == {}


def test_where_no_hours_are_stated_there_is_no_run() -> None:
    none = {"gpu_hours_per_trillion_tokens": 0, "context_extension_gpu_hours": 0}
    scenario = load("deepseek-v3").with_values({**none, "post_training_gpu_hours": 0})
    assert scenario.with_values({"experts_per_token": 9}).measured_run == {}
    # The first that are stated are of the values then in force.
    later = scenario.with_values({"experts_per_token": 9, "context_extension_gpu_hours": 1e5})
    assert later.measured_run == {}


def test_every_field_is_one_thing_to_a_run() -> None:
    parts = (PREMISES, tuple(DETAILS), EXTENTS, HOURS, LATER_HOURS, SIZES)
    names = [name for part in parts for name in part]
    assert len(names) == len(set(names))
    assert all(about for about in DETAILS.values())
    conventions = {name for name, spec in FIELDS.items() if spec.role == "convention"}
    assert conventions.isdisjoint(names) and conventions.union(names) == set(FIELDS)


@pytest.mark.parametrize(
    ("run", "place"),
    [
        ({"experts": 8}, "measured_run"),
        ({"price_per_gpu_hour": 2.0}, "measured_run.price_per_gpu_hour"),
        ({"gpu_hours_per_trillion_tokens": 1.0}, "measured_run.gpu_hours_per_trillion_tokens"),
        ({"num_layers": "many"}, "measured_run.num_layers"),
        ({"num_layers": 0}, "measured_run.num_layers"),
        ({"num_layers": [1]}, "measured_run.num_layers"),
        ([1], "measured_run"),
    ],
)
def test_a_run_is_read_as_strictly_as_a_panel(run: object, place: str) -> None:
    document = {**load("deepseek-v3").as_raw(), MEASURED_RUN: run}
    with pytest.raises(ScenarioError) as refusal:
        Scenario.read(document)
    assert refusal.value.where == place
