"""A layout whose links do not agree is put right by the nearest values that do."""

from __future__ import annotations

from dsexplore.analysis.search.repairs import repairs
from dsexplore.engine import evaluate
from dsexplore.library.open import load
from dsexplore.library.presets import with_changes
from dsexplore.scenario.scenario import Scenario

OPENED = load("deepseek-v3")


def offered(broken: Scenario) -> list[dict[str, object]]:
    found = repairs(broken)
    for each in found:
        repaired = with_changes(broken, each.fields)
        assert evaluate(repaired.inputs())["layout_problem"] == ""
        assert evaluate(repaired.inputs())["step_time"] == each.results["step_time"]
    return [dict(each.fields) for each in found]


def test_each_link_is_repaired_by_one_field_or_by_two() -> None:
    assert offered(OPENED) == []
    # 2,048 is 1 × 16 × 1 × 128, and 192 copies share a batch of 15,360 as well.
    assert offered(with_changes(OPENED, {"num_gpus": 2050})) == [
        {"num_gpus": 2048},
        {"num_gpus": 3072},
    ]
    assert {"expert_parallel": 64} in offered(with_changes(OPENED, {"expert_parallel": 48}))
    assert {"num_routed_experts": 256} in offered(with_changes(OPENED, {"num_routed_experts": 250}))
    two = offered(with_changes(OPENED, {"context_parallel": 7, "tensor_parallel": 5}))
    assert two == [{"tensor_parallel": 4, "context_parallel": 8}]


def test_a_layout_in_which_more_than_two_links_are_broken_is_repaired_too() -> None:
    three = offered(
        with_changes(OPENED, {"num_gpus": 2039, "expert_parallel": 48, "micro_batch_size": 7})
    )
    assert {"expert_parallel": 64, "num_gpus": 2048, "global_batch_size": 28672} in three
    prime = with_changes(load("qwen3-8b"), {"tensor_parallel": 5, "num_gpus": 1021})
    assert {"tensor_parallel": 4, "num_gpus": 1020, "global_batch_size": 1020} in offered(prime)


def test_whatever_field_breaks_a_link_can_repair_it() -> None:
    llama = load("llama-3.1-405b")
    for field, broken in (("virtual_stages", 5), ("slices", 7), ("tensor_parallel", 7)):
        assert any({field} == {*each} for each in offered(with_changes(llama, {field: broken})))


def test_a_layout_is_not_repaired_by_stating_none() -> None:
    small = {"num_gpus": 2048, "tensor_parallel": 8, "global_batch_size": 2047}
    found = offered(with_changes(load("llama-3.1-70b"), small))
    assert {"global_batch_size": 2048} in found
    assert {"tensor_parallel": 1} not in found
