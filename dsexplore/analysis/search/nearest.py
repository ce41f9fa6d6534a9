"""What makes a layout fit: one or two fields to change after which it does, the fastest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from dsexplore.analysis.search.judging import STEP, always
from dsexplore.analysis.search.layouts import (
    CONTEXT,
    EXPERT,
    MICRO_BATCH,
    PIPELINE,
    RECOMPUTE,
    SCHEDULE,
    SEQUENCE,
    TENSOR,
    ZERO,
    check_known,
    divisors,
    heads_shared,
)
from dsexplore.analysis.search.ranking import MEMORY
from dsexplore.engine import GRAPH, problems_forbidding
from dsexplore.engine.doubt import Ends, ends_of
from dsexplore.engine.standing import Standing
from dsexplore.library.presets import with_changes
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.scenario.schedules import SCHEDULES
from dsexplore.text.refusal import ScenarioError

GPUS = "num_gpus"
# More accelerators of the same kind, so many times.
_MORE = (2, 4)
_MOST_DEGREE = 64
MOST_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Change:
    """Fields to change, and what the scenario then comes to: step in seconds, memory in bytes."""

    fields: dict[str, Value]
    step_time: float
    memory: float
    interval: Ends | None


def nearest(
    scenario: Scenario,
    goes_on: Callable[[], bool] = always,
    told: Callable[[float], None] | None = None,
) -> list[Change]:
    """Changes of one field of the layout after which the run fits, then of two, each by its step.

    Two fields are changed where neither alone is enough. It ends early, with what it has found,
    once `goes_on` says no; `told` the share that is tried. Raises ScenarioError if model, cluster
    or batch is not known.
    """
    check_known(scenario)
    inputs = scenario.inputs()
    options = {name: [*values] for name, values in _options(scenario)}
    tries = [{name: value} for name, values in options.items() for value in values]
    pairs = [
        {first: one, second: other}
        for first, second in combinations(options, 2)
        for one, other in product(options[first], options[second])
    ]
    enough: list[dict[str, Value]] = []
    fitting: list[tuple[int, float, dict[str, Value]]] = []
    for number, fields in enumerate([*tries, *pairs]):
        if not goes_on():
            break
        if told:
            told(number / (len(tries) + len(pairs)))
        if any(one.items() <= fields.items() for one in enough):
            continue
        step = _step_if_it_fits(inputs, fields)
        if step is not None:
            if len(fields) == 1:
                enough.append(fields)
            fitting.append((len(fields), step, fields))
    fitting.sort(key=lambda each: each[:2])
    found = (_checked(scenario, fields) for _, _, fields in fitting)
    return [each for each, _ in zip(filter(None, found), range(MOST_CHANGES), strict=False)]


def _step_if_it_fits(inputs: Mapping[str, Any], fields: Mapping[str, Value]) -> float | None:
    """The step of a changed scenario that nothing stands in the way of, memory above all."""
    changed = {**inputs, **{k: float(v) if isinstance(v, int) and not isinstance(v, bool) else v
                            for k, v in fields.items()}}  # fmt: skip
    problems = problems_forbidding(changed, [STEP])
    values = GRAPH.evaluate(changed, [STEP, MEMORY, *problems], in_words=False)
    # Neither nan nor none at all.
    has_step = float(values[STEP]) > 0
    return float(values[STEP]) if has_step and not any(values[p] for p in problems) else None


def _checked(scenario: Scenario, fields: dict[str, Value]) -> Change | None:
    """A change as the document makes it; None where it does not fit after all."""
    try:
        there = Standing(with_changes(scenario, {**fields}))
    except ScenarioError:
        return None
    values = there.values
    if any(values[problem] for problem in problems_forbidding(values, [STEP])):
        return None
    return Change(fields, float(values[STEP]), float(values[MEMORY]), ends_of(STEP, values))


def _options(scenario: Scenario) -> Iterator[tuple[str, Iterator[Value]]]:
    """By field, the other values that may leave more room; legality is left to the rules."""

    def now(name: str) -> int:
        return int(scenario.value(name) or 0)

    gpus, tensor, context, stages = now(GPUS), now(TENSOR), now(CONTEXT), now(PIPELINE)
    experts = now("num_routed_experts")
    copies = max(1, gpus // max(1, tensor * context * stages))
    sequences = max(1, now("global_batch_size") // copies)
    every: dict[str, list[Value]] = {
        RECOMPUTE: [*FIELDS[RECOMPUTE].choices],
        ZERO: [*range(int(FIELDS[ZERO].maximum or 0) + 1)],
        MICRO_BATCH: [each for each in divisors(sequences) if each < now(MICRO_BATCH)],
        SEQUENCE: [True] if tensor > 1 else [],
        TENSOR: [*divisors(heads_shared(scenario.inputs()), now("gpus_per_node"))],
        PIPELINE: [*divisors(gpus, min(now("num_layers"), _MOST_DEGREE))],
        CONTEXT: [*divisors(now("sequence_length"), 16)],
        EXPERT: [*divisors(experts)] if experts else [],
        SCHEDULE: [each for each, kind in SCHEDULES.items() if not kind.has_virtual_stages],
        GPUS: [gpus * times for times in _MORE],
    }
    for name, values in every.items():
        yield name, (value for value in values if value != scenario.value(name))
