"""Layers per stage as people write them, and as older files did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.open import scenario_in
from dsexplore.library.presets import build, with_changes
from dsexplore.library.saving import to_toml
from dsexplore.scenario.layers_per_stage import as_text, joined, stages_in, with_first_stage
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError
from tests.points import holds_at
from tests.strategies import shipped

LLAMA = "llama-3.1-405b"
LIST = "7, 8*14, 7"


@pytest.mark.parametrize(
    ("written", "stages"),
    [
        ("7, 8*14, 7", (7, *[8] * 14, 7)),
        ("7,8 × 14,7", (7, *[8] * 14, 7)),
        ("1, 2, 2, 3", (1, 2, 2, 3)),
        ([1, 2, 2, 3], (1, 2, 2, 3)),
        ("61", (61,)),
        ("Balanced", ()),
    ],
)
def test_what_is_written_is_the_list(written: object, stages: tuple[int, ...]) -> None:
    text = as_text(written)
    assert text is not None
    assert stages_in(text) == stages
    assert as_text(text) == text


@holds_at(
    "written",
    ["", "7;8", "7, x", "7,,8", "0, 4", "8*0", "8*99999", "-3", "1.5", [1, True], [[1]], 7],
)
def test_no_other_text_is_a_list(written: object) -> None:
    with pytest.raises(ScenarioError, match="balanced, or the layers of each stage"):
        Scenario().with_values({"layers_per_stage": written})


@holds_at("first", [1, 3, 30, 46])
@holds_at("pieces", [1, 2])
def test_a_first_stage_alone_leaves_every_other_layer_to_the_others(
    first: int, pieces: int
) -> None:
    stages = stages_in(with_first_stage(first, 61, 16, pieces))
    assert (len(stages), sum(stages), stages[0]) == (16, 61, first)


def results(scenario: Scenario) -> str:
    """As text, in which nan equals nan."""
    return str(evaluate(scenario.inputs()))


def test_an_older_file_opens_with_the_same_stages() -> None:
    """Saved whole, with every value, its sources and notes under the older name."""
    saved = str(to_toml(replace(shipped(LLAMA), notes={"layers_per_stage": "A note."})))
    older = saved.replace('layers_per_stage = "7, 8*14, 7"', "first_stage_layers = 7")
    older = older.replace('layers_per_stage = "A', 'first_stage_layers = "A')
    assert older.count("first_stage_layers") == 2
    opened = scenario_in(older.encode())
    assert opened.value("layers_per_stage") == LIST
    assert opened.notes == {"layers_per_stage": "A note."}
    assert results(opened) == results(shipped(LLAMA))
    none = scenario_in(older.replace("first_stage_layers = 7", "first_stage_layers = 0").encode())
    assert none.value("layers_per_stage") == "balanced"
    layout = {"preset": LLAMA, "first_stage_layers": 6}
    between = scenario_in(saved.replace("layers_per_stage", "stage_layers").encode())
    assert between == replace(shipped(LLAMA), notes=opened.notes)
    short = build({"schema": 1, "architecture": {"preset": LLAMA}, "parallelism": layout})
    assert str(short.value("layers_per_stage")).startswith("6, ")
    assert with_changes(short, {"stage_layers": "7, 8*14, 7"}).value("layers_per_stage") == LIST
    assert with_changes(short, {"first_stage_layers": 7}).value("layers_per_stage") == LIST


def test_a_list_is_set_aside_where_it_does_not_fit_and_that_is_said() -> None:
    """Half as many stages are twice as long, not sixteen of them beside one of seven."""
    half = evaluate(shipped(LLAMA).with_values({"pipeline_parallel": 8}).inputs())
    assert half["slowest_stage_layers"] == 16
    assert "7, 8*14, 7 is 126 layers on 16 stages, not 126 on 8" in half["stage_list_problem"]
    balanced = {"pipeline_parallel": 8, "layers_per_stage": "balanced"}
    even = evaluate(shipped(LLAMA).with_values(balanced).inputs())
    assert half["step_time"] == even["step_time"]
    back = (
        shipped(LLAMA).with_values({"pipeline_parallel": 8}).with_values({"pipeline_parallel": 16})
    )
    assert results(back) == results(shipped(LLAMA))


@holds_at("order", [(1, 2, 2, 3), (3, 2, 2, 1), (2, 1, 3, 2), (2, 2, 2, 2)])
@holds_at("schedule", ["1f1b", "dualpipev"])
def test_the_slowest_stage_of_an_uneven_list_is_its_longest(
    order: tuple[int, ...], schedule: str
) -> None:
    small = {"num_layers": 8, "vocab_size": 1, "pipeline_parallel": 4, "num_gpus": 64}
    layout = {
        "pipeline_schedule": schedule,
        "layers_per_stage": joined(order),
        "tensor_parallel": 1,
    }
    found = evaluate(shipped("llama-3-70b").with_values({**small, **layout}).inputs())
    assert found["stage_list_problem"] == ""
    assert found["slowest_stage_layers"] == pytest.approx(max(order), abs=1e-3)
