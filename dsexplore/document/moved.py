"""What moved: against the state before and the baseline, for better or worse, and by how much."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from dsexplore.engine import QUANTITIES
from dsexplore.engine.names import in_words, unit_of
from dsexplore.text.format import format_change
from dsexplore.text.growth import growth, growth_text

if TYPE_CHECKING:
    from dsexplore.document.state import Evaluated

Verdict = Literal["better", "worse", ""]
# Before a change that serves the user, and before one that does not.
_SIGNS: Mapping[Verdict, str] = {"better": "+", "worse": "-", "": ""}
_ARROWS = "▲▼"
# Less than this share of a value is the rounding of floats on their way, and no change.
_ROUNDING = 1e-9

# As many of those that moved alike are named.
_NAMED = 3
# What a step is said to have moved, in a word or two.
WATCHED = {
    "total_cost": "cost",
    "total_gpu_hours": "GPU-hours",
    "total_days": "days",
    "mfu": "MFU",
    "pretraining_flops": "FLOP",
    "step_time": "step",
    "memory_per_gpu": "memory",
    "total_parameters": "parameters",
    "active_parameters": "active",
    "expert_dispatch_bytes": "dispatch",
    "bubble_share": "bubble",
    "kv_cache_bytes_per_token": "KV cache",
    "energy": "energy",
    "rl_cost": "RL cost",
    "rl_iteration_time": "RL iteration",
    "rl_memory_per_gpu": "RL memory",
    "decode_tokens_per_second_per_gpu": "decode speed",
    "cost_per_million_output_tokens": "output tokens",
    "prefill_tokens_per_second_per_gpu": "prefill speed",
    "ttft": "first token",
    "margin_of_revenue": "margin",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A change in words, and whether it serves the user; false where nothing changed."""

    text: str = ""
    verdict: Verdict = ""

    def __bool__(self) -> bool:
        return bool(self.text)

    def __str__(self) -> str:
        """With its sign: -▲ $0.40 M."""
        return f"{_SIGNS[self.verdict]}{self.text}"

    @property
    def mark(self) -> str:
        """Its sign and arrow, * where it has none; empty for no change."""
        if not self.text:
            return ""
        return f"{_SIGNS[self.verdict]}{self.text[0] if self.text[0] in _ARROWS else '*'}"


NO_CHANGE = Change()


def result_change(name: str, before: Evaluated, now: Evaluated) -> Change:
    """The change of a result from one evaluated scenario to another."""
    if before.scenario is now.scenario:
        return NO_CHANGE
    was, value = before.results[name], now.results[name]
    if isinstance(was, str):
        return NO_CHANGE if was == value else Change(f"was {in_words(name, was)}")
    return number_change(name, was, value)


def number_change(name: str, was: float, value: float) -> Change:
    """The change of a field or result that is a number."""
    text = format_change(was, value, unit_of(name))
    return Change(text, _verdict(name, was, value)) if text else NO_CHANGE


def arrow_of(name: str, *, rises: bool) -> Change:
    """The change of a result that rises or falls, without its size."""
    return Change(_ARROWS[0] if rises else _ARROWS[1], _verdict_of(name, rises=rises))


def _verdict(name: str, was: float, value: float) -> Verdict:
    if math.isnan(was) or math.isnan(value):
        return ""
    return _verdict_of(name, rises=not value < was)


def _verdict_of(name: str, *, rises: bool) -> Verdict:
    found = QUANTITIES.get(name)
    better = found.better if found else ""
    if not better:
        return ""
    return "worse" if rises == (better == "less") else "better"


def result_growth(name: str, before: Evaluated, now: Evaluated) -> Change:
    """The change of a numeric result as a share of itself."""
    return growth_of(name, before.results[name], now.results[name])


def growth_of(name: str, was: float, value: float) -> Change:
    """The change of a number of a result as a share of itself."""
    if not _differ(was, value):
        return NO_CHANGE
    text = growth_text(was, value)
    if unit_of(name) == "fraction" and len(text) > 1:  # a share of a share misleads
        text = format_change(was, value, "fraction").replace(" ", "", 1)
    return Change(text, _verdict(name, was, value))


def movers(before: Evaluated, now: Evaluated) -> list[tuple[str, Change]]:
    """What a step moved of the watched results, in a few words, what moved most first.

    Those that moved alike stand together.
    """
    if before.scenario is now.scenario:
        return []
    found = []
    for name, word in WATCHED.items():
        was, value = before.results[name], now.results[name]
        if _differ(was, value):
            found.append((growth(was, value), word, growth_of(name, was, value)))
    found.sort(key=lambda each: -each[0])
    words: dict[Change, list[str]] = {}
    for _, word, change in found:
        words.setdefault(change, []).append(word)
    return [(_listed(alike), change) for change, alike in words.items()]


def _listed(words: list[str]) -> str:
    """The first few words, and how many more there are."""
    more = len(words) - _NAMED
    return ", ".join(words[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def moved_between(before: Evaluated, now: Evaluated) -> set[str]:
    """The names of all fields and results that differ between two evaluated scenarios."""
    if before.scenario is now.scenario:
        return set()
    was, values = before.results, now.results
    results = {name for name, value in values.items() if _differ(was[name], value)}
    return results | {*now.scenario.differs_in(before.scenario)}


def _differ(was: Any, value: Any) -> bool:
    if was == value:
        return False
    if isinstance(was, str) or isinstance(value, str):
        return True
    if math.isnan(was) or math.isnan(value):
        return not (math.isnan(was) and math.isnan(value))
    return bool(abs(was - value) > _ROUNDING * max(abs(was), abs(value)))
