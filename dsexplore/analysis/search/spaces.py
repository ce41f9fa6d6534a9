"""Spaces: what a search of serving or of RL chooses from, and what it is ranked by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dsexplore.analysis.search.layouts import divisors, heads_shared
from dsexplore.engine import GRAPH
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.refusal import ScenarioError

TENSOR, EXPERT = "serving_tensor_parallel", "decode_expert_parallel"
# Batches of serving are searched as powers of two up to this one.
_LARGEST_BATCH = 4096
# The generators' share of RL's accelerators is searched in so many parts.
_PARTS = 16
_NEEDED = ("num_attention_heads", "gpus_per_node")


@dataclass(frozen=True, slots=True)
class Space:
    """Fields and the values that each may take, the stated one among them.

    `step` and `memory` are what a choice comes to beside `by`, what it is ranked by; `shown` are
    further results. `predicted` are fields to set where the ranking would not follow the choice.
    """

    by: str
    step: str
    memory: str
    shown: tuple[str, ...]
    values: Mapping[str, Sequence[Value]]
    predicted: Mapping[str, Value]

    @property
    def results(self) -> tuple[str, ...]:
        """All results of a choice."""
        return tuple(dict.fromkeys((self.by, self.step, self.memory, *self.shown)))


def serving(scenario: Scenario, by: str) -> Space:
    """Degrees, batch and precisions of decoding. Raises ScenarioError for an unknown model."""
    values: dict[str, Sequence[Value]] = {
        **_groups(scenario),
        "decode_batch": [2**k for k in range(_LARGEST_BATCH.bit_length())],
        "serving_micro_batches": (1, 2),
        "serving_precision": FIELDS["serving_precision"].choices,
        "kv_cache_precision": FIELDS["kv_cache_precision"].choices,
    }
    by = by or "cost_per_million_output_tokens"
    return Space(
        by,
        "decode_step_time",
        "decode_memory_per_gpu",
        ("time_per_output_token", "decode_tokens_per_second_per_gpu"),
        _with_stated(scenario, by, values),
        {},
    )


def rl(scenario: Scenario, by: str, gpus: Sequence[int] = ()) -> Space:
    """Who generates and who learns, and how the generators share the model.

    Raises ScenarioError for an unknown model.
    """
    values: dict[str, Sequence[Value]] = {
        "rl_placement": FIELDS["rl_placement"].choices,
        "generator_share": [k / _PARTS for k in range(1, _PARTS)],
        **_groups(scenario),
    }
    by = by or "rl_days"
    predicted: dict[str, Value] = {"rl_utilization": "predicted"}
    return Space(
        by,
        "rl_iteration_time",
        "rl_memory_per_gpu",
        ("rl_days", "rl_gpu_hours", "rl_cost"),
        {
            **({"rl_num_gpus": gpus} if gpus else {}),
            **_with_stated(scenario.with_values({**predicted}), by, values),
        },
        predicted,
    )


# The panels in which there is something to choose, and what.
SPACES: Mapping[str, Callable[[Scenario, str], Space]] = {"serving": serving, "reinforcement": rl}


def _groups(scenario: Scenario) -> dict[str, Sequence[Value]]:
    """Degrees by which those that decode share a model."""
    for name in _NEEDED:
        if not scenario.value(name) and FIELDS[name].applies_where(scenario.value):
            allowed = "a number that groups can divide"
            raise ScenarioError(FIELDS[name].path, "unknown or 0", allowed)
    heads, node = heads_shared(scenario.inputs()), int(scenario.value("gpus_per_node") or 0)
    experts = int(scenario.value("num_routed_experts") or 0)
    return {TENSOR: divisors(heads, node), **({EXPERT: divisors(experts)} if experts else {})}


def _with_stated(
    scenario: Scenario, by: str, values: Mapping[str, Sequence[Value]]
) -> dict[str, Sequence[Value]]:
    """The values of each field that the ranking follows, the stated one first."""
    used = GRAPH.behind([by], scenario.inputs())
    return {
        name: tuple(dict.fromkeys((scenario.value(name), *each)))
        for name, each in values.items()
        if name in used
    }
