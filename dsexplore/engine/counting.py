"""Counting what chance reaches: what happens at least once, and the groups a choice touches."""

from __future__ import annotations

from typing import Any

from dsexplore.engine.elementwise import expm1, larger, log1p, smaller, where

# Stirling's series is taken from here on, and of these terms, from the last but one to the first.
_SHIFT = 8
_STIRLING = (691 / 360360, 1 / 1188, 1 / 1680, 1 / 1260, 1 / 360, 1 / 12)


def at_least_once(chance: Any, tries: Any) -> Any:
    """Chance that something happens in any of so many tries, each with its chance: 1 - (1 - p)^n.

    As accurate for a rare thing as for a frequent one.
    """
    reached = -expm1(tries * log1p(-chance))
    return where(tries == 0, 0.0, where(chance >= 1, 1.0, reached))


def _stirling_rest(number: Any) -> Any:
    """What ln Γ(x) is beyond (x - 1/2) ln x - x and a constant; to 1e-15 from 8 on."""
    square = 1.0 / (number * number)
    series = 1.0 / 156.0
    for coefficient in _STIRLING:
        series = coefficient - series * square
    return series / number


def touching_share(members: Any, everyone: Any, chosen: Any) -> Any:
    """Share of the choices among everyone that touch a group of so many members.

    1 - C(n - m, k) / C(n, k), by Γ between whole numbers. The logarithm of that quotient is a
    second difference of ln Γ whose parts are differences already, so that no digits cancel:
    relative error below 1e-14.
    """
    others = everyone - members
    left = others - chosen + 1.0
    is_missed = left > 0
    # ln Γ at left, at left + chosen, at left + members and at everyone + 1.
    low = where(is_missed, left, 1.0)
    high = low + members + chosen
    both = members * chosen
    missed = 0.0
    for _ in range(_SHIFT):
        missed = missed - log1p(both / (low * high))
        low, high = low + 1.0, high + 1.0
    missed = missed + (low - 0.5) * log1p(both / (low * high))
    missed = missed + members * log1p(-chosen / high) + chosen * log1p(-members / high)
    missed = missed + _stirling_rest(low + chosen) - _stirling_rest(low)
    missed = missed + _stirling_rest(low + members) - _stirling_rest(high)
    return where(is_missed, -expm1(missed), 1.0)


def distinct_groups(groups: Any, members: Any, chosen: Any) -> Any:
    """Groups that a random choice among the members of them all touches, on average.

    Where there are fewer members than groups, a group has one of them or none.
    """
    everyone = groups * members
    touched = touching_share(larger(members, 1.0), everyone, chosen)
    return smaller(groups * smaller(members, 1.0) * touched, chosen)
