"""Which layers of a dense decoder have a window, where its type says it in a way of its own."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.shape import ByLayer, all_but_one_in


def from_layer(key: str) -> ByLayer:
    """The layers from a number on."""

    def has(config: Config, layers: int) -> Sequence[bool]:
        first = config.count(key, least=0)
        return [layer >= first for layer in range(layers)]

    return has


def only_listed(config: Config, layers: int) -> Sequence[bool]:
    """Windows only where layers are listed."""
    return [False] * layers


def gpt_neo_windows(config: Config, layers: int) -> Sequence[bool]:
    """GPT-Neo's list of pairs: kinds of attention, and how often they follow each other."""
    return config.repeated("attention_types", layers, "local", "global")


def exaone_windows(config: Config, layers: int) -> Sequence[bool]:
    """All but one in so many, and not the last."""
    windows = windows_by_letters(config, layers)
    return [*windows[:-1], False]


def windows_by_letters(config: Config, layers: int) -> Sequence[bool]:
    """One layer in so many without a window, or by letters, L for local and G for global: LLLG."""
    key = "sliding_window_pattern"
    if not config.has(key):
        return [False] * layers
    letters = config.given(key)
    if not isinstance(letters, str):
        return all_but_one_in(key)(config, layers)
    if not letters or not set(letters) <= {"L", "G"}:
        raise config.refusal(key, "a number of layers, or letters L and G such as LLLG")
    return [letters[layer % len(letters)] == "L" for layer in range(layers)]


def gemma3_windows(config: Config, layers: int) -> Sequence[bool]:
    """All but one in six, or in the number stated under either name."""
    keys = ("sliding_window_pattern", "_sliding_window_pattern")
    return all_but_one_in(config.count(*keys) if config.has(*keys) else 6)(config, layers)


def cohere_windows(config: Config, layers: int) -> Sequence[bool]:
    """All but one in four, or in the number stated."""
    key = "sliding_window_pattern"
    return all_but_one_in(config.count(key) if config.has(key) else 4)(config, layers)


def modernbert_windows(config: Config, layers: int) -> Sequence[bool]:
    """All but the first of every three, or of the number stated."""
    key = "global_attn_every_n_layers"
    return all_but_one_in(config.count(key) if config.has(key) else 3, offset=0)(config, layers)
