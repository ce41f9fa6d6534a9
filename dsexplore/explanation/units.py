"""Units: the unit of a part of a formula, as far as it follows from the units of its names."""

from __future__ import annotations

from collections import Counter
from functools import cache

from dsexplore.explanation.term import Term
from dsexplore.text.quantities import is_count_noun

# Counted things with rates of their own; other counts are plain numbers beside them.
_AMOUNTS = ("token", "parameter")
_PLAIN = ("number", "indicator")
# Units written differently under a stroke.
_UNDER = {"s": "second"}
_SHORT = {unit: short for short, unit in _UNDER.items()}


def unit_of(term: Term) -> str:
    """The unit of a term; empty for a plain number, or if it does not follow."""
    if term.kind == "name":
        return term.unit
    if term.kind in ("local", "bracket", "negative", "sum"):
        return unit_of(term.parts[-1])
    if term.label in ("+", "−", "max", "min"):
        return _in_common(term)
    return _written(_powers(term)) if term.label in ("×", "/") else ""


def _in_common(term: Term) -> str:
    units = {unit_of(part) for part in term.parts if part.kind != "number" or part.value}
    return units.pop() if len(units) == 1 else ""


def _powers(term: Term) -> Counter[str] | None:
    """Base units with their powers; None if the unit does not follow."""
    if term.kind in _PLAIN:
        return Counter()
    if term.kind == "operation" and term.label in ("×", "/"):
        left, right = (_powers(part) for part in term.parts)
        if left is None or right is None:
            return None
        powers = Counter(left)
        powers.update(right) if term.label == "×" else powers.subtract(right)
        return powers
    unit = unit_of(term)
    # A constant converts units, and only its name says which.
    if not unit and any(part.kind == "constant" for part in term.walk()):
        return None
    return _read(unit)


@cache
def _read(unit: str) -> Counter[str]:
    top, _, bottom = unit.partition("/")
    powers = Counter(part for part in top.split("-") if part not in ("", "fraction"))
    powers.subtract(_UNDER.get(part, part) for part in bottom.split("-") if part)
    return powers


def _written(powers: Counter[str] | None) -> str:
    """Powers as a unit: one unit, or one per another; empty for anything else."""
    if powers is None:
        return ""
    top = [unit for unit, power in powers.items() for _ in range(power)]
    bottom = [unit for unit, power in powers.items() for _ in range(-power)]
    measured = [unit for unit in bottom if not _is_plain(unit) or "hour" in bottom]
    above, below = _one(top), _one(measured)
    if not above or below is None or (below and _is_plain(above)):
        return ""
    return f"{above}/{_SHORT.get(below, below)}" if below else above


def _one(units: list[str]) -> str | None:
    """Several units as one: a GPU-hour, or the only one that is no plain number."""
    if sorted(units) == ["GPU", "hour"]:
        return "GPU-hour"
    left = [unit for unit in units if not _is_plain(unit)] if len(units) > 1 else units
    return "".join(left) if len(left) < 2 else None


def _is_plain(unit: str) -> bool:
    return is_count_noun(unit) and unit not in _AMOUNTS and unit not in ("day", "hour", "year")
