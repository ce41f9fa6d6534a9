"""One rollout in time: colocated parts follow each other, separate ones may run side by side."""

from __future__ import annotations

from itertools import pairwise

import pytest

from dsexplore.analysis.summaries.rl_timeline import Activity, rl_timeline
from dsexplore.engine import evaluate
from tests.strategies import shipped


def timeline(**changes: object) -> dict[str, Activity]:
    scenario = shipped("deepseek-r1-zero-predicted").with_values(dict(changes))
    rl = scenario.reinforcement
    parts = rl_timeline(evaluate(scenario.inputs()), rl.rl_placement, rl.rl_staleness)
    return {part.name: part for part in parts}


def test_colocated_parts_follow_each_other_without_a_gap() -> None:
    parts = list(timeline().values())
    assert [part.name for part in parts] == [
        "rollout_period",
        "log_probability_time",
        "policy_update_time",
        "weight_transfer_time",
        "rl_overhead_time",
    ]
    assert parts[0].start == 0
    for before, after in pairwise(parts):
        assert after.start == pytest.approx(before.end)


def test_the_last_part_ends_when_the_iteration_does() -> None:
    for changes in (
        {},
        {"rl_placement": "disaggregated"},
        {"rl_placement": "disaggregated", "rl_staleness": 2},
    ):
        scenario = shipped("deepseek-r1-zero-predicted").with_values(dict(changes))
        values = evaluate(scenario.inputs(), ["rl_iteration_time"])
        end = max(part.end for part in timeline(**changes).values())
        assert end == pytest.approx(values["rl_iteration_time"])


def test_generators_that_may_run_ahead_work_beside_learning() -> None:
    apart = timeline(rl_placement="disaggregated", rl_staleness=0)
    assert apart["log_probability_time"].start == pytest.approx(apart["rollout_period"].end)
    ahead = timeline(rl_placement="disaggregated", rl_staleness=1)
    assert ahead["log_probability_time"].start == 0


def test_rules_take_the_time_that_they_are_said_to() -> None:
    assert "reward_time" not in timeline()
    reward = timeline(reward_latency=60)["reward_time"]
    assert reward.end - reward.start == pytest.approx(60)


def test_without_rl_there_is_nothing_to_lay_out() -> None:
    values = evaluate(shipped("deepseek-v3").inputs())
    assert rl_timeline(values, "colocated", 0) == []
