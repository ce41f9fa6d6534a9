"""Choosing: combinations of serving and RL that can be, ranked, each once."""

from __future__ import annotations

import pytest

from dsexplore.analysis.search.choosing import Chosen
from dsexplore.analysis.search.limits import limit
from dsexplore.analysis.search.spaces import rl, serving
from dsexplore.engine import evaluate
from dsexplore.engine.standing import Standing
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError
from tests.strategies import shipped

COST, TIME = "cost_per_million_output_tokens", "time_per_output_token"


def served(*limits: str, **changes: object) -> Chosen:
    scenario: Scenario = shipped("llama-3.1-405b").with_values({**changes})
    return Chosen(scenario, serving(scenario, ""), [limit(each, "--where") for each in limits])


def test_the_cheapest_serving_is_what_its_scenario_comes_to() -> None:
    found = served()
    best, *_ = found.best(3)
    values = evaluate(found.scenario_of(best).inputs())
    for name, value in best.results.items():
        assert values[name] == pytest.approx(value), name
    assert best.results[COST] <= min(each.results[COST] for each in found.best(20))
    for each in found.otherwise(best):
        assert each.why_not or each.result >= best.results[COST]


def test_a_limit_on_the_time_per_token_makes_smaller_batches() -> None:
    free, held = served().best(1)[0], served(f"{TIME}<40 ms").best(1)[0]
    assert held.results[TIME] < 0.04 < free.results[TIME]
    assert held.results[COST] > free.results[COST]
    assert held.fields["decode_batch"] < free.fields["decode_batch"]


def test_a_limit_on_the_first_token_needs_prompts_that_can_be_read() -> None:
    """One engine has its experts in one place: it reads where it decodes."""
    changes = {"memory_capacity": 141e9, "serving_precision": "fp8"}
    scenario = shipped("qwen3-235b-a22b").with_values(changes)
    limits = [limit(f"{TIME}<40 ms", "--where"), limit("ttft<1 s", "--where")]
    found = Chosen(scenario, serving(scenario, ""), limits)
    (best,) = found.best(1)
    assert not Standing(found.scenario_of(best)).impossible.get("ttft")
    unread = scenario.with_values({"prefill_expert_parallel": 1})
    assert not Chosen(unread, serving(unread, ""), limits).fitting


def test_no_choice_without_effect_and_none_twice() -> None:
    found = served()
    results = [tuple(round(v, 9) for v in each.results.values()) for each in found.best(40)]
    assert len(set(results)) == len(results)
    assert "decode_expert_parallel" not in found.space.values, "a dense model has no experts"


def test_generators_and_trainers_are_split_where_that_is_possible() -> None:
    scenario = shipped("deepseek-r1-zero-predicted")
    found = Chosen(scenario, rl(scenario, "", (256, 512)), ())
    best, *_ = found.best(1)
    there = Standing(found.scenario_of(best))
    assert not there.impossible.get("rl_days")
    assert there.values["rl_days"] == pytest.approx(best.results["rl_days"])
    assert best.results["rl_days"] <= evaluate(scenario.inputs())["rl_days"]
    every = [each.fields for each in found.best(120)]
    # Who shares its accelerators has no share of its own.
    placed = {each["generator_share"] for each in every if each["rl_placement"] == "colocated"}
    assert len(placed) == 1
    assert {each["rl_num_gpus"] for each in every} <= {256, 512}


def test_a_run_without_rl_has_none_to_search() -> None:
    scenario = shipped("deepseek-v3")
    with pytest.raises(ScenarioError, match="0 whatever is chosen"):
        Chosen(scenario, rl(scenario, ""), ())


def test_a_model_of_unknown_heads_is_refused() -> None:
    with pytest.raises(ScenarioError, match="num_attention_heads"):
        serving(shipped("gpt-4-reported").with_values({"num_attention_heads": "unknown"}), "")


def test_a_search_that_is_stopped_keeps_the_best_of_what_it_has_judged() -> None:
    scenario = shipped("deepseek-serving")
    shares: list[float] = []
    whole = Chosen(scenario, serving(scenario, ""))
    part = Chosen(
        scenario, serving(scenario, ""), goes_on=lambda: len(shares) < 3, told=shares.append
    )
    assert shares == sorted(shares)
    assert 0 < part.listed < whole.listed
    assert whole.best(1)[0].results[whole.space.by] <= part.best(1)[0].results[part.space.by]
    nothing = Chosen(scenario, serving(scenario, ""), goes_on=lambda: False)
    assert (nothing.listed, nothing.best(5)) == (0, [])
