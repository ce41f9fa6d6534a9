"""The same formulas at other inputs: what is copied, what is shared, and what is refused."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from dsexplore.engine import QUANTITIES
from dsexplore.engine.again import at_other_inputs, once_more
from dsexplore.engine.graph import Graph
from dsexplore.engine.quantity import Derived, GraphError, quantity
from dsexplore.explanation.explain import explain
from dsexplore.library.open import load

FIELDS = ("width", "depth", "height", "long")


@quantity("m2", source="Euclid")
def floor_area(width, depth):
    """Area of a floor."""
    return width * depth


@quantity("m3", source="Euclid")
def room_volume(floor_area, height):
    """Volume of a room."""
    return floor_area * height


@quantity("", source="Euclid")
def slenderness(height, depth):
    """Height over depth."""
    return height / depth


@quantity("", source="Euclid", only_when={"room_volume": ("height", "high")})
def room_report(room_volume, slenderness):
    """VOLUME and slenderness together."""
    return room_volume + slenderness


HALL: dict[str, Any] = {"prefix": "hall_", "setting": "In a hall"}


def graph_with(**declared: Derived) -> Graph:
    rooms, halls = ModuleType("rooms"), ModuleType("halls")
    for function in (floor_area, room_volume, slenderness, room_report):
        function.__module__ = "rooms"
        setattr(rooms, function.__name__, function)
    vars(halls).update(declared)
    return Graph({"rooms": [rooms], "halls": [halls]}, FIELDS)


def test_what_lies_between_an_input_and_a_result_is_computed_once_more() -> None:
    graph = graph_with(
        hall=at_other_inputs(of=["room_report"], instead_of="room_", **HALL, width="long")
    )
    found = graph.evaluate({"width": 2.0, "depth": 3.0, "height": 4.0, "long": 10.0})
    assert (found["room_volume"], found["hall_volume"]) == (24, 120)
    assert found["hall_report"] == found["hall_volume"] + found["slenderness"]
    assert set(graph.quantities) - {"hall_floor_area", "hall_volume", "hall_report"} == {
        *("floor_area", "room_volume", "slenderness", "room_report")
    }


def test_a_copy_is_a_quantity_of_the_subject_that_declares_it() -> None:
    graph = graph_with(
        hall=at_other_inputs(of=["room_report"], assumes="Halls are rooms.", **HALL, width="long")
    )
    assert [each.name for each in graph.subjects()["halls"]] == [
        *("hall_floor_area", "hall_room_volume", "hall_room_report")
    ]
    volume = graph.quantities["hall_room_volume"]
    assert volume.needs == graph.dependencies(volume.name) == ("hall_floor_area", "height")
    assert (volume.unit, volume.source, volume.copy_of) == ("m3", "Euclid", "room_volume")
    assert volume.summary == "In a hall: volume of a room."
    assert volume.assumes == "Halls are rooms."
    report = graph.quantities["hall_room_report"]
    assert report.only_when == {"hall_room_volume": ("height", "high")}


def test_a_copy_can_be_copied_and_an_abbreviation_keeps_its_capitals() -> None:
    graph = graph_with(
        hall=at_other_inputs(of=["room_report"], **HALL, width="long"),
        arena=at_other_inputs(
            of=["hall_room_report"],
            prefix="arena_",
            instead_of="hall_",
            setting="Out",
            long="depth",
        ),
    )
    found = graph.evaluate({"width": 2.0, "depth": 3.0, "height": 4.0, "long": 10.0})
    assert found["arena_room_volume"] == 3 * 3 * 4
    assert graph.quantities["arena_room_volume"].copy_of == "hall_room_volume"
    assert "In a hall: VOLUME and" in graph.quantities["hall_room_report"].summary


@pytest.mark.parametrize(
    ("of", "inputs", "message"),
    [
        (["room_area"], {"width": "long"}, "room_area: nothing to compute again"),
        (["slenderness"], {"width": "long"}, "slenderness: nothing to compute again"),
        (["room_volume"], {"width": "long", "deep": "long"}, "room_volume: made without deep"),
        (["room_volume"], {"width": "girth"}, "hall_floor_area: needs girth"),
    ],
)
def test_a_copy_that_changes_nothing_is_refused(
    of: list[str], inputs: dict[str, str], message: str
) -> None:
    with pytest.raises(GraphError, match=message):
        graph_with(hall=at_other_inputs(of=of, **HALL, **inputs))


def test_an_input_that_is_made_of_the_result_is_refused() -> None:
    with pytest.raises(GraphError, match="circle"):
        graph_with(hall=at_other_inputs(of=["room_volume"], **HALL, width="hall_room_volume"))


def test_one_quantity_once_more_is_called_what_the_module_calls_it() -> None:
    graph = graph_with(
        hall_area=once_more("floor_area", "Area of a hall.", width="long"),
        hall_volume=once_more("room_volume", "Volume of a hall.", floor_area="hall_area"),
    )
    found = graph.evaluate({"width": 2.0, "depth": 3.0, "height": 4.0, "long": 10.0})
    assert (found["hall_area"], found["hall_volume"]) == (30, 120)
    area = graph.quantities["hall_area"]
    assert (area.summary, area.unit, area.copy_of) == ("Area of a hall.", "m2", "floor_area")
    assert area.needs == ("long", "depth")


@pytest.mark.parametrize("inputs", [{}, {"height": "long"}])
def test_one_quantity_once_more_needs_an_input_that_it_has(inputs: dict[str, str]) -> None:
    with pytest.raises(GraphError, match="hall_area: floor_area has no input"):
        graph_with(hall_area=once_more("floor_area", "Area of a hall.", **inputs))


# The engine's own


def test_no_copy_repeats_another_quantity() -> None:
    """Each formula stands once for the same inputs."""
    computed = {(found.function, found.needs) for found in QUANTITIES.values()}
    assert len(computed) == len(QUANTITIES)


def test_a_copy_explains_itself_by_its_own_names() -> None:
    found = explain(load("deepseek-r1-zero-predicted"), "rollout_attention_time")
    assert " ".join(" ".join(found.formula).split()) == (
        "attended = rollout_attended_tokens × decode_attention_time_per_context_token "
        "each = attended + rl_context × decode_indexer_time_per_context_token "
        "+ decode_state_time_per_request "
        "rollout_requests × each + rollout_attention_call_times"
    )
    assert found.remarks == "The formula of decode_attention_time at other inputs."
    assert "rollout_compute_time" in {each.name for each in found.dependants}
