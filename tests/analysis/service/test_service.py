"""A service as its load rises: laws, limits, and an engine simulated step by step."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest

from dsexplore.analysis.accuracy.runs import shipped_runs
from dsexplore.analysis.service.drawn import TITLES, drawn
from dsexplore.analysis.service.service import Limits, Service, ServiceError
from dsexplore.engine import GRAPH, evaluate
from tests.strategies import shipped

SERVED: dict[str, object] = {
    **{"serving_precision": "fp8", "serving_tensor_parallel": 8, "decode_batch": 64},
    **{"serving_prompt_length": 2000, "kv_length": 2100, "serving_answer_length": 200},
}
EACH = pytest.mark.parametrize(
    "changes",
    [{}, {"prefill_chunk": 1000}, {"prefill_placement": "apart"}, {"serving_pipeline": 2}],
    ids=["in turn", "in chunks", "apart", "in stages"],
)


def service(name: str = "llama-3.1-405b", **changes: object) -> Service:
    return Service(shipped(name).with_values(SERVED | changes).inputs())


@EACH
def test_no_load_is_no_waiting_and_more_load_is_more(changes: dict[str, object]) -> None:
    inputs = shipped("llama-3.1-405b").with_values(SERVED | changes).inputs()
    found, alone = Service(inputs), evaluate({**inputs, "decode_batch": 1.0})
    assert found.rest.ttft == alone["ttft"]
    assert found.rest.time_per_token == alone["time_per_output_token"]
    nearly = found.at_load(found.most.load / 1000)
    assert nearly.ttft == pytest.approx(found.rest.ttft, rel=0.01)
    assert nearly.time_per_token == pytest.approx(found.rest.time_per_token, rel=0.01)
    for one, other in pairwise((found.rest, *found.points)):
        assert one.load < other.load
        assert one.ttft <= other.ttft
        assert one.time_per_token <= other.time_per_token
        assert not one.cost < other.cost


@EACH
def test_the_wait_grows_without_end_towards_capacity(changes: dict[str, object]) -> None:
    found = service(**changes)
    waits = [
        found.at_load(share * found.most.load).ttft - found.rest.ttft
        for share in (0.9, 0.99, 0.999, 0.9999)
    ]
    assert waits[3] > 5 * waits[2] > 5 * waits[1] > 5 * waits[0] > 0
    with pytest.raises(ServiceError, match="queues grow without end"):
        found.at_load(found.most.load * 1.001)


@EACH
def test_what_is_asked_of_a_load_or_a_limit_is_met(changes: dict[str, object]) -> None:
    found = service(**changes)
    load = 0.6 * found.most.load
    point = found.at_load(load)
    assert point.load == pytest.approx(load, rel=1e-6)
    by_time = found.largest(Limits(time_per_token=point.time_per_token))
    by_first = found.largest(Limits(ttft=point.ttft))
    assert by_time.load == pytest.approx(load, rel=1e-3)
    assert by_first.load == pytest.approx(load, rel=1e-3)
    both = found.largest(Limits(point.ttft, 0.9 * point.time_per_token))
    assert both.load < load
    assert found.largest(Limits()) == found.most


def test_measured_first_tokens_of_lone_requests_are_those_of_no_load() -> None:
    """TensorRT-LLM on A100: 0.133 s with Llama 2 7B, 0.377 s with 70B on eight, 2,048 tokens."""
    measured = {run.name: run for run in shipped_runs("serving") if "ttft" in run.measured}
    assert len(measured) == 2
    for run in measured.values():
        first = Service(run.scenario.inputs()).rest.ttft
        assert first == pytest.approx(run.measured["ttft"], rel=0.05)


def test_limits_below_what_no_load_takes_are_refused_in_a_sentence() -> None:
    found = service()
    with pytest.raises(ServiceError, match=r"^With no load at all the first token takes .* limit"):
        found.largest(Limits(ttft=found.rest.ttft / 2))
    with pytest.raises(ServiceError, match=r"^With no load at all a token takes .* limit"):
        found.largest(Limits(time_per_token=found.rest.time_per_token / 2))


def test_chunks_answer_more_at_the_same_time_per_token() -> None:
    """Weights are read once for a chunk and a step of decoding, where steps outnumber chunks."""
    long = {"serving_answer_length": 1000, "kv_length": 2500}
    limits = Limits(time_per_token=0.04)
    chunks, turns = service(**long, prefill_chunk=2000), service(**long)
    assert chunks.largest(limits).load > turns.largest(limits).load


def test_a_day_is_of_its_fleet_and_other_services_of_one_accelerator() -> None:
    day = Service(shipped("deepseek-serving").inputs())
    assert day.gpus == 1814
    assert day.mean_load * day.answer * 86_400 == pytest.approx(168e9)
    assert day.mean_load < day.most.load
    assert service().gpus == 1
    assert math.isnan(service().mean_load)


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("gpt-4-reported", {}, "is not known: num_layers is unknown"),
        ("llama-3.1-405b", SERVED | {"serving_tensor_parallel": 1}, "Share the weights among more"),
        ("llama-3.1-405b", SERVED | {"kv_length": 10**7}, "0 requests fit"),
        ("deepseek-serving", {"prefill_expert_parallel": 30}, r"\(prefill_expert_parallel\)"),
    ],
)
def test_what_cannot_be_served_is_said(name: str, changes: dict[str, object], words: str) -> None:
    with pytest.raises(ServiceError, match=words):
        Service(shipped(name).with_values(changes).inputs())


def test_a_plot_has_the_rows_and_columns_that_it_is_given() -> None:
    for name in TITLES:
        lines = drawn(service(), name, 40, 6)
        assert len(lines) == 8
        assert max(map(len, lines)) == 40


# An engine, step by step


def simulated(step: Callable[[int], float], read: float, answer: float, rate: float) -> list[float]:
    """Mean time to the first token, and between tokens, of an engine that takes turns.

    Prompts are read one by one before the next step of decoding; requests come at random.
    """
    random = Random(7)
    now, coming, firsts, tokens = 0.0, 0.0, [], [0, 0.0]
    waiting: deque[float] = deque()
    batch: list[list[float]] = []
    while len(firsts) < 4000:
        while coming <= now:
            waiting.append(coming)
            coming += random.expovariate(rate)
        if waiting:
            now += random.expovariate(1 / read)
            firsts.append(now - waiting.popleft())
            batch.append([now, math.ceil(random.expovariate(1 / answer)), 0])
        elif batch:
            now += step(len(batch))
            for each in batch:
                each[2] += 1
            for each in [each for each in batch if each[2] >= each[1]]:
                tokens = [tokens[0] + each[1], tokens[1] + now - each[0]]
                batch.remove(each)
        else:
            now = coming
    return [sum(firsts) / len(firsts), tokens[1] / tokens[0]]


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_a_simulated_engine_takes_the_times_that_are_predicted(share: float) -> None:
    """Prompts and answers as spread as exponentials; nothing of the queue's theory is used.

    The batch swings about its mean, which makes tokens a little slower than at the mean.
    """
    inputs = shipped("llama-3.1-405b").with_values(SERVED).inputs()
    found = Service(inputs)
    point = found.at_load(share * found.most.load)
    values = {**inputs, **evaluate(inputs)}
    only = frozenset(GRAPH.needed(["decode_step_time"], inputs))
    steps: dict[int, float] = {}

    def step(batch: int) -> float:
        if batch not in steps:
            changed = GRAPH.evaluate_changed(values, {"decode_batch": float(batch)}, only)
            steps[batch] = changed["decode_step_time"]
        return steps[batch]

    first, each = simulated(step, values["ttft"], values["answer_tokens"], 8 * point.load)
    assert point.ttft == pytest.approx(first, rel=0.1)
    assert point.time_per_token == pytest.approx(each, rel=0.15)
