"""Shapley values: the effect of each of several switches, averaged over orders of throwing them.

Every state, a set of thrown switches, has a value, nan if it is not known; an order through such a
state is left out. If none is left out, the mean is the Shapley value (Shapley 1953). The effects of
all switches always add up to the whole difference.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
Orders = NDArray[np.int64]

_SEED = 1953


@dataclass(frozen=True, slots=True)
class Effects:
    """The mean effect of each switch, the number of orders, and how many were left out."""

    of_each: list[float]
    orders: float
    left_out: float


def every_state(count: int) -> Truths:
    """All states of so many switches: in row s, switch i is thrown if bit i of s is set."""
    states: Truths = (np.arange(2**count)[:, None] >> np.arange(count) & 1).astype(bool)
    return states


def over_all_orders(values: Floats) -> Effects:
    """Mean effects over all orders, from the values of `every_state`; nan if no order is known.

    An order is a way from no switch to all of them. The step between two states is weighted by the
    number of ways that take it.
    """
    count = len(values).bit_length() - 1
    known = ~np.isnan(values)
    height = np.where(known, values, 0.0)
    behind = _ways(known, count)
    # The way on from a state is the way back from its complement.
    ahead = _ways(known[::-1], count)[::-1]
    total, orders = float(behind[-1]), math.factorial(count)
    states = np.arange(len(values))
    effects = []
    for switch in range(count):
        off = states[states >> switch & 1 == 0]
        on = off | 1 << switch
        steps = behind[off] * ahead[on] * (height[on] - height[off])
        effects.append(float(steps.sum()) / total if total else math.nan)
    return Effects(effects, orders, orders - total)


def sampled_orders(count: int, pairs: int) -> Orders:
    """Orders of so many switches, a row each, the same ones every time.

    Every second order is the previous one reversed, so that the way back has the same sample.
    """
    chance = np.random.default_rng(_SEED)
    forwards = [chance.permutation(count) for _ in range(pairs)]
    return np.array([order for one in forwards for order in (one, one[::-1])])


def states_on_the_way(orders: Orders) -> Truths:
    """The states on the way of each order, from no switch to all: order, state, switch."""
    place = np.argsort(orders, axis=1)
    states: Truths = place[:, None, :] < np.arange(orders.shape[1] + 1)[:, None]
    return states


def around_each(orders: Orders, values: Floats) -> tuple[Floats, Floats]:
    """Values before and after each switch in each order, from those of `states_on_the_way`."""
    place = np.argsort(orders, axis=1)
    before = np.take_along_axis(values[:, :-1], place, axis=1)
    return before, np.take_along_axis(values[:, 1:], place, axis=1)


def over_some_orders(orders: Orders, values: Floats) -> Effects:
    """Mean effects over some orders, from the values of `states_on_the_way`."""
    known = ~np.isnan(values).any(axis=1)
    if not known.any():
        return Effects([math.nan] * orders.shape[1], len(orders), len(orders))
    before, after = around_each(orders[known], values[known])
    means = [float(mean) for mean in (after - before).mean(axis=0)]
    return Effects(means, len(orders), len(orders) - int(known.sum()))


def _ways(known: Truths, count: int) -> Floats:
    """The number of ways from no switch to each state through known states."""
    states = np.arange(len(known))
    thrown = every_state(count).sum(axis=1)
    ways = np.zeros(len(known))
    ways[0] = float(known[0])
    for level in range(1, count + 1):
        at = states[thrown == level]
        for switch in range(count):
            on = at[at >> switch & 1 == 1]
            ways[on] += ways[on ^ 1 << switch]
        ways[at] *= known[at]
    return ways
