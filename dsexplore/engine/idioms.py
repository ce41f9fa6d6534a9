"""Idioms of formulas by name, for floats and arrays alike."""

from __future__ import annotations

from typing import Any

from dsexplore.engine.elementwise import where


def stated_or(stated: Any, computed: Any) -> Any:
    """The stated number, or the computed one where 0 says none is stated."""
    return where(stated > 0, stated, computed)


def if_any(amount: Any, cost: Any) -> Any:
    """The cost of a thing; none of it costs nothing, even at an unknown price."""
    return where(amount == 0, 0.0, cost)


def by_presence(amount: Any, present: Any, absent: Any) -> Any:
    """One of two by whether there is any of a thing; unknown where its amount is."""
    return where(amount > 0, present, where(amount == 0, absent, float("nan")))


def sharded(amount: Any, is_sharded: Any, members: Any) -> Any:
    """One member's part of an amount: a share if the members shard it, else the whole."""
    return amount / where(is_sharded, members, 1)


def link_between(members: Any, gpus_per_node: Any, scale_up: Any, scale_out: Any) -> Any:
    """A property of the network joining so many accelerators: within a node or between nodes."""
    return where(members <= gpus_per_node, scale_up, scale_out)


# Less than this, relative, is the rounding of floats.
_ROUNDING = 1e-9


def exceeds(need: Any, there_is: Any) -> Any:
    """Whether more is needed than there is, by more than the rounding of floats."""
    return need > there_is * (1 + _ROUNDING)


def are_uneven(layers: Any, pieces: Any) -> Any:
    """Whether layers do not divide into equal pieces, nor with embedding or head counted as layers.

    Frameworks count each of the two as a layer if it makes pieces equal.
    """
    without = (layers % pieces > 0) & ((layers + 1) % pieces > 0)
    return without & ((layers + 2) % pieces > 0)
