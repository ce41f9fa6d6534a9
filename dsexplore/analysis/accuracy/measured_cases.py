"""What was measured of serving and RL, counted: accelerators, kinds of model, and what of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsexplore.analysis.accuracy.measured import SERVING, TRAINING
from dsexplore.engine import GRAPH
from dsexplore.scenario.scenario import Scenario

if TYPE_CHECKING:
    from dsexplore.analysis.accuracy.runs import Run

# What a figure is of, by the first of these quantities behind it.
_OF_SERVING = {
    "requests_per_second": "whole services",
    "output_tokens_per_second_per_gpu": "whole services",
    "ttft": "prefill",
    "decode_step_time": "decoding",
    "prefill_tokens_per_second_per_gpu": "prefill",
}
_OF_RL = {
    "policy_update_time": "iterations",
    "rollout_time": "rollouts",
    "weight_transfer_time": "weight transfers",
}
_MODELS = {
    "dense": "dense models",
    "moe": "mixtures of experts within a node",
    "wide": "mixtures of experts over several nodes",
}
_SAID = {SERVING: "serving", "rl": "RL"}


@dataclass(frozen=True, slots=True, order=True)
class MeasuredCase:
    """What two measured figures of serving or of RL have in common where one tells of the other."""

    subject: str
    accelerator: str
    # dense, moe, or wide where a layer's experts lie on several nodes.
    kind: str
    # Decoding, prefill or a whole service; an iteration, a rollout or a transfer of weights.
    of: str


@dataclass(frozen=True, slots=True)
class MeasuredEvidence:
    """Numbers of measured figures like one; `..._here` are those on this accelerator."""

    case: MeasuredCase
    of_accelerator: int
    of_kind: int
    of_kind_here: int

    def sentence(self) -> str:
        """The numbers in a sentence that stands alone."""
        of_kind = f"{self.of_kind or 'none'} of {self.case.of} of {_MODELS[self.case.kind]}"
        here = f", {self.of_kind_here or 'none'} of them here" if self.of_kind else ""
        of_accelerator = f"{self.of_accelerator or 'none'} on this accelerator"
        return f"Measured {_SAID[self.case.subject]}: {of_accelerator}; {of_kind}{here}."

    def gap(self) -> str:
        """What nothing was measured of, in a clause; empty where there is something."""
        if not self.of_accelerator:
            return f"no measured {_SAID[self.case.subject]} on this accelerator"
        if not self.of_kind:
            return f"no measured {self.case.of} of {_MODELS[self.case.kind]}"
        return ""


def measured_case(scenario: Scenario, subject: str, name: str) -> MeasuredCase:
    """What a figure of serving or RL has in common with measured ones."""
    return MeasuredCase(subject, scenario.hardware.gpu, _kind(scenario), _of(subject, name))


def measured_cases(runs: Iterable[Run]) -> dict[MeasuredCase, int]:
    """How many figures of serving and RL there are of each case."""
    found = (
        measured_case(run.scenario, run.subject, run.figures[0].needs[0])
        for run in runs
        if run.subject != TRAINING
    )
    return dict(sorted(Counter(found).items()))


def measured_evidence(
    scenario: Scenario, subject: str, name: str, known: Mapping[MeasuredCase, int]
) -> MeasuredEvidence:
    """What a prediction of serving or RL rests on, among known figures."""
    case = measured_case(scenario, subject, name)

    def count(*alike: Callable[[MeasuredCase], object]) -> int:
        return sum(
            number
            for each, number in known.items()
            if each.subject == subject and all(key(each) == key(case) for key in alike)
        )

    return MeasuredEvidence(
        case=case,
        of_accelerator=count(_accelerator),
        of_kind=count(_kind_and_part),
        of_kind_here=count(_accelerator, _kind_and_part),
    )


def _accelerator(case: MeasuredCase) -> object:
    return case.accelerator


def _kind_and_part(case: MeasuredCase) -> object:
    return case.kind, case.of


def _kind(scenario: Scenario) -> str:
    experts = scenario.architecture.num_routed_experts
    if not experts:
        return "dense"
    group = scenario.serving.decode_expert_parallel or scenario.parallelism.expert_parallel
    return "wide" if min(group, experts) > scenario.hardware.gpus_per_node else "moe"


def _of(subject: str, name: str) -> str:
    parts = _OF_SERVING if subject == SERVING else _OF_RL
    behind = GRAPH.needed([name])
    return next((said for part, said in parts.items() if part in behind), "figures")
