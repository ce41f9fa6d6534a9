"""What a name stands for: a field or a quantity says the same wherever it is named."""

from __future__ import annotations

import pytest

from dsexplore.engine.names import (
    check_name,
    check_result,
    is_number,
    is_result,
    results,
    summary_of,
    title_of,
    unit_of,
)
from dsexplore.text.refusal import ScenarioError


def test_a_field_goes_by_its_label_and_a_quantity_by_its_sentence():
    assert (title_of("num_layers"), unit_of("num_layers")) == ("Layers", "layer")
    assert title_of("total_cost") == summary_of("total_cost")
    assert unit_of("total_cost") == "USD"


@pytest.mark.parametrize(
    ("name", "number", "result"),
    [
        ("num_gpus", True, False),
        ("attention", False, False),
        ("tie_embeddings", False, False),
        ("mfu", True, True),
        ("mfu_basis", False, False),
        ("layout_problem", False, False),
    ],
)
def test_words_and_switches_are_no_numbers_and_fields_no_results(name, number, result):
    assert (is_number(name), is_result(name), name in results()) == (number, result, result)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("num_gpu", "unknown name 'num_gpu'"),
        ("total_costs", "total_cost, "),
    ],
)
def test_a_mistyped_name_is_told_the_nearest(name, sentence):
    with pytest.raises(ScenarioError, match=sentence):
        check_name(name)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("num_gpus", "num_gpus, a field, where a result belongs"),
        ("mfu_basis", "mfu_basis, a sentence, where a number belongs"),
        ("mfv", "unknown result 'mfv'"),
    ],
)
def test_what_is_no_result_is_told_what_it_is(name, found):
    with pytest.raises(ScenarioError) as caught:
        check_result(name)
    assert caught.value.found == found
    assert "mfu" in caught.value.allowed or name == "num_gpus"
