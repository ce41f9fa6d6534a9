"""Answers: the part of the reinforcement panel about steps, questions and answers."""

from __future__ import annotations

from typing import Literal

from dsexplore.scenario.declare import choice, count, number, switch
from dsexplore.scenario.panel import Part


class Answers(Part):
    """Steps of RL, how many answers each learns from, their lengths, and how they are generated."""

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
