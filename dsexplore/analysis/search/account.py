"""A search in sentences: how many layouts fit, where the stated one stands, why none is left."""

from __future__ import annotations

from dsexplore.analysis.search.ranking import Search, why_not
from dsexplore.engine import QUANTITIES
from dsexplore.engine.names import unit_of
from dsexplore.text.format import format_value

PREDICTED = "Hours are those of the predicted step (utilization=predicted)."


def summary(found: Search) -> str:
    """How many layouts fit, and where the stated one stands among them."""
    judged = found.judged
    said = f"{judged.fitting:,} of {judged.listed:,} layouts are possible and fit."
    if found.is_predicted:
        said += f" {PREDICTED}"
    stated = found.open
    if why := why_not(stated):
        return f"{said} The stated layout cannot be: {why}"
    place = found.better_than_open + 1
    value = format_value(stated.values[found.by], unit_of(found.by))
    if place > judged.fitting:  # it does not meet the conditions
        return f"{said} The stated layout, {value}, is not among them."
    share = format_value(place / judged.fitting, "fraction", 2)
    return f"{said} The stated layout, {value}, is number {place:,}: in the best {share}."


def why_none(found: Search) -> str:
    """Why no layout is left, in a sentence."""
    listed = found.judged.listed
    if not listed:
        return "No layout divides these GPUs, heads, layers and this batch."
    stopped = [
        f"{count:,} by {name} ({QUANTITIES[name].summary.rstrip('.')})"
        for name, count in found.judged.stopped.items()
    ]
    left = listed - sum(found.judged.stopped.values())
    if left:
        stopped.append(f"{left:,} by a condition, or as their step is not known")
    return f"None of {listed:,} layouts is left: ruled out are {'; '.join(stopped)}."
