"""The models distilled from DeepSeek-R1: what fine-tuning each of them costs."""

from __future__ import annotations

from dataclasses import dataclass

from dsexplore.engine import evaluate
from dsexplore.library.names import preset_names
from dsexplore.library.open import load

_PREFIX = "deepseek-r1-distill-"


@dataclass(frozen=True, slots=True)
class Distilled:
    """A distilled model: its name, parameters, and the GPU-hours and USD of its fine-tuning."""

    name: str
    parameters: float
    gpu_hours: float
    cost: float


def distilled() -> list[Distilled]:
    """Every distilled model that ships as a scenario of its own, the smallest first."""
    found = []
    for name in preset_names("scenarios"):
        if name.startswith(_PREFIX):
            values = evaluate(
                load(name).inputs(), ("total_parameters", "sft_gpu_hours", "sft_cost")
            )
            short = name.removeprefix(_PREFIX)
            found.append(Distilled(short, *(float(value) for value in values.values())))
    return sorted(found, key=lambda model: model.parameters)
