"""A step and a GPU's memory in a few parts each, for one bar and its legend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isnan, nan

from dsexplore.text.format import format_value

STEP: Mapping[str, tuple[str, ...]] = {
    "compute": ("compute_time",),
    "network that waits": ("exposed_communication_time",),
    "idle": ("bubble_time", "straggler_time", "host_waiting_time"),
    "rest": ("optimizer_time", "step_overhead_time"),
}
MEMORY: Mapping[str, tuple[str, ...]] = {
    "weights": ("weight_memory", "gathered_memory"),
    "gradients, optimiser": ("gradient_memory", "optimizer_memory"),
    "activations": ("activation_memory", "logits_memory"),
    "reserve": ("memory_reserve",),
}
_FREE = "memory_headroom"


@dataclass(frozen=True, slots=True)
class Portion:
    """One part: its word, its share of the whole, and its figure for reading."""

    word: str
    share: float
    text: str
    # Room that is left is a part too.
    is_taken: bool = True


def step_portions(value_of: Callable[[str], float]) -> list[Portion]:
    """The parts of a step that take time; shares are nan where one is not known."""
    sums = _sums(STEP, value_of)
    whole = sum(sums.values())
    shares = {word: part / whole if whole else nan for word, part in sums.items()}
    return [
        Portion(word, share, format_value(share, "fraction", 2))
        for word, share in shares.items()
        if share != 0
    ]


def memory_portions(value_of: Callable[[str], float]) -> list[Portion]:
    """What fills the fullest accelerator, and what is free, if it fits; nan where not known."""
    sums = _sums(MEMORY, value_of)
    free = value_of(_FREE)
    room = 0.0 if free < 0 else free
    whole = sum(sums.values()) + room
    taken = [
        Portion(word, part / whole if whole else nan, format_value(part, "byte", 3))
        for word, part in sums.items()
        if part != 0
    ]
    left = [Portion("free", room / whole, format_value(room, "byte", 3), is_taken=False)]
    return [*taken, *(left if room or isnan(room) else ())]


def _sums(
    groups: Mapping[str, tuple[str, ...]], value_of: Callable[[str], float]
) -> dict[str, float]:
    return {word: sum(map(value_of, names)) for word, names in groups.items()}
