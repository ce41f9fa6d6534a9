"""Layers per stage: balanced, or a list as a run states it, such as 7, 8*14, 7."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

BALANCED = "balanced"
EXAMPLE = "7, 8*14, 7 (14 stages of 8 layers between two of 7)"
# Of older files: the layers of the first stage alone, the others sharing the rest.
FIRST = "first"
MOST_LAYERS = 10_000
MOST_STAGES = 10_000
_GROUP = re.compile(r"(\d{1,6}) ?(?:[*×] ?(\d{1,6}))?")


def as_text(raw: object) -> str | None:
    """Layers per stage in their one spelling; None for what is no such list.

    >>> as_text("7,8*2, 8,7"), as_text([1, 2, 2, 3]), as_text("balanced"), as_text("7;8")
    ('7, 8*3, 7', '1, 2*2, 3', 'balanced', None)
    """
    if isinstance(raw, list):
        is_whole = all(type(each) is int for each in raw)
        return joined(raw) if is_whole and _is_within(raw) else None
    if not isinstance(raw, str):
        return None
    text = " ".join(raw.lower().split())
    if text == BALANCED:
        return BALANCED
    if text.startswith(FIRST + " ") and text.removeprefix(FIRST + " ").isdecimal():
        return text
    groups = [_GROUP.fullmatch(part.strip()) for part in text.split(",")]
    stages: list[int] = []
    for group in groups:
        if group is None or len(stages) + int(group[2] or 1) > MOST_STAGES:
            return None
        stages += [int(group[1])] * int(group[2] or 1)
    return joined(stages) if _is_within(stages) else None


@lru_cache(maxsize=64)
def stages_in(text: str) -> tuple[int, ...]:
    """The layers of each stage; empty where they are balanced."""
    if text == BALANCED or text.startswith(FIRST):
        return ()
    groups = (part.partition("*") for part in text.split(","))
    return tuple(
        layers for each, _, times in groups for layers in [int(each)] * (int(times) if times else 1)
    )


@lru_cache(maxsize=64)
def stages_listed(text: str) -> float:
    """Stages in the list; 0 where layers are balanced."""
    return float(len(stages_in(text)))


@lru_cache(maxsize=64)
def layers_listed(text: str) -> float:
    """Layers on all stages of the list."""
    return float(sum(stages_in(text)))


@lru_cache(maxsize=64)
def layers_listed_first(text: str) -> float:
    """Layers on the first stage of the list."""
    return float(stages_in(text)[0]) if stages_in(text) else 0.0


@lru_cache(maxsize=64)
def layers_listed_last(text: str) -> float:
    """Layers on the last stage of the list."""
    return float(stages_in(text)[-1]) if stages_in(text) else 0.0


@lru_cache(maxsize=64)
def most_layers_between(text: str) -> float:
    """Layers on the longest stage between the first and the last; the last's if none is between."""
    stages = stages_in(text)
    return float(max(stages[1:-1], default=layers_listed_last(text)))


@lru_cache(maxsize=64)
def layers_missing_behind(text: str) -> float:
    """Layers that stages between the last of the longest and the end have less than it, in all.

    >>> layers_missing_behind("8, 8, 7, 6, 5"), layers_missing_behind("7, 8, 9")
    (3.0, 0.0)
    """
    before_end = stages_in(text)[:-1]
    longest = max(before_end, default=0)
    behind = before_end[::-1][: before_end[::-1].index(longest)] if before_end else ()
    return float(sum(longest - layers for layers in behind))


@lru_cache(maxsize=64)
def most_layers_after_first(text: str) -> float:
    """Layers on the longest stage after the first."""
    return float(max(stages_in(text)[1:], default=0))


@lru_cache(maxsize=64)
def most_layers_paired(text: str) -> float:
    """Mean layers of the longest pair of stages as far from either end, the two ends left out."""
    stages = stages_in(text)
    pairs = zip(stages[1:-1], stages[-2:0:-1], strict=True)
    return max((sum(pair) / 2 for pair in pairs), default=0.0)


def with_first_stage(first: int, layers: int, stages: int, pieces: int) -> str:
    """The list of a first stage that is stated alone: full stages after it, the rest on the last.

    A full stage has a whole number of layers in each of its pieces. Balanced where there is no
    pipeline, or too few layers are left.
    """
    rest, others = layers - first, stages - 1
    if not first or stages == 1 or rest < others:
        return BALANCED
    full = min(pieces * -(-rest // (others * pieces)), layers)
    last = rest - (others - 1) * full
    if last >= 1:
        return joined([first, *[full] * (others - 1), last])
    more = rest % others
    return joined([first, *[rest // others + 1] * more, *[rest // others] * (others - more)])


def joined(stages: Sequence[int]) -> str:
    """A list of stages as text, equal neighbours counted."""
    groups = ((layers, len([*run])) for layers, run in groupby(stages))
    return ", ".join(f"{layers}*{times}" if times > 1 else f"{layers}" for layers, times in groups)


def _is_within(stages: Sequence[int]) -> bool:
    return 0 < len(stages) <= MOST_STAGES and all(0 < n <= MOST_LAYERS for n in stages)
