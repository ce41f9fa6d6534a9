"""Arithmetic: the part of the reinforcement panel about passes, FLOP and judging models."""

from __future__ import annotations

from typing import Literal

from dsexplore.scenario.declare import choice, number, switch
from dsexplore.scenario.panel import Part

_JUDGE = ("reward", ("model",))
_PPO = ("rl_algorithm", ("ppo",))


class Arithmetic(Part):
    """Passes over RL's answers, their FLOP, and the models that judge them."""

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
