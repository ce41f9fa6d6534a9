"""The models distilled from DeepSeek-R1, and the cost of fine-tuning each."""

from __future__ import annotations

from dataclasses import dataclass

from dsexplore.engine import evaluate
from dsexplore.library.open import load

# The published table of their scores; its models with a scenario are the distilled ones.
_TABLE = "deepseek-r1-distilled"


@dataclass(frozen=True, slots=True)
class Distilled:
    """A distilled model: its name, parameters, and the GPU-hours and USD of its fine-tuning."""

    name: str
    parameters: float
    gpu_hours: float
    cost: float


def distilled() -> list[Distilled]:
    """Every distilled model with a scenario of its own, the smallest first.

    Raises ScenarioError for a faulty table or scenario.
    """
    from dsexplore.analysis.claims.benchmarks import load_benchmarks  # noqa: PLC0415 - read seldom

    found = []
    for model in load_benchmarks(_TABLE).models.values():
        if model.scenario:
            values = evaluate(
                load(model.scenario).inputs(), ("total_parameters", "sft_gpu_hours", "sft_cost")
            )
            found.append(Distilled(model.name, *(float(value) for value in values.values())))
    return sorted(found, key=lambda model: model.parameters)
