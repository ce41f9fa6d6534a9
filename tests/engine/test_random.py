"""The laws of `python -m tests.laws`, of a few scenarios; the long form tries 10,000."""

from __future__ import annotations

from random import Random

import pytest

from tests.laws import laws, monotony
from tests.laws.scenarios import random_scenario
from tests.strategies import shipped


def violations(seed: int) -> list[laws.Violation]:
    random = Random(seed)
    return laws.violations(random, random_scenario(random))


def test_random_legal_scenarios_keep_the_laws() -> None:
    assert {seed: found for seed in range(1, 61) if (found := violations(seed))} == {}


def test_the_laws_name_what_there_is() -> None:
    assert monotony.unknown_names() == set()


@pytest.mark.parametrize(
    ("name", "spoilt", "law"),
    [
        ("total_cost", lambda cost: -cost, "total_cost is negative"),
        ("bubble_share", lambda _: 1.5, "bubble_share is above 100 %"),
        ("model_bytes", lambda _: float("nan"), "model_bytes is unknown for no reason"),
        ("step_time", lambda time: time / 2, "step_time is not the sum of its parts"),
        ("gemm_rate", lambda rate: 9 * rate, "gemm_rate is above fp8_flops"),
        ("memory_verdict", lambda _: "needs nan GB", "memory_verdict is no sentence"),
    ],
)
def test_a_law_that_is_broken_is_noticed(
    monkeypatch: pytest.MonkeyPatch, name: str, spoilt, law: str
) -> None:
    honest = laws.evaluate

    def spoiled(inputs):
        found = honest(inputs)
        return found | {name: spoilt(found[name])}

    monkeypatch.setattr(laws, "evaluate", spoiled)
    found = laws.violations(Random(1), shipped("deepseek-v3"))
    assert law in [each.law for each in found]
