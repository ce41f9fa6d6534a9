"""The ladder of each unit: rungs such as B, kB, MB, and which of them a number reaches."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, Context, Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from dsexplore.text.quantities import is_count_noun, plural

# For numbers to read: more digits than any has that is shown.
READING: Final = Context(prec=30)


class Rung(NamedTuple):
    """A power of a unit, and what is written around a number on it."""

    factor: Decimal
    behind: str  # the text behind the number, with its space
    typed: str  # the same in a text to edit, where the unit of a count goes without saying
    before: str = ""


def _prefixed(symbol: str, prefixes: str, base: int = 1) -> list[tuple[str, str]]:
    return [(f"{base}e{3 * power}", f"{p}{symbol}") for power, p in enumerate(["", *prefixes])]


# The rungs of measured units: factor and symbol. All other units count things.
_MEASURED: Final = {
    "FLOP": _prefixed("FLOP", "kMGTPEZY"),
    "byte": _prefixed("B", "kMGTPEZY"),
    "watt": _prefixed("W", "kMGT"),
    "joule": [("1", "J"), *_prefixed("Wh", "kMGT", base=3600)],
    "litre": _prefixed("L", "kMG"),
    "gram": [("1", "g"), ("1e3", "kg"), ("1e6", "t"), ("1e9", "kt"), ("1e12", "Mt")],
    "second": [("1e-9", "ns"), ("1e-6", "µs"), ("1e-3", "ms"), ("1", "s"), ("86400", "d")],
    "fraction": [("0.01", "%")],
}
_COUNTED: Final = [("1", ""), ("1e6", "M"), ("1e9", "B"), ("1e12", "T")]
_BINARY: Final = [(str(1024**power), f"{p}iB") for power, p in enumerate("MGTP", start=2)]

# How a unit is written where it is counted, or stands under a stroke.
_WRITTEN: Final = {
    "hour": "h",
    "day": "d",
    "year": "years",
    "GPU-hour": "GPU-h",
    "Mtoken": "M tokens",
    "Ttoken": "T tokens",
}


@lru_cache(maxsize=256)
def ladder_of(unit: str) -> tuple[Rung, ...]:
    """Return the rungs of a unit, the smallest first."""
    top, stroke, bottom = ("" if unit == "text" else unit).partition("/")
    per = f"/{_under(bottom)}" if stroke else ""
    if top in _MEASURED:
        # The field writes the work of a run as 3.7e24 FLOP, never in zetta or yotta.
        rungs = _MEASURED[top][:-2] if unit == "FLOP" else _MEASURED[top]
        return tuple(_measured_rung(factor, f" {symbol}{per}") for factor, symbol in rungs)
    return tuple(_counting_rungs(top, per))


def _measured_rung(factor: str, behind: str) -> Rung:
    return Rung(Decimal(factor), behind, behind)


def _under(bottom: str) -> str:
    # A rate is for one of them, "USD/year", so only the plural of the table above is undone.
    return bottom if bottom in ("day", "year") else _WRITTEN.get(bottom, bottom)


def _counting_rungs(top: str, per: str) -> Iterator[Rung]:
    """Yield plain digits, M, B and T; the label names the things counted, except for a rate."""
    is_money = top == "USD"
    name = "" if is_money else _WRITTEN.get(top, "")
    if per and is_count_noun(top):
        name = plural(top)
    # A time is read wrongly without its unit: a field of days beside one of hours.
    always = f" {name}" if top in ("hour", "day", "year") else ""
    for factor, prefix in _COUNTED:
        words = " ".join(part for part in (prefix, name) if part)
        behind = f" {words}{per}" if words else per
        yield Rung(Decimal(factor), behind, f"{prefix}{always}", "$" if is_money else "")


def typing_ladder(unit: str) -> tuple[Rung, ...]:
    """Return the rungs a text to edit may use, those to prefer first."""
    ladder = ladder_of(unit)[::-1]
    if unit != "byte":
        return ladder
    return (*ladder, *(_measured_rung(factor, f" {symbol}") for factor, symbol in _BINARY))


def base_of(ladder: tuple[Rung, ...]) -> Rung:
    """The rung of plain digits."""
    return next((rung for rung in ladder if rung.factor == 1), ladder[0])


def reached(number: Decimal, unit: str, digits: int) -> Rung:
    """Return the highest rung a number reaches once rounded."""
    if not number:
        return base_of(ladder_of(unit))
    size = abs(number)
    for least, is_enough, rung in _steps_up(unit, digits):
        if size > least or (is_enough and size == least):
            return rung
    return ladder_of(unit)[0]


@lru_cache(maxsize=1024)
def _steps_up(unit: str, digits: int) -> tuple[tuple[Decimal, bool, Rung], ...]:
    """The rungs from the top, each with what is rounded up to it, and whether that itself is.

    What is beyond the highest is written in plain digits.
    """
    ladder = ladder_of(unit)
    beyond = ladder[-1].factor * (10**3 if unit == "FLOP" else 10**6)
    steps = [(beyond, base_of(ladder)), *((rung.factor, rung) for rung in reversed(ladder))]
    return tuple((*_rounded_up_to(factor, max(digits, 1)), rung) for factor, rung in steps)


def _rounded_up_to(factor: Decimal, digits: int) -> tuple[Decimal, bool]:
    """The number from which on all are a factor or more in so many digits, and whether it is."""
    reached = Context(prec=digits, rounding=ROUND_CEILING).plus(factor)
    below = Context(prec=digits).next_minus(reached)
    middle = READING.divide(READING.add(below, reached), 2)
    return middle, Decimal(f"{middle:.{digits - 1}e}") >= factor
