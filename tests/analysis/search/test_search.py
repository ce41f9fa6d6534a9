"""Searching: every layout of a cluster is listed once, and judged as one scenario would be."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from dsexplore.analysis.search.account import summary
from dsexplore.analysis.search.judging import judged
from dsexplore.analysis.search.layouts import blocks, divisors
from dsexplore.analysis.search.limits import limit
from dsexplore.analysis.search.ranking import MEMORY, STEP, Search
from dsexplore.engine import evaluate
from dsexplore.engine.standing import Standing
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError
from tests.strategies import shipped

TINY = {
    **{"num_gpus": 2, "gpus_per_node": 8, "num_layers": 2, "hidden_size": 1024},
    **{"num_attention_heads": 2, "num_kv_heads": 2, "head_dim": 128, "intermediate_size": 4096},
    **{"sequence_length": 4, "global_batch_size": 2, "vocab_size": 32_000},
    **{"layers_per_stage": "balanced"},
}


def tiny(**changes: object) -> Scenario:
    """Two layers on two GPUs."""
    return shipped("llama-3-70b").with_values({**TINY, **changes})


def test_the_layouts_of_two_gpus_are_those_counted_by_hand() -> None:
    """One stage: two copies with a sequence each (1), both GPUs on one sequence's halves (1 of
    micro-batch 1, 1 of 2), or on each layer (2 micro-batches x 2 with sequence parallel): 7. Two
    stages with micro-batches of 1 or 2: 2 under each of six schedules, the interleaved with two
    pieces. Each with four stages of ZeRO and three kinds of recomputation.
    """
    found = judged(tiny(), [])
    assert found.listed == (7 + 6 * 2) * 4 * 3
    # DualPipe and DualPipeV lack micro-batches; interleaved, one of 2 is no multiple of 2 stages.
    assert found.stopped == {"layout_problem": (2 + 2 + 1) * 4 * 3}
    assert found.fitting == found.listed - found.stopped["layout_problem"]


def test_layouts_are_judged_as_each_would_be_alone() -> None:
    scenario = tiny(memory_capacity=5e9)
    found = judged(scenario, [MEMORY])
    assert found.stopped["memory_problem"] > 0
    fitting = {
        tuple(found.layout(k).items()): (found.results[STEP][k], found.results[MEMORY][k])
        for k in range(found.fitting)
    }
    assert len(fitting) == found.fitting, "no layout twice"
    alone = {}
    for stage, block in product((0, 1, 2, 3), [*blocks(scenario)]):
        for place, variant in product(range(block.rows), range(len(block.variants))):
            layout = block.layout(place, stage, variant)
            there = Standing(scenario.with_values({**layout}))
            if not there.impossible.get(STEP) and there.values[STEP] > 0:
                alone[tuple(layout.items())] = (there.values[STEP], there.values[MEMORY])
    assert fitting.keys() == alone.keys()
    assert all(fitting[each] == pytest.approx(alone[each]) for each in alone)
    assert 0 < len(alone) < found.listed


def test_the_published_layout_of_llama_405b_is_among_the_best() -> None:
    """Of its 16,384 GPUs' layouts that fit, no more than one in twenty is predicted faster."""
    scenario = shipped("llama-3.1-405b")
    found = Search(scenario)
    assert 0 < found.better_than_open < found.fitting / 20
    (best,) = found.best(1)
    assert best.results[STEP] <= evaluate(scenario.inputs())[STEP]
    there = Standing(found.scenario_of(best))
    assert not there.impossible.get(STEP)
    assert there.values[STEP] == pytest.approx(best.results[STEP])
    for each in found.instead(best):
        assert each.why_not or each.step_time >= best.results[STEP]


def test_nothing_beats_the_frontier() -> None:
    found = Search(tiny())
    places = found.frontier()
    assert places[0] == 1
    step, memory = found.judged.results[STEP], found.judged.results[MEMORY]
    for layout in found.at(places):
        faster, smaller = step < layout.results[STEP], memory < layout.results[MEMORY]
        assert not (faster & smaller).any()


def test_layouts_that_differ_in_a_stage_of_zero_and_in_nothing_else_are_one() -> None:
    """With one copy of the model there is nothing to shard, with two there is."""
    shares: list[float] = []
    found = Search(tiny(), told=shares.append)
    assert found.fitting < judged(tiny(), []).fitting
    every = found.best(found.fitting)
    seen: dict[tuple[object, ...], set[object]] = {}
    for each in every:
        rest = tuple(value for name, value in each.fields.items() if name != "zero_stage")
        results = each.results[STEP], each.results[MEMORY]
        assert results not in seen.setdefault(rest, set())
        seen[rest].add(results)
    assert shares == sorted(shares)
    assert 0 < shares[-1] <= 1


def test_a_search_that_is_stopped_keeps_what_it_has() -> None:
    calls = iter([True, True, False])
    some = Search(tiny(), goes_on=lambda: next(calls, False))
    assert 0 < some.fitting < Search(tiny()).fitting


def test_cost_is_that_of_the_predicted_step() -> None:
    """Measured hours are of one layout: of others the prediction alone says what they cost."""
    found = Search(shipped("llama-3.1-405b").with_values({"num_gpus": 1024}), "pretraining_cost")
    assert found.is_predicted
    first, *_, last = found.best(40)
    ratio = first.results[STEP] / last.results[STEP]
    assert first.results["pretraining_cost"] / last.results["pretraining_cost"] == pytest.approx(
        ratio
    )


@pytest.mark.parametrize(
    ("condition", "name"),
    [("pipeline_parallel=2", "pipeline_parallel"), ("pipeline_schedule=zb1p", "pipeline_schedule")],
)
def test_a_limit_holds_for_all_that_is_found(condition: str, name: str) -> None:
    found = Search(tiny(), limits=[limit(condition, "--where")])
    _, _, value = condition.partition("=")
    assert {str(each.fields[name]) for each in found.best(1000)} == {value}


def test_a_list_of_stages_is_searched_where_it_holds_and_no_layout_twice() -> None:
    """Listed for two stages it doubles those six; listed for three it is set aside."""
    two = {"pipeline_parallel": 2, "layers_per_stage": "1, 1"}
    assert judged(tiny(**two), []).listed == (7 + 6 * 2 * 2) * 4 * 3
    assert judged(tiny(layers_per_stage="1, 1, 1"), []).listed == (7 + 6 * 2) * 4 * 3


def test_a_model_of_unknown_depth_has_no_layouts() -> None:
    scenario = tiny(num_layers="unknown")
    with pytest.raises(ScenarioError, match=r"num_layers: found unknown or 0"):
        judged(scenario, [])


@pytest.mark.parametrize("number", [1, 12, 49, 2048, 15360])
def test_divisors(number: int) -> None:
    assert divisors(number) == [each for each in range(1, number + 1) if number % each == 0]


def test_a_field_without_effect_lists_no_layout_twice() -> None:
    """One GPU: no copy to shard over, and a list of two equal stages is what balance gives."""
    found = Search(tiny(num_gpus=2, layers_per_stage="1, 1", pipeline_parallel=2))
    best = found.best(60)
    for one, other in combinations(best, 2):
        if one.results == other.results:
            apart = [name for name in one.fields if one.fields[name] != other.fields[name]]
            assert len(apart) > 1, apart


def test_a_stated_layout_that_conditions_leave_out_has_no_place_in_the_list() -> None:
    every = Search(tiny())
    stated = float(every.open.values[STEP])
    assert every.best(1)[0].results[STEP] < stated
    assert "is number" in summary(every)
    found = Search(tiny(), limits=[limit(f"step_time<{stated * (1 - 1e-9)}", "--where")])
    assert found.fitting
    assert summary(found).endswith("is not among them.")
