"""Expected counts: events happening at least once, and groups touched by a random choice."""

from __future__ import annotations

from typing import Any

from dsexplore.engine.elementwise import expm1, larger, log1p, smaller, where

# Stirling's series is used from this number on, with these coefficients, the highest order first.
_SHIFT = 8
_STIRLING = (691 / 360360, 1 / 1188, 1 / 1680, 1 / 1260, 1 / 360, 1 / 12)


def at_least_once(chance: Any, tries: Any) -> Any:
    """Chance of an event in at least one of n independent tries: 1 - (1 - p)^n.

    As accurate for rare events as for frequent ones.
    """
    reached = -expm1(tries * log1p(-chance))
    return where(tries == 0, 0.0, where(chance >= 1, 1.0, reached))


def _stirling_rest(number: Any) -> Any:
    """Ln Γ(x) less (x - 1/2) ln x - x and a constant; accurate to 1e-15 from 8 on."""
    square = 1.0 / (number * number)
    series = 1.0 / 156.0
    for coefficient in _STIRLING:
        series = coefficient - series * square
    return series / number


def touching_share(members: Any, everyone: Any, chosen: Any) -> Any:
    """Share of all choices among everyone with at least one member of a group.

    1 - C(n - m, k) / C(n, k), by Γ between whole numbers. The quotient's logarithm is a second
    difference of ln Γ, computed from parts that are differences already, so no digits cancel:
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
    # The logarithm of a share, rounding apart.
    return where(is_missed, -expm1(smaller(missed, 0.0)), 1.0)


def distinct_groups(groups: Any, members: Any, chosen: Any) -> Any:
    """Expected number of groups touched by a random choice among all their members.

    With fewer members than groups, a group has one member or none.
    """
    everyone = groups * members
    touched = touching_share(larger(members, 1.0), everyone, chosen)
    return smaller(groups * smaller(members, 1.0) * touched, chosen)
