"""The catalogue: a preset in the few figures by which to choose one."""

from __future__ import annotations

from dataclasses import dataclass

from dsexplore.engine.doubt import is_wide
from dsexplore.engine.names import unit_of
from dsexplore.engine.standing import Standing
from dsexplore.library.names import Preset
from dsexplore.library.open import load_file
from dsexplore.text.format import doubted, format_value

# Fields and quantities to choose by, and the words shown behind each.
_CHOSEN_BY = {
    "scenarios": {
        "total_cost": "cost",
        "total_gpu_hours": "",
        "pretraining_tokens": "tokens",
        "mfu": "MFU",
    },
    "architectures": {
        "total_parameters": "parameters",
        "active_parameters": "active",
        "num_routed_experts": "experts",
        "max_context_length": "context",
    },
    "hardware": {
        "bf16_flops": "BF16",
        "memory_capacity": "memory",
        "memory_bandwidth": "",
        "price_per_gpu_hour": "",
    },
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a preset: a field or quantity, its value and unit, and the words behind it.

    `text` is for reading: marked where it is a bound or cannot be had, its words behind it.
    """

    name: str
    value: float | str
    unit: str
    text: str


def figures(preset: Preset) -> list[Figure]:
    """The figures by which to choose a preset. Raises ScenarioError for a faulty file."""
    chosen_by = _CHOSEN_BY.get(preset.kind)
    if chosen_by is None:
        return []
    standing = Standing(load_file(preset.path))
    return [_figure(name, words, standing) for name, words in chosen_by.items()]


def _figure(name: str, words: str, standing: Standing) -> Figure:
    value, unit = standing.values[name], unit_of(name)
    text = standing.marked(name, format_value(value, unit, 3))
    text = doubted(text) if is_wide(name, standing.values) else text
    return Figure(name, value, unit, f"{text} {words}".strip())
