"""The reinforcement panel: fine-tuning and reinforcement learning after pre-training."""

from __future__ import annotations

from typing import ClassVar, Literal

from dsexplore.scenario.declare import choice, count, number, switch
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
    in_rules: ClassVar[tuple[str, ...]] = (
        "response_length",
        "max_response_length",
        "raised_response_length",
        "rl_gradient_steps",
        "last_phase_gradient_steps",
        "group_size",
        "generator_share",
    )

    rl_algorithm: Literal["grpo", "ppo"] = choice(
        "RL algorithm",
        "grpo: the group's mean reward is the baseline; ppo: a value model is trained as well.",
        section="Reinforcement learning",
        default="grpo",
        role="RL size",
    )
    rl_phases: int = count(
        "RL phases", "phase", "Number of RL phases like this one.", default=1, le=1_000
    )
    rl_gradient_steps: int | None = count(
        "RL gradient steps", "step", "Gradient steps per phase, inner updates included; 0: no RL.",
        default=0, le=10**9, nudge="two digits",
        role="RL size",
    )  # fmt: skip
    last_phase_gradient_steps: int = count(
        "Last phase steps",
        "step",
        "Gradient steps of the last phase; 0: as many as in the others.",
        default=0,
        le=10**9,
        nudge="two digits",
        role="RL size",
    )
    inner_updates: int = count(
        "Inner updates",
        "step",
        "Gradient steps on the same sampled answers (K).",
        default=1,
        gt=0,
        le=10**6,
        role="RL size",
    )
    questions_per_step: int = count(
        "Questions per step",
        "question",
        "Questions sampled per step (B).",
        default=32,
        gt=0,
        le=10**9,
        nudge="power of two",
        role="RL size",
    )
    group_size: int = count(
        "Group size",
        "sample",
        "Answers sampled per question (G).",
        default=16,
        gt=0,
        le=10**6,
        nudge="power of two",
        role="RL size",
    )
    samples_per_rollout: int = count(
        "Samples per rollout",
        "sample",
        "Answers generated together, then split into steps; 0: the answers of one step.",
        default=0,
        le=10**9,
        nudge="power of two",
        role="RL size",
    )
    rollout_batch_limit: int = count(
        "Rollout batch limit",
        "sequence",
        "Most answers that a group of generators decodes together, whatever fits; 0: none. vLLM's "
        "max_num_seqs.",
        default=0,
        le=10**9,
        nudge="power of two",
    )
    prompt_length: float = number(
        "Question length",
        "token",
        "Mean tokens of a question.",
        default=0.0,
        le=1e9,
        role="RL size",
    )
    response_length: float = number(
        "Response length",
        "token",
        "Mean tokens of an answer over the run, as cut off at the cap (L).",
        default=4000.0,
        ge=1,
        le=1e9,
        role="RL size",
    )
    response_length_variation: float = number(
        "Response length spread",
        "",
        "Standard deviation of an answer's length over its mean, were none cut off; lengths are "
        "lognormal.",
        default=1.0,
        le=100,
        role="RL size",
    )
    max_response_length: int = count(
        "Response length cap",
        "token",
        "Cap on an answer's tokens, reached by some answer of each rollout; 0: not stated, "
        "the mean is used.",
        default=0,
        le=10**9,
        nudge="two digits",
        role="RL size",
    )
    raised_response_length: int = count(
        "Raised length cap",
        "token",
        "Cap on an answer's tokens later in the phase; 0: never raised.",
        default=0,
        le=10**9,
        nudge="two digits",
        role="RL size",
    )
    raised_after_steps: int = count(
        "Cap raised after",
        "step",
        "Gradient steps after which the cap on answers is raised.",
        default=0,
        le=10**9,
        nudge="two digits",
        comes_with="raised_response_length",
        role="RL size",
    )
    kept_groups: float = number(
        "Kept groups",
        "fraction",
        "Share of groups that are learnt from: dynamic sampling drops those whose answers are all "
        "right or all wrong, and generates others.",
        default=1.0,
        ge=0.01,
        le=1,
        role="RL size",
    )
    partial_rollouts: bool = switch(
        "Partial rollouts",
        "Whether answers unfinished when a rollout is full carry on in the next.",
    )
    tool_turns: float = number(
        "Tool turns",
        "",
        "Mean calls of a tool in an answer, which waits for each; a long answer has more.",
        default=0.0,
        le=1e5,
        role="RL size",
    )
    tool_latency: float = number(
        "Tool latency",
        "second",
        "Time that an answer waits for a tool, each turn.",
        default=0.0,
        le=1e6,
        role="RL size",
    )
    log_probability_passes: float = number(
        "Log-probability passes",
        "",
        "Forward passes over the answers before the update: by the old policy and by the "
        "reference model; 0: not counted.",
        section="Arithmetic",
        default=2.0,
        le=100,
        role="RL size",
    )
    reference_model: bool = switch(
        "Reference model",
        "Whether a frozen reference model is held and read for a KL penalty.",
        default=True,
        role="RL size",
    )
    generation_flop_per_parameter: float = number(
        "Generation FLOP",
        "FLOP/parameter",
        "FLOP per token and active parameter to generate, as somebody stated it; 0: a forward pass "
        "per token, attention included.",
        default=0.0,
        le=1_000,
    )
    backward_flop_per_parameter: float = number(
        "First update FLOP",
        "FLOP/parameter",
        "FLOP per token of an answer and active parameter for the first update on it, as somebody "
        "stated it; 0: three forward passes over question and answer, as training frameworks run.",
        default=0.0,
        le=1_000,
    )
    inner_flop_per_parameter: float = number(
        "Further update FLOP",
        "FLOP/parameter",
        "FLOP per token of an answer and active parameter for each further update on it, as "
        "somebody stated it; 0: three forward passes over question and answer.",
        default=0.0,
        le=1_000,
    )
    reward: Literal["rules", "model"] = choice(
        "Reward",
        "Source of rewards. rules: checked by a program; model: judged by a model.",
        default="rules",
        role="RL size",
    )
    reward_parameters: float = number(
        "Judge parameters",
        "parameter",
        "Active parameters of the judging model.",
        default=0.0,
        le=1e18,
        applies=_JUDGE,
        role="RL size",
    )
    reward_latency: float = number(
        "Reward latency",
        "second",
        "Time added to a rollout by checking its answers; 0: none.",
        default=0.0,
        le=1e7,
        role="RL size",
    )
    value_parameters: float = number(
        "Value model size",
        "parameter",
        "Parameters of PPO's value model; 0: as many as the policy's.",
        default=0.0,
        le=1e18,
        applies=_PPO,
        role="RL size",
    )
    rl_utilization: Literal["pretraining", "assumed", "measured", "predicted"] = choice(
        "How RL hours are known",
        "pretraining: from FLOP at pre-training's MFU; assumed: at an MFU of its own; "
        "measured: as stated; predicted: from the time of each rollout and update.",
        section="Utilisation",
        default="pretraining",
    )
    rl_mfu: float = number(
        "RL MFU",
        "fraction",
        "Assumed MFU of RL, of the same peak as pre-training's.",
        default=0.2,
        ge=1e-6,
        le=1,
        applies=_ASSUMED,
    )
    rl_expert_imbalance: float = number(
        "Expert imbalance in RL",
        "",
        "Time of a training pass over answers relative to one over evenly routed tokens, for "
        "mixtures of experts: answers to like questions meet in some experts.",
        default=1.5,
        ge=1,
        le=10,
    )
    rollout_step_host_time: float = number(
        "Host time, RL decoding",
        "second",
        "Time of a rollout's decoding step in which accelerators wait for the host to schedule and "
        "sample. 2 ms: rollouts of Llama 3.1 8B and 70B (NeMo RL 0.3).",
        default=2e-3,
        le=10,
    )
    rollout_request_host_time: float = number(
        "Host time, answer",
        "second",
        "Time of a decoding step per answer in which accelerators wait for the host. 30 us: "
        "rollouts of Llama 3.1 8B (NeMo RL 0.3).",
        default=30e-6,
        le=1,
    )
    rl_iteration_overhead: float = number(
        "RL iteration overhead",
        "second",
        "Time of an iteration beside its parts: engines put to sleep and woken, states moved "
        "aside, answers checked and gathered. 10 s: about what iterations of Llama 3.1 8B and 70B "
        "take beside generating and computing (NeMo RL 0.3).",
        default=10.0,
        le=1e5,
    )
    tensor_transfer_time: float = number(
        "Transfer per tensor",
        "second",
        "Time that each tensor of new weights takes beside its bytes: gathered, renamed, cut and "
        "handed over.",
        default=90e-6,
        le=10,
    )
    rollout_spread: float = number(
        "Rollout spread",
        "",
        "Log standard deviation that is left of a predicted RL iteration, accelerator and stack "
        "known (0.1: about 10 %). It rests on 16 measured ones, each source left out.",
        default=0.11,
        le=1,
    )
    measured_rl_gpu_hours: float = number(
        "RL GPU-hours",
        "GPU-hour",
        "Measured GPU-hours of one RL phase.",
        default=0.0,
        le=1e15,
        role="RL hours",
        applies=_MEASURED,
    )
    measured_last_phase_gpu_hours: float = number(
        "Last phase, GPU-hours",
        "GPU-hour",
        "Measured GPU-hours of the last RL phase; 0: as many as the others.",
        default=0.0,
        le=1e15,
        role="RL hours",
        applies=_MEASURED,
    )
    rl_num_gpus: int = count(
        "RL GPUs",
        "GPU",
        "Accelerators the RL run occupies; 0: as many as pre-training.",
        default=0,
        le=100_000_000,
        nudge="power of two",
    )
    decode_speed: float = number(
        "Decode speed",
        "token/s",
        "Tokens per second of a rollout's longest answer, as somebody stated it; 0: as RL's own "
        "generators decode it.",
        default=0.0,
        le=1e9,
    )
    rl_placement: Literal["colocated", "disaggregated"] = choice(
        "RL placement",
        "colocated: all accelerators generate, then all train; disaggregated: some do each.",
        default="colocated",
    )
    generator_share: float = number(
        "Generator share",
        "fraction",
        "Share of RL's accelerators used only to generate.",
        default=0.5,
        le=1,
        applies=_APART,
    )
    rl_staleness: int = count(
        "Rollouts ahead",
        "",
        "Rollouts the generators may run ahead of the trainer: as many are under way at once; 0: "
        "each waits for the other.",
        default=0,
        le=10**6,
        applies=_APART,
    )
    cold_start_samples: float | None = number(
        "Cold-start samples",
        "sample",
        "Samples for fine-tuning the base model before RL; 0: none.",
        section="Fine-tuning",
        default=0.0,
        le=1e12,
    )
    cold_start_sample_length: float = number(
        "Cold-start length",
        "token",
        "Mean tokens of a cold-start sample.",
        default=8000.0,
        ge=1,
        le=1e9,
    )
    cold_start_epochs: float = number(
        "Cold-start epochs", "", "Passes over the cold-start samples.", default=2.0, le=1_000
    )
    rejection_samples: float | None = number(
        "Rejection samples",
        "sample",
        "Fine-tuning samples kept by rejection sampling; 0: none.",
        default=0.0,
        le=1e12,
    )
    rejection_candidates: float = number(
        "Rejection candidates",
        "sample",
        "Answers generated per sample kept by rejection sampling.",
        default=1.0,
        ge=1,
        le=1e6,
    )
    measured_rejection_gpu_hours: float = number(
        "Rejection GPU-hours",
        "GPU-hour",
        "Measured GPU-hours of rejection sampling; 0: from its FLOP.",
        default=0.0,
        le=1e15,
        role="later hours",
    )
    sft_samples: float | None = number(
        "SFT samples",
        "sample",
        "Samples of supervised fine-tuning (SFT); 0: none.",
        default=0.0,
        le=1e12,
    )
    sft_sample_length: float = number(
        "SFT sample length",
        "token",
        "Mean tokens of a supervised fine-tuning sample.",
        default=8000.0,
        ge=1,
        le=1e9,
    )
    sft_epochs: float = number(
        "SFT epochs", "", "Passes over the supervised fine-tuning samples.", default=2.0, le=1_000
    )
    measured_sft_gpu_hours: float = number(
        "SFT GPU-hours",
        "GPU-hour",
        "Measured GPU-hours of supervised fine-tuning; 0: from its FLOP.",
        default=0.0,
        le=1e15,
        role="later hours",
    )
    distilled_parameters: float = number(
        "Distilled parameters",
        "parameter",
        "Total parameters of the small models fine-tuned on the same SFT samples; 0: none.",
        section="Distillation",
        default=0.0,
        le=1e18,
    )
    distillation_epochs: float = number(
        "Distillation epochs",
        "",
        "Passes of each small model over the SFT samples.",
        default=2.0,
        le=1_000,
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
