"""No formula loses digits that its inputs have."""

from __future__ import annotations

import math
import sys
import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given

from dsexplore.engine import QUANTITIES, Quantity, evaluate
from dsexplore.engine.counting import at_least_once
from dsexplore.engine.elementwise import times_to_hold, times_within
from dsexplore.scenario.scenario import Scenario
from tests.exact import Exact, exact
from tests.examples import examples
from tests.strategies import changed, scenarios, shipped

# What rounding each input, and each of a dozen steps on the way, may come to.
ROUNDINGS = 32 * sys.float_info.epsilon
NUDGE = Fraction(1, 2**30)


@examples(30)
@given(scenarios(unknown=False))
# Copies of a model that are a third of a number of accelerators, as no binary number is.
@example(changed(shipped("deepseek-llm-67b"), {"tensor_parallel": 6}))
def test_a_formula_errs_by_no_more_than_rounding_its_inputs_would(scenario: Scenario) -> None:
    """A difference of nearly equal numbers may be uncertain, but not a formula's own doing.

    The same function is run once more in exact arithmetic; those with roots and logarithms have
    tests of their own.
    """
    inputs = scenario.inputs()
    values = {**inputs, **evaluate(inputs)}
    for found in QUANTITIES.values():
        needs = [values[need] for need in found.needs]
        if isinstance(value := values[found.name], float) and math.isfinite(value):
            truth = in_exact(found, needs)
            if truth is None or Exact(value) == truth:
                continue
            error = abs(Exact(value) - truth)
            if error > abs(truth) * Exact(ROUNDINGS):
                assert error <= unavoidable(found, needs, truth), found.name


def in_exact(found: Quantity, needs: list[Any]) -> Fraction | None:
    """The result without any rounding; None where fractions do not do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = found.function(*map(exact, needs))
        except (TypeError, ValueError, ZeroDivisionError):
            return None
    return Fraction(result) if isinstance(result, Fraction) else None


def unavoidable(found: Quantity, needs: list[Any], truth: Fraction) -> Fraction:
    """What comes of rounding the inputs alone."""
    error = abs(truth)
    for place, need in enumerate(needs):
        if isinstance(need, float) and math.isfinite(need):
            nudged = [*needs[:place], Exact(need) * (1 + NUDGE), *needs[place + 1 :]]
            changed = in_exact(found, nudged)
            error += abs(changed - truth) / NUDGE if changed is not None else 0
    return error * Fraction(ROUNDINGS)


# Where a difference of nearly equal numbers would lose digits


def formula(name: str, **needs: Any) -> float:
    found = QUANTITIES[name]
    return found.function(*(needs[need] for need in found.needs))  # type: ignore[no-any-return]


def test_one_token_of_one_expert_in_a_million_reaches_a_millionth_of_them() -> None:
    assert at_least_once(1e-6, 1.0) == pytest.approx(1e-6, rel=1e-15)
    assert at_least_once(1e-12, 1e3) == pytest.approx(1e-9 - 4.995e-19, rel=1e-14)
    assert at_least_once(0.5, 2.0) == 0.75
    assert at_least_once(1.0, 0.5) == 1
    assert at_least_once(1.0, 0.0) == 0
    assert math.isnan(at_least_once(math.nan, 1.0))


@pytest.mark.parametrize("window", [1, 3, 4096, 10**9])
def test_a_narrow_window_in_a_very_long_sequence_is_full(window: int) -> None:
    """Of a window of w in s tokens, w - w² / 2s is looked back on: exactly, in whole numbers."""
    length = 10**9
    found = evaluate(
        shipped("llama-3-70b")
        .with_values({"sequence_length": length, "attention_window": window})
        .inputs()
    )
    looked_back = window - Fraction(window * window, 2 * length)
    assert found["attended_tokens"] == pytest.approx(float(looked_back), rel=1e-15)
    assert found["attended_tokens_full"] == window


@pytest.mark.parametrize("hits", [0.0, 0.5])
def test_a_narrow_window_in_a_very_long_prompt_is_full(hits: float) -> None:
    scenario = shipped("llama-3-70b").with_values(
        {"serving_prompt_length": 10**9, "attention_window": 1, "cache_hit_rate": hits}
    )
    looked_back = 1 - Fraction(1, 2 * 10**9) if hits == 0 else 1
    found = evaluate(scenario.inputs())["prefill_attended_tokens"]
    assert found == pytest.approx(float(looked_back), rel=1e-15)


@pytest.mark.parametrize(("part", "size", "whole"), [(512, 1024 / 6, 3), (3, 0.3, 10), (0, 5, 0)])
def test_no_rounding_adds_one_to_a_whole_number_or_takes_one_away(
    part: float, size: float, whole: int
) -> None:
    """A size one rounding larger or smaller goes as often; one that is really so does not."""
    nearby = np.array([math.nextafter(size, 0), size, math.nextafter(size, math.inf)])
    assert [times_to_hold(part, float(each)) for each in nearby] == [whole] * 3
    assert list(times_to_hold(part, nearby)) == list(times_within(part, nearby)) == [whole] * 3
    if part:
        assert times_to_hold(part, size * (1 - 1e-9)) == whole + 1
        assert times_within(part, size * (1 + 1e-9)) == whole - 1


def test_lengths_that_hardly_vary_have_a_spread_all_the_same() -> None:
    """The logarithm's deviation is the variation itself where both are small."""
    assert formula("rl_response_spread", response_length_variation=1e-9) == pytest.approx(
        1e-9, rel=1e-15
    )


def test_a_cache_that_saves_one_byte_of_many_saves_just_that() -> None:
    saving = formula(
        "kv_cache_saving",
        kv_cache_bytes_per_token=1e15 - 1,
        kv_cache_bytes_per_token_multi_head=1e15,
    )
    assert saving == 1e-15
