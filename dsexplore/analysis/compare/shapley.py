"""Orders: what each of several switches does, averaged over orders in which they are thrown.

A value is known for any state, a set of thrown switches, or is nan where there is none; an order
that leads through such a state is left out. Where none is left out, the mean is the Shapley value
(Shapley 1953). The effects of all switches always add up to the whole difference.
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
    """The mean effect of each switch, over how many orders, and how many were left out."""

    of_each: list[float]
    orders: float
    left_out: float


def every_state(count: int) -> Truths:
    """All states of so many switches, a row each: row s has switch i thrown by bit i of s."""
    states: Truths = (np.arange(2**count)[:, None] >> np.arange(count) & 1).astype(bool)
    return states


def over_all_orders(values: Floats) -> Effects:
    """Mean effects over all orders, from the values of `every_state`; nan where none is known.

    An order is a way from no switch to all of them. How many ways lead to a state and on from the
    next says how much the step between them weighs.
    """
    count = len(values).bit_length() - 1
    known = ~np.isnan(values)
    height = np.where(known, values, 0.0)
    behind = _ways(known, count)
    # On from a state is back from its complement.
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

    Every second one is the one before it reversed, so that the way back has the same sample.
    """
    chance = np.random.default_rng(_SEED)
    forwards = [chance.permutation(count) for _ in range(pairs)]
    return np.array([order for one in forwards for order in (one, one[::-1])])


def states_on_the_way(orders: Orders) -> Truths:
    """The states that each order leads through, from no switch to all: order, state, switch."""
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
    """How many ways lead from no switch to each state through states that are known."""
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
