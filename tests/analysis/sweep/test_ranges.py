"""Ranges offered for a field can be swept, and lie around the value that it has."""

from __future__ import annotations

from dsexplore.analysis.sweep.axis import read_axis
from dsexplore.analysis.sweep.ranges import can_be_swept, ranges
from dsexplore.library.open import load
from dsexplore.scenario.fields import FIELDS, PANELS


def test_every_range_has_values_and_the_first_holds_the_present_one() -> None:
    scenario = load("deepseek-v3")
    for name in filter(can_be_swept, [*FIELDS, *PANELS]):
        found = ranges(scenario, name)
        for each in found:
            assert len(read_axis(f"{name}={each.values}").values) > 1, (name, each)
        value = scenario.value(name) if name in FIELDS else None
        if found and FIELDS.get(name) and FIELDS[name].is_numeric and value:
            values = read_axis(f"{name}={found[0].values}").values
            assert values[0] <= value <= values[-1], (name, found[0])


def test_what_has_no_values_one_after_another_is_not_swept() -> None:
    assert not can_be_swept("layers_per_stage")
    assert ranges(load("deepseek-v3"), "lora_rank") == []


def test_a_degree_of_parallelism_doubles_and_a_share_stays_within_its_bounds() -> None:
    scenario = load("deepseek-v3")
    first = ranges(scenario, "pipeline_parallel")[0]
    degrees = read_axis(f"pipeline_parallel={first.values}").values
    assert degrees == (2, 4, 8, 16, 32, 64, 128)
    shares = read_axis(f"assumed_mfu={ranges(scenario, 'assumed_mfu')[0].values}").values
    assert all(0 <= float(value or 0) <= 1 for value in shares)
