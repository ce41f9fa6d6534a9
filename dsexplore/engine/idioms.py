"""Idioms: what formulas do over and over, by name, for floats and arrays alike."""

from __future__ import annotations

from typing import Any

from dsexplore.engine.elementwise import where


def stated_or(stated: Any, computed: Any) -> Any:
    """A number as it is stated, and as computed where 0 stands for "not stated"."""
    return where(stated > 0, stated, computed)


def if_any(amount: Any, cost: Any) -> Any:
    """What a thing costs where there is any; none costs nothing, even at an unknown price."""
    return where(amount == 0, 0.0, cost)


def by_presence(amount: Any, present: Any, absent: Any) -> Any:
    """One of two by whether there is any of a thing; unknown where its amount is."""
    return where(amount > 0, present, where(amount == 0, absent, float("nan")))


def sharded(amount: Any, is_sharded: Any, members: Any) -> Any:
    """One member's part of an amount: a share if the members shard it, else the whole."""
    return amount / where(is_sharded, members, 1)


def link_between(members: Any, gpus_per_node: Any, scale_up: Any, scale_out: Any) -> Any:
    """Of a property of both networks, that of the one which joins so many accelerators."""
    return where(members <= gpus_per_node, scale_up, scale_out)
