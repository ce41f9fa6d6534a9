"""Layouts: every way to lay a run out over its accelerators, listed by divisibility.

They come in blocks of cuts of the model and the batch. A row of a block is one; it stands for all
stages of ZeRO, under each of the block's variants: formulas branch on words alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsexplore.engine import evaluate
from dsexplore.engine.idioms import are_uneven
from dsexplore.scenario.field import Value
from dsexplore.scenario.layer_pattern import ATTENDING, UNIFORM, WITH_MATRIX, has_kinds
from dsexplore.scenario.layers_per_stage import BALANCED
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.scenario.schedules import SCHEDULES
from dsexplore.text.refusal import ScenarioError

Floats = NDArray[np.float64]
Inputs = Mapping[str, Any]

TENSOR, PIPELINE, CONTEXT, EXPERT = (
    "tensor_parallel",
    "pipeline_parallel",
    "context_parallel",
    "expert_parallel",
)
SCHEDULE, PIECES, MICRO_BATCH = "pipeline_schedule", "virtual_stages", "micro_batch_size"
SEQUENCE, ZERO, RECOMPUTE = "sequence_parallel", "zero_stage", "recompute"
STAGES = "layers_per_stage"
# What a search chooses; every other field stays as it is stated.
CHOSEN = (
    *(TENSOR, PIPELINE, CONTEXT, EXPERT, SCHEDULE, PIECES, MICRO_BATCH),
    *(SEQUENCE, ZERO, RECOMPUTE, STAGES),
)
_LIST_HOLDS = "stage_list_holds"
_NEEDED = ("num_gpus", "gpus_per_node", "num_layers", "num_attention_heads", "global_batch_size")
# Larger micro-batches are searched as powers of two alone.
_EVERY_MICRO_BATCH = 16


@dataclass(frozen=True, slots=True)
class Block:
    """Layouts of some cuts: a column (n,) for each number, one (4, 1) across them for ZeRO.

    Each row of the columns may be run by any of some variants: a schedule and a kind of
    recomputation. Rows are the last axis of what is computed, as numpy is fast along a long one.
    """

    variants: tuple[Mapping[str, str], ...]
    columns: Mapping[str, Any]
    stages: str

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.columns[TENSOR])

    @property
    def size(self) -> int:
        """How many layouts there are."""
        return self.rows * ZERO_STAGES.size * len(self.variants)

    def inputs(self, inputs: Inputs) -> dict[str, Any]:
        """All fields as the engine takes them, of the first variant."""
        return {**inputs, **self.variants[0], STAGES: self.stages, **self.varying()}

    def varying(self, rows: slice | NDArray[Any] = slice(None)) -> dict[str, Any]:
        """The fields that vary, of some rows: a column for each, and ZeRO's across."""
        columns = {name: found[rows] for name, found in self.columns.items()}
        return {**columns, ZERO: ZERO_STAGES}

    def layout(self, row: int, zero_stage: int, variant: int) -> dict[str, Value]:
        """The fields of one layout."""
        numbers = {name: found[row] for name, found in self.columns.items()}
        words = {**self.variants[variant], STAGES: self.stages}
        chosen = {**words, **numbers, ZERO: zero_stage}
        return {name: _typed(name, chosen[name]) for name in CHOSEN}


def _typed(name: str, value: Any) -> Value:
    """An element of a column as its field has it."""
    if FIELDS[name].kind == "boolean":
        return bool(value)
    return int(value) if FIELDS[name].is_numeric else str(value)


ZERO_STAGES: Floats = np.arange(float(FIELDS[ZERO].maximum or 0) + 1)[:, np.newaxis]


def check_known(scenario: Scenario) -> None:
    """Raise ScenarioError unless model, cluster and batch are known."""
    for name in _NEEDED:
        if not scenario.value(name) and FIELDS[name].applies_where(scenario.value):
            path = FIELDS[name].path
            raise ScenarioError(path, "unknown or 0", "a number that layouts can divide")


def blocks(scenario: Scenario) -> Iterator[Block]:
    """Every layout of a scenario's cluster and batch.

    Raises ScenarioError if model, cluster or batch is not known.
    """
    check_known(scenario)
    inputs = scenario.inputs()
    cuts = _cuts(inputs)
    layers, listed = int(scenario.value("num_layers") or 0), str(scenario.value(STAGES))
    # A list that is set aside makes stages balanced ones.
    holds = evaluate(inputs, [_LIST_HOLDS])[_LIST_HOLDS] > 0
    for schedules, rows in _of_schedules(cuts, layers):
        variants = tuple(
            {SCHEDULE: schedule, RECOMPUTE: kind}
            for schedule in schedules
            for kind in FIELDS[RECOMPUTE].choices
        )
        if len(rows):
            yield Block(variants, _columns(rows), BALANCED)
        stated = rows[rows[:, 1] == inputs[PIPELINE]]
        if len(stated) and holds:
            yield Block(variants, _columns(stated), listed)


def _columns(rows: Floats) -> dict[str, Any]:
    """A column for each number, and for the one switch."""
    names = (TENSOR, PIPELINE, CONTEXT, EXPERT, MICRO_BATCH, SEQUENCE, PIECES)
    columns: dict[str, Any] = {name: rows[:, place].copy() for place, name in enumerate(names)}
    columns[SEQUENCE] = columns[SEQUENCE] > 0
    return columns


def _of_schedules(cuts: Floats, layers: int) -> Iterator[tuple[list[str], Floats]]:
    """The cuts that schedules may run, a column of virtual stages behind each, by such schedules.

    One stage has no schedule: it is run by the default one.
    """
    stages = cuts[:, 1]
    yield [str(FIELDS[SCHEDULE].default)], _with(cuts[stages == 1], 1)
    whole = [name for name, each in SCHEDULES.items() if not each.has_virtual_stages]
    yield whole, _with(cuts[stages > 1], 1)
    pieced = [
        _with(cuts[stages == count], pieces)
        for count in np.unique(stages[stages > 1])
        for pieces in range(2, layers + 1)
        if not are_uneven(layers, count * pieces)
    ]
    if pieced:
        rest = [name for name in SCHEDULES if name not in whole]
        yield rest, np.concatenate(pieced)


def _with(rows: Floats, value: float) -> Floats:
    return np.column_stack([rows, np.full(len(rows), float(value))])


def _cuts(inputs: Inputs) -> Floats:
    """Rows of tensor, pipeline, context and expert parallel, micro-batch, sequence parallel."""
    gpus, layers = int(inputs["num_gpus"]), int(inputs["num_layers"])
    batch = int(inputs["global_batch_size"])
    experts = int(inputs["num_routed_experts"])
    rows: list[tuple[int, ...]] = []
    for tensor, context in product(_tensor_degrees(inputs), _context_degrees(inputs)):
        if gpus % (tensor * context):
            continue
        for stages in divisors(gpus // (tensor * context), layers):
            copies = gpus // (tensor * context * stages)
            if batch % copies:
                continue
            groups = [each for each in divisors(gpus // stages) if experts % each == 0 < experts]
            rows += product(
                *([tensor], [stages], [context], groups or [1]),
                *(_micro_batches(batch // copies), (0, 1) if tensor > 1 else (0,)),
            )
    return np.array(rows, dtype=np.float64).reshape(len(rows), 6)


def heads_shared(inputs: Inputs) -> int:
    """What tensor parallelism divides: heads of attention, of states, or of both; else the width.

    >>> heads_shared({"layer_pattern": "uniform", "num_attention_heads": 32.0})
    32
    """
    pattern, heads = inputs["layer_pattern"], 0
    if pattern == UNIFORM or has_kinds(pattern, ATTENDING):
        heads = _known(inputs["num_attention_heads"])
    if has_kinds(pattern, WITH_MATRIX):
        heads = gcd(heads, int(inputs["state_value_heads"]))
    return heads or _known(inputs["hidden_size"])


def _tensor_degrees(inputs: Inputs) -> list[int]:
    """Degrees within a node that share heads evenly, and the stated one."""
    heads, grouped = heads_shared(inputs), _known(inputs["num_kv_heads"])
    found = {
        each
        for each in divisors(heads, int(inputs["gpus_per_node"]))
        if not grouped or grouped % each == 0 or each % grouped == 0
    }
    return sorted(found | {int(inputs[TENSOR])})


def _context_degrees(inputs: Inputs) -> list[int]:
    """Degrees that leave each accelerator an early and a late part of its sequence."""
    length = int(inputs["sequence_length"])
    found = {each for each in divisors(length) if length % (2 * each) == 0}
    return sorted(found | {1, int(inputs[CONTEXT])})


def _micro_batches(sequences: int) -> list[int]:
    """Sizes into which the sequences of one copy of the model divide."""
    return [
        each for each in divisors(sequences) if each <= _EVERY_MICRO_BATCH or each & (each - 1) == 0
    ]


def divisors(number: int, most: int | None = None) -> list[int]:
    """The divisors of a whole number from 1 on, none beyond `most`.

    >>> divisors(12), divisors(12, 4)
    ([1, 2, 3, 4, 6, 12], [1, 2, 3, 4])
    """
    low = [each for each in range(1, int(number**0.5) + 1) if number % each == 0]
    found = [*low, *(number // each for each in reversed(low) if each * each != number)]
    return [each for each in found if most is None or each <= most]


def _known(value: float) -> int:
    return int(value) if value == value else 0  # noqa: PLR0124 - only nan differs from itself
