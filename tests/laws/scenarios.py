"""Random legal scenarios: near a shipped one, anywhere in the range of every field, at its ends."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random
from typing import Any

from dsexplore.library.names import preset_names
from dsexplore.scenario.field import UNKNOWN, FieldSpec
from dsexplore.scenario.layers_per_stage import with_first_stage
from dsexplore.scenario.scenario import FIELDS, PANELS, Scenario
from dsexplore.scenario.schedules import SCHEDULES
from dsexplore.text.refusal import ScenarioError
from tests.strategies import PATTERNS, shipped

Changes = dict[str, Any]

# A rule between two fields names one of them; so many repairs end every quarrel.
_REPAIRS = 60


def random_scenario(random: Random) -> Scenario:
    """A legal scenario: one of four kinds, in half of them with a layout that fits together."""
    base = shipped(random.choice(preset_names("scenarios")))
    kind = random.choice((near, near, anywhere, at_the_ends))
    changes = kind(random, base)
    if random.random() < 0.5:
        changes |= layout(random, base, changes)
    return legal(random, base, changes)


def near(random: Random, base: Scenario) -> Changes:
    """Some fields, each within a factor of ten of the shipped value, or any other choice."""
    names = random.sample(list(FIELDS), random.randint(1, 12))
    return {name: _near(random, FIELDS[name], base.value(name)) for name in names}


def anywhere(random: Random, base: Scenario) -> Changes:
    """Every field, anywhere in its range; the unknown and none at all are among the values."""
    share = random.choice((0.0, 0.0, 0.03, 0.2))
    return {name: _anywhere(random, spec, share) for name, spec in FIELDS.items()}


def at_the_ends(random: Random, base: Scenario) -> Changes:
    """Many fields at an end of their range, the others as shipped."""
    share = random.choice((0.05, 0.3, 1.0))
    chosen = [name for name in FIELDS if random.random() < share]
    return {name: random.choice(_ends(FIELDS[name])) for name in chosen}


def _ends(spec: FieldSpec) -> list[Any]:
    if not spec.is_numeric:
        return _words(spec)
    lowest, highest = _range(spec)
    ends: list[Any] = [lowest, highest]
    if spec.minimum == 0:
        ends.append(0)
    return [*ends, UNKNOWN] if spec.may_be_unknown else ends


def _words(spec: FieldSpec) -> list[Any]:
    return {
        "boolean": [False, True],
        "choice": list(spec.choices),
        "name": ["some"],
        "stages": ["balanced", "1, 2*2, 3"],
        "layers": list(PATTERNS),
    }[spec.kind]


def _range(spec: FieldSpec) -> tuple[float, float]:
    """The least value above 0, and the largest."""
    assert spec.maximum is not None
    if spec.kind == "integer":
        return max(1, int(spec.minimum or 0)), int(spec.maximum)
    return spec.minimum or spec.least, float(spec.maximum)


def _anywhere(random: Random, spec: FieldSpec, unknown: float) -> Any:
    if not spec.is_numeric:
        return random.choice(_words(spec))
    if spec.may_be_unknown and random.random() < unknown:
        return UNKNOWN
    if spec.minimum == 0 and random.random() < 0.2:
        return 0
    lowest, highest = _range(spec)
    return _fitting(spec, math.exp(random.uniform(math.log(lowest), math.log(highest))))


def _near(random: Random, spec: FieldSpec, value: Any) -> Any:
    if not spec.is_numeric or not value or random.random() < 0.1:
        return _anywhere(random, spec, 0.3)
    return _fitting(spec, value * 10 ** random.uniform(-1, 1))


def _fitting(spec: FieldSpec, value: float) -> float:
    lowest, highest = _range(spec)
    value = min(max(value, lowest), highest)
    return round(value) if spec.kind == "integer" else value


def layout(random: Random, base: Scenario, changes: Changes) -> Changes:
    """Degrees, batch and accelerators that divide each other, for the model as it is changed."""

    def value(name: str) -> int:
        found = changes.get(name, base.value(name))
        return found if isinstance(found, int) and found > 0 else 1

    schedule = random.choice(list(SCHEDULES))
    tensor = _divisor(random, value("num_attention_heads"), 64)
    pipeline = min(2 ** random.randint(0, 6), value("num_layers"))
    if SCHEDULES[schedule].in_halves and pipeline > 1:
        pipeline -= pipeline % 2
    context = _divisor(random, value("sequence_length"), 8)
    experts = _divisor(random, value("num_routed_experts"), 512)
    copies = experts * 2 ** random.randint(0, 4)
    micro_batch = 2 ** random.randint(0, 2)
    turns = random.choice((pipeline * 2 * random.randint(1, 4), random.randint(1, 2 * pipeline)))
    pieces = _divisor(random, max(value("num_layers") // pipeline, 1), 8)
    return {
        "pipeline_schedule": schedule,
        "tensor_parallel": tensor,
        "pipeline_parallel": pipeline,
        "context_parallel": context,
        "expert_parallel": experts,
        "node_limit": 0,
        "virtual_stages": pieces,
        "sequence_parallel": False,
        "layers_per_stage": with_first_stage(
            random.choice((0, 0, 1, random.randint(1, value("num_layers")))),
            value("num_layers"),
            pipeline,
            pieces if SCHEDULES[schedule].has_virtual_stages else SCHEDULES[schedule].pieces,
        ),
        "num_gpus": min(tensor * pipeline * context * copies, 10**8),
        "micro_batch_size": micro_batch,
        "global_batch_size": min(copies * micro_batch * turns, 10**9),
    }


def _divisor(random: Random, number: int, most: int) -> int:
    return random.choice([each for each in range(1, most + 1) if number % each == 0])


def legal(random: Random, base: Scenario, changes: Changes) -> Scenario:
    """The base with the changes; a change that a rule between fields refuses is taken back."""
    changes = dict(changes)
    for panel in PANELS.values():
        for low, high in panel.at_most:
            smaller, larger = (changes.get(name, base.value(name)) for name in (low, high))
            if isinstance(smaller, int) and isinstance(larger, int) and smaller > larger:
                changes[low] = larger and random.randint(1, larger)
    for _ in range(_REPAIRS):
        try:
            return _with(base, changes)
        except ScenarioError as error:
            name = error.where.rpartition(".")[2]
            if changes.pop(name, None) is None:
                changes.pop(random.choice(list(changes)))
    return base


def _with(base: Scenario, changes: Changes) -> Scenario:
    """Like `with_values`, with a file's rules alone: a scenario of a thousand edits is one."""
    by_table: dict[str, Changes] = {}
    for name, raw in changes.items():
        by_table.setdefault(FIELDS[name].table, {})[name] = raw
    panels = {table: base.panel(table).reading(values) for table, values in by_table.items()}
    for panel in panels.values():
        panel.check_rules()
    return replace(base, **panels)
