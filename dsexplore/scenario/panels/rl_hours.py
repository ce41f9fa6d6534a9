"""Hours: the part of the reinforcement panel about time, measured hours and accelerators."""

from __future__ import annotations

from typing import Literal

from dsexplore.scenario.declare import choice, count, number
from dsexplore.scenario.panel import Part

_ASSUMED = ("rl_utilization", ("assumed",))
_MEASURED = ("rl_utilization", ("measured",))
_APART = ("rl_placement", ("disaggregated",))


class RlHours(Part):
    """How RL's hours are known, what an iteration takes beside its parts, and who does what."""

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
