"""Hours of a run: as stated, by a rate, or unknown."""

from __future__ import annotations

import math

import pytest

from dsexplore.engine import evaluate
from tests.strategies import shipped


def hours(**changes: object) -> float:
    scenario = shipped("deepseek-v3").with_values({"utilization": "measured", **changes})
    return float(evaluate(scenario.inputs())["pretraining_gpu_hours"])


def test_measured_hours_are_the_stated_ones_or_follow_from_the_rate() -> None:
    rate = {"gpu_hours_per_trillion_tokens": 100_000, "pretraining_tokens": 2e12}
    assert hours(**rate, stated_pretraining_gpu_hours=0) == 200_000
    assert hours(**rate, stated_pretraining_gpu_hours=1) == 1


def test_hours_that_nobody_stated_are_unknown() -> None:
    nothing = {"gpu_hours_per_trillion_tokens": 0, "stated_pretraining_gpu_hours": 0}
    assert math.isnan(hours(**nothing))
    assert hours(**nothing, pretraining_tokens=0) == pytest.approx(0)
