"""The engine: one evaluation, a sweep, and the same formulas written by hand."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from dsexplore.analysis.search.ranking import Search
from dsexplore.analysis.sensitivity.sensitivity import sensitivities
from dsexplore.analysis.simulate.simulate import simulate
from dsexplore.analysis.sweep.axis import read_axis
from dsexplore.analysis.sweep.grid import sweep
from dsexplore.engine import GRAPH, QUANTITIES, evaluate
from dsexplore.engine.plan import Plan, Varying
from dsexplore.library.open import load
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.scenario.uncertainty import Distribution
from tests.bench.figure import Figure, median_seconds

_SCENARIOS = 1_000_000
_CHUNK = 4_096
_NUMBERS = [name for name, quantity in QUANTITIES.items() if not quantity.is_text]
_BY_HAND = ("pretraining_flops", "pretraining_gpu_hours", "pretraining_days", "pretraining_cost")

_COSTS = ("total_cost", "pretraining_cost", "energy_cost")
_SPREAD = {"price_per_gpu_hour": [1, 3], "pretraining_tokens": [1e13, 2e13]}
# Step, memory and legality.
_OF_LAYOUTS = ("step_time", "memory_per_gpu", "layout_problem")
_AXES = ("price_per_gpu_hour=1:4:1000", "pretraining_tokens=10T:20T:1000")
_OF = ("total_cost", "mfu")


def figures() -> Iterator[Figure]:
    """Everything that runs in this process."""
    inputs = load("deepseek-v3").inputs()
    taken = median_seconds(lambda: evaluate(inputs), 500)
    yield Figure(f"evaluate all {len(QUANTITIES)} quantities", taken * 1e3, 1, "ms")

    for name in ("deepseek-v3", "deepseek-r1-zero-predicted"):
        moved = load(name)
        taken = median_seconds(
            lambda moved=moved: sensitivities(moved, "total_cost", with_choices=False), 20
        )
        yield Figure(f"what moves the cost of {name}", taken * 1e3, 100, "ms")

    chunks = [_varied(inputs, seed) for seed in range(_SCENARIOS // _CHUNK)]
    points = _CHUNK * len(chunks)
    asked = (
        (list(QUANTITIES), "all, problems as truths", 1e6),
        (_NUMBERS, "all numbers", 1e6),
        (_OF_LAYOUTS, "step, memory and legality", 1.5e6),
    )
    for names, what, least in asked:
        plan = _plan(chunks, names)
        rate = points / median_seconds(lambda plan=plan: _on_each_core(plan, chunks), 3)
        yield Figure(f"sweep of {what}, {points:,}, two cores", rate, least, "/s", at_least=True)

    for scenario, limit in (("deepseek-v3", 0.5), ("llama-3.1-405b", 3)):
        cluster = load(scenario)
        taken = median_seconds(lambda cluster=cluster: Search(cluster), 3)
        gpus = f"{cluster.hardware.num_gpus:,}"
        yield Figure(f"every layout of {scenario}, {gpus} GPUs", taken, limit, "s")

    taken = median_seconds(lambda: simulate(_uncertain(), _COSTS, _SCENARIOS), 3)
    yield Figure(f"simulate three costs, {_SCENARIOS:,} samples", taken, 0.5, "s")
    axes = [read_axis(words) for words in _AXES]
    rate = _SCENARIOS / median_seconds(lambda: sweep(load("deepseek-v3"), axes, _OF), 3)
    yield Figure(f"sweep of cost and utilisation, {_SCENARIOS:,}", rate, 5e6, "/s", at_least=True)

    plan = _plan(chunks, _BY_HAND)
    for name, value in _written_by_hand(chunks[0]).items():
        np.testing.assert_allclose(plan(chunks[0])[name], value)
    ours = median_seconds(lambda: _each(plan, chunks), 5)
    theirs = median_seconds(lambda: _each(_written_by_hand, chunks), 5)
    yield Figure("sweep of four quantities, against hand-written", ours / theirs, 1.5, "x")


def _uncertain() -> Scenario:
    stated = {
        name: Distribution.read(FIELDS[name], {"uniform": ends}) for name, ends in _SPREAD.items()
    }
    return replace(load("deepseek-v3"), uncertainty=stated)


def _on_each_core(plan: Plan, chunks: list[dict[str, Any]]) -> None:
    """Half of the chunks on each of two cores, as a sweep of many points does."""
    forked = multiprocessing.get_context("fork")
    halves = [forked.Process(target=_each, args=(plan, chunks[start::2])) for start in (0, 1)]
    for half in halves:
        half.start()
    for half in halves:
        half.join()


def _each(work: Callable[[dict[str, Any]], Any], chunks: list[dict[str, Any]]) -> None:
    """Work through the chunks; as a sweep does, nothing of one is kept for the next."""
    for chunk in chunks:
        work(chunk)


def _plan(chunks: list[dict[str, Any]], names: Sequence[str]) -> Plan:
    """What a sweep makes of the formulas: a function of the fields that vary."""
    arrays = [name for name, value in chunks[0].items() if isinstance(value, np.ndarray)]
    varying = {
        name: Varying.over(np.concatenate([chunk[name] for chunk in chunks])) for name in arrays
    }
    firsts = {name: float(chunks[0][name][0]) for name in arrays}
    return Plan(GRAPH, chunks[0] | firsts, varying, names)


def _varied(inputs: dict[str, Any], seed: int) -> dict[str, Any]:
    """Scenarios that differ in the model, the cluster and the run."""
    random = np.random.default_rng(seed)
    return {
        **inputs,
        "utilization": "assumed",
        "hidden_size": 128.0 * random.integers(16, 129, _CHUNK),
        "num_layers": random.integers(16.0, 129.0, _CHUNK).astype(float),
        "num_gpus": 128.0 * random.integers(1, 128, _CHUNK),
        "pretraining_tokens": random.uniform(1e12, 3e13, _CHUNK),
        "assumed_mfu": random.uniform(0.2, 0.6, _CHUNK),
        "price_per_gpu_hour": random.uniform(1.0, 4.0, _CHUNK),
    }


def _written_by_hand(given: dict[str, Any]) -> dict[str, Any]:
    """Cost of a run with latent attention and experts, as a notebook would write it."""
    f = given
    layers, hidden, heads = f["num_layers"], f["hidden_size"], f["num_attention_heads"]
    query_key = f["qk_nope_head_dim"] + f["qk_rope_head_dim"]
    attention = (
        hidden * f["q_lora_rank"]
        + f["q_lora_rank"] * heads * query_key
        + hidden * (f["kv_lora_rank"] + f["qk_rope_head_dim"])
        + f["kv_lora_rank"] * heads * (f["qk_nope_head_dim"] + f["v_head_dim"])
        + heads * f["v_head_dim"] * hidden
    )
    dense = f["num_dense_layers"]
    expert = f["ffn_matrices"] * hidden * f["moe_intermediate_size"]
    reached = f["experts_per_token"] + f["num_shared_experts"]
    weights = (
        layers * attention
        + dense * f["ffn_matrices"] * hidden * f["intermediate_size"]
        + (layers - dense) * (reached * expert + hidden * f["num_routed_experts"])
        + hidden * f["vocab_size"]
    )
    scores = layers * f["sequence_length"] * heads * (query_key + f["v_head_dim"]) / 2
    flops = 6 * (weights + scores) * f["pretraining_tokens"]
    hours = flops / (f["bf16_flops"] * f["assumed_mfu"]) / 3600
    return {
        "pretraining_flops": flops,
        "pretraining_gpu_hours": hours,
        "pretraining_days": hours / f["num_gpus"] / 24,
        "pretraining_cost": hours * f["price_per_gpu_hour"],
    }
