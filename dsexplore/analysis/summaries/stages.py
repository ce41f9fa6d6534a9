"""The stages that the rent of a run is made of: each once, none left out."""

from __future__ import annotations

from dsexplore.scenario.scenario import Scenario

_FIRST = ("pretraining_cost", "context_extension_cost")
_COMPUTED = ("sft_cost", "rl_cost")


def stages(scenario: Scenario) -> tuple[str, ...]:
    """Post-training in one where its hours were stated, its parts where they were computed."""
    if scenario.pretraining.post_training_gpu_hours > 0:
        return (*_FIRST, "post_training_cost")
    return (*_FIRST, *_COMPUTED)
