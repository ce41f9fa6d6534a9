"""Clusters: the best layout of each, under deadlines and budgets, and why some have none."""

from __future__ import annotations

import pytest

from dsexplore.analysis.search.clusters import (
    COST,
    DAYS,
    around,
    best_of_each,
    clusters,
    others,
    read_gpus,
    read_hardware,
)
from dsexplore.analysis.search.limits import limit
from dsexplore.analysis.search.ranking import Search
from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError
from tests.strategies import shipped


def small() -> Scenario:
    """A model of two layers, 32 short sequences at a time."""
    return shipped("llama-3-70b").with_values(
        {
            **{"num_gpus": 8, "num_layers": 2, "global_batch_size": 32, "sequence_length": 64},
            **{"num_attention_heads": 2, "num_kv_heads": 2, "hidden_size": 2048},
            **{"intermediate_size": 8192, "pretraining_tokens": 1e11},
            **{"layers_per_stage": "balanced", "utilization": "predicted"},
        }
    )


def test_numbers_double_or_go_in_steps_or_are_listed() -> None:
    assert read_gpus("512:4096") == (512, 1024, 2048, 4096)
    assert read_gpus("512:1000") == (512,)
    assert read_gpus("8:32:8") == (8, 16, 24, 32)
    assert read_gpus("24, 8") == (24, 8)
    assert around(small()) == (2, 4, 8, 16, 32)


def test_hardware_has_its_own_price_or_a_given_one() -> None:
    assert read_hardware("b200=$4, h800-80gb-sxm") == (
        ("b200-180gb-sxm", 4.0),
        ("h800-80gb-sxm", None),
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("8:4", "which falls"),
        ("0:4", "a whole number"),
        ("8:many", "a whole number"),
        ("1:2:3:4", "LOW:HIGH"),
        ("1:1000:1", "1,000 clusters"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(words: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        read_gpus(words)


def test_a_name_that_begins_several_presets_is_refused() -> None:
    with pytest.raises(ScenarioError, match="one of h100-80gb-pcie, h100-80gb-sxm, h100-94gb-nvl"):
        read_hardware("h100")


def test_more_accelerators_are_faster_and_a_deadline_rules_few_out() -> None:
    every = clusters(small(), (4, 8), (("h100-80gb-sxm", 2.0),))
    slower = best_of_each(every, DAYS, [])[1]
    assert slower.cluster.fields["num_gpus"] == 4
    assert slower.layout
    within = limit(f"pretraining_days<{0.9 * slower.layout.results[DAYS]} d", "--where")
    first, last = best_of_each(every, COST, [within])
    assert first.cluster.fields["num_gpus"] == 8
    assert last.layout is None
    assert "by a condition" in last.why_none
    # What is found is what its scenario comes to, at the price of its hours.
    values = evaluate(first.scenario.inputs())
    assert first.layout
    assert values[COST] == pytest.approx(first.layout.results[COST])
    assert values[COST] == pytest.approx(2 * values["pretraining_gpu_hours"])
    (other,) = (each for each in others(slower, small(), DAYS) if each.field == "num_gpus")
    assert other.result < slower.layout.results[DAYS]


def test_every_kind_of_accelerator_has_a_price_given_or_its_own() -> None:
    given, own = clusters(small(), (), (("h800-80gb-sxm", 3.0), ("b200-180gb-sxm", None)))
    assert given.fields["price_per_gpu_hour"] == 3.0
    assert own.fields["price_per_gpu_hour"] == own.scenario.hardware.price_per_gpu_hour


def test_a_cluster_that_lacks_the_precision_says_so() -> None:
    scenario = small().with_values({"precision": "fp8"})
    (found,) = best_of_each(clusters(scenario, (), (("a100-80gb-sxm", None),)), COST, [])
    assert found.layout is None
    assert "precision" in found.why_none


def test_where_nothing_costs_the_fastest_layout_is_the_best() -> None:
    free = small().with_values({"price_per_gpu_hour": 0.0})
    (by_cost,) = best_of_each(clusters(free, (8,), ()), COST, [])
    (by_days,) = best_of_each(clusters(free, (8,), ()), DAYS, [])
    assert by_cost.layout is not None
    assert by_days.layout is not None
    assert by_cost.layout.results[COST] == 0
    assert by_cost.layout.results["step_time"] == by_days.layout.results["step_time"]


@pytest.mark.parametrize(("by", "most"), [("step_time", False), ("predicted_mfu", True)])
def test_the_best_of_a_cluster_is_the_first_of_all_its_layouts(by: str, most: bool) -> None:
    scenario = small()
    every, alone = (Search(scenario, by, most=most, only_best=only) for only in (False, True))
    assert alone.best(1) == every.best(1)
    assert (alone.fitting, alone.judged.listed) == (every.fitting, every.judged.listed)
    assert alone.judged.kept < every.judged.kept
