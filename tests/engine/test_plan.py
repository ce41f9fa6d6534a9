"""Plans: a function of what varies gives what its formulas give, to the last bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.engine import GRAPH, QUANTITIES
from dsexplore.engine.plan import Plan, Varying
from dsexplore.scenario.field import UNKNOWN
from dsexplore.scenario.scenario import FIELDS, Scenario
from tests.examples import examples
from tests.strategies import changed, changes, columns_of, scenarios, shipped
from tests.ways import unlike_in_words

NUMBERS = tuple(n for n, spec in FIELDS.items() if spec.is_numeric or spec.kind == "boolean")


def varying_in(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The inputs of several scenarios of the same words, and those that differ among them."""

    def column(name: str, values: list[Any]) -> Any:
        alike = isinstance(values[0], str) or all(value == values[0] for value in values)
        return values[0] if alike else np.array(values, dtype=type(values[0]))

    inputs = columns_of(rows, column)
    return inputs, {name: each for name, each in inputs.items() if isinstance(each, np.ndarray)}


def demand_the_same(
    inputs: dict[str, Any],
    arrays: dict[str, Any],
    of: str = "",
    names: Sequence[str] = tuple(QUANTITIES),
) -> None:
    how = {name: Varying.over(values) for name, values in arrays.items()}
    planned = Plan(GRAPH, inputs, how, names)(arrays)
    expected = GRAPH.evaluate(inputs, names, in_words=False)
    for name in names:
        quantity, found, wanted = QUANTITIES[name], planned[name], expected[name]
        if quantity.kind == "problem":
            wanted = np.not_equal(wanted, "")
        if quantity.kind == "text":
            assert (np.asarray(found) == wanted).all(), (name, of)
        else:
            assert np.array_equal(*np.broadcast_arrays(found, wanted), equal_nan=True), (name, of)


@examples(8)
@given(scenarios(), st.lists(changes(NUMBERS), min_size=2, max_size=4))
def test_a_plan_gives_what_arrays_give(scenario: Scenario, mixes: list[dict[str, Any]]) -> None:
    rows = [changed(scenario.with_run({}), mix) for mix in mixes]
    demand_the_same(*varying_in([row.inputs() for row in rows]))


def scaled(scenario: Scenario, by: float) -> Scenario:
    """So many times of all there is."""
    every = {f: v * by for f in NUMBERS if (v := scenario.value(f)) and not isinstance(v, bool)}
    return changed(scenario, every)


def test_every_field_may_vary() -> None:
    for scenario, names in unlike_in_words():
        rows = [scenario, scaled(scenario, 2), scaled(scenario, 0.5)]
        demand_the_same(*varying_in([row.inputs() for row in rows]), scenario.title, names)


def test_every_field_may_vary_with_what_is_unknown_or_none_among_it() -> None:
    for scenario, names in unlike_in_words():
        nothing = [changed(scenario, dict.fromkeys(NUMBERS, each)) for each in (0, UNKNOWN)]
        rows = [scenario, scaled(scenario, 2), scaled(scenario, 0.5), *nothing]
        demand_the_same(*varying_in([row.inputs() for row in rows]), scenario.title, names)


def test_what_varies_along_one_axis_is_computed_along_it_alone() -> None:
    inputs = shipped("deepseek-v3").inputs()
    price, tokens = np.linspace(1, 4, 5)[:, None], np.linspace(1e13, 2e13, 7)[None, :]
    arrays = {"price_per_gpu_hour": price, "pretraining_tokens": tokens}
    how = {
        name: Varying.over(each, 1 << place) for place, (name, each) in enumerate(arrays.items())
    }
    plan = Plan(GRAPH, inputs, how, ("total_cost", "pretraining_flops", "memory_per_gpu"))
    found = plan(arrays)
    assert found["total_cost"].shape == (5, 7)
    assert found["pretraining_flops"].shape == (1, 7)
    assert plan.fixed == {"memory_per_gpu": found["memory_per_gpu"]}, "a number, known beforehand"


def test_a_variant_gives_what_it_gives_alone() -> None:
    inputs = shipped("llama-3.1-405b").inputs()
    arrays = {
        "tensor_parallel": np.array([1.0, 4.0, 8.0]),
        "micro_batch_size": np.array([1.0, 2, 4]),
    }
    how = {name: Varying.over(each) for name, each in arrays.items()}
    variants = [
        {"pipeline_schedule": schedule, "recompute": kind}
        for schedule in ("1f1b", "gpipe", "dualpipe")
        for kind in ("none", "full")
    ]
    names = ("step_time", "memory_per_gpu", "layout_problem")
    for variant, together in zip(
        variants, Plan(GRAPH, inputs, how, names, variants).of_each(arrays), strict=True
    ):
        alone = Plan(GRAPH, inputs | variant, how, names)(arrays)
        for name in names:
            assert np.array_equal(together[name], alone[name], equal_nan=True), (variant, name)


def test_a_formula_that_runs_as_it_is_may_come_to_one_number() -> None:
    inputs = shipped("minimax-m1-rl").inputs()
    varied = ("num_layers", "max_response_length")
    arrays = {name: inputs[name] * np.array([0, 0.5, 1]) for name in varied}
    demand_the_same(inputs | arrays, arrays)
