"""Layouts: the shape of stages, and sentences about those that cannot be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.engine import evaluate
from dsexplore.library.names import preset_names
from dsexplore.scenario.schedules import SCHEDULES
from tests.examples import examples
from tests.points import holds_at
from tests.strategies import shipped

STAGES = ("layers_of_first_stage", "layers_of_full_stage", "layers_of_last_stage")


def results(name: str, **changes: object) -> dict[str, Any]:
    return evaluate(shipped(name).with_values(dict(changes)).inputs())


@holds_at(
    ("name", "changes", "stages"),
    [
        ("deepseek-v3", {}, (4, 4, 1)),
        ("deepseek-v3", {"pipeline_schedule": "dualpipev"}, (4, 4, 1)),
        ("deepseek-v3", {"pipeline_parallel": 1}, (61, 61, 61)),
        ("deepseek-v2", {}, (4, 4, 3)),
        ("llama-3.1-405b", {}, (7, 8, 7)),
        ("llama-3.1-405b", {"layers_per_stage": "balanced"}, (8, 8, 6)),
        ("llama-3-70b", {"pipeline_parallel": 4}, (20, 20, 20)),
        # Full stages would leave nothing for the last five.
        ("llama-3-70b", {"pipeline_parallel": 32}, (3, 3, 2)),
    ],
)
def test_layers_of_the_first_of_a_middle_and_of_the_last_stage(
    name: str, changes: dict[str, object], stages: tuple[int, int, int]
) -> None:
    found = results(name, **changes)
    assert tuple(found[stage] for stage in STAGES) == stages


def test_v3_has_its_dense_layers_first_and_its_module_last() -> None:
    found = results("deepseek-v3")
    assert (found["dense_layers_of_first_stage"], found["moe_layers_of_first_stage"]) == (3, 1)
    assert found["moe_layers_of_last_stage"] == 2
    assert found["dense_layers_of_last_stage"] == 0
    # The first accelerator holds the last stage too.
    assert found["first_gpu_moe_layers"] == 3
    ends = found["first_stage_parameters"] + found["last_stage_parameters"]
    assert found["first_gpu_parameters"] == ends


@pytest.mark.parametrize(
    ("changes", "dense", "moe"),
    [
        # Two pieces of two layers: the third layer without experts lies on the second stage.
        ({"pipeline_schedule": "dualpipev"}, 2, 2),
        ({"pipeline_schedule": "interleaved", "virtual_stages": 2}, 2, 2),
        ({"pipeline_schedule": "interleaved", "virtual_stages": 4}, 1, 3),
        ({"pipeline_schedule": "interleaved", "virtual_stages": 1}, 3, 1),
        ({"pipeline_schedule": "1f1b", "virtual_stages": 4}, 3, 1),
        # Of three layers in two pieces the first has two.
        ({"pipeline_schedule": "dualpipev", "layers_per_stage": "3, 4*14, 2"}, 2, 1),
    ],
)
def test_leading_layers_are_on_the_first_piece_of_the_first_stage(
    changes: dict[str, object], dense: int, moe: int
) -> None:
    found = results("deepseek-v3", **changes)
    assert found["dense_layers_of_first_stage"] == dense
    assert found["moe_layers_of_first_stage"] == moe


@pytest.mark.parametrize(
    ("schedule", "stages", "middle", "last"),
    [
        *[("1f1b", 1, 0, 0), ("1f1b", 2, 0, 1), ("1f1b", 3, 1, 1)],
        # Both ends on one accelerator: of two none is left, of four there are two in the middle.
        *[("dualpipe", 2, 0, 0), ("dualpipe", 4, 1, 0)],
        *[("dualpipev", 1, 0, 0), ("dualpipev", 2, 1, 0)],
    ],
)
def test_who_holds_neither_end_and_who_the_last_alone(
    schedule: str, stages: int, middle: int, last: int
) -> None:
    found = results("deepseek-v3", pipeline_schedule=schedule, pipeline_parallel=stages)
    assert (found["has_middle_stage"], found["has_last_stage"]) == (middle, last)


def test_a_module_has_an_embedding_of_its_own_unless_the_first_stage_is_there_too() -> None:
    """A projection of two hidden states to one and three norms, to the last parameter."""
    own = 2 * 7168 * 7168 + 3 * 7168
    apart = results("deepseek-v3", pipeline_schedule="1f1b")
    assert apart["prediction_parameters"] == own + 129_280 * 7168
    for schedule in ("dualpipe", "dualpipev"):
        both_ends = results("deepseek-v3", pipeline_schedule=schedule)
        assert both_ends["prediction_parameters"] == own
    alone = results("deepseek-v3", pipeline_schedule="1f1b", pipeline_parallel=1)
    assert alone["prediction_parameters"] == own


def test_a_module_behind_a_model_without_experts_has_none() -> None:
    found = results("llama-3-70b", mtp_layers=2, pipeline_parallel=4)
    assert found["prediction_moe_layers"] == 0
    assert found["moe_layers_of_last_stage"] == 0
    assert found["dense_layers_of_last_stage"] == 20 + 2
    assert results("llama-3-70b")["prediction_moe_layers"] == 0


# Of these nobody published a shape.
SHAPELESS = {"gpt-4-reported", "openai-o1"}


@holds_at("name", sorted(set(preset_names("scenarios")) - SHAPELESS))
def test_one_stage_holds_the_whole_model(name: str) -> None:
    found = results(
        name,
        **{"pipeline_parallel": 1, "tensor_parallel": 1, "expert_parallel": 1},
        **{"stated_total_parameters": 0, "pipeline_schedule": "1f1b"},
    )
    experts = found["first_gpu_moe_layers"] * found["expert_layer_parameters"]
    whole = found["total_parameters"] + found["mtp_parameters"]
    assert found["first_gpu_parameters"] + experts == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize("stages", [1, 2, 4, 16, 20])
def test_stages_add_up_to_the_model(stages: int) -> None:
    found = results("llama-3-70b", pipeline_parallel=stages, num_gpus=stages * 64)
    if stages == 1:
        assert found["first_gpu_parameters"] == found["total_parameters"]
        return
    ends = found["first_stage_parameters"] + found["last_stage_parameters"]
    middle = (stages - 2) * found["middle_stage_parameters"]
    assert ends + middle == found["total_parameters"]


@holds_at("name", preset_names("scenarios"))
def test_what_ships_can_be(name: str) -> None:
    assert results(name)["layout_problem"] == ""


@holds_at(
    ("name", "changes", "words"),
    [
        ("deepseek-v3", {"num_gpus": 1000}, "1000 GPUs do not divide by 1 × 16 × 1"),
        ("deepseek-v3", {"pipeline_parallel": 64}, "64 stages are more than the model's 61"),
        (
            "deepseek-v3",
            {"pipeline_schedule": "dualpipev", "pipeline_parallel": 32},
            "61 layers do not divide into 32 × 2 pieces",
        ),
        ("llama-3.1-405b", {"virtual_stages": 3}, "126 layers do not divide into 16 × 3 pieces"),
        ("deepseek-v3", {"expert_parallel": 48}, "256 routed experts do not divide over 48"),
        (
            "deepseek-v3",
            {"num_routed_experts": 1, "experts_per_token": 1, "expert_parallel": 2},
            "1 routed experts do not divide over 2",
        ),
        ("deepseek-v3", {"expert_parallel": 256}, "group of 256 GPUs is larger than the 128"),
        (
            "deepseek-v3",
            {"expert_parallel": 64, "num_gpus": 16 * 96, "global_batch_size": 9600},
            "the 96 GPUs of a stage (tensor × context × data parallel) do not divide into groups "
            "of 64",
        ),
        (
            "deepseek-v3",
            {"node_limit": 1, "experts_per_token": 40},
            "with 1, a token can reach 32 of 256 routed experts, fewer than its 40",
        ),
        (
            "deepseek-v3",
            {"tensor_parallel": 3, "expert_tensor_parallel": 1, "num_gpus": 3 * 2048},
            "128 attention heads do not divide by 3",
        ),
        (
            "llama-3.1-405b",
            {"context_parallel": 16, "sequence_length": 8200},
            "8200 tokens do not divide by 16",
        ),
        (
            "llama-3.1-405b",
            {"sequence_length": 8196},
            "8196 tokens do not divide by 1 × 8 (context × tensor parallel)",
        ),
        (
            "deepseek-v3",
            {"global_batch_size": 15361},
            "15361 sequences do not divide by 128 × 1 (data parallel × micro-batch)",
        ),
        (
            "llama-3.1-405b",
            {"global_batch_size": 17 * 128},
            "17 micro-batches are no multiple of 16 stages",
        ),
        ("deepseek-v3", {"pipeline_parallel": 3, "num_gpus": 384}, "3 stages are odd"),
        (
            "deepseek-v3",
            {"global_batch_size": 1280},
            "10 micro-batches are fewer than the 32 that 16 stages need",
        ),
        ("deepseek-v3", {"global_batch_size": 33 * 128}, "33 micro-batches are odd"),
        (
            "deepseek-v3",
            {"pipeline_parallel": 2, "num_gpus": 256, "global_batch_size": 256},
            "2 micro-batches are fewer than the 4 that 2 stages need",
        ),
    ],
)
def test_what_cannot_be_is_named_with_its_numbers(
    name: str, changes: dict[str, object], words: str
) -> None:
    problem = results(name, **changes)["layout_problem"]
    assert words in problem
    assert problem.endswith(".")
    assert "\n" not in problem


@pytest.mark.parametrize(
    ("layers", "fits"), [(129, False), (128, True), (127, True), (126, True), (125, False)]
)
def test_embedding_and_head_may_count_as_layers_of_equal_pieces(layers: int, fits: bool) -> None:
    """Sixteen stages of eight pieces are 128; Llama's 126 layers fill them with both ends."""
    problem = results("llama-3.1-405b", virtual_stages=8, num_layers=layers)["layout_problem"]
    assert ("do not divide into 16 × 8 pieces" in problem) != fits


def test_tensor_parallelism_widens_the_stage_that_experts_are_spread_over() -> None:
    fits = {"expert_parallel": 256, "tensor_parallel": 2, "num_gpus": 4096}
    assert results("deepseek-v3", **fits)["layout_problem"] == ""


@pytest.mark.parametrize(
    ("changes", "stated"),
    [
        ({}, 0),
        ({"tensor_parallel": 2}, 1),
        ({"pipeline_parallel": 2}, 1),
        ({"context_parallel": 2}, 1),
        ({"expert_parallel": 2}, 1),
        ({"utilization": "predicted"}, 1),
    ],
)
def test_any_degree_above_one_is_a_layout_that_someone_chose(
    changes: dict[str, object], stated: int
) -> None:
    alone = {"tensor_parallel": 1, "pipeline_parallel": 1, "expert_parallel": 1}
    found = results("deepseek-v3", **alone | {"context_parallel": 1} | changes)
    assert found["layout_is_stated"] == stated


def test_a_batch_counts_only_where_a_layout_was_chosen() -> None:
    alone = results("llama-3-70b", global_batch_size=1000)
    assert alone["micro_batches"] % 1 > 0
    assert alone["layout_problem"] == ""
    chosen = results("llama-3-70b", global_batch_size=1001, pipeline_parallel=4)
    assert "1001 sequences" in chosen["layout_problem"]


def test_experts_of_a_model_without_experts_stand_in_nobodys_way() -> None:
    found = results("llama-3-70b", expert_parallel=7, node_limit=5)
    assert found["layout_problem"] == ""
    assert found["expert_data_parallel"] == shipped("llama-3-70b").hardware.num_gpus


@examples(40)
@given(
    st.lists(
        st.tuples(st.integers(1, 70), st.integers(1, 300), st.integers(1, 20000)),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["1f1b", "interleaved", "dualpipe", "dualpipev"]),
)
def test_arrays_give_the_sentences_that_each_gives_alone(
    rows: list[tuple[int, int, int]], schedule: str
) -> None:
    inputs = {**shipped("deepseek-v3").inputs(), "pipeline_schedule": schedule}
    names = ("pipeline_parallel", "expert_parallel", "global_batch_size")
    columns = dict(zip(names, np.array(rows, dtype=float).T, strict=True))
    together = evaluate({**inputs, **columns}, ["layout_problem"])["layout_problem"]
    alone = [
        evaluate({**inputs, **dict(zip(names, map(float, row), strict=True))}, ["layout_problem"])
        for row in rows
    ]
    assert together.tolist() == [each["layout_problem"] for each in alone]


def test_the_first_of_two_stages_has_the_layers_stated() -> None:
    found = results("llama-3-70b", pipeline_parallel=2, layers_per_stage="38, 42")
    assert found["layers_of_first_stage"] == 38
    assert found["layers_of_last_stage"] == 80 - 38


@pytest.mark.parametrize(("batch", "allowed"), [(34, True), (36, True), (33, False), (30, False)])
def test_dualpipe_takes_an_even_number_of_micro_batches_from_twice_its_stages(
    batch: int, allowed: bool
) -> None:
    """16 stages: 32 micro-batches at least, and as many enter at either end."""
    layout = {"pipeline_schedule": "dualpipe", "pipeline_parallel": 16, "expert_parallel": 8}
    sizes = {"num_gpus": 128, "global_batch_size": 8 * batch, "node_limit": 0}
    found = results("deepseek-v3", **layout, **sizes)
    assert found["micro_batches"] == batch
    assert (found["layout_problem"] == "") is allowed


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_pipeline_of_one_stage_breaks_no_rule_of_its_schedule(schedule: str) -> None:
    """One stage is odd, and five micro-batches are no full group: no pipeline, no matter."""
    layout = {"pipeline_parallel": 1, "pipeline_schedule": schedule, "virtual_stages": 1}
    sizes = {"num_gpus": 64, "global_batch_size": 64 * 5, "expert_parallel": 64, "node_limit": 0}
    found = results("deepseek-v3", **layout, **sizes)
    assert found["micro_batches"] == 5
    assert found["layout_problem"] == ""


def test_a_first_stage_of_one_layer_leaves_the_rest_to_the_others() -> None:
    found = results("llama-3-70b", num_layers=81, pipeline_parallel=5, layers_per_stage="1, 20*4")
    assert (found["layers_of_first_stage"], found["layers_of_full_stage"]) == (1, 20)
