"""Goodput: how often large runs stop, and how often they should save themselves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.engine import evaluate
from tests.examples import examples
from tests.strategies import shipped

times = st.floats(1, 1e4)
lives = st.floats(1e3, 1e8)


def results(name: str = "llama-3.1-405b", **changes: object) -> dict[str, Any]:
    return evaluate(shipped(name).with_values(dict(changes)).inputs())


def test_llama_3_is_interrupted_419_times_in_54_days() -> None:
    found = results()
    assert 54 * found["failures_per_day"] == pytest.approx(419, rel=1e-9)
    assert found["time_between_failures"] == pytest.approx(3.09 * 3600, rel=1e-2)


def test_llama_3_trains_more_than_nine_tenths_of_the_time() -> None:
    """Published; what a checkpoint and a restart took was not: seconds and minutes here."""
    found = results(checkpoint_time=10, restart_time=300)
    assert 0.90 < found["predicted_goodput"] < 0.95


def test_youngs_interval_where_failures_are_rare() -> None:
    found = results(checkpoint_time=1, restart_time=0)
    young = math.sqrt(2 * found["time_between_failures"])
    assert found["checkpoint_interval"] == pytest.approx(young, rel=0.01)
    assert found["checkpoint_share"] == pytest.approx(1 / (1 + young), rel=0.01)
    # Half of it is lost to writing, half to repeating.
    lost = math.sqrt(2 / found["time_between_failures"])
    assert found["predicted_goodput"] == pytest.approx(1 - lost, rel=1e-3)


def test_a_run_that_never_fails_loses_nothing_and_needs_no_checkpoint() -> None:
    found = results(gpu_mean_time_to_failure=0, checkpoint_time=60, restart_time=600)
    assert found["failures_per_day"] == 0
    assert found["failures_of_run"] == 0
    assert found["predicted_goodput"] == 1
    assert math.isnan(found["checkpoint_interval"])


def test_a_checkpoint_that_takes_no_time_loses_only_restarts() -> None:
    found = results(checkpoint_time=0, restart_time=600)
    assert found["checkpoint_interval"] == 0
    lost = math.exp(-600 / found["time_between_failures"])
    assert found["predicted_goodput"] == pytest.approx(lost, rel=1e-12)


def test_twice_the_accelerators_fail_twice_as_often() -> None:
    one, two = (results(num_gpus=gpus) for gpus in (8192, 16384))
    assert two["failures_per_day"] == 2 * one["failures_per_day"]
    assert two["failures_of_run"] == pytest.approx(one["failures_of_run"], rel=1e-12)


@examples(40)
@given(lives, times, times, st.floats(0.2, 5))
def test_no_other_interval_is_much_better(
    life: float, checkpoint: float, restart: float, other: float
) -> None:
    """Daly's interval is within a hundredth of the best one, whatever else is tried."""
    inputs = shipped("llama-3.1-405b").inputs()
    changes = {"gpu_mean_time_to_failure": life, "checkpoint_time": checkpoint}
    found = evaluate({**inputs, **changes, "restart_time": restart})
    between, best = found["time_between_failures"], found["checkpoint_interval"]
    if checkpoint > between / 2:
        return  # more than the approximation is made for
    tried = other * best
    goodput = tried / between / math.expm1((tried + checkpoint) / between)
    assert goodput * math.exp(-restart / between) < 1.01 * found["predicted_goodput"]


@examples(40)
@given(lives, times, times)
def test_what_fails_less_or_saves_faster_trains_more(
    life: float, checkpoint: float, restart: float
) -> None:
    inputs = shipped("llama-3.1-405b").inputs()
    both = np.array([1.0, 2.0])
    base = {
        "gpu_mean_time_to_failure": life,
        "checkpoint_time": checkpoint,
        "restart_time": restart,
    }
    for name, factor in (
        ("gpu_mean_time_to_failure", both),
        ("checkpoint_time", 1 / both),
        ("restart_time", 1 / both),
    ):
        worse, better = evaluate({**inputs, **base, name: base[name] * factor})["predicted_goodput"]
        assert 0 <= worse <= better * (1 + 1e-9) <= 1 + 1e-9


# A thousand accelerators that fail once in 3,000 hours each: every three hours one of them.
DALY: dict[str, object] = {
    **{"num_gpus": 1000, "gpu_mean_time_to_failure": 3000, "checkpoint_time": 54},
    **{"restart_time": 108, "utilization": "measured", "stated_pretraining_gpu_hours": 240_000},
}


def test_dalys_interval_by_hand() -> None:
    """Young's 1,080 seconds, corrected for a share of 54 in 21,600 seconds, less the 54."""
    found = results(**DALY)
    assert found["time_between_failures"] == 10_800
    interval = 1080 * (1 + 0.05 / 3 + 0.0025 / 9) - 54
    assert found["checkpoint_interval"] == pytest.approx(interval)
    assert found["checkpoint_share"] == pytest.approx(54 / (interval + 54))
    at_risk = (interval + 54) / 10_800
    kept = at_risk / math.expm1(at_risk)
    goodput = interval / (interval + 54) * kept * math.exp(-0.01)
    assert found["predicted_goodput"] == pytest.approx(goodput)
    # Ten days, eight failures each.
    assert found["failures_per_day"] == 8
    assert found["failures_of_run"] == 80


def test_checkpoints_longer_than_two_lives_are_written_once_a_life() -> None:
    assert results(**DALY | {"checkpoint_time": 21_600})["checkpoint_interval"] == 10_800
    assert results(**DALY | {"checkpoint_time": 30_000})["checkpoint_interval"] == 10_800
    just_below = results(**DALY | {"checkpoint_time": 21_599})["checkpoint_interval"]
    # Daly's formula ends a ninth below the life.
    assert just_below == pytest.approx(10_800 * 8 / 9, rel=1e-3)
