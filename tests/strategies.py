"""Generated scenarios: a shipped one with any of its fields changed to whatever is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from hypothesis import strategies as st

from dsexplore.library.names import preset_names
from dsexplore.library.open import load
from dsexplore.scenario.field import UNKNOWN, FieldSpec
from dsexplore.scenario.layer_pattern import UNIFORM
from dsexplore.scenario.layers_per_stage import BALANCED, joined
from dsexplore.scenario.measured_run import MEASURED_RUN, REMEMBERED, MeasuredRun
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.refusal import ScenarioError

LARGEST = 1e18

NUMERIC = tuple(name for name, spec in FIELDS.items() if spec.is_numeric)
MAY_BE_UNKNOWN = tuple(name for name, spec in FIELDS.items() if spec.may_be_unknown)

preset_scenarios = st.deferred(lambda: st.sampled_from(preset_names("scenarios")).map(shipped))


@cache
def shipped(name: str) -> Scenario:
    """A shipped scenario without what is said about it, which no formula reads."""
    return replace(load(name), description="", sources={}, notes={})


def changed(scenario: Scenario, changes: dict[str, Any]) -> Scenario:
    """A scenario with those of the changes made, in their order, that the rules allow."""
    # Together where they may be: one after another takes as long for each as for all.
    try:
        return scenario.with_values(changes)
    except ScenarioError:
        accepted = {name: value for name, value in changes.items() if _is_accepted(name, value)}
    if 0 < len(accepted) < len(changes):
        return changed(scenario, accepted)
    names = [*accepted]
    if len(names) <= 1:
        return scenario
    for half in (names[: len(names) // 2], names[len(names) // 2 :]):
        scenario = changed(scenario, {name: accepted[name] for name in half})
    return scenario


def _is_accepted(name: str, value: object) -> bool:
    """Whether a field takes a value, whatever the others are."""
    try:
        FIELDS[name].accept(value)
    except ScenarioError:
        return False
    return True


def with_run(inputs: dict[str, Any], change: Callable[[str, Any], Any]) -> dict[str, Any]:
    """Inputs with each number changed by its field's name, in the measured run as well."""
    run = inputs[MEASURED_RUN]
    changed_run = {name: change(name, value) for name, value in run.values.items()}
    return {
        **{name: change(name, value) for name, value in inputs.items() if name in FIELDS},
        MEASURED_RUN: MeasuredRun(changed_run, run.restated),
    }


def columns_of(
    rows: list[dict[str, Any]], column: Callable[[str, list[Any]], Any]
) -> dict[str, Any]:
    """The inputs of several scenarios as arrays, their measured runs among them."""
    runs = [row[MEASURED_RUN] for row in rows]
    restated = {name for run in runs for name in run.restated}
    # A scenario without stated hours has no run; its own values are as good as one.
    then = [{name: row[name] for name in REMEMBERED} | {**row[MEASURED_RUN].values} for row in rows]
    run = MeasuredRun(
        {name: column(name, [each[name] for each in then]) for name in REMEMBERED},
        {name: np.array([name in run.restated for run in runs]) for name in restated},
    )
    fields = {name: column(name, [row[name] for row in rows]) for name in FIELDS}
    return {**fields, MEASURED_RUN: run}


# What choices are about: stages in pieces, a judge, a value model, a raised cap, a window.
_ABOUT = {
    **{"virtual_stages": 2, "rl_gradient_steps": 1000, "last_phase_gradient_steps": 500},
    **{"rl_phases": 3, "reward_parameters": 7e9, "reward_latency": 30, "value_parameters": 3e9},
    **{"max_response_length": 16_384, "raised_response_length": 32_768, "rl_num_gpus": 1024},
    **{"raised_after_steps": 400, "rl_staleness": 2, "generator_share": 0.6, "rl_mfu": 0.3},
    **{"response_length": 4096, "response_length_variation": 0.8, "prompt_length": 200},
    **{"attention_window": 2048, "stated_pretraining_gpu_hours": 3e6, "fp4_flops": 4e15},
}


def with_choice(field: str, choice: str | bool) -> list[Scenario]:
    """Scenarios of very different models in which this choice is made, and has something to do.

    Raises ScenarioError where none allows it.
    """
    return [base.with_values({field: choice}) for base in choice_bases()]


@cache
def choice_bases() -> tuple[Scenario, ...]:
    """The scenarios in which choices are made: each as it was measured, then predicted."""
    bases = ("deepseek-v3", "llama-3.1-405b", "deepseek-r1-zero-predicted")
    return tuple(
        changed(shipped(base), _ABOUT | more)
        for base in bases
        for more in ({}, {"utilization": "predicted", "rl_utilization": "predicted"})
    )


# One of every kind of layer, alone and among others.
PATTERNS = (
    UNIFORM,
    "3 x linear + 1 x full",
    "5 x window + 1 x full",
    "3 x chunk + 1 x full",
    "1 x window + 2 x csa + 1 x hca",
    "4 x mamba + 1 x full + 3 x mamba",
    "1 x hybrid",
    "2 x conv + 1 x full",
    "1 x mamba",
    "2 x mamba + 1 x ffn + 1 x full + 1 x moe",
)


def values_of(spec: FieldSpec, *, unknown: bool = True) -> st.SearchStrategy[Any]:
    """Values that a field may take, its ends and everyday sizes among them."""
    if spec.kind == "boolean":
        return st.booleans()
    if spec.kind == "choice":
        return st.sampled_from(spec.choices)
    if spec.kind == "stages":
        listed = st.lists(st.integers(1, 100), min_size=1, max_size=16).map(joined)
        return st.just(BALANCED) | listed
    if spec.kind == "layers":
        return st.sampled_from(PATTERNS)
    if spec.kind == "name":
        return st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 .+-]{0,20}[a-z]", fullmatch=True)
    numbers = _integers(spec) if spec.kind == "integer" else _floats(spec)
    return numbers | st.just(UNKNOWN) if unknown and spec.may_be_unknown else numbers


@st.composite
def changes(
    draw: st.DrawFn, names: tuple[str, ...] = tuple(FIELDS), *, unknown: bool = True, most: int = 10
) -> dict[str, Any]:
    """Some fields with values that each of them may take."""
    return {name: draw(_values_of(name, unknown)) for name in draw(_some(names, most))}


# Made once: making and checking strategies takes longer than drawing from them.


@cache
def _values_of(name: str, unknown: bool) -> st.SearchStrategy[Any]:
    return values_of(FIELDS[name], unknown=unknown)


@cache
def _some(names: tuple[str, ...], most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), unique=True, max_size=most)


def scenarios(
    names: tuple[str, ...] = tuple(FIELDS), *, unknown: bool = True
) -> st.SearchStrategy[Scenario]:
    """A shipped scenario with some fields changed, without those changes that rules refuse."""
    return st.builds(changed, preset_scenarios, changes(names, unknown=unknown))


def _integers(spec: FieldSpec) -> st.SearchStrategy[int]:
    lowest = int(spec.above + 1 if spec.above is not None else spec.minimum or 0)
    highest = int(spec.maximum if spec.maximum is not None else LARGEST)
    everyday = st.integers(lowest, min(highest, lowest + 300))
    powers = st.sampled_from([2**k for k in range(30) if lowest <= 2**k <= highest] or [lowest])
    return everyday | powers | st.integers(lowest, highest) | st.just(highest)


def _floats(spec: FieldSpec) -> st.SearchStrategy[float]:
    lowest, highest = float(spec.minimum or 0), float(spec.maximum or LARGEST)
    least = lowest or spec.least
    ends = st.sampled_from([lowest, least, highest])
    anywhere = st.floats(least, highest)
    everyday = st.floats(-12, 18).map(lambda power: min(max(10.0**power, least), highest))
    return ends | anywhere | everyday
