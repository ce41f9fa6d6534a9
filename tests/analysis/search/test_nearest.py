"""What makes a layout fit: every change offered does, alone if one is enough."""

from __future__ import annotations

from dsexplore.analysis.search.nearest import nearest
from dsexplore.engine.standing import Standing
from dsexplore.library.presets import with_changes
from tests.strategies import shipped


def test_every_change_fits_and_none_holds_one_that_is_enough_alone() -> None:
    scenario = shipped("llama-3.1-405b").with_values({"memory_capacity": 55e9})
    assert Standing(scenario).values["memory_headroom"] < 0
    found = nearest(scenario)
    alone = [each.fields for each in found if len(each.fields) == 1]
    assert {"recompute": "full"} in alone
    for each in found:
        there = Standing(with_changes(scenario, {**each.fields})).values
        assert there["memory_headroom"] >= 0
        assert there["step_time"] == each.step_time
        assert len(each.fields) == 1 or not any(one.items() <= each.fields.items() for one in alone)
    steps = [each.step_time for each in found if len(each.fields) == 1]
    assert steps == sorted(steps)


def test_nothing_makes_a_run_fit_on_accelerators_of_a_megabyte() -> None:
    shares: list[float] = []
    scenario = shipped("llama-3-8b").with_values({"memory_capacity": 1e6, "num_gpus": 8})
    assert nearest(scenario, told=shares.append) == []
    assert shares == sorted(shares)
    assert nearest(scenario, goes_on=lambda: False) == []
