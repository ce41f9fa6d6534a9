"""The reinforcement panel: fine-tuning and reinforcement learning after pre-training."""

from __future__ import annotations

from typing import ClassVar, Literal

from dsexplore.scenario.field import choice, count, number
from dsexplore.scenario.panel import Panel
from dsexplore.text.refusal import ScenarioError

_ASSUMED = ("rl_utilization", ("assumed",))
_MEASURED = ("rl_utilization", ("measured",))
_JUDGE = ("reward", ("model",))
_PPO = ("rl_algorithm", ("ppo",))
_APART = ("rl_placement", ("disaggregated",))


class Reinforcement(Panel):
    """GRPO or PPO as it is counted from the outside and as it runs, and the stages around it."""

    table: ClassVar[str] = "reinforcement"
    title: ClassVar[str] = "RL"
    short: ClassVar[str] = "RL"

    rl_algorithm: Literal["grpo", "ppo"] = choice(
        "Algorithm",
        "grpo: the group's mean reward is the baseline; ppo: a value model is trained beside.",
        section="Reinforcement learning",
        default="grpo",
    )
    rl_phases: int = count(
        "Phases", "phase", "How many times a phase like this one is run.", default=1, le=1_000
    )
    rl_gradient_steps: int = count(
        "Gradient steps", "step", "In one phase, inner updates counted; 0: no RL.",
        default=0, le=10**9, nudge="two digits",
    )  # fmt: skip
    last_phase_gradient_steps: int = count(
        "In the last phase",
        "step",
        "Gradient steps of the last of several phases; 0: as many as in the others.",
        default=0,
        le=10**9,
        nudge="two digits",
    )
    inner_updates: int = count(
        "Inner updates",
        "step",
        "Gradient steps on the same sampled questions (K).",
        default=1,
        gt=0,
        le=10**6,
    )
    questions_per_step: int = count(
        "Questions a step",
        "question",
        "Questions sampled for a step (B).",
        default=32,
        gt=0,
        le=10**9,
        nudge="power of two",
    )
    group_size: int = count(
        "Group size",
        "sample",
        "Answers sampled for each question (G).",
        default=16,
        gt=0,
        le=10**6,
        nudge="power of two",
    )
    samples_per_rollout: int = count(
        "Samples a rollout",
        "sample",
        "Answers generated together before they are split into steps; 0: those of one step.",
        default=0,
        le=10**9,
        nudge="power of two",
    )
    prompt_length: float = number(
        "Prompt length", "token", "Tokens of a question, on average.", default=0.0, le=1e9
    )
    response_length: float = number(
        "Response length",
        "token",
        "Tokens of an answer, on average over the run (L).",
        default=4000.0,
        gt=0,
        le=1e9,
    )
    response_length_variation: float = number(
        "Its variation",
        "",
        "Standard deviation of an answer's length over its mean; lengths are lognormal.",
        default=1.0,
        le=100,
    )
    max_response_length: float = number(
        "Longest response",
        "token",
        "Cap on an answer, which some answer of a rollout reaches; 0: not stated, the mean "
        "stands for it.",
        default=0.0,
        le=1e9,
    )
    raised_response_length: float = number(
        "Raised to",
        "token",
        "The cap in a later part of the phase; 0: it is never raised.",
        default=0.0,
        le=1e9,
    )
    raised_after_steps: int = count(
        "Raised after",
        "step",
        "Gradient steps after which the cap is raised.",
        default=0,
        le=10**9,
        nudge="two digits",
    )
    log_probability_passes: float = number(
        "Probability passes",
        "",
        "Forward passes over the answers before they are learnt from: by the policy that gave "
        "them, and by the reference; 0: not counted.",
        section="Arithmetic",
        default=2.0,
        le=100,
    )
    generation_flop_per_parameter: float = number(
        "Generation",
        "FLOP/parameter",
        "FLOP a token and active parameter to generate: 2, or 4 with as much attention again.",
        default=4.0,
        le=1_000,
    )
    backward_flop_per_parameter: float = number(
        "First update",
        "FLOP/parameter",
        "FLOP a token and active parameter for the first update on a sample.",
        default=4.0,
        le=1_000,
    )
    inner_flop_per_parameter: float = number(
        "Each further update",
        "FLOP/parameter",
        "FLOP a token and active parameter for each further update on the same sample.",
        default=6.0,
        le=1_000,
    )
    reward: Literal["rules", "model"] = choice(
        "Reward", "rules: checked by a program; model: judged by a model.", default="rules"
    )
    reward_parameters: float = number(
        "Judge's parameters",
        "parameter",
        "Active parameters of the model that judges.",
        default=0.0,
        le=1e18,
        applies=_JUDGE,
    )
    reward_latency: float = number(
        "Reward's delay",
        "second",
        "Time that checking a rollout's answers adds to it; 0: none, or none that shows.",
        default=0.0,
        le=1e7,
    )
    value_parameters: float = number(
        "Value model",
        "parameter",
        "Parameters of the value model that PPO trains; 0: as many as the policy's.",
        default=0.0,
        le=1e18,
        applies=_PPO,
    )
    rl_utilization: Literal["pretraining", "assumed", "measured", "predicted"] = choice(
        "RL's hours are",
        "pretraining: by FLOP at the MFU of the pre-training run; assumed: at an MFU of its own; "
        "measured: given; predicted: from the time of each rollout and what is learnt from it.",
        section="Utilisation",
        default="pretraining",
    )
    rl_mfu: float = number(
        "RL's MFU",
        "fraction",
        "Of the same peak as the pre-training run's.",
        default=0.2,
        gt=0,
        le=1,
        applies=_ASSUMED,
    )
    measured_rl_gpu_hours: float = number(
        "RL's GPU-hours",
        "GPU-hour",
        "What one phase took.",
        default=0.0,
        le=1e15,
        applies=_MEASURED,
    )
    measured_last_phase_gpu_hours: float = number(
        "The last phase's",
        "GPU-hour",
        "What the last of several phases took; 0: as much as the others.",
        default=0.0,
        le=1e15,
        applies=_MEASURED,
    )
    rl_num_gpus: int = count(
        "RL's GPUs",
        "GPU",
        "Accelerators that the RL run holds; 0: as many as pre-training.",
        default=0,
        le=100_000_000,
        nudge="power of two",
    )
    decode_speed: float = number(
        "Decode speed",
        "token/s",
        "Tokens a second at which one request is answered.",
        default=50.0,
        gt=0,
        le=1e9,
    )
    rl_placement: Literal["colocated", "disaggregated"] = choice(
        "Placement",
        "colocated: all accelerators generate, then all learn; disaggregated: some do each.",
        default="colocated",
    )
    generator_share: float = number(
        "Generators",
        "fraction",
        "Share of RL's accelerators that only generate.",
        default=0.5,
        le=1,
        applies=_APART,
    )
    rl_staleness: int = count(
        "Rollouts ahead",
        "",
        "Rollouts that generators may run ahead of what is learnt; 0: each side waits.",
        default=0,
        le=10**6,
        applies=_APART,
    )
    cold_start_samples: float = number(
        "Cold-start samples",
        "sample",
        "Samples that the base model is fine-tuned on before RL; 0: none.",
        section="Fine-tuning",
        default=0.0,
        le=1e12,
    )
    cold_start_sample_length: float = number(
        "Cold-start length", "token", "Tokens of a cold-start sample.", default=8000.0, gt=0, le=1e9
    )
    cold_start_epochs: float = number(
        "Cold-start epochs", "", "Passes over the cold-start samples.", default=2.0, le=1_000
    )
    rejection_samples: float = number(
        "Chosen samples",
        "sample",
        "Fine-tuning samples that rejection sampling chose from generated answers; 0: none.",
        default=0.0,
        le=1e12,
    )
    rejection_candidates: float = number(
        "Candidates for each",
        "sample",
        "Answers generated for each sample that rejection sampling keeps.",
        default=1.0,
        ge=1,
        le=1e6,
    )
    measured_rejection_gpu_hours: float = number(
        "Sampling's GPU-hours",
        "GPU-hour",
        "What generating and choosing those samples took; 0: from their FLOP.",
        default=0.0,
        le=1e15,
    )
    sft_samples: float = number(
        "SFT samples", "sample", "Samples of supervised fine-tuning; 0: none.", default=0.0, le=1e12
    )
    sft_sample_length: float = number(
        "SFT sample length",
        "token",
        "Tokens of a fine-tuning sample.",
        default=8000.0,
        gt=0,
        le=1e9,
    )
    sft_epochs: float = number(
        "SFT epochs", "", "Passes over the fine-tuning samples.", default=2.0, le=1_000
    )
    measured_sft_gpu_hours: float = number(
        "SFT's GPU-hours",
        "GPU-hour",
        "What supervised fine-tuning took; 0: from its FLOP.",
        default=0.0,
        le=1e15,
    )
    distilled_parameters: float = number(
        "Distilled models",
        "parameter",
        "Parameters, together, of the small models fine-tuned on the same SFT samples; 0: none.",
        section="Distillation",
        default=0.0,
        le=1e18,
    )
    distillation_epochs: float = number(
        "Distillation epochs", "", "Passes of each small model over them.", default=2.0, le=1_000
    )

    def check_rules(self) -> None:
        """As in every panel; also what caps, groups and placements allow of each other."""
        super().check_rules()
        self._check_caps()
        if self.rl_gradient_steps > 0 or self.last_phase_gradient_steps > 0:
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
