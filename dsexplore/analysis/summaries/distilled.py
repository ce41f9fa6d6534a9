"""The models distilled from DeepSeek-R1, and the cost of fine-tuning each."""

from __future__ import annotations

from dataclasses import dataclass

from dsexplore.engine.names import unit_of
from dsexplore.engine.standing import Standing
from dsexplore.library.open import load
from dsexplore.text.format import format_value

# The published table of their scores; its models with a scenario are the distilled ones.
_TABLE = "deepseek-r1-distilled"


@dataclass(frozen=True, slots=True)
class Distilled:
    """A distilled model: its name, parameters, and the GPU-hours and USD of its fine-tuning.

    The texts are for reading: marked where a figure is a bound or cannot be had.
    """

    name: str
    parameters: float
    gpu_hours: float
    cost: float
    gpu_hours_text: str
    cost_text: str


def distilled() -> list[Distilled]:
    """Every distilled model with a scenario of its own, the smallest first.

    Raises ScenarioError for a faulty table or scenario.
    """
    from dsexplore.analysis.claims.benchmarks import load_benchmarks  # noqa: PLC0415 - read seldom

    found = [
        _distilled(model.name, Standing(load(model.scenario)))
        for model in load_benchmarks(_TABLE).models.values()
        if model.scenario
    ]
    return sorted(found, key=lambda model: model.parameters)


def _distilled(name: str, standing: Standing) -> Distilled:
    values = standing.values
    hours, cost = (
        standing.marked(each, format_value(values[each], unit_of(each)))
        for each in ("sft_gpu_hours", "sft_cost")
    )
    return Distilled(
        name,
        float(values["total_parameters"]),
        float(values["sft_gpu_hours"]),
        float(values["sft_cost"]),
        hours,
        cost,
    )
