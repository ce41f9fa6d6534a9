"""Fields in the value of another are read as their numbers, or refused by name."""

from __future__ import annotations

import pytest

from dsexplore.library.open import load
from dsexplore.library.presets import with_changes
from dsexplore.text.refusal import ScenarioError


def test_fields_count_in_arithmetic_and_units_are_no_fields() -> None:
    scenario = load("deepseek-v3")
    changed = with_changes(scenario, {"expert_parallel": "num_gpus / 16 - 64", "hidden_size": "7k"})
    assert changed.value("expert_parallel") == 64
    assert changed.value("hidden_size") == 7000


def test_a_field_that_is_unknown_or_a_word_is_refused() -> None:
    with pytest.raises(ScenarioError, match="Layers is not"):
        with_changes(load("gpt-4-reported"), {"num_gpus": "num_layers * 8"})
    with pytest.raises(ScenarioError, match="num_gpus"):
        with_changes(load("deepseek-v3"), {"num_gpus": "attention * 8"})


def test_a_name_that_is_no_field_is_refused_with_those_it_may_have_meant() -> None:
    with pytest.raises(ScenarioError, match="num_gpu is none: num_gpus"):
        with_changes(load("deepseek-v3"), {"expert_parallel": "num_gpu/8"})
    with pytest.raises(ScenarioError, match="data_parallel is a result"):
        with_changes(load("deepseek-v3"), {"global_batch_size": "data_parallel*4"})
