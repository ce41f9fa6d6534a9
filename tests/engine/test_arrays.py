"""Arrays of fields give what their elements give one by one, for every quantity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.engine import GRAPH, QUANTITIES, evaluate
from dsexplore.library.names import preset_names
from dsexplore.scenario.field import UNKNOWN
from dsexplore.scenario.scenario import FIELDS, Scenario
from tests.examples import examples
from tests.strategies import changed, changes, columns_of, scenarios, shipped
from tests.ways import unlike_in_words

WORDS = ("choice", "name", "stages", "layers")
VARYING = tuple(name for name, spec in FIELDS.items() if spec.kind not in WORDS)


def columns(rows: list[Scenario]) -> dict[str, Any]:
    """The inputs of several scenarios that share their words, as arrays where they differ."""
    return columns_of([row.inputs() for row in rows], column)


def column(name: str, values: list[Any]) -> Any:
    first = values[0]
    if isinstance(first, str) or all(value == first for value in values):
        return first
    return np.array(values, dtype=type(first))


def demand_equal(
    arrays: dict[str, Any], one_by_one: list[dict[str, Any]], shape: tuple[int, ...]
) -> None:
    together = {
        name: np.broadcast_to(np.asarray(arrays[name]), shape).ravel() for name in QUANTITIES
    }
    numbers = [name for name, found in QUANTITIES.items() if not found.is_text]
    for name in QUANTITIES.keys() - numbers:
        assert together[name].tolist() == [each[name] for each in one_by_one], name
    assert not [name for name in numbers if together[name].dtype.kind not in "fiub"]
    apart = np.array([[each[name] for each in one_by_one] for name in numbers], dtype=float)
    found = np.array([together[name] for name in numbers], dtype=float)
    # Logarithms of numpy and of Python round differently in the last digit.
    equal = np.isclose(found, apart, rtol=1e-12, atol=0, equal_nan=True).all(axis=1)
    assert not [name for name, same in zip(numbers, equal, strict=True) if not same]


@examples(40)
@given(scenarios(), st.lists(changes(VARYING), min_size=2, max_size=5))
def test_any_mix_of_arrays_equals_its_rows(scenario: Scenario, mixes: list[dict[str, Any]]) -> None:
    # Rows share their words, those of the measured run as well.
    rows = [changed(scenario.with_run({}), mix) for mix in mixes]
    together = evaluate(columns(rows))
    demand_equal(together, [evaluate(row.inputs()) for row in rows], (len(rows),))


def test_every_field_as_an_array_at_once_equals_its_rows() -> None:
    """All that can be is an array, the unknown among it, and one row of it is the scenario."""
    for scenario, _ in unlike_in_words():
        demand_all_varying(scenario)


def demand_all_varying(scenario: Scenario) -> None:
    rows = [
        scenario,
        changed(scenario, dict.fromkeys(VARYING, 0)),
        changed(scenario, dict.fromkeys(VARYING, UNKNOWN)),
        changed(scenario, {f: not v for f in VARYING if isinstance(v := scenario.value(f), bool)}),
        changed(scenario, {f: v * 2 for f in VARYING if (v := scenario.value(f)) is not None}),  # type: ignore[operator]
    ]
    inputs = [row.inputs() for row in rows]

    def all_varying(field: str, values: list[Any]) -> Any:
        return np.array(values) if field in VARYING else values[0]

    arrays = columns_of(inputs, all_varying)
    in_words = evaluate(arrays)
    demand_equal(in_words, [evaluate(each) for each in inputs], (len(rows),))
    # Without words a sentence is marked where it would be said, and nothing else changes.
    marked = GRAPH.evaluate(arrays, in_words=False)
    for quantity, found in QUANTITIES.items():
        said = (np.not_equal(each[quantity], "") for each in (marked, in_words))
        if found.is_text:
            assert np.array_equal(*np.broadcast_arrays(*said)), (scenario.title, quantity)
        else:
            same = np.array_equal(marked[quantity], in_words[quantity], equal_nan=True)
            assert same, (scenario.title, quantity)


@pytest.mark.parametrize(
    "name", ["deepseek-v3", "deepseek-r1-epoch", "llama-3.1-405b", "gpt-4-reported"]
)
@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.float64])
def test_a_number_may_come_in_any_of_numpys_types(name: str, dtype: type) -> None:
    """A whole number that every type holds exactly means the same in each."""
    inputs = shipped(name).inputs()
    sizes = {
        "num_layers": [61, 80, 126],
        "experts_per_token": [8, 4, 0],
        "num_gpus": [2048, 1000, 1],
        "sequence_length": [4096, 1, 65536],
        "zero_stage": [0, 1, 3],
    }
    typed = evaluate({**inputs, **{key: np.array(v, dtype=dtype) for key, v in sizes.items()}})
    apart = [
        evaluate({**inputs, **{key: float(values[row]) for key, values in sizes.items()}})
        for row in range(3)
    ]
    for quantity, found in QUANTITIES.items():
        together = np.broadcast_to(np.asarray(typed[quantity]), (3,))
        if found.is_text:
            assert together.tolist() == [each[quantity] for each in apart]
        else:
            each_alone = [each[quantity] for each in apart]
            tolerance = 1e-5 if dtype is np.float32 else 1e-12
            # What is left of two nearly equal times has the rounding of the times.
            least = 1e-6 if dtype is np.float32 else 1e-8
            assert np.allclose(together, each_alone, tolerance, least, equal_nan=True), quantity


def test_yes_and_no_may_come_as_an_array() -> None:
    inputs = shipped("llama-3-8b" if "llama-3-8b" in preset_names("scenarios") else "llama-3-70b")
    switches = [name for name, spec in FIELDS.items() if spec.kind == "boolean"]
    either = np.array([False, True])
    for name in switches:
        together = evaluate({**inputs.inputs(), name: either})
        apart = [evaluate({**inputs.inputs(), name: bool(each)}) for each in either]
        demand_equal(together, apart, (2,))


def test_arrays_of_two_directions_make_a_table() -> None:
    inputs = shipped("deepseek-v3").inputs()
    tokens = np.array([1e12, 14.8e12, 30e12])
    price = np.array([[1.0], [2.0]])
    table = evaluate({**inputs, "pretraining_tokens": tokens, "price_per_gpu_hour": price})
    apart = [
        evaluate({**inputs, "pretraining_tokens": t, "price_per_gpu_hour": p})
        for p in (1.0, 2.0)
        for t in (1e12, 14.8e12, 30e12)
    ]
    demand_equal(table, apart, (2, 3))
    assert table["total_cost"].shape == (2, 3)


def test_an_unknown_in_one_row_leaves_the_others_alone() -> None:
    inputs = shipped("deepseek-v3").inputs()
    found = evaluate({**inputs, "bf16_flops": np.array([989e12, np.nan, 312e12])})
    assert np.isnan(found["mfu"]).tolist() == [False, True, False]
    assert [bool(text) for text in found["peak_problem"]] == [False, True, False]


def test_an_empty_array_gives_empty_results() -> None:
    inputs = shipped("deepseek-v3").inputs()
    found = evaluate({**inputs, "num_gpus": np.array([])})
    assert found["pretraining_days"].shape == (0,)
    assert found["layout_problem"].shape == (0,)
