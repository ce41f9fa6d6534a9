"""The graph: what it refuses to be made of, and how little it evaluates."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from dsexplore.engine import GRAPH, QUANTITIES, evaluate
from dsexplore.engine.graph import Graph
from dsexplore.engine.quantity import GraphError, Kind, quantity
from dsexplore.scenario.scenario import FIELDS
from tests.strategies import shipped

FIELD_NAMES = ("width", "height")


def module(*functions: Callable[..., Any], name: str = "shapes") -> ModuleType:
    made = ModuleType(f"engine.{name}")
    for function in functions:
        function.__module__ = made.__name__
        setattr(made, function.__name__, function)
    return made


def formula(
    text: str,
    unit: str | None = "m2",
    source: str = "Euclid",
    doc: str = "An area.",
    kind: Any = "number",
) -> Any:
    """A quantity of one line, such as `area(width, height) = width * height`."""
    head, _, body = text.partition(" = ")
    scope: dict[str, Any] = {}
    exec(f"def {head}:\n    {doc!r}\n    return {body}", scope)
    function = scope[head.partition("(")[0]]
    return quantity(unit, kind=kind, source=source)(function)


def graph_of(*texts: str) -> Graph:
    return Graph({"shapes": [module(*(formula(text) for text in texts))]}, FIELD_NAMES)


def test_a_name_that_is_no_field_and_no_quantity_is_refused_by_name() -> None:
    with pytest.raises(GraphError, match=r"area: needs depth"):
        graph_of("area(width, depth) = width * depth")


@pytest.mark.parametrize(
    ("texts", "circle"),
    [
        (["one(one) = one"], "one → one"),
        (["one(two) = two", "two(one) = one"], "one → two → one"),
        (["one(two) = two", "two(width, three) = three", "three(two) = two"], "two → three → two"),
    ],
)
def test_a_circle_is_refused_and_spelled_out(texts: list[str], circle: str) -> None:
    with pytest.raises(GraphError, match=circle):
        graph_of(*texts)


def test_a_quantity_may_not_take_the_name_of_a_field() -> None:
    with pytest.raises(GraphError, match=r"height: .*fields.*shapes"):
        graph_of("height(width) = width")


def test_a_quantity_may_not_be_defined_in_two_modules() -> None:
    here = module(formula("area(width) = width"), name="here")
    there = module(formula("area(height) = height"), name="there")
    with pytest.raises(GraphError, match=r"area: .*here.*there"):
        Graph({"here": [here], "there": [there]}, FIELD_NAMES)


@pytest.mark.parametrize("missing", [{"unit": None}, {"source": ""}, {"doc": ""}, {"doc": "  \n "}])
def test_a_quantity_without_unit_source_or_summary_is_refused(missing: dict[str, Any]) -> None:
    with pytest.raises(GraphError, match=r"shapes\.area"):
        Graph({"shapes": [module(formula("area(width) = width", **missing))]}, FIELD_NAMES)


@pytest.mark.parametrize(
    ("kind", "forbidden"), [("problem", "depth"), ("number", "width")], ids=["no name", "a number"]
)
def test_only_a_problem_forbids_and_only_what_there_is(kind: Kind, forbidden: str) -> None:
    def flat(width):
        """Says that nothing is so flat."""
        return width

    made = quantity("" if kind == "number" else None, kind=kind, source="-", forbids=(forbidden,))
    with pytest.raises(GraphError, match=r"flat: (only a problem forbids|names depth)"):
        Graph({"shapes": [module(made(flat))]}, FIELD_NAMES)


def test_a_quantity_may_not_go_by_two_names() -> None:
    made = module(formula("area(width) = width"))
    made.surface = made.area  # type: ignore[attr-defined]
    with pytest.raises(GraphError, match=r"surface"):
        Graph({"shapes": [made]}, FIELD_NAMES)


def test_a_pure_number_has_a_unit_although_an_empty_one() -> None:
    graph = Graph(
        {"shapes": [module(formula("share(width, height) = width / height", unit=""))]}, FIELD_NAMES
    )
    assert graph.quantities["share"].unit == ""


def test_functions_without_a_declaration_and_imported_quantities_are_no_part_of_a_module() -> None:
    def helper(anything: float) -> float:
        return anything

    home = module(formula("area(width, height) = width * height"), name="home")
    guest = module(helper, formula("double(area) = 2 * area"), name="guest")
    guest.area = home.area  # type: ignore[attr-defined]
    graph = Graph({"guest": [guest], "home": [home]}, FIELD_NAMES)
    assert {name: found.subject for name, found in graph.quantities.items()} == {
        "area": "home",
        "double": "guest",
    }


def test_quantities_stand_after_what_they_need_whatever_the_order_of_writing() -> None:
    graph = graph_of("c(b, a) = a + b", "b(a) = a", "a(width) = width")
    assert list(graph.quantities) == ["a", "b", "c"]
    assert graph.evaluate({"width": 3.0, "height": 1.0}) == {"a": 3.0, "b": 3.0, "c": 6.0}


def test_only_what_is_asked_and_what_that_needs_is_computed_and_each_once() -> None:
    calls: list[str] = []

    def counting(text: str) -> Any:
        function = formula(text)
        function.__globals__["called"] = calls.append
        return function

    graph = Graph(
        {
            "shapes": [
                module(
                    counting("area(width, height) = (called('area'), width * height)[1]"),
                    counting("left(area) = (called('left'), area / 2)[1]"),
                    counting("right(area) = (called('right'), area / 2)[1]"),
                    counting("both(left, right) = (called('both'), left + right)[1]"),
                    counting(
                        "outline(width, height) = (called('outline'), 2 * (width + height))[1]"
                    ),
                )
            ]
        },
        FIELD_NAMES,
    )
    inputs = {"width": 2.0, "height": 3.0}
    assert graph.evaluate(inputs, ["both"]) == {"both": 6.0}
    assert calls == ["area", "left", "right", "both"]
    calls.clear()
    assert graph.evaluate(inputs, ["outline", "area", "outline"]) == {"outline": 10.0, "area": 6.0}
    assert sorted(calls) == ["area", "outline"]
    calls.clear()
    assert graph.evaluate(inputs, []) == {}
    assert not calls


def test_the_inputs_are_left_as_they_were() -> None:
    inputs = {"width": 2.0, "height": 3.0}
    graph_of("area(width, height) = width * height").evaluate(inputs)
    assert inputs == {"width": 2.0, "height": 3.0}


@pytest.mark.parametrize("only", [["volume"], ["area", "volume"]])
def test_an_unknown_name_is_not_passed_over(only: list[str]) -> None:
    graph = graph_of("area(width, height) = width * height")
    with pytest.raises(KeyError, match="volume"):
        graph.evaluate({"width": 1.0, "height": 1.0}, only)


def test_neighbours_of_a_name_are_those_whose_formulas_name_it() -> None:
    graph = graph_of(
        "area(width, height) = width * height",
        "tile(area, width) = area / width",
        "roof(tile) = tile",
    )
    assert graph.dependencies("tile") == ("area", "width")
    assert graph.dependencies("width") == ()
    assert graph.dependants("width") == ("area", "tile")
    assert graph.dependants("tile") == ("roof",)
    assert graph.dependants("roof") == ()
    assert graph.needed(["roof"]) == ["area", "tile", "roof"]
    assert graph.needed(["width"]) == []
    for ask in (graph.dependencies, graph.dependants):
        with pytest.raises(KeyError, match="door"):
            ask("door")


def test_the_edges_of_the_engine_are_the_same_seen_from_both_ends() -> None:
    for name in (*FIELDS, *QUANTITIES):
        for needed in GRAPH.dependencies(name):
            assert name in GRAPH.dependants(needed)
        for above in GRAPH.dependants(name):
            assert name in GRAPH.dependencies(above)


def test_what_is_infinite_is_not_known() -> None:
    graph = graph_of("square(width) = width * width", "less(width) = -width * width")
    assert all(math.isnan(v) for v in graph.evaluate({"width": 1e200, "height": 0.0}).values())
    wide = np.array([2.0, 1e200])
    found = graph.evaluate({"width": wide, "height": 0.0})
    assert np.array_equal(found["square"], [4.0, math.nan], equal_nan=True)
    assert np.array_equal(found["less"], [-4.0, math.nan], equal_nan=True)


def test_a_scalar_result_is_a_float_and_a_text_a_text() -> None:
    words = module(
        formula("tall(height, width) = height > width"),
        formula("name(height) = 'high'", unit=None, kind="text"),
        formula("whole(height) = 3"),
    )
    found = Graph({"shapes": [words]}, FIELD_NAMES).evaluate({"width": 1.0, "height": 2.0})
    assert found == {"tall": 1.0, "name": "high", "whole": 3.0}
    assert [type(value) for value in found.values()] == [float, str, float]


def test_subjects_keep_the_order_that_modules_and_formulas_were_written_in() -> None:
    first = module(formula("b(a) = a"), formula("a(width) = width"), name="first")
    second = module(formula("c(b) = b"), name="second")
    found = Graph({"second": [second], "first": [first]}, FIELD_NAMES).subjects()
    assert {subject: [q.name for q in found[subject]] for subject in found} == {
        "second": ["c"],
        "first": ["b", "a"],
    }
    assert list(found) == ["second", "first"]


def test_a_summary_is_the_first_paragraph_on_one_line() -> None:
    text = formula("area(width) = width", doc="Width times\n    height.\n\n    Said at length.")
    assert (
        Graph({"shapes": [module(text)]}, FIELD_NAMES).quantities["area"].summary
        == "Width times height."
    )


def test_a_change_computes_what_follows_from_it_and_nothing_else():
    inputs = shipped("deepseek-v3").inputs()
    values = inputs | evaluate(inputs)
    changed = GRAPH.evaluate_changed(values, {"price_per_gpu_hour": 3.0}, QUANTITIES)
    anew = evaluate({**inputs, "price_per_gpu_hour": 3.0})
    assert "total_cost" in changed
    assert "total_parameters" not in changed
    for name, value in changed.items():
        assert value == expected(anew[name]), name
    for name in anew.keys() - changed.keys():
        assert values[name] == expected(anew[name]), name


def test_a_change_finds_a_text_anew_too():
    inputs = shipped("deepseek-v3").inputs()
    values = inputs | evaluate(inputs)
    assert values["layout_problem"] == ""
    changed = GRAPH.evaluate_changed(values, {"num_gpus": 2047.0}, QUANTITIES)
    assert changed["layout_problem"].startswith("Data parallel: 2047 GPUs do not divide")


def expected(value: float | str) -> Any:
    """What a result must equal: a text itself, and an unknown number another."""
    return value if isinstance(value, str) else pytest.approx(value, nan_ok=True)


def test_what_a_choice_makes_no_use_of_is_not_computed():
    measured = shipped("deepseek-v3").inputs()
    assert "step_time" not in GRAPH.needed(["total_cost"], measured)
    predicted = {**measured, "utilization": "predicted"}
    assert "step_time" in GRAPH.needed(["total_cost"], predicted)
    for inputs in (measured, predicted):
        for name in ("total_cost", "mfu"):
            assert evaluate(inputs, [name])[name] == evaluate(inputs)[name]


def test_what_is_needed_follows_the_choices_however_often_it_is_asked() -> None:
    inputs = shipped("llama-3-70b").inputs()
    for utilization in ("assumed", "predicted") * 2:
        needed = GRAPH.needed(["mfu"], {**inputs, "utilization": utilization})
        assert ("step_time" in needed) == (utilization == "predicted")
        needed.clear()  # the caller's own


def test_what_moves_with_a_change_is_followed_as_far_as_anything_moves() -> None:
    graph = graph_of(
        "area(width, height) = width * height",
        "flat(area) = area * 0",
        "roof(flat, height) = height / (flat + 1)",
        "sides(width, roof) = width + roof",
    )
    given = {"width": 2.0, "height": 3.0}
    values = {**given, **graph.evaluate(given)}
    assert list(graph.moved(values, {"width": 4.0}, graph.quantities)) == [
        ("area", 12.0),
        ("sides", 7.0),
    ]
    assert [name for name, _ in graph.moved(values, {"height": 1.0}, {"area"})] == ["area"]
