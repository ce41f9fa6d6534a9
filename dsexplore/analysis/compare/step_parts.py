"""Which parts of a step each change of the layout moves, and by how much."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dsexplore.analysis.compare.changes import Player
from dsexplore.analysis.compare.mixed import Mixes
from dsexplore.analysis.compare.shapley import (
    Floats,
    around_each,
    sampled_orders,
    states_on_the_way,
)
from dsexplore.engine import GRAPH
from dsexplore.scenario.scenario import FIELDS, PANELS

_STEP = "step_time"
PARTS = GRAPH.quantities[_STEP].needs
# A sample of the orders, in pairs: in each of them the parts come to the whole.
_PAIRS_OF_ORDERS = 64
# The most parts that are told of a change, and how small one may be beside the largest.
_MOST = 2
_LEAST = 0.1

Moved = tuple[tuple[str, float], ...]


def moved_parts(mixes: Mixes, changes: Sequence[Player]) -> dict[tuple[str, ...], Moved]:
    """The parts of a step that each change of the layout moves most, by the change's fields.

    With each part are its seconds per step, averaged over orders of making the changes; the largest
    is first. Nothing for changes of anything but the layout, or where a result does not
    follow from a predicted step, or a step on the way is not known.
    """
    laid_out = [any(map(_is_of_layout, change.fields)) for change in changes]
    is_read = any(
        _STEP in GRAPH.needed([mixes.of], inputs) for inputs in (mixes.before, mixes.after)
    )
    if not is_read or not any(laid_out):
        return {}
    seconds = _seconds(mixes, changes)
    return {
        change.fields: _told({name: float(found[place]) for name, found in seconds.items()})
        for place, change in enumerate(changes)
        if laid_out[place]
    }


def _seconds(mixes: Mixes, changes: Sequence[Player]) -> dict[str, Floats]:
    """Seconds per step of each part by change, on the scale of factors: they come to the whole."""
    orders = sampled_orders(len(changes), _PAIRS_OF_ORDERS)
    ways = states_on_the_way(orders)
    found = mixes.several(changes, ways.reshape(-1, len(changes)), PARTS)
    parts = {name: values.reshape(ways.shape[:2]) for name, values in found.items()}
    step: Floats = np.sum(list(parts.values()), axis=0)
    size = _mean(*around_each(orders, step))
    whole = _mean(step[0, 0], step[0, -1])
    return {
        name: np.mean(np.subtract(*reversed(around_each(orders, values))) / size, axis=0) * whole
        for name, values in parts.items()
    }


def _mean(one: Floats, other: Floats) -> Floats:
    """Logarithmic means: what turns a difference into the logarithm of a factor."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(one == other, one, (other - one) / np.log(other / one))
    return found


def _told(seconds: dict[str, float]) -> Moved:
    largest = max(map(abs, seconds.values()))
    if not np.isfinite(largest):
        return ()
    told = [found for found in seconds.items() if abs(found[1]) > _LEAST * largest]
    return tuple(sorted(told, key=lambda found: -abs(found[1]))[:_MOST])


def _is_of_layout(name: str) -> bool:
    return name in FIELDS and PANELS[FIELDS[name].table].lays_out
