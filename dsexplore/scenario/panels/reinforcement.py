"""The reinforcement panel: fine-tuning and reinforcement learning after pre-training."""

from __future__ import annotations

from typing import ClassVar

from dsexplore.scenario.panel import Tie
from dsexplore.scenario.panels.fine_tuning import FineTuning
from dsexplore.scenario.panels.rl_answers import Answers
from dsexplore.scenario.panels.rl_arithmetic import Arithmetic
from dsexplore.scenario.panels.rl_hours import RlHours
from dsexplore.text.refusal import ScenarioError


# The last base comes first on the screen.
class Reinforcement(FineTuning, RlHours, Arithmetic, Answers):
    """GRPO or PPO as it is counted from the outside and as it runs, and the stages around it."""

    table: ClassVar[str] = "reinforcement"
    title: ClassVar[str] = "RL"
    short: ClassVar[str] = "RL"
    goes_by: ClassVar[tuple[tuple[str, Tie, str], ...]] = (
        ("response_length", "at most", "max_response_length"),
    )
    always_shown: ClassVar[tuple[str, ...]] = (
        "rl_utilization",
        "rl_mfu",
        "measured_rl_gpu_hours",
        "rl_num_gpus",
    )
    in_rules: ClassVar[tuple[str, ...]] = (
        "response_length",
        "max_response_length",
        "raised_response_length",
        "rl_gradient_steps",
        "last_phase_gradient_steps",
        "group_size",
        "generator_share",
    )

    def check_rules(self) -> None:
        """As in every panel; also what caps, groups and placements allow of each other."""
        super().check_rules()
        self._check_caps()
        if self.rl_gradient_steps != 0 or self.last_phase_gradient_steps > 0:
            self._check_run()

    def _check_caps(self) -> None:
        mean, cap = self.response_length, self.max_response_length
        if 0 < cap < mean:
            allowed = f"0, or at least the mean ({mean:g} tokens)"
            raise ScenarioError("max_response_length", f"{cap:g}", allowed)
        raised = self.raised_response_length
        if 0 < raised < cap:
            allowed = f"0, or at least max_response_length ({cap:g} tokens), which it raises"
            raise ScenarioError("raised_response_length", f"{raised:g}", allowed)

    def _check_run(self) -> None:
        if self.rl_algorithm == "grpo" and self.group_size == 1:
            allowed = "at least 2: GRPO compares the answers of a group (rl_algorithm ppo does not)"
            raise ScenarioError("group_size", "1", allowed)
        if self.rl_placement == "disaggregated" and self.generator_share in (0, 1):
            allowed = "above 0 % and below 100 %, so that some generate and some learn"
            raise ScenarioError("generator_share", f"{100 * self.generator_share:g} %", allowed)
